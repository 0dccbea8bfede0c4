"""One fiddle, close by: rosin, a bow that changes, a finger that slides into the note."""

from __future__ import annotations

import numpy as np

from musicgen_web.engines.sketch.instruments.pads import Voices, ensemble, glided, lfo, swell, warped
from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE, attack, dice, midi_hz, sound, stereo
from musicgen_web.engines.sketch.instruments.strings import body_gain
from musicgen_web.engines.sketch.instruments.strokes import filtered
from musicgen_web.engines.writer import Samples

STRING = Voices((0.0, 1.2), (1.0, 0.12), spread_to=0.2, unison=True)
VIOLIN = ((280.0, 0.25, 6.0), (460.0, 0.3, 6.0), (700.0, 0.3, 3.0), (1_100.0, 0.4, -3.0), (2_700.0, 0.6, 7.0))


def fiddle(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    chance = dice(73, pitch, round(velocity * 100), variation)
    frames = round(seconds * SAMPLE_RATE)
    f0 = midi_hz(pitch)
    n = np.arange(1.0, max(2, min(36, int(10_000.0 / f0))) + 1.0)
    hz = n * f0
    harmonics = n**-0.85 * body_gain(VIOLIN, hz) / (1.0 + (hz / (2_200.0 + 3_600.0 * velocity)) ** 2)
    late = np.clip((np.arange(frames) / SAMPLE_RATE - 0.22) / 0.3, 0.0, 1.0).astype(np.float32)
    rate = chance.uniform(5.4, 6.1)
    out = sound(ensemble(f0, STRING, harmonics, chance), frames)
    out = warped(out, np.float32(16.0) * late, rate)
    out *= (np.float32(1.0) + np.float32(0.08) * late * lfo(frames, rate, 0.3))[:, None]
    out = glided(out, -150.0 if variation else -30.0, 0.035)
    out *= swell(frames, 0.035 - 0.02 * velocity, 1.2)[:, None]
    time = np.arange(frames, dtype=np.float32) / SAMPLE_RATE
    rosin = np.float32(0.012) + np.float32(0.05 * velocity) * np.exp(-time / np.float32(0.03))
    hiss = filtered(stereo(*chance.standard_normal((2, frames), dtype=np.float32)), "bandpass", 1_800.0, 7_000.0)
    out += hiss * (rosin * swell(frames, 0.006))[:, None]
    return attack(out, 0.006)
