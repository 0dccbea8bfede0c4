"""Partials whose loudness moves: filters that sweep, vowels that change, written as gains along time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE, TOGETHER, Array, Partials, powers
from musicgen_web.engines.writer import Samples

STEP = 256  # frames between two gains: 5.8 ms


def steps(frames: int) -> Array:
    """Return the times in seconds at which gains are given: one more than there are steps."""
    return np.asarray(np.arange(-(-frames // STEP) + 1) * (STEP / SAMPLE_RATE), dtype=np.float64)


def moving(partials: Partials, gains: Array, frames: int) -> Samples:
    """Return the sum of the partials (frames, 2), each times its gains (steps, partials), straight lines between them.

    Within a step a partial is e^(st)·(g + t·Δg): two matrix products where a steady one is one.
    """
    out = np.zeros((2, frames), dtype=np.float32)
    for first in range(0, len(partials.hz), TOGETHER // 2):
        chosen = slice(first, first + TOGETHER // 2)
        _add(out, partials, chosen, gains[:, chosen])
    return out.T


def _add(out: NDArray[np.float32], partials: Partials, chosen: slice, gains: Array) -> None:
    frames, rows = out.shape[1], len(gains) - 1
    turn = np.exp((2j * np.pi * partials.hz[chosen] - 1.0 / partials.decay[chosen]) / SAMPLE_RATE)
    inner, outer = powers(turn, STEP), powers(turn**STEP, rows)
    wave = np.concatenate([inner.real.T, inner.imag.T])
    right_hand = np.concatenate([wave, wave * (np.arange(STEP) / STEP)]).astype(np.float32)
    for channel, start in enumerate((partials.left[chosen], partials.right[chosen])):
        begun, grown = outer * start * gains[:-1], outer * start * np.diff(gains, axis=0)
        left_hand = np.concatenate([begun.real, -begun.imag, grown.real, -grown.imag], axis=1).astype(np.float32)
        out[channel] += (left_hand @ right_hand).reshape(-1)[:frames]


def low_pass(hz: Array, cutoff_hz: Array, q: float) -> Array:
    """Return a resonant low-pass of 24 dB an octave: (steps, partials) for cutoffs (steps,)."""
    ratio = hz[None, :] / cutoff_hz[:, None]
    squared = ratio**2
    resonant = np.sqrt((1.0 - squared) ** 2 + squared / q**2)
    return np.asarray(1.0 / (resonant * np.sqrt((1.0 - squared) ** 2 + squared / 0.5)))


def formants(hz: Array, centres_hz: Array, widths_hz: Array, levels: Array) -> Array:
    """Return a mouth's resonances: (steps, partials) for centres and levels (steps, formants), widths (formants,)."""
    away = (hz[None, :, None] - centres_hz[:, None, :]) / widths_hz
    return np.asarray((levels[:, None, :] / (1.0 + away**2)).sum(axis=2))
