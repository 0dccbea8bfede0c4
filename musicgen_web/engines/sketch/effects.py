"""Effects that work on blocks and remember what they must: reverb, echo, tremolo, ducking, wow and vinyl."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft, signal

from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE, Mono, dice, silence, stereo
from musicgen_web.engines.sketch.instruments.strokes import band
from musicgen_web.engines.writer import Samples

REVERB_BANDS_HZ = (140.0, 350.0, 900.0, 2_300.0, 6_000.0)  # edges between bands
REVERB_DECAY = (0.75, 1.1, 1.0, 0.85, 0.6, 0.35)  # each band's share of the T60
REVERB_LEVEL = (0.2, 0.75, 1.0, 0.9, 0.6, 0.25)
REVERB_WIDTH = 0.65  # of the side against the middle: a room whose halves know each other survives in mono
DUCK_STEP = 64  # frames
VINYL_AIR = 3.5  # of the hiss, above the crackle: what a dark mix has on top


@lru_cache(maxsize=12)
def impulse(t60: float, predelay: float) -> NDArray[np.float32]:
    """Return a hall (2, frames): early reflections, then noise whose highs die first. Its energy is 1 a side."""
    chance = dice(31, round(t60 * 1_000), round(predelay * 1_000))
    late_frames = round(min(t60, 6.0) * 0.9 * SAMPLE_RATE)
    start = round(predelay * SAMPLE_RATE)
    early_frames = round(0.09 * SAMPLE_RATE)
    out = np.zeros((2, start + max(late_frames, early_frames)), dtype=np.float32)
    time = np.arange(late_frames, dtype=np.float32) / SAMPLE_RATE
    build_up = 1.0 - np.exp(-time / np.float32(0.012 + 0.008 * t60))
    edges = np.array([0.0, *REVERB_BANDS_HZ, SAMPLE_RATE / 2])
    hz = fft.rfftfreq(late_frames, 1.0 / SAMPLE_RATE)
    for side in out:
        spectrum = fft.rfft(chance.standard_normal(late_frames, dtype=np.float32), workers=1)
        for low, high, share, level in zip(edges[:-1], edges[1:], REVERB_DECAY, REVERB_LEVEL, strict=True):
            first, last = np.searchsorted(hz, (low, high))
            part = np.zeros_like(spectrum)
            part[first:last] = spectrum[first:last] * level
            side[start : start + late_frames] += fft.irfft(part, late_frames, workers=1) * np.exp(
                -time * np.float32(6.91 / (t60 * share))
            )
        side[start : start + late_frames] *= build_up
        side /= np.sqrt(np.sum(side**2))
        taps = np.sort(chance.uniform(0.3, 1.0, 9)) * early_frames * min(1.0, 0.45 + 0.3 * t60)
        places = start // 2 + taps.astype(int)
        side[places] += chance.choice([-1.0, 1.0], 9) * 0.2 * np.linspace(1.0, 0.35, 9)
        side /= np.sqrt(np.sum(side**2))
    middle, apart = out[0] + out[1], np.float32(REVERB_WIDTH) * (out[0] - out[1])
    out = np.array([middle + apart, middle - apart])
    return np.asarray(out / np.sqrt(np.sum(out**2, axis=1, keepdims=True)), dtype=np.float32)


class Reverb:
    """Convolve with a hall, by overlapping blocks in the frequency domain: `frames` long, the last may be shorter."""

    def __init__(self, t60: float, predelay: float, frames: int) -> None:
        self._impulse = impulse(t60, predelay)
        self._size = fft.next_fast_len(frames + self._impulse.shape[1], real=True)
        self._spectrum = fft.rfft(self._impulse, self._size, axis=1, workers=1)
        self._tail = np.zeros((2, self._impulse.shape[1]), dtype=np.float32)

    def block(self, send: Samples) -> Samples:
        frames = len(send)
        wet = fft.irfft(fft.rfft(send.T, self._size, axis=1, workers=1) * self._spectrum, self._size, axis=1, workers=1)
        length = self._tail.shape[1]
        wet[:, :length] += self._tail
        self._tail = wet[:, frames : frames + length].copy()
        return np.asarray(wet[:, :frames], dtype=np.float32).T


class Echo:
    """Repeats that wander from side to side, each darker in level; the first comes after `seconds`."""

    def __init__(self, seconds: float, feedback: float, repeats: int = 4) -> None:
        self._delay = max(1, round(seconds * SAMPLE_RATE))
        self._gains = [feedback**number for number in range(repeats)]
        self._past = np.zeros(self._delay * repeats, dtype=np.float32)
        self._sections = band("bandpass", 320.0, 3_200.0, 1)
        self._state = np.zeros((len(self._sections), 2), dtype=np.float32)

    def block(self, send: Samples) -> Samples:
        mono, self._state = signal.sosfilt(self._sections, np.float32(0.5) * (send[:, 0] + send[:, 1]), zi=self._state)
        line = np.concatenate([self._past, mono.astype(np.float32)])
        out = silence(len(send))
        for number, gain in enumerate(self._gains, start=1):
            first = len(self._past) - number * self._delay
            heard = np.float32(gain) * line[first : first + len(send)]
            near, far = (0, 1) if number % 2 else (1, 0)
            out[:, near] += heard
            out[:, far] += np.float32(0.3) * heard
        self._past = line[len(line) - len(self._past) :]
        return out


def tremolo(samples: Samples, start: int, hz: float, depth: float) -> None:
    """Swing a block (from frame `start` of the song) between left and right, in place."""
    steps = np.arange(0, len(samples) + DUCK_STEP, DUCK_STEP)
    swing = depth * np.sin(2 * np.pi * hz * (start + steps) / SAMPLE_RATE)
    gain = np.interp(np.arange(len(samples)), steps, swing).astype(np.float32)
    samples[:, 0] *= 1.0 + gain
    samples[:, 1] *= 1.0 - gain


class Duck:
    """Make room for the kick: a gain that dips by `depth_db` at each stroke and comes back."""

    def __init__(self, kicks: Sequence[int], frames: int, depth_db: float) -> None:
        steps = frames // DUCK_STEP + 2
        self._dips = np.zeros(steps + 1)
        time = np.arange(round(0.45 * SAMPLE_RATE / DUCK_STEP)) * DUCK_STEP / SAMPLE_RATE
        shape = np.minimum(time / 0.006, 1.0) * np.exp(-np.maximum(time - 0.03, 0.0) / 0.1)
        for kick in kicks:
            first = kick // DUCK_STEP
            reach = self._dips[first : first + len(shape)]
            np.maximum(reach, shape[: len(reach)], out=reach)
        self._depth = 1.0 - 10.0 ** (-depth_db / 20.0)

    def gain(self, start: int, frames: int) -> Mono:
        first = start // DUCK_STEP
        dips = self._dips[first : first + frames // DUCK_STEP + 2]
        at = (np.arange(frames) + (start - first * DUCK_STEP)) / DUCK_STEP
        return np.asarray(1.0 - self._depth * np.interp(at, np.arange(len(dips)), dips), dtype=np.float32)


class Wow:
    """A tape that does not run evenly: read from a moving place a little behind (two slow waves, `cents` deep)."""

    REACH = 512  # frames behind at most

    def __init__(self, cents: float, seed: int) -> None:
        chance = dice(32, seed)
        self._waves = [(0.43, 0.75, chance.uniform()), (1.13, 0.25, chance.uniform())]
        self._cents = cents
        self._past = silence(self.REACH)

    def block(self, samples: Samples, start: int) -> Samples:
        frames = len(samples)
        line = np.concatenate([self._past, samples])
        steps = np.arange(0, frames + DUCK_STEP, DUCK_STEP)
        time = (start + steps) / SAMPLE_RATE
        behind = np.full(len(steps), self.REACH / 2.0)
        for hz, share, phase in self._waves:
            reach = self._cents * share * np.log(2.0) / 1200 * SAMPLE_RATE / (2 * np.pi * hz)
            behind += reach * np.sin(2 * np.pi * (hz * time + phase))
        behind = np.clip(behind, 2.0, self.REACH - 2.0)
        position = self.REACH + np.arange(frames) - np.interp(np.arange(frames), steps, behind)
        whole = position.astype(np.int64)
        part = (position - whole).astype(np.float32)
        whole = np.clip(whole, 1, len(line) - 3)
        self._past = line[frames:]
        return stereo(*(_between(np.ascontiguousarray(line[:, side]), whole, part) for side in (0, 1)))


def _between(line: Mono, whole: NDArray[np.int64], part: Mono) -> Mono:
    """Read a line between its samples by Catmull–Rom: four points, where two would dull the highs."""
    before, near, after, later = (line.take(whole + offset) for offset in (-1, 0, 1, 2))
    half = np.float32(0.5)
    bend = half * (after - before)
    twist = half * (later - before) + np.float32(1.5) * (near - after)
    curve = (after - near) - bend - twist
    return np.asarray(near + part * (bend + part * (curve + part * twist)), dtype=np.float32)


def vinyl(frames: int, start: int, seed: int, level: float) -> Samples:
    """A worn record: soft crackle and a breath of air, for the block that starts at frame `start`."""
    chance = dice(33, seed, start)
    hiss = chance.random((2, frames), dtype=np.float32).T * np.float32(0.006)
    crackle = silence(frames)
    count = chance.poisson(9.0 * frames / SAMPLE_RATE)
    places = chance.integers(0, frames, count)
    crackle[places] = (chance.exponential(0.02, count) * chance.choice([-1.0, 1.0], count))[:, None].astype(np.float32)
    crackle[places] *= chance.uniform(0.4, 1.0, (count, 2)).astype(np.float32)
    worn = signal.sosfilt(band("bandpass", 700.0, 4_500.0, 1), crackle + hiss, axis=0)
    worn += signal.sosfilt(band("bandpass", 5_000.0, 10_000.0, 1), np.float32(VINYL_AIR) * hiss[::-1], axis=0)
    return np.asarray(np.float32(level) * worn, dtype=np.float32)
