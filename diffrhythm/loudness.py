"""How loud a song leaves the house: the highest true peak at −1 dB, and one gain for the whole of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from diffrhythm.errors import AudioError

CEILING = 10.0 ** (-1.0 / 20.0)  # −1 dBTP, so that lossy copies do not clip
SILENCE = 2.0**-23  # full scale is 1: the smallest step of 24 bits
OVERSAMPLING = 4  # ITU-R BS.1770-4, annex 2
BLOCK = 1 << 17  # samples measured at once
MARGIN = 64  # samples to each side of a block that the interpolation hears

Samples = NDArray[np.float32]
"""(channels, samples), full scale is 1."""


def true_peak(audio: Samples) -> float:
    """Return the highest level between and at the samples of (channels, samples), 4 times oversampled.

    Raises AudioError if a sample is not a finite number.
    """
    peak = 0.0
    for start in range(0, audio.shape[1], BLOCK):
        block = audio[:, max(0, start - MARGIN) : start + BLOCK + MARGIN]
        if not np.isfinite(block).all():
            raise AudioError("The sound has samples that are not finite numbers.")
        dense = signal.resample_poly(block, OVERSAMPLING, 1, axis=1)
        peak = max(peak, float(np.abs(block).max()), float(np.abs(dense).max()))
    return peak


def gain_for(audio: Samples, ceiling: float = CEILING) -> float:
    """Return the factor that brings the true peak to the ceiling; 1 for silence."""
    peak = true_peak(audio)
    return ceiling / peak if peak >= SILENCE else 1.0


def normalised(audio: Samples, gain: float | None = None) -> tuple[Samples, float]:
    """Return the sound with its true peak at −1 dB and the gain that did it; silence stays silence.

    With `gain`, that of the song it belongs to, it comes to that song's level instead.
    """
    factor = gain_for(audio) if gain is None else gain
    return audio * np.float32(factor), factor
