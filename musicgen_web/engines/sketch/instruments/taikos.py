"""The drums of the big screen: a low hit, taikos, a field drum and clashed cymbals, each played by several at once."""

from __future__ import annotations

import numpy as np

from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE, attack, silence, sound
from musicgen_web.engines.sketch.instruments.strokes import Hit, both, filtered, modes, noise, sweep
from musicgen_web.engines.writer import Samples


def _low_hit(velocity: float, chance: np.random.Generator) -> Samples:
    """A concert bass drum under a wide, dark cloud."""
    frames = round(2.0 * SAMPLE_RATE)
    skin = sweep(frames, 41.0, 41.0 * (1.5 + 0.5 * velocity), 0.05, 0.42)
    skin += np.float32(0.5) * sweep(frames, 67.0, 92.0, 0.04, 0.22)
    skin += np.float32(0.25) * sweep(frames, 103.0, 150.0, 0.03, 0.1)
    cloud = filtered(noise(chance, frames, 0.22, 0.6), "bandpass", 60.0, 300.0 + 700.0 * velocity)
    out = both(np.tanh(np.float32(1.3) * skin))
    return attack(out + np.float32(0.5) * filtered(cloud, "highpass", 120.0), 0.003)


def _taiko(tune_hz: float) -> Hit:
    """Three players: thick skins, wooden sticks, never quite together."""

    def play(velocity: float, chance: np.random.Generator) -> Samples:
        frames = round(1.3 * SAMPLE_RATE)
        out = silence(frames)
        for number, pan in enumerate(chance.permutation([-0.5, 0.0, 0.5])):
            at = round(number * chance.uniform(0.0, 0.006) * SAMPLE_RATE)
            tune = tune_hz * chance.uniform(0.98, 1.02)
            size = frames - at
            skin = sweep(size, tune, tune * (1.2 + 0.3 * velocity), 0.035, 0.21)
            skin += np.float32(0.4) * sweep(size, 1.59 * tune, 1.8 * tune, 0.03, 0.1)
            skin += np.float32(0.22 * velocity) * sweep(size, 2.9 * tune, 3.2 * tune, 0.02, 0.05)
            out[at:] += both(skin) * np.array([1.0 - 0.5 * pan, 1.0 + 0.5 * pan], dtype=np.float32)
        stick = filtered(noise(chance, frames, 0.016, 0.7), "bandpass", 500.0, 2_200.0 + 3_500.0 * velocity)
        return attack(np.tanh(np.float32(0.6) * out) + np.float32(0.45 * velocity) * stick, 0.0015)

    return play


def _field_drum(velocity: float, chance: np.random.Generator) -> Samples:
    """A deep snare with gut wires."""
    frames = round(0.6 * SAMPLE_RATE)
    out = both(np.float32(0.7) * sweep(frames, 148.0, 205.0, 0.014, 0.07))
    out += np.float32(0.5 + 0.3 * velocity) * filtered(
        noise(chance, frames, 0.09, 0.6), "bandpass", 700.0, 3_000.0 + 3_500.0 * velocity
    )
    return attack(out, 0.001)


def _anvil(velocity: float, chance: np.random.Generator) -> Samples:
    """A click of sticks, rim on rim."""
    hz = np.array([760.0, 1_480.0, 2_390.0, 3_610.0, 5_150.0]) * chance.uniform(0.98, 1.02, 5)
    level = np.array([0.7, 0.6, 0.5, 0.35, 0.25]) * (0.4 + 0.6 * velocity) ** np.arange(5)
    return attack(sound(modes(chance, hz, np.full(5, 0.02), level, 0.5), SAMPLE_RATE // 5), 0.0008)


HITS: dict[int, Hit] = {
    36: _low_hit, 37: _anvil, 38: _field_drum, 45: _taiko(62.0), 47: _taiko(84.0), 50: _taiko(112.0),
}  # fmt: skip
