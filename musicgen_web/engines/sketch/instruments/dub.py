"""Keys of the dub studio: the drawbar organ, short and hollow, and the melodica."""

from __future__ import annotations

import numpy as np

from musicgen_web.engines.sketch.instruments.pads import FOREVER, Voices, ensemble, lfo, swell, warped
from musicgen_web.engines.sketch.instruments.partials import (
    SAMPLE_RATE,
    Partials,
    attack,
    dice,
    midi_hz,
    sound,
    spread,
)
from musicgen_web.engines.writer import Samples

REEDS = Voices((-3.0, 3.5), (1.0, 0.8), spread_to=0.3, unison=True)
DRAWBARS = ((0.5, 0.55), (1.0, 1.0), (1.5, 0.42), (2.0, 0.5), (3.0, 0.2), (4.0, 0.12))  # pipe's ratio, how far out


def organ_bubble(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """Six drawbars, the click of the contacts, and a horn that turns between left and right."""
    chance = dice(50, pitch, variation)
    frames = round(seconds * SAMPLE_RATE)
    ratio, out_by = np.array(DRAWBARS).T
    hz = ratio * midi_hz(pitch)
    level = 0.55 * out_by * (0.5 + 0.7 * velocity) ** np.log2(2.0 * ratio)
    turned = 0.7 * np.clip((hz - 150.0) / 400.0, 0.0, 1.0)
    pipes = spread(hz, np.full(6, FOREVER), level, chance.uniform(0.0, 6.28, 6), np.zeros(6), turned)
    click_hz = chance.uniform(900.0, 4_500.0, 10)
    click = spread(click_hz, np.full(10, 0.003), np.full(10, 0.05 * velocity), np.zeros(10), np.zeros(10), np.zeros(10))
    out = sound(Partials.joined(pipes, click), frames)
    horn = np.float32(0.14) * lfo(frames, 0.9, chance.uniform())
    out[:, 0] *= np.float32(1.0) + horn
    out[:, 1] *= np.float32(1.0) - horn
    return attack(out, 0.004)


def melodica(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """Two free reeds and a player's breath: thin, a little sour, trembling where it is held."""
    chance = dice(53, pitch, variation)
    f0 = midi_hz(pitch)
    frames = round(seconds * SAMPLE_RATE)
    n = np.arange(1.0, max(2, min(22, int(7_000.0 / f0))) + 1.0)
    harmonics = n**-0.75 * np.where(n % 2 == 0, 0.6, 1.0) / (1.0 + (n * f0 / (1_100.0 + 2_600.0 * velocity)) ** 2)
    late = np.clip((np.arange(frames) / SAMPLE_RATE - 0.2) / 0.3, 0.0, 1.0).astype(np.float32)
    rate = chance.uniform(5.4, 6.0)
    out = warped(sound(ensemble(f0, REEDS, harmonics, chance), frames), np.float32(5.0) * late, rate)
    out *= ((np.float32(1.0) + np.float32(0.16) * late * lfo(frames, rate, 0.2)) * swell(frames, 0.03, 1.3))[:, None]
    return attack(out, 0.01)
