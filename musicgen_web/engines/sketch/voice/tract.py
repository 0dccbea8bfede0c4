"""The spectra of a sung line: what was taken apart, in the line's own time, in the singer's colour, and never still."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE
from musicgen_web.engines.sketch.voice.analysis import BANDS_HZ, FRAMES_PER_SECOND, Analysis
from musicgen_web.engines.sketch.voice.colour import (
    BINS,
    HZ,
    NEPER,
    Colour,
    breath_of_vowels,
    mended,
    ring,
    tilt,
)
from musicgen_web.engines.sketch.voice.phones import VOICELESS, Kind
from musicgen_web.engines.sketch.voice.pitch import STEP, Curve, unrest
from musicgen_web.engines.sketch.voice.timing import Laid

INSIDE = 0.008  # seconds: so near a burst or silence the analysis hears both
SETS_IN, LETS_GO = 0.02, 0.09  # seconds
JOIN = 5  # frames over which the spectra of neighbours flow into each other: 12 ms
EVENED = 0.65  # of a vowel's distance from the common level is made good
COMMON_DB = -17.0  # power of a vowel at full gain, re full scale
CONSONANTS_DB = 4.0
VELOCITY_DB = 14.0  # between velocity 0 and 1
HARMONICS = 32  # that count for a vowel's level
LIFE, LIFE_DB, LIFE_HZ = 24, 1.1, 2.2  # cepstral coefficients that wander, how far together, how fast

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Spectra:
    """400 frames a second. `tone` and `noise` (frames, 513): natural logarithms of amplitude density; `voiced`
    (frames,): gain of both. `gain_db` (frames,) is in the spectra already; what is not voiced takes it from here."""

    tone: Array
    noise: Array
    voiced: Array
    gain_db: Array


def spectra(
    analysis: Analysis,
    laid: Sequence[Laid],
    pitch: Curve,
    colour: Colour,
    chance: np.random.Generator,
    breathe: Callable[[], None],
) -> Spectra:
    """Return the spectra of a line, frame by frame with the pitch."""
    places = _Places.of(laid, pitch)
    power, breath = _read(analysis, places, colour)
    sonorant = places.sonorant[:, None]
    breathe()
    power = np.where(sonorant, mended(power), power)
    share = np.where(sonorant, breath_of_vowels(colour), breath)
    breathe()
    log = np.asarray(0.5 * np.log(power), dtype=np.float32)
    log += NEPER * (ring(colour)[None, :] * places.vowel[:, None] + tilt(places.velocity, colour))
    log += _life(len(log), chance)
    breathe()
    log = _flowing(log)
    breathe()
    gain_db = _levels(log, places, laid, pitch)
    log += (NEPER * gain_db)[:, None].astype(np.float32)
    breathe()
    tone = log + 0.5 * np.log1p(-np.minimum(share, 0.98))
    noise = log + 0.5 * np.log(np.maximum(share, 1e-5))
    return Spectra(tone.astype(np.float32), noise.astype(np.float32), places.voiced, gain_db)


@dataclass(frozen=True, slots=True)
class _Places:
    """For each frame: which phone sounds (or nearest does), where in the speech it is, and what it is."""

    phone: NDArray[np.intp]
    source: NDArray[np.float64]  # seconds of the speech
    voiced: Array
    vowel: Array
    sonorant: NDArray[np.bool_]
    velocity: Array

    @staticmethod
    def of(laid: Sequence[Laid], pitch: Curve) -> _Places:
        times = pitch.times
        count = len(times)
        phone, voiced = np.full(count, -1, dtype=np.intp), np.zeros(count)
        source, vowel = np.zeros(count), np.zeros(count)
        for number, piece in enumerate(laid):
            first, last = np.searchsorted(times, (piece.start, piece.end))
            if piece.phone.kind in VOICELESS or last <= first:
                continue
            phone[first:last] = number
            voiced[first:last] = _edges(laid, number, last - first)
            vowel[first:last] = piece.phone.is_vowel
            source[first:last] = np.interp(times[first:last], *np.transpose(piece.knots))
            inside = min(INSIDE, 0.25 * piece.phone.length)
            source[first:last] = np.clip(source[first:last], piece.phone.start + inside, piece.phone.end - inside)
        known = np.flatnonzero(phone >= 0)
        if not len(known):
            known, phone[:] = np.arange(1), 0
        middles = (known[:-1] + known[1:]) / 2
        nearest = known[np.searchsorted(middles, np.arange(count))]
        sonorant = np.array([piece.phone.kind in (Kind.VOWEL, Kind.GLIDE, Kind.LIQUID, Kind.NASAL) for piece in laid])
        velocity = np.array([piece.velocity for piece in laid])
        return _Places(
            phone[nearest],
            source[nearest],
            ndimage.uniform_filter1d(voiced, 3).astype(np.float32),
            ndimage.uniform_filter1d(vowel, 9).astype(np.float32),
            sonorant[phone[nearest]],
            ndimage.uniform_filter1d(velocity[phone[nearest]], 15).astype(np.float32),
        )


def _edges(laid: Sequence[Laid], number: int, frames: int) -> NDArray[np.float64]:
    """A voice sets in and lets go softly where silence is around it (frames,)."""
    gain = np.ones(frames)
    piece = laid[number]
    if number == 0 or piece.start - laid[number - 1].end > INSIDE:
        size = min(round(SETS_IN / STEP), frames // 3)
        gain[:size] *= np.sin(0.5 * np.pi * (np.arange(size) + 0.5) / max(size, 1)) ** 2
    if number == len(laid) - 1 or laid[number + 1].start - piece.end > INSIDE:
        size = min(round(LETS_GO / STEP), frames // 2)
        gain[frames - size :] *= np.cos(0.5 * np.pi * (np.arange(size) + 0.5) / max(size, 1)) ** 2
    return gain


def _read(analysis: Analysis, places: _Places, colour: Colour) -> tuple[Array, Array]:
    """Read power and breath where the places say, with the formants moved; both (frames, 513)."""
    at = np.clip(places.source * FRAMES_PER_SECOND, 0, len(analysis.envelope) - 1.001)
    frame = at.astype(int)
    part = (at - frame).astype(np.float32)[:, None]
    bin_ = np.minimum(2.0 * np.arange(BINS) / colour.formants, analysis.envelope.shape[1] - 1.001)
    low = bin_.astype(int)
    weight = (bin_ - low).astype(np.float32)
    moved = analysis.envelope[:, low] * (1 - weight) + analysis.envelope[:, low + 1] * weight
    envelope = moved[frame] + part * (moved[frame + 1] - moved[frame])
    last = int(np.searchsorted(HZ, 10_000.0 * min(colour.formants, 1.1)))
    fall = (8.0 * np.log(HZ[last:] / HZ[last])).astype(np.float32)  # 24 dB an octave
    envelope[:, last:] = envelope[:, last - 24 : last].mean(axis=1, keepdims=True) - fall
    breath = analysis.breath[frame] @ _bands()
    return np.exp(envelope), breath


@lru_cache(maxsize=1)
def _bands() -> Array:
    """How the six bands' values spread over the bins (6, 513)."""
    middles = [(low + high) / 2 for low, high in pairwise(BANDS_HZ)]
    return np.array([np.interp(HZ, middles, row) for row in np.eye(len(middles))], dtype=np.float32)


def _life(frames: int, chance: np.random.Generator) -> Array:
    """Slow wandering of the whole spectrum (frames, 513), in nepers: a mouth that never holds quite still."""
    moves = np.stack([unrest(frames, LIFE_HZ, chance) for _ in range(LIFE)], axis=1)
    waves = np.cos(np.pi * np.outer(np.arange(1, LIFE + 1), np.arange(BINS)) / (BINS - 1))
    scale = NEPER * LIFE_DB * np.sqrt(2.0 / LIFE)
    return np.asarray(moves.astype(np.float32) @ (scale * waves).astype(np.float32))


def _levels(log: Array, places: _Places, laid: Sequence[Laid], pitch: Curve) -> Array:
    """Bring the vowels nearer to one level, and the voiced consonants with them; shape long notes. In dB (frames,)."""
    power = _sounding(log, pitch)
    gain = np.zeros(len(laid))
    vowels = [number for number, piece in enumerate(laid) if piece.phone.is_vowel]
    shape = np.zeros(len(log))
    for number in vowels:
        mine = places.phone == number
        level = 10.0 * np.log10(power[mine].mean() + 1e-9) if mine.any() else COMMON_DB
        gain[number] = np.clip(EVENED * (COMMON_DB - level), -9.0, 12.0)
        shape[mine] = _swell(pitch.times[mine], laid[number])
    for number, piece in enumerate(laid):
        if vowels and not piece.phone.is_vowel:
            near = min(vowels, key=lambda vowel: (abs(vowel - number), -vowel))
            gain[number] = gain[near] + CONSONANTS_DB * (piece.phone.kind not in (Kind.GLIDE, Kind.LIQUID))
    gain += VELOCITY_DB * (np.array([piece.velocity for piece in laid]) - 0.75)
    smooth = ndimage.gaussian_filter1d(gain[places.phone], 5.0, mode="nearest")
    return np.asarray(smooth + ndimage.gaussian_filter1d(shape, 8.0, mode="nearest"), dtype=np.float32)


def _sounding(log: Array, pitch: Curve) -> Array:
    """The power of the harmonics that will really sound (frames,)."""
    bins = np.minimum(pitch.hz[:, None] * np.arange(1, HARMONICS + 1) / HZ[1], BINS - 1).astype(int)
    density = np.exp(2.0 * np.take_along_axis(log, bins, axis=1)).sum(axis=1)
    return np.asarray(density * 2.0 * pitch.hz / SAMPLE_RATE, dtype=np.float32)


def _swell(times: NDArray[np.float64], piece: Laid) -> NDArray[np.float64]:
    """A held note comes, grows and goes, in dB; a short one does not."""
    length = piece.end - piece.start
    inside = np.clip((times - piece.start) / length, 0.0, 1.0)
    depth = min(max((length - 0.3) / 0.9, 0.0), 1.0)
    return np.asarray(depth * (2.2 * np.sin(np.pi * inside**0.8) - 1.2 - 1.6 * inside**3))


def _flowing(log: Array) -> Array:
    """Let the spectra of neighbouring frames flow into each other."""
    window = np.hanning(JOIN + 2)[1:-1].astype(np.float32)
    padded = np.pad(log, ((JOIN // 2, JOIN // 2), (0, 0)), mode="edge")
    out = np.zeros_like(log)
    for place, weight in enumerate(window / window.sum()):
        out += weight * padded[place : place + len(log)]
    return out
