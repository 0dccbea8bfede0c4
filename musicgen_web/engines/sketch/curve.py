"""A gain that moves slowly: points every so many frames, and straight lines between them."""

from __future__ import annotations

import numpy as np

from musicgen_web.engines.sketch.instruments.partials import Mono

STEP = 64  # frames between two points
_WEIGHTS = np.arange(STEP, dtype=np.float32) / np.float32(STEP)


def steps(frames: int) -> int:
    """Return how many steps hold so many frames."""
    return -(-frames // STEP)


def drawn(points: Mono, frames: int) -> Mono:
    """Return the value at each frame from the first point on; there is one point more than steps."""
    rises = np.diff(points)
    return (points[:-1, None] + rises[:, None] * _WEIGHTS).reshape(-1)[:frames]
