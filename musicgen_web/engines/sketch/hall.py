"""The hall: early reflections of a room, a tail whose highs die first, and the convolution that plays music in it."""

from __future__ import annotations

from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy import fft, signal

from musicgen_web.engines.sketch.equaliser import low_cut
from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE, Array, dice
from musicgen_web.engines.writer import Samples

BANDS_HZ = (140.0, 350.0, 900.0, 2_300.0, 6_000.0)  # edges between bands
HALL_DECAY = (0.75, 1.1, 1.0, 0.85, 0.6, 0.35)  # each band's share of the T60: air and curtains take the highs
HALL_LEVEL = (0.2, 0.75, 1.0, 0.9, 0.6, 0.25)
PLATE_DECAY = (0.6, 0.9, 1.0, 1.0, 0.85, 0.6)  # a plate of steel rings brighter
PLATE_LEVEL = (0.1, 0.5, 0.9, 1.0, 0.9, 0.5)
LOW_CUT_HZ = 110.0
WIDTH = 0.65  # of the side against the middle: a room whose halves know each other survives in mono

SOUND_SPEED = 343.0  # metres a second
SHAPE = (1.0, 0.77, 0.46)  # of a room: no two sides in a simple proportion, so that no pitch stands out
SOURCE, EARS, APART = (0.28, 0.44, 0.3), (0.66, 0.53, 0.32), 0.5  # places in it; metres between the two ears
MOST_BOUNCES, REFLECTED = 3, 0.72
EARLY = 0.5  # the energy of the early reflections against the tail's

Impulse = NDArray[np.float32]  # (2, frames)


@lru_cache(maxsize=40)
def hall(t60: float, predelay: float) -> Impulse:
    """Return a hall: early reflections, then noise whose highs die first. Its energy is 1 a side."""
    late = _tail(t60, HALL_DECAY, HALL_LEVEL, dice(31, round(t60 * 1_000)))
    early = _reflections(4.0 + 4.5 * min(t60, 4.0))
    early *= np.sqrt(EARLY / np.sum(early**2, axis=1, keepdims=True))
    start = round(predelay * SAMPLE_RATE)
    out = np.zeros((2, start + max(late.shape[1], early.shape[1])), dtype=np.float32)
    out[:, start : start + late.shape[1]] += late
    out[:, start // 2 : start // 2 + early.shape[1]] += early
    return _finished(out)


@lru_cache(maxsize=8)
def plate(t60: float, predelay: float) -> Impulse:
    """Return a plate: dense from its first moment and bright, as one likes it on a voice."""
    late = _tail(t60, PLATE_DECAY, PLATE_LEVEL, dice(34, round(t60 * 1_000)))
    return _finished(np.pad(late, ((0, 0), (round(predelay * SAMPLE_RATE), 0))))


def _tail(t60: float, decay: tuple[float, ...], level: tuple[float, ...], chance: np.random.Generator) -> Impulse:
    frames = round(min(t60, 6.0) * 0.9 * SAMPLE_RATE)
    time = np.arange(frames, dtype=np.float32) / SAMPLE_RATE
    build_up = 1.0 - np.exp(-time / np.float32(0.012 + 0.008 * t60))
    edges = np.array([0.0, *BANDS_HZ, SAMPLE_RATE / 2])
    hz = fft.rfftfreq(frames, 1.0 / SAMPLE_RATE)
    out = np.zeros((2, frames), dtype=np.float32)
    for side in out:
        spectrum = fft.rfft(chance.standard_normal(frames, dtype=np.float32), workers=1)
        for low, high, share, loud in zip(edges[:-1], edges[1:], decay, level, strict=True):
            first, last = np.searchsorted(hz, (low, high))
            part = np.zeros_like(spectrum)
            part[first:last] = spectrum[first:last] * loud
            side += fft.irfft(part, frames, workers=1) * np.exp(-time * np.float32(6.91 / (t60 * share)))
        side *= build_up
        side /= np.sqrt(np.sum(side**2))
    return out


def _reflections(length: float) -> Impulse:
    """Return what two ears hear of a clap in a room so many metres long, by its mirror images (Allen & Berkley 1979);
    every bounce takes the same share, and of the highs a little more. The clap itself is left out."""
    size, source, ears = (length * np.array(SHAPE) * np.array(place) for place in ((1.0, 1.0, 1.0), SOURCE, EARS))
    direct = float(np.linalg.norm(source - ears))
    farthest = direct + 2.2 * length
    taps = np.zeros((MOST_BOUNCES, 2, round(farthest / SOUND_SPEED * SAMPLE_RATE)), dtype=np.float32)
    for cell in product(range(-MOST_BOUNCES, MOST_BOUNCES + 1), repeat=3):
        bounces = sum(map(abs, cell))
        if 1 <= bounces <= MOST_BOUNCES:
            number = np.array(cell)
            image = np.where(number % 2 == 0, number * size + source, (number + 1) * size - source)
            for line, ear in zip(taps[bounces - 1], (-APART / 2, APART / 2), strict=True):
                _add_tap(line, image - ears - np.array([0.0, ear, 0.0]), ear, direct, bounces)
    heard = np.zeros_like(taps[0])
    for line in taps[::-1]:
        heard = signal.lfilter([0.72, 0.28], [1.0], heard + line, axis=-1)
    return np.asarray(heard, dtype=np.float32)


def _add_tap(line: NDArray[np.float32], path: Array, ear: float, direct: float, bounces: int) -> None:
    """Add one image to what one ear hears: as late and as weak as its way is long, weaker from the other side."""
    distance = float(np.linalg.norm(path))
    at = (distance - direct) / SOUND_SPEED * SAMPLE_RATE
    if not 0 <= at < len(line) - 1:
        return
    facing = 0.65 + 0.35 * np.sign(ear) * path[1] / distance
    place, between = int(at), at - int(at)
    gain = REFLECTED**bounces * facing * direct / distance
    line[place] += gain * (1.0 - between)
    line[place + 1] += gain * between


def _finished(out: Impulse) -> Impulse:
    """Take the lows away, which would only blur the bass, and bring the sides together."""
    out = signal.sosfilt([low_cut(LOW_CUT_HZ)], out, axis=1)
    middle, apart = out[0] + out[1], np.float32(WIDTH) * (out[0] - out[1])
    out = np.array([middle + apart, middle - apart])
    return np.asarray(out / np.sqrt(np.sum(out**2, axis=1, keepdims=True)), dtype=np.float32)


class Reverb:
    """Convolve with an impulse, by overlapping blocks in the frequency domain: `frames` long, the last may be less."""

    def __init__(self, impulse: Impulse, frames: int) -> None:
        self._size = fft.next_fast_len(frames + impulse.shape[1], real=True)
        self._spectrum = fft.rfft(impulse, self._size, axis=1, workers=1)
        self._tail = np.zeros((2, impulse.shape[1]), dtype=np.float32)

    def block(self, send: Samples) -> Samples:
        frames = len(send)
        wet = fft.irfft(fft.rfft(send.T, self._size, axis=1, workers=1) * self._spectrum, self._size, axis=1, workers=1)
        length = self._tail.shape[1]
        wet[:, :length] += self._tail
        self._tail = wet[:, frames : frames + length].copy()
        return np.asarray(wet[:, :frames], dtype=np.float32).T
