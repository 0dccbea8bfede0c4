"""Loudness as people hear it: ITU-R BS.1770-4, K-weighted and gated, measured in hops of 100 ms."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE
from musicgen_web.engines.writer import Samples

HOP = SAMPLE_RATE // 10  # frames; a block of the standard is four hops, so blocks overlap by three quarters
SILENCE_LUFS, GATE_LU = -70.0, -10.0

Array = NDArray[np.float64]


def k_weighting() -> NDArray[np.float32]:
    """Return the two biquads of the standard at our rate: its analogue prototypes through the bilinear transform."""
    k = np.tan(np.pi * 1_681.974450955533 / SAMPLE_RATE)
    high, q = 10.0 ** (3.999843853973347 / 20.0), 0.7071752369554196
    band = high**0.4996667741545416
    a0 = 1.0 + k / q + k * k
    shelf = [(high + band * k / q + k * k) / a0, 2.0 * (k * k - high) / a0, (high - band * k / q + k * k) / a0]
    shelf += [1.0, 2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0]
    k, q = np.tan(np.pi * 38.13547087602444 / SAMPLE_RATE), 0.5003270373238773
    a0 = 1.0 + k / q + k * k
    low_cut = [1.0, -2.0, 1.0, 1.0, 2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0]
    return np.asarray([shelf, low_cut], dtype=np.float64)


class Meter:
    """Collect the K-weighted energy of a song in steps of `step` frames; blocks are whole steps, but for the last."""

    def __init__(self, step: int = HOP) -> None:
        self._step = step
        self._sections = k_weighting()
        self._state = np.zeros((2, 2, 2))
        self._energies: list[Array] = []

    def add(self, block: Samples) -> None:
        weighted, self._state = signal.sosfilt(self._sections, block, axis=0, zi=self._state)
        rest = -len(block) % self._step
        squares = np.einsum("ij,ij->i", weighted, weighted)
        self._energies.append(np.pad(squares, (0, rest)).reshape(-1, self._step).sum(axis=1) / self._step)

    def energies(self) -> Array:
        """Return the mean square of each step, both channels added; the last one counts as if it were full."""
        return np.concatenate(self._energies)


def integrated(energies: Array) -> float:
    """Return the gated loudness in LUFS of hop energies; −inf for silence."""
    if len(energies) < 4:
        energies = np.pad(energies, (0, 4 - len(energies)))
    blocks = np.convolve(energies, np.full(4, 0.25), mode="valid")
    loud = blocks[_lufs(blocks) > SILENCE_LUFS]
    if not len(loud):
        return float("-inf")
    loud = loud[_lufs(loud) > _lufs(loud.mean()) + GATE_LU]
    return float(_lufs(loud.mean()))


def _lufs(mean_square: Array | np.float64) -> Array:
    return np.asarray(-0.691 + 10.0 * np.log10(np.maximum(mean_square, 1e-20)))


def measured(samples: Samples) -> float:
    """Return the integrated loudness of a whole recording (frames, 2) in LUFS."""
    meter = Meter()
    meter.add(samples)
    energies = meter.energies()
    return integrated(energies[: max(4, len(samples) // HOP)])
