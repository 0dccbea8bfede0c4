"""The song's spectrum, measured and led gently toward its style's slope: one short filter for the whole mix."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE
from musicgen_web.engines.writer import Samples

FRAME = 8_192  # frames of one spectrum
EVERY = 3  # of so many spectra one is looked at
TAPS = 4_096
SIZE = 1 << 16  # of one transform when filtering
CENTRES_HZ = np.array([63.0, 125.0, 250.0, 500.0, 1_000.0, 2_000.0, 4_000.0, 8_000.0])
FALL_ABOVE_HZ = 5_000.0  # from here the slope aimed at is 3 dB steeper
SHARE, MOST_DB = 0.7, np.array([4.0, 5.0, 6.0, 6.0, 6.0, 7.0, 8.0, 10.0])  # how much of a difference is mended
LOW_CUT_HZ = 27.0

Array = NDArray[np.float64]


def octave_levels(mix: Samples) -> Array:
    """Return the mean level in dB of each octave band's density (per hertz), over the loud parts of the song."""
    window = np.hanning(FRAME).astype(np.float32)
    hz = fft.rfftfreq(FRAME, 1.0 / SAMPLE_RATE)
    power = np.zeros(len(hz))
    for start in range(0, max(1, len(mix) - FRAME + 1), FRAME * EVERY):
        frame = mix[start : start + FRAME].sum(axis=1) / 2
        spectrum = fft.rfft(frame * window[: len(frame)], FRAME, workers=1)
        power += spectrum.real.astype(np.float64) ** 2 + spectrum.imag.astype(np.float64) ** 2
    edges = np.searchsorted(hz, np.stack([CENTRES_HZ / np.sqrt(2), CENTRES_HZ * np.sqrt(2)]))
    return np.array([10.0 * np.log10(power[low:high].mean() + 1e-20) for low, high in edges.T])


def correction(levels: Array, slope: float) -> Array:
    """Return the gain in dB at each centre that leads the measured levels toward `slope` dB per octave."""
    octaves = np.log2(CENTRES_HZ / 1_000.0)
    target = slope * octaves - 3.0 * np.maximum(np.log2(CENTRES_HZ / FALL_ABOVE_HZ), 0.0)
    gap = target - levels
    gap -= np.median(gap[1:-1])
    return np.clip(SHARE * gap, -MOST_DB, MOST_DB)


def minimum_phase(gain_db: Array, lowpass_hz: float | None) -> NDArray[np.float32]:
    """Return the taps of the filter with these octave gains, a low cut, and the style's low-pass."""
    hz = np.maximum(fft.rfftfreq(2 * TAPS, 1.0 / SAMPLE_RATE), 1.0)
    db = np.interp(np.log2(hz), np.log2(CENTRES_HZ), gain_db)
    db -= 10.0 * np.log10(1.0 + (LOW_CUT_HZ / hz) ** 6)
    if lowpass_hz is not None:
        db -= 10.0 * np.log10(1.0 + (hz / lowpass_hz) ** 6)
    log_gain = np.maximum(db, -90.0) * (np.log(10.0) / 20.0)
    cepstrum = fft.irfft(log_gain, workers=1)  # the real cepstrum, folded onto its causal half
    cepstrum[1:TAPS] *= 2.0
    cepstrum[TAPS + 1 :] = 0.0
    taps = fft.irfft(np.exp(fft.rfft(cepstrum, workers=1)), workers=1)[:TAPS]
    taps *= 0.5 + 0.5 * np.cos(np.pi * np.clip(np.arange(TAPS) / TAPS * 2.0 - 1.0, 0.0, 1.0))
    return np.asarray(taps, dtype=np.float32)


def shape(mix: Samples, taps: NDArray[np.float32], breathe: Callable[[], None]) -> None:
    """Filter the whole song in place."""
    spectrum = fft.rfft(taps, SIZE, workers=1)
    step = SIZE - TAPS
    tail = np.zeros((2, TAPS), dtype=np.float32)
    for start in range(0, len(mix), step):
        breathe()
        block = mix[start : start + step]
        out = fft.irfft(fft.rfft(block.T, SIZE, axis=1, workers=1) * spectrum, SIZE, axis=1, workers=1)
        out[:, :TAPS] += tail
        tail = out[:, len(block) : len(block) + TAPS].copy()
        block[:] = out[:, : len(block)].T
