"""The drawbar organ, whose rotary speaker is in `amps.py`, and the clavinet."""

from __future__ import annotations

import numpy as np

from musicgen_web.engines.sketch.instruments.partials import (
    SAMPLE_RATE,
    Array,
    Partials,
    attack,
    dice,
    midi_hz,
    sound,
    spread,
)
from musicgen_web.engines.writer import Samples

FEET = np.array([0.5, 1.5, 1.0, 2.0, 3.0, 4.0, 5.0, 8.0])  # 16', 5⅓', 8' … 1⅗', 1': multiples of the written pitch
DRAWN = np.array([0.62, 0.42, 1.0, 0.5, 0.3, 0.26, 0.12, 0.2])
FOREVER = 1e4


def organ(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """Tone wheels: sines that never decay, a percussive third harmonic, clicking contacts; harder is more drawbars."""
    chance = dice(61, pitch, round(velocity * 100), variation)
    f0 = midi_hz(pitch)
    hz = f0 * FEET
    hz = hz / np.exp2(np.ceil(np.maximum(np.log2(hz / 5_900.0), 0.0)))  # the wheels end there: octaves fold back
    open_more = (0.4 + 0.75 * velocity) ** np.array([0.0, 0.5, 0.0, 1.0, 2.0, 2.0, 3.0, 3.0])
    leak = f0 * 2.0 ** (chance.choice([-1.0, 1.0], 3) / 12.0) * np.array([1.0, 2.0, 3.0])  # the neighbours' wheels
    click = chance.uniform(900.0, 5_500.0, 20)
    partials = Partials.joined(
        _central(hz, np.full(8, FOREVER), 0.5 * DRAWN * open_more, chance.uniform(0.0, 6.28, 8)),
        _central(leak, np.full(3, FOREVER), np.full(3, 0.004), chance.uniform(0.0, 6.28, 3)),
        _central(np.array([3.0 * f0]), np.array([0.16]), np.array([0.3 * velocity]), np.zeros(1)),
        _central(click, np.full(20, 0.004), np.full(20, 0.05 * velocity), chance.uniform(0.0, 6.28, 20)),
    )
    return attack(sound(partials, round(seconds * SAMPLE_RATE)), 0.003)


def clavinet(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """A string struck against an anvil over two pickups out of phase: nasal, percussive, and a filter that quacks."""
    chance = dice(62, pitch, round(velocity * 100), variation)
    f0 = midi_hz(pitch)
    n = np.arange(1, min(40, int(8_000.0 / f0)) + 1)
    hz = n * f0 * np.sqrt(1.0 + 2.2e-4 * n**2)
    pickups = np.abs(np.sin(np.pi * n * 0.11) - 0.7 * np.sin(np.pi * n * 0.19)) + 0.12
    amplitude = pickups * n**-0.2 / (1.0 + (hz / (1_300.0 + 3_800.0 * velocity**1.3)) ** 2)
    amplitude *= 1.0 + 2.2 * np.exp(-(np.log2(hz / (900.0 + 1_200.0 * velocity)) ** 2) / 0.12)
    amplitude *= chance.uniform(0.85, 1.15, len(n)) / np.sqrt(np.sum(amplitude**2))
    decay = 1.0 / (2.0 ** ((pitch - 48) / 24) / 0.85 + (hz / 1_500.0) ** 1.15)
    phase = chance.uniform(-0.4, 0.4, len(n))
    size = 16
    knock = _central(
        chance.uniform(1_200.0, 6_000.0, size),
        np.full(size, 0.004),
        np.full(size, 0.3 * velocity / np.sqrt(size)),
        chance.uniform(0.0, 6.28, size),
    )
    partials = Partials.joined(_central(hz, decay, amplitude, phase), knock)
    return attack(np.tanh(np.float32(1.2) * sound(partials, round(seconds * SAMPLE_RATE))), 0.001)


def _central(hz: Array, decay: Array, amplitude: Array, phase: Array) -> Partials:
    none = np.zeros(len(hz))
    return spread(hz, decay, amplitude, phase, none, none)
