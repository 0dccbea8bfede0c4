"""Winds of the jazz cellar: a tenor saxophone, and a trumpet with its mute in."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from musicgen_web.engines.sketch.instruments.leads import breath
from musicgen_web.engines.sketch.instruments.pads import Voices, ensemble, lfo, swell, warped
from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE, attack, dice, midi_hz, sound
from musicgen_web.engines.sketch.instruments.strings import body_gain
from musicgen_web.engines.writer import Samples

REED = Voices((0.0, 3.0), (1.0, 0.25), spread_to=0.2, unison=True)
BELL_OF_A_SAX = ((480.0, 0.5, 5.0), (1_150.0, 0.45, 4.0), (2_700.0, 0.5, 5.0))  # hertz, octaves, decibels
HARMON_MUTE = ((720.0, 0.35, -5.0), (1_700.0, 0.4, 9.0), (3_600.0, 0.5, 8.0))


def saxophone(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """A reed that speaks from just below its note, brightens as it is blown, and sings with a late, wide vibrato."""
    chance = dice(46, pitch, variation)
    f0 = midi_hz(pitch)
    frames = round(seconds * SAMPLE_RATE)
    n = np.arange(1.0, max(2, min(28, int(8_000.0 / f0))) + 1.0)
    dark = n**-1.1 * body_gain(BELL_OF_A_SAX, n * f0) / (1.0 + (n * f0 / 1_300.0) ** 2)
    blown = n**-0.75 * body_gain(BELL_OF_A_SAX, n * f0) / (1.0 + (n * f0 / (1_500.0 + 3_000.0 * velocity)) ** 2)
    out = sound(ensemble(f0, REED, dark, chance), frames) * np.float32(0.75)
    time = np.arange(frames, dtype=np.float32) / SAMPLE_RATE
    effort = swell(frames, 0.06) * (np.float32(0.35) + np.float32(0.4) * np.exp(-time / np.float32(0.3)))
    out += sound(ensemble(f0, REED, blown, chance), frames) * effort[:, None]
    out = _scooped(out, np.float32(-55.0 - 40.0 * velocity) * np.exp(-time / np.float32(0.035)))
    late = np.clip((time - np.float32(0.32)) / np.float32(0.4), 0.0, 1.0).astype(np.float32)
    rate = chance.uniform(4.6, 5.2)
    out = warped(out, np.float32(17.0) * late, rate)
    out *= ((np.float32(1.0) + np.float32(0.1) * late * lfo(frames, rate, 0.25)) * swell(frames, 0.018, 1.4))[:, None]
    air = np.float32(0.02) + np.float32(0.1 * (1.1 - velocity)) * np.exp(-time / np.float32(0.05))
    return attack(out + sound(breath(f0, chance), frames) * air[:, None], 0.008)


def muted_trumpet(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """A trumpet through a Harmon mute: thin, close and buzzing, more brass the harder it is blown."""
    chance = dice(47, pitch, variation)
    f0 = midi_hz(pitch)
    frames = round(seconds * SAMPLE_RATE)
    n = np.arange(1.0, max(2, min(24, int(9_000.0 / f0))) + 1.0)
    hz = n * f0
    harmonics = n**-0.9 * body_gain(HARMON_MUTE, hz) / (1.0 + (hz / (2_200.0 + 3_500.0 * velocity)) ** 3)
    time = np.arange(frames, dtype=np.float32) / SAMPLE_RATE
    out = sound(ensemble(f0, REED, harmonics, chance), frames)
    out = _scooped(out, np.float32(-30.0) * np.exp(-time / np.float32(0.02)))
    late = np.clip((time - np.float32(0.3)) / np.float32(0.35), 0.0, 1.0).astype(np.float32)
    out = warped(out, np.float32(11.0) * late, chance.uniform(5.2, 5.8))
    out *= (swell(frames, 0.02, 1.3) * (np.float32(0.8) + np.float32(0.3) * np.exp(-time / np.float32(0.1))))[:, None]
    return attack(out + np.float32(0.015) * sound(breath(f0, chance), frames), 0.008)


def _scooped(samples: Samples, cents: NDArray[np.float32]) -> Samples:
    """Bend the pitch by so many cents at each frame, by reading faster or slower."""
    position = np.cumsum(np.exp2(cents.astype(np.float64) / 1200)) - 1.0
    whole = np.clip(position.astype(np.int64), 0, len(samples) - 2)
    part = np.clip(position - whole, 0.0, 1.0).astype(np.float32)[:, None]
    near = samples[whole]
    near += part * (samples[whole + 1] - near)
    return near
