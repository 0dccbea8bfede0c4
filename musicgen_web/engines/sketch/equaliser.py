"""Filters of the console: second-order sections that go on from block to block (R. Bristow-Johnson's cookbook)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE
from musicgen_web.engines.writer import Samples

Section = Sequence[float]  # b0 b1 b2 a0 a1 a2, with a0 = 1


class Equaliser:
    """A cascade of sections, and what each remembers of the block before."""

    def __init__(self, *sections: Section) -> None:
        self._sections: NDArray[np.float32] = np.asarray(sections, dtype=np.float32)
        self._state = np.zeros((len(sections), 2, 2), dtype=np.float32)

    def block(self, samples: Samples) -> Samples:
        """Return the next block (frames, 2), filtered."""
        out, self._state = signal.sosfilt(self._sections, samples, axis=0, zi=self._state)
        return np.asarray(out)


def low_cut(hz: float) -> Section:
    """Let pass what is above: 12 dB per octave, flat (Butterworth)."""
    cosine, alpha = _corner(hz, np.sqrt(0.5))
    return _section(((1 + cosine) / 2, -(1 + cosine), (1 + cosine) / 2), (1 + alpha, -2 * cosine, 1 - alpha))


def bell(hz: float, db: float, q: float) -> Section:
    """Raise or lower what is around a frequency."""
    cosine, alpha = _corner(hz, q)
    a = 10.0 ** (db / 40.0)
    return _section((1 + alpha * a, -2 * cosine, 1 - alpha * a), (1 + alpha / a, -2 * cosine, 1 - alpha / a))


def high_shelf(hz: float, db: float) -> Section:
    """Raise or lower everything above."""
    cosine, alpha = _corner(hz, np.sqrt(0.5))
    a = 10.0 ** (db / 40.0)
    root = 2 * np.sqrt(a) * alpha
    return _section(
        (
            a * (a + 1 + (a - 1) * cosine + root),
            -2 * a * (a - 1 + (a + 1) * cosine),
            a * (a + 1 + (a - 1) * cosine - root),
        ),
        (a + 1 - (a - 1) * cosine + root, 2 * (a - 1 - (a + 1) * cosine), a + 1 - (a - 1) * cosine - root),
    )


def band_pass(hz: float, q: float) -> Section:
    """Let pass what is around a frequency, itself unchanged: taken away from the whole, it leaves a bell's dip."""
    cosine, alpha = _corner(hz, q)
    return _section((alpha, 0.0, -alpha), (1 + alpha, -2 * cosine, 1 - alpha))


def _corner(hz: float, q: float) -> tuple[float, float]:
    angle = 2 * np.pi * hz / SAMPLE_RATE
    return float(np.cos(angle)), float(np.sin(angle) / (2 * q))


def _section(b: tuple[float, float, float], a: tuple[float, float, float]) -> Section:
    return tuple(float(value / a[0]) for value in (*b, *a))
