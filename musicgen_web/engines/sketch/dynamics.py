"""Compression: how a gain is let go again, and drums pressed hard beside themselves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from musicgen_web.engines.sketch.curve import STEP, drawn, steps
from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE
from musicgen_web.engines.writer import Samples

THRESHOLD_DB, RATIO, MAKEUP_DB = -30.0, 5.0, 9.0
MOST_DB = 5.0  # that silence is raised: more, and the stroke that ends it begins with a crack
ATTACK, RELEASE = 0.007, 0.14  # seconds: strokes come through, what rings after them is raised
EVEN = 0.75  # how much louder the pressed drums make the whole, for which it is turned down

Array = NDArray[np.float64]


def released(reduction: Array, fall: float) -> Array:
    """Let each reduction (dB ≥ 0) die away exponentially after it, by e^−fall a step: max over the past of
    x·e^(−age·fall), in logarithms."""
    ages = fall * np.arange(len(reduction))
    with np.errstate(divide="ignore"):
        return np.asarray(np.exp(np.maximum.accumulate(np.log(reduction) + ages) - ages))


class Press:
    """Parallel compression: beside the drums as they are, the same drums pressed flat, `amount` (0–1) of them."""

    def __init__(self, amount: float) -> None:
        self._amount = np.float32(amount)
        self._held = 0.0  # dB, the reduction at the end of the block before
        self._smooth = np.exp(-STEP / SAMPLE_RATE / ATTACK)
        self._state = np.zeros(1)
        self._last = np.float32(1.0)

    def block(self, samples: Samples) -> Samples:
        """Return the next block; blocks are whole steps, but for the last."""
        count = steps(len(samples))
        power = np.einsum("ij,ij->i", samples, samples)
        power = np.pad(power, (0, count * STEP - len(power))).reshape(count, STEP).mean(axis=1)
        over = np.maximum(10.0 * np.log10(power + 1e-12) - THRESHOLD_DB, 0.0) * (1.0 - 1.0 / RATIO)
        held = released(np.concatenate([[self._held], over]), STEP / SAMPLE_RATE / RELEASE)[1:]
        self._held = float(held[-1])
        smooth, self._state = signal.lfilter([1.0 - self._smooth], [1.0, -self._smooth], held, zi=self._state)
        gain = (10.0 ** (np.minimum(MAKEUP_DB - smooth, MOST_DB) / 20.0)).astype(np.float32)
        points = np.concatenate([[self._last], gain])
        self._last = gain[-1]
        whole = np.float32(1.0) + self._amount * drawn(points, len(samples))
        return samples * (whole / (np.float32(1.0) + np.float32(EVEN) * self._amount))[:, None]
