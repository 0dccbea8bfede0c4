"""Wood and steel under mallets: the marimba, and the steel drum of the islands."""

from __future__ import annotations

import numpy as np

from musicgen_web.engines.sketch.instruments.bells import struck
from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE, dice, midi_hz
from musicgen_web.engines.writer import Samples


def marimba(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """Rosewood bars tuned 1 : 4 : 9.2 over tubes: a round knock, gone in half a second."""
    chance = dice(48, pitch, round(velocity * 100), variation)
    ratios = np.array([1.0, 3.94, 9.2, 15.8])
    level = np.array([1.0, 0.3, 0.14, 0.05]) * (0.3 + 0.95 * velocity) ** np.arange(4)
    decay = np.array([0.42, 0.12, 0.04, 0.02]) * 2.0 ** (-(pitch - 60) / 20)
    return struck(chance, ratios * midi_hz(pitch), decay, level, velocity, round(seconds * SAMPLE_RATE))


def steel_drum(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """A dented pan: octave and twelfth ring with the note, and its neighbours answer a little out of tune."""
    chance = dice(49, pitch, round(velocity * 100), variation)
    ratios = np.array([1.0, 2.0, 3.01, 4.02, 1.498, 5.04])
    level = np.array([1.0, 0.7, 0.3, 0.2, 0.06, 0.1]) * (0.35 + 0.85 * velocity) ** np.array([0, 1, 2, 3, 1, 4])
    decay = np.array([0.5, 0.42, 0.25, 0.16, 0.4, 0.1]) * 2.0 ** (-(pitch - 66) / 30)
    return struck(chance, ratios * midi_hz(pitch), decay, level, velocity, round(seconds * SAMPLE_RATE))
