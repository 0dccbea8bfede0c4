"""Spectra and pitch into sound: a minimum-phase pulse each period, breath between, hisses as they were spoken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft, signal

from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE, Mono
from musicgen_web.engines.sketch.voice.colour import BINS, NEPER, SIZE
from musicgen_web.engines.sketch.voice.phones import VOICELESS
from musicgen_web.engines.sketch.voice.pitch import STEP, Curve
from musicgen_web.engines.sketch.voice.speech import SPOKEN_RATE
from musicgen_web.engines.sketch.voice.timing import Laid
from musicgen_web.engines.sketch.voice.tract import CONSONANTS_DB, Spectra

TOGETHER = 256  # pulses
HOP = 256  # samples from one frame of noise to the next
LEAD = 24  # samples a pulse may ring ahead of its epoch, for the fraction of a sample it lies between two
SHIMMER_DB = 0.25
TURNS = (np.arange(BINS) * (2 * np.pi / SIZE)).astype(np.float32)  # of each bin, a sample
JOIN_SECONDS = 0.005
LOUDEST_HISS, LOUDEST_BURST = 0.075, 0.3  # RMS and peak: a vowel has about 0.14 and 0.4
UP = SAMPLE_RATE // SPOKEN_RATE

Breathe = Callable[[], None]
Array = NDArray[np.float32]


class Throat:
    """The spectra of a line, ready to be sung at any pitch: each frame's minimum phase, found once."""

    def __init__(self, spectra: Spectra, breathe: Breathe) -> None:
        self._spectra = spectra
        self._phase = np.empty(spectra.tone.shape, dtype=np.float32)
        for start in range(0, len(spectra.tone), TOGETHER):
            breathe()
            chunk = slice(start, start + TOGETHER)
            cepstrum = fft.irfft(spectra.tone[chunk], SIZE, axis=1, workers=1)
            self._phase[chunk] = fft.rfft(cepstrum * _fold(), SIZE, axis=1, workers=1).imag

    def sung(self, pitch: Curve, chance: np.random.Generator, breathe: Breathe) -> Mono:
        """Return the voiced part, from the curve's start to its end."""
        out = np.zeros(round(len(pitch.hz) * STEP * SAMPLE_RATE) + SIZE, dtype=np.float32)
        frames = _epochs(pitch.hz)
        frames = frames[self._spectra.voiced[frames.astype(int)] > 0.0]
        shimmer = (SHIMMER_DB * NEPER * chance.standard_normal(len(frames))).astype(np.float32)
        for start in range(0, len(frames), TOGETHER):
            breathe()
            chunk = slice(start, start + TOGETHER)
            self._add(out, frames[chunk], shimmer[chunk], pitch.hz)
        return out[LEAD : len(out) - SIZE + LEAD]

    def _add(self, out: Mono, frames: NDArray[np.float64], shimmer: Array, hz: NDArray[np.float64]) -> None:
        frame = np.minimum(frames.astype(int), len(self._phase) - 2)
        part = (frames - frame).astype(np.float32)[:, None]
        at = frames * STEP * SAMPLE_RATE
        sample = at.astype(int)
        phase = _between(self._phase, frame, part)
        phase -= ((at - sample) + LEAD).astype(np.float32)[:, None] * TURNS
        level = np.exp(_between(self._spectra.tone, frame, part))
        spectrum = np.empty(level.shape, dtype=np.complex64)  # real sines are many times as fast as a complex exp
        np.multiply(level, np.cos(phase), out=spectrum.real)
        np.multiply(level, np.sin(phase), out=spectrum.imag)
        pulses = fft.irfft(spectrum, SIZE, axis=1, workers=1)
        voiced = self._spectra.voiced
        gain = np.sqrt(SAMPLE_RATE / hz[frame]) * np.exp(shimmer)
        gain = gain * (voiced[frame] + part[:, 0] * (voiced[frame + 1] - voiced[frame]))
        pulses *= gain.astype(np.float32)[:, None]
        for place, pulse in zip(sample, pulses, strict=True):
            room = out[place : place + SIZE]
            room += pulse[: len(room)]

    def breath(self, pitch: Curve, chance: np.random.Generator, breathe: Breathe) -> Mono:
        """Return the noise in what is voiced."""
        frames = round(len(pitch.hz) * STEP * SAMPLE_RATE)
        count = frames // HOP + 2
        noise = chance.standard_normal(count * HOP + SIZE, dtype=np.float32)
        out = np.zeros(len(noise), dtype=np.float32)
        at = np.minimum((np.arange(count) * HOP / SAMPLE_RATE / STEP).astype(int), len(self._spectra.noise) - 1)
        starts = np.flatnonzero(self._spectra.voiced[at] > 0.0)
        at = at[starts]
        window = _window()
        for first in range(0, len(at), TOGETHER):
            breathe()
            chunk = slice(first, first + TOGETHER)
            pieces = np.stack([noise[HOP * start : HOP * start + SIZE] for start in starts[chunk]]) * window
            level = np.exp(self._spectra.noise[at[chunk]]) * self._spectra.voiced[at[chunk], None]
            spectrum = fft.rfft(pieces, SIZE, axis=1, workers=1) * level
            heard = fft.irfft(spectrum, SIZE, axis=1, workers=1) * window
            for start, piece in zip(starts[chunk], heard, strict=True):
                out[HOP * start : HOP * start + SIZE] += piece
        return out[SIZE // 2 : SIZE // 2 + frames]


def _between(rows: Array, row: NDArray[np.intp], part: Array) -> Array:
    """Return rows between two rows each (rows, bins)."""
    found = rows[row]
    found += part * (rows[row + 1] - found)
    return found


def unvoiced(samples: Array, laid: Sequence[Laid], pitch: Curve, gain_db: Array) -> Mono:
    """Return the voiceless consonants as they were spoken, each in its place, with short joins."""
    frames = round(len(pitch.hz) * STEP * SAMPLE_RATE)
    out = np.zeros(frames, dtype=np.float32)
    upsampled = np.asarray(signal.resample_poly(samples, UP, 1), dtype=np.float32)
    join = round(JOIN_SECONDS * SAMPLE_RATE)
    fade = (0.5 - 0.5 * np.cos(np.pi * (np.arange(join) + 0.5) / join)).astype(np.float32)
    for piece in laid:
        if piece.phone.kind not in VOICELESS:
            continue
        (start, _), (end, source_end) = piece.knots[0], piece.knots[-1]
        first, size = round((start - pitch.start) * SAMPLE_RATE), round((end - start) * SAMPLE_RATE)
        begin = round(source_end * SAMPLE_RATE) - size
        first, begin, size = _within(first, begin, size, frames, len(upsampled))
        if size < 2 * join:
            continue
        copied = upsampled[begin : begin + size].copy()
        copied[:join] *= fade
        copied[-join:] *= fade[::-1]
        frame = min(round((start + end) / 2 / STEP - pitch.start / STEP), len(gain_db) - 1)
        gain = np.exp(NEPER * (gain_db[frame] + CONSONANTS_DB))
        copied *= np.float32(min(gain, LOUDEST_HISS / (copied.std() + 1e-6)) / LOUDEST_BURST)
        out[first : first + size] += np.float32(LOUDEST_BURST) * np.tanh(copied)
    return out


def _within(first: int, begin: int, size: int, frames: int, available: int) -> tuple[int, int, int]:
    lead = max(0, -first, -begin)
    first, begin, size = first + lead, begin + lead, size - lead
    return first, begin, min(size, frames - first, available - begin)


def _epochs(hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where each period begins, in frames."""
    phase = np.concatenate([[0.0], np.cumsum(0.5 * (hz[1:] + hz[:-1]) * STEP)])
    return np.interp(np.arange(1, int(phase[-1]) + 1), phase, np.arange(len(hz)))


@lru_cache(maxsize=1)
def _fold() -> Array:
    """What makes a cepstrum causal, and its spectrum minimum-phase."""
    fold = np.zeros(SIZE, dtype=np.float32)
    fold[0] = fold[SIZE // 2] = 1.0
    fold[1 : SIZE // 2] = 2.0
    return fold


@lru_cache(maxsize=1)
def _window() -> Array:
    """A root of Hann: analysed and added with it, four to a frame, noise keeps its power."""
    window = np.sqrt(np.hanning(SIZE + 1)[:-1] / 2.0)
    return window.astype(np.float32)
