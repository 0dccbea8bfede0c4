"""Brass: the louder it is blown the brighter it gets, within every note. French horns, a trumpet, and three of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE, Mono, attack, dice, midi_hz, silence
from musicgen_web.engines.sketch.instruments.strokes import filtered
from musicgen_web.engines.sketch.instruments.waves import (
    bent,
    body,
    count,
    cycle,
    late,
    read,
    seconds_of,
    through,
    vibrato,
)
from musicgen_web.engines.writer import Samples


@dataclass(frozen=True, slots=True)
class Horn:
    """How a brass instrument is blown. `players`: cents off and place −1…1 of each; times in seconds."""

    number: int
    body: tuple[tuple[float, float, float], ...]
    players: tuple[tuple[float, float], ...]
    dark_hz: float
    bright_hz: float  # where a full breath reaches
    opens: float  # how long the tone takes to open
    settles: float  # what it keeps of its brightness, 0–1
    scoop: float  # cents below, where the lips begin
    vibrato: float  # cents


FRENCH_HORNS = Horn(
    number=1,
    body=((340.0, 0.6, 5.0), (750.0, 0.5, 2.0), (2_200.0, 0.7, -3.0)),
    players=((-6.0, -0.5), (0.5, 0.1), (5.5, 0.5), (-2.5, -0.1)),
    dark_hz=420.0,
    bright_hz=1_900.0,
    opens=0.085,
    settles=0.55,
    scoop=18.0,
    vibrato=3.0,
)
TRUMPET = Horn(
    number=2,
    body=((1_250.0, 0.6, 4.0), (2_600.0, 0.6, 3.0), (250.0, 0.6, -3.0)),
    players=((0.0, 0.0),),
    dark_hz=1_000.0,
    bright_hz=5_200.0,
    opens=0.026,
    settles=0.6,
    scoop=30.0,
    vibrato=13.0,
)
TRUMPETS = Horn(
    number=3,
    body=((1_100.0, 0.7, 4.0), (2_500.0, 0.7, 3.0), (450.0, 0.5, 2.0)),
    players=((-7.0, -0.55), (1.0, 0.15), (7.5, 0.6)),
    dark_hz=800.0,
    bright_hz=4_800.0,
    opens=0.022,
    settles=0.5,
    scoop=25.0,
    vibrato=5.0,
)


def french_horns(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    return _blown(FRENCH_HORNS, pitch, seconds, velocity, variation)


def trumpet(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    return _blown(TRUMPET, pitch, seconds, velocity, variation)


def trumpets(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    return _blown(TRUMPETS, pitch, seconds, velocity, variation)


def _blown(horn: Horn, pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    chance = dice(43, horn.number, pitch, round(velocity * 100), variation)
    frames = round(seconds * SAMPLE_RATE)
    f0, time = midi_hz(pitch), seconds_of(frames)
    n = count(f0)
    hz = n * f0
    dark = cycle(n**-0.7 / (1.0 + (hz / horn.dark_hz) ** 2))
    bright = cycle(n**-0.55 / (1.0 + (hz / (0.4 * horn.bright_hz + 0.75 * horn.bright_hz * velocity)) ** 2.5))
    out = silence(frames)
    for cents, place in horn.players:
        opens = np.float32(horn.opens * (1.3 - 0.6 * velocity) * chance.uniform(0.85, 1.2))
        breath = (1.0 - np.exp(-time / opens)) ** np.float32(1.6)
        brightness = breath * np.float32(0.35 + 0.6 * velocity)
        brightness *= np.float32(horn.settles) + np.float32(1.0 - horn.settles) * np.exp(-time / np.float32(0.22))
        off = np.float32(cents * chance.uniform(0.8, 1.2)) - np.float32(horn.scoop) * np.exp(-time / np.float32(0.025))
        off += late(frames, 0.35, 0.4) * vibrato(frames, 5.1, horn.vibrato, chance)
        phase = bent(f0, off, chance.uniform(0.0, 0.3))
        tone = read(dark, phase)
        tone += brightness * (read(bright, phase) - tone)
        tone *= breath * np.float32(1.0 / np.sqrt(len(horn.players)))
        out[:, 0] += tone * np.float32(np.sqrt(1.0 - place))
        out[:, 1] += tone * np.float32(np.sqrt(1.0 + place))
    out += (np.float32(0.012) * breath * _lips(frames, chance))[:, None]
    return attack(through(body(horn.body, 30 + horn.number, 0.8), out), 0.006)


def _lips(frames: int, chance: np.random.Generator) -> Mono:
    return filtered(chance.standard_normal(frames, dtype=np.float32), "bandpass", 500.0, 4_000.0, 1)
