"""Tones that may bend: one cycle as a table, read at a pitch that moves, and the wooden or skin body it sounds through.

What glides, shakes or slides cannot be a sum of steady sinusoids; a table read by a moving phase can, and a body that
stands still while the pitch moves gives every harmonic its own trembling, as a violin's does.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE, Array, Mono, dice
from musicgen_web.engines.writer import Samples

TABLE = 4_096
CYCLE = 2.0**32  # a phase is a whole number that wraps round as a cycle does
BETWEEN = np.uint32(20)  # its bits below a point of the table
TAPS = 2_048  # of a body
HIGHEST_HZ = 14_000.0  # no harmonic above
EVERY = 64  # frames between two points of what moves slowly

Phase = NDArray[np.uint32]


def cycle(harmonics: Array, phases: Array | float = 0.0) -> Mono:
    """Return one period (TABLE + 1,) of harmonics counted from the first, at an energy of one half."""
    spectrum = np.zeros(TABLE // 2 + 1, dtype=np.complex128)
    spectrum[1 : len(harmonics) + 1] = harmonics * np.exp(1j * (np.asarray(phases) - np.pi / 2))
    wave = fft.irfft(spectrum, TABLE, workers=1)
    wave *= np.sqrt(0.5) / max(float(np.sqrt(np.mean(wave**2))), 1e-12)
    return np.append(wave, wave[0]).astype(np.float32)


def count(f0: float, highest_hz: float = HIGHEST_HZ) -> Array:
    """Return the numbers 1, 2, 3 … of the harmonics that lie below a frequency, as long as a table holds them."""
    return np.arange(1.0, max(2, min(TABLE // 4, int(highest_hz / f0))) + 1.0)


def bent(f0: float, cents: Mono, begins: float = 0.0) -> Phase:
    """Return the phase (frames,) of a tone that is so many cents off at each frame; it begins at a share of a cycle."""
    steps = np.exp2(cents * np.float32(1.0 / 1200.0)) * np.float32(f0 * CYCLE / SAMPLE_RATE)
    phase: Phase = np.cumsum(steps.astype(np.uint32), dtype=np.uint32)
    return phase + np.uint32(begins % 1.0 * CYCLE)


def read(table: Mono, phase: Phase) -> Mono:
    """Read a cycle along a phase, between its points by a straight line."""
    whole = (phase >> BETWEEN).astype(np.int32)
    part = (phase & np.uint32((1 << int(BETWEEN)) - 1)).astype(np.float32) * np.float32(TABLE / CYCLE)
    near = table.take(whole)
    return np.asarray(near + part * (table[1:].take(whole) - near), dtype=np.float32)


def share(phase: Phase) -> Mono:
    """Return how much of its cycle a tone has behind it at each frame, 0–1."""
    return phase.astype(np.float32) * np.float32(1.0 / CYCLE)


def seconds_of(frames: int) -> Mono:
    return np.arange(frames, dtype=np.float32) / np.float32(SAMPLE_RATE)


def late(frames: int, begins: float, over: float) -> Mono:
    """Return 0 until `begins` seconds, then a smooth way to 1."""
    way = np.clip((seconds_of(frames) - np.float32(begins)) / np.float32(over), 0.0, 1.0)
    return np.asarray(way * way * (3.0 - 2.0 * way), dtype=np.float32)


def vibrato(frames: int, hz: float, cents: float, chance: np.random.Generator) -> Mono:
    """Return a hand's vibrato in cents: never quite regular in rate and width."""
    points = np.arange(0.0, frames + EVERY, EVERY)
    knots = np.arange(0.0, frames + 8_192, 4_096.0)
    rate = np.interp(points, knots, hz * chance.uniform(0.93, 1.07, len(knots)))
    width = np.interp(points, knots, cents * chance.uniform(0.75, 1.2, len(knots)))
    swing = width * np.sin(2 * np.pi * (np.cumsum(rate) * (EVERY / SAMPLE_RATE) + chance.uniform()))
    return np.asarray(np.interp(np.arange(frames), points, swing), dtype=np.float32)


@lru_cache(maxsize=32)
def body(shape: tuple[tuple[float, float, float], ...], number: int, grain_db: float) -> NDArray[np.float32]:
    """Return a body's answer (2, TAPS), left and right: broad hills (Hz, octaves, dB) under many narrow ones."""
    chance = dice(61, number)
    hz = np.maximum(fft.rfftfreq(2 * TAPS, 1.0 / SAMPLE_RATE), 20.0)
    octaves = np.log2(hz)
    hills = sum(db * np.exp(-(((octaves - np.log2(at)) / width) ** 2)) for at, width, db in shape)
    common = chance.standard_normal(160)
    taps = []
    for own in (chance.standard_normal(160), chance.standard_normal(160)):
        heights = grain_db * (0.75 * common + 0.65 * own)
        narrow = np.interp(octaves, np.log2(180.0) + np.arange(160) * 0.04, heights, left=0.0, right=0.0)
        taps.append(_minimum_phase(hills + narrow))
    return np.array(taps, dtype=np.float32)


def through(taps: NDArray[np.float32], sounding: Mono | Samples) -> Samples:
    """Let a string (frames,), or what lies left and right of it (frames, 2), sound through its body (frames, 2)."""
    sides = sounding.T if sounding.ndim == 2 else sounding[None]
    frames = sides.shape[1]
    size = fft.next_fast_len(frames + TAPS, real=True)
    heard = fft.irfft(fft.rfft(sides, size, axis=1, workers=1) * _answer(taps, size), size, axis=1, workers=1)
    return np.asarray(heard[:, :frames], dtype=np.float32).T


def _answer(taps: NDArray[np.float32], size: int) -> NDArray[np.complex64]:
    return np.asarray(fft.rfft(taps, size, axis=1, workers=1), dtype=np.complex64)


def _minimum_phase(db: Array) -> Array:
    cepstrum = fft.irfft(db * (np.log(10.0) / 20.0), workers=1)  # the real cepstrum, folded onto its causal half
    cepstrum[1:TAPS] *= 2.0
    cepstrum[TAPS + 1 :] = 0.0
    answer = fft.irfft(np.exp(fft.rfft(cepstrum, workers=1)), workers=1)[:TAPS]
    return np.asarray(answer * (0.5 + 0.5 * np.cos(np.pi * np.arange(TAPS) / TAPS)))
