"""A choir on one vowel: ooh when it is soft, aah when it is loud. Three desks, each with a vibrato of its own.

It is additive like the band's other pads: harmonics through a vocal tract, a few cents apart.
"""

from __future__ import annotations

import numpy as np
from scipy import signal

from musicgen_web.engines.sketch.instruments.pads import Voices, ensemble, lfo, swell, warped
from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE, Array, dice, midi_hz, silence, sound
from musicgen_web.engines.sketch.instruments.strokes import band
from musicgen_web.engines.sketch.voice import formants
from musicgen_web.engines.writer import Samples

DESKS = (
    Voices((-9.0, 1.5, 7.0), (0.8, 1.2, 0.8), spread_to=0.9),
    Voices((-5.0, -0.5, 10.0), (0.8, 1.2, 0.7), spread_to=0.6),
    Voices((-12.0, 2.5, 5.0), (0.6, 1.2, 0.9), spread_to=0.9),
)
CLOSED, OPEN = "u", "ɑ"
SOFTEST, LOUDEST = 0.35, 0.95
HIGHEST_HZ = 9_000.0
WOMEN_FROM, WOMEN = 58.0, 1.14  # MIDI, and their formants beside men's
RD_SOFT, RD_LOUD = 1.9, 1.1
VIBRATO_CENTS = 14.0
BREATH = 0.011


def choir(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    chance = dice(21, pitch, variation)
    frames = round(seconds * SAMPLE_RATE)
    f0 = midi_hz(pitch)
    harmonics = _harmonics(f0, pitch, velocity)
    out = silence(frames)
    for desk in DESKS:
        sung = sound(ensemble(f0, desk, harmonics, chance), frames)
        depth = np.float32(VIBRATO_CENTS) * swell(frames, 0.6)
        wave = np.float32(0.9) + np.float32(0.1) * lfo(frames, chance.uniform(0.1, 0.3), chance.uniform())
        out += warped(sung, depth, chance.uniform(4.9, 6.1)) * wave[:, None]
    air = chance.standard_normal((frames, 2), dtype=np.float32)
    out += np.float32(BREATH) * signal.sosfilt(band("bandpass", 1_800.0, 6_500.0, 1), air, axis=0)
    out *= (swell(frames, 0.14 - 0.07 * velocity, 1.3))[:, None]
    return np.asarray(out, dtype=np.float32)


def _harmonics(f0: float, pitch: int, velocity: float) -> Array:
    """Return the amplitudes of a tone's harmonics, from the first."""
    openness = min(max((velocity - SOFTEST) / (LOUDEST - SOFTEST), 0.0), 1.0)
    closed, opened = np.array(formants.VOWELS[CLOSED]), np.array(formants.VOWELS[OPEN])
    vowel = closed ** (1.0 - openness) * opened**openness
    women = WOMEN ** float(np.clip((pitch - WOMEN_FROM) / 6.0, 0.0, 1.0))
    hz = f0 * np.arange(1.0, max(2.0, min(48.0, HIGHEST_HZ / f0)) + 1.0)
    rd = RD_SOFT + (RD_LOUD - RD_SOFT) * openness
    return np.asarray(np.exp(formants.tract(vowel[None, :], hz / women)[0] + formants.source(hz, rd, f0)))
