"""Who makes whom step back: the kick the bass and the chords, the voice the band."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE, Mono

STEP = 64  # frames between two points of a gain


class Duck:
    """Make room for the kick: a gain that dips by `depth_db` at each stroke and comes back."""

    def __init__(self, kicks: Sequence[int], frames: int, depth_db: float) -> None:
        steps = frames // STEP + 2
        self._dips = np.zeros(steps + 1)
        time = np.arange(round(0.45 * SAMPLE_RATE / STEP)) * STEP / SAMPLE_RATE
        shape = np.minimum(time / 0.006, 1.0) * np.exp(-np.maximum(time - 0.03, 0.0) / 0.1)
        for kick in kicks:
            first = kick // STEP
            reach = self._dips[first : first + len(shape)]
            np.maximum(reach, shape[: len(reach)], out=reach)
        self._depth = 1.0 - 10.0 ** (-depth_db / 20.0)

    def gain(self, start: int, frames: int) -> Mono:
        first = start // STEP
        dips = self._dips[first : first + frames // STEP + 2]
        at = (np.arange(frames) + (start - first * STEP)) / STEP
        return np.asarray(1.0 - self._depth * np.interp(at, np.arange(len(dips)), dips), dtype=np.float32)
