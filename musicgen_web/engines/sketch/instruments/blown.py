"""Winds that are not flutes: a section of brass, and the harmonica."""

from __future__ import annotations

import numpy as np

from musicgen_web.engines.sketch.instruments.pads import Voices, ensemble, glided, lfo, swell, warped
from musicgen_web.engines.sketch.instruments.partials import (
    SAMPLE_RATE,
    attack,
    decaying_noise,
    dice,
    midi_hz,
    sound,
)
from musicgen_web.engines.sketch.instruments.strings import body_gain
from musicgen_web.engines.writer import Samples

SECTION = Voices((-7.0, -1.0, 3.5, 8.0), (0.8, 1.1, 1.0, 0.8), spread_to=0.7, unison=True)
REED = Voices((-2.0, 1.5), (1.0, 0.8), spread_to=0.2, unison=True)
BELL = ((650.0, 0.7, 3.0), (1_250.0, 0.5, 4.0), (2_600.0, 0.7, 3.0))
COMB = ((900.0, 0.5, 4.0), (2_100.0, 0.5, 6.0))


def brass(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """Trumpets, a trombone, a tenor: they crack into the note, blare, and settle; louder is brighter (Risset)."""
    chance = dice(71, pitch, round(velocity * 100), variation)
    frames = round(seconds * SAMPLE_RATE)
    f0 = midi_hz(pitch)
    n = np.arange(1.0, max(2, min(40, int(9_500.0 / f0))) + 1.0)
    hz = n * f0
    mellow = n**-0.9 * body_gain(BELL, hz) / (1.0 + (hz / (700.0 + 500.0 * velocity)) ** 3)
    blaring = n**-0.45 * body_gain(BELL, hz) / (1.0 + (hz / (1_500.0 + 2_800.0 * velocity**1.3)) ** 3)
    time = np.arange(frames, dtype=np.float32) / SAMPLE_RATE
    breath = swell(frames, 0.03 - 0.012 * velocity) * (
        np.float32(0.45) + np.float32(0.55) * np.exp(-time / np.float32(0.28))
    )
    out = np.float32(0.7) * sound(ensemble(f0, SECTION, mellow, chance), frames) * swell(frames, 0.016)[:, None]
    out += np.float32(0.25 + 0.6 * velocity) * sound(ensemble(f0, SECTION, blaring, chance), frames) * breath[:, None]
    late = np.clip((time - 0.35) / 0.4, 0.0, 1.0).astype(np.float32)
    out = warped(out, np.float32(7.0) * late, chance.uniform(4.8, 5.3))
    return attack(glided(out, -70.0, 0.02), 0.006)


def harmonica(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """A reed bent up to its pitch, and a hand that opens and closes over it."""
    chance = dice(72, pitch, round(velocity * 100), variation)
    frames = round(seconds * SAMPLE_RATE)
    f0 = midi_hz(pitch)
    n = np.arange(1.0, max(2, min(28, int(9_000.0 / f0))) + 1.0)
    hz = n * f0
    harmonics = np.where(n % 2 == 0, 0.8, 1.0) * n**-0.6 * body_gain(COMB, hz)
    harmonics = harmonics / (1.0 + (hz / (1_500.0 + 2_500.0 * velocity)) ** 2)
    closed = harmonics / (1.0 + (hz / 1_300.0) ** 2)
    rate = chance.uniform(4.6, 5.4)
    late = np.clip((np.arange(frames) / SAMPLE_RATE - 0.3) / 0.3, 0.0, 1.0).astype(np.float32)
    hand = np.float32(0.75) + np.float32(0.25) * late * lfo(frames, rate, 0.0)
    out = sound(ensemble(f0, REED, closed, chance), frames)
    out += sound(ensemble(f0, REED, np.maximum(harmonics - closed, 1e-6), chance), frames) * hand[:, None]
    out = warped(out, np.float32(8.0) * late, rate)
    out *= swell(frames, 0.03)[:, None]
    puff = decaying_noise(chance, frames, 0.03) * np.float32(0.015 * velocity)
    return attack(glided(out, -110.0 if variation else -35.0, 0.05) + puff[:, None], 0.008)
