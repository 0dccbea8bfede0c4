"""What every stroke on a drum is made of: a skin whose pitch falls, ringing modes, bands of noise."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE, Mono, Partials, decaying_noise, spread, stereo
from musicgen_web.engines.writer import Samples

Hit = Callable[[float, np.random.Generator], Samples]
"""(velocity, chance) → one stroke (frames, 2)."""


@lru_cache(maxsize=256)
def band(kind: str, low_hz: float, high_hz: float = 0.0, order: int = 2) -> NDArray[np.float32]:
    """Return a Butterworth filter's sections; `low_hz` alone for a low-pass or high-pass."""
    edges = [low_hz, high_hz] if kind == "bandpass" else low_hz
    return np.asarray(signal.butter(order, edges, kind, fs=SAMPLE_RATE, output="sos"), dtype=np.float32)


def filtered(samples: Samples, kind: str, low_hz: float, high_hz: float = 0.0, order: int = 2) -> Samples:
    return np.asarray(signal.sosfilt(band(kind, low_hz, high_hz, order), samples, axis=0), dtype=np.float32)


def both(mono: Mono) -> Samples:
    return stereo(mono, mono)


def noise(chance: np.random.Generator, frames: int, seconds: float, apart: float) -> Samples:
    """Noise that decays; `apart` 0–1 is how different left and right are."""
    middle, side = decaying_noise(chance, frames, seconds), decaying_noise(chance, frames, seconds)
    side *= np.float32(apart)
    return stereo(middle + side, middle - side) * np.float32(1.0 / np.sqrt(1.0 + apart**2))


def modes(
    chance: np.random.Generator,
    hz: NDArray[np.float64],
    decay: NDArray[np.float64],
    level: NDArray[np.float64],
    apart: float,
) -> Partials:
    size = len(hz)
    return spread(
        hz,
        decay,
        level,
        chance.uniform(0.0, 2 * np.pi, size),
        chance.uniform(-apart, apart, size),
        chance.uniform(-2.0, 2.0, size) * apart,
    )


def sweep(frames: int, low_hz: float, high_hz: float, fall: float, decay: float) -> Mono:
    """A skin: its pitch falls from `high_hz` to `low_hz` as it stops swinging wide."""
    time = np.arange(frames) / SAMPLE_RATE
    cycles = low_hz * time + (high_hz - low_hz) * fall * (1.0 - np.exp(-time / fall))
    angle = (2 * np.pi * cycles).astype(np.float32)
    return np.asarray(np.sin(angle) * np.exp(-time.astype(np.float32) / np.float32(decay)), dtype=np.float32)
