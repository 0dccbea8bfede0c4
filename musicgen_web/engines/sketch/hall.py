"""The hall: early reflections and a tail whose highs die first, and the convolution that plays music in it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE, dice
from musicgen_web.engines.writer import Samples

BANDS_HZ = (140.0, 350.0, 900.0, 2_300.0, 6_000.0)  # edges between bands
DECAY = (0.75, 1.1, 1.0, 0.85, 0.6, 0.35)  # each band's share of the T60
LEVEL = (0.2, 0.75, 1.0, 0.9, 0.6, 0.25)
WIDTH = 0.65  # of the side against the middle: a room whose halves know each other survives in mono


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
    edges = np.array([0.0, *BANDS_HZ, SAMPLE_RATE / 2])
    hz = fft.rfftfreq(late_frames, 1.0 / SAMPLE_RATE)
    for side in out:
        spectrum = fft.rfft(chance.standard_normal(late_frames, dtype=np.float32), workers=1)
        for low, high, share, level in zip(edges[:-1], edges[1:], DECAY, LEVEL, strict=True):
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
    middle, apart = out[0] + out[1], np.float32(WIDTH) * (out[0] - out[1])
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
