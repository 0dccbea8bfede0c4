"""Plucked strings: nylon, steel and clean electric guitar, the harp. A loop's loss is each mode's decay."""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Guitar:
    number: int
    pluck_at: float  # of the string's length
    soft_hz: float  # how dark the softest touch is
    bright_hz: float  # what the hardest adds
    ring: float  # time constant of the low E's fundamental, seconds
    loss_hz: float  # above here modes die quickly
    stiffness: float
    body: tuple[tuple[float, float, float], ...]  # (Hz, width in octaves, gain in dB)
    noise: float


NYLON = Guitar(
    number=3,
    pluck_at=0.23,
    soft_hz=500.0,
    bright_hz=1_500.0,
    ring=1.0,
    loss_hz=1_100.0,
    stiffness=3e-5,
    body=((102.0, 0.35, 5.0), (205.0, 0.4, 4.0), (390.0, 0.5, 3.0), (2_300.0, 0.8, 2.0)),
    noise=0.05,
)
STEEL = Guitar(
    number=4,
    pluck_at=0.14,
    soft_hz=1_100.0,
    bright_hz=3_600.0,
    ring=1.5,
    loss_hz=2_400.0,
    stiffness=9e-5,
    body=((98.0, 0.3, 4.0), (196.0, 0.4, 4.0), (420.0, 0.5, 2.0), (3_000.0, 0.9, 4.0)),
    noise=0.1,
)
HARP = Guitar(
    number=5,
    pluck_at=0.42,
    soft_hz=450.0,
    bright_hz=1_700.0,
    ring=2.3,
    loss_hz=1_500.0,
    stiffness=2e-5,
    body=((160.0, 0.5, 2.0), (340.0, 0.5, 2.0), (700.0, 0.6, 1.0), (2_800.0, 0.8, 1.0)),
    noise=0.025,
)
CLEAN = Guitar(
    number=52,
    pluck_at=0.11,
    soft_hz=900.0,
    bright_hz=2_900.0,
    ring=1.1,
    loss_hz=1_900.0,
    stiffness=7e-5,
    body=((240.0, 0.8, 2.0), (620.0, 0.6, -3.0), (2_600.0, 0.7, 6.0)),  # a pickup and a small open-backed cabinet
    noise=0.12,
)


def nylon_guitar(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    return _plucked(NYLON, pitch, seconds, velocity, variation)


def steel_guitar(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    return _plucked(STEEL, pitch, seconds, velocity, variation)


def harp(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    return _plucked(HARP, pitch, seconds, velocity, variation)


def clean_guitar(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    return _plucked(CLEAN, pitch, seconds, velocity, variation)


def _plucked(guitar: Guitar, pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    chance = dice(guitar.number, pitch, round(velocity * 100), variation)
    f0 = midi_hz(pitch)
    n = np.arange(1, min(48, int(10_000.0 / f0)) + 1)
    hz = n * f0 * np.sqrt(1.0 + guitar.stiffness * n**2)

    pluck_at = guitar.pluck_at + chance.uniform(-0.015, 0.015)
    touch_hz = guitar.soft_hz + guitar.bright_hz * velocity**1.4
    amplitude = (0.1 + 0.9 * np.abs(np.sin(np.pi * n * pluck_at))) * n**-0.75 / (1.0 + (hz / touch_hz) ** 2)
    amplitude *= body_gain(guitar.body, hz)
    amplitude *= chance.uniform(0.8, 1.25, len(n)) / np.sqrt(np.sum(amplitude**2))

    slow = guitar.ring * 2.0 ** (-(pitch - 40) / 26)
    decay = 1.0 / (1.0 / slow + (hz / guitar.loss_hz) ** 1.3)
    phase = chance.uniform(-0.6, 0.6, len(n))
    pan = chance.uniform(-0.25, 0.25, len(n)) * np.clip((hz - 120.0) / 200.0, 0.0, 1.0)
    width = chance.uniform(-0.9, 0.9, len(n)) * np.clip((hz - 120.0) / 300.0, 0.0, 1.0)
    across = 2.0 ** (chance.uniform(0.4, 0.9) / 1200)  # the string swings two ways, a hair apart
    knock_hz = np.array([entry[0] for entry in guitar.body[:3]]) * chance.uniform(0.98, 1.02, 3)
    none = np.zeros(3)
    partials = Partials.joined(
        spread(hz, 0.5 * decay, 0.6 * amplitude, phase, pan, width),
        spread(hz * across, 1.4 * decay, 0.45 * amplitude, phase + 0.3, -pan, width),
        spread(knock_hz, np.full(3, 0.045), np.full(3, 0.09 * velocity), chance.uniform(0.0, 6.28, 3), none, none),
        scrape(guitar.noise * velocity, chance),
    )
    return attack(sound(partials, round(seconds * SAMPLE_RATE)), 0.0018)


def body_gain(body: tuple[tuple[float, float, float], ...], hz: Array) -> Array:
    """The resonances of a wooden box, as a gain for each partial."""
    octaves = np.log2(np.maximum(hz, 20.0))
    gain_db = sum(db * np.exp(-(((octaves - np.log2(at)) / width) ** 2)) for at, width, db in body)
    return np.asarray(10.0 ** (gain_db / 20.0), dtype=np.float64)


def scrape(level: float, chance: np.random.Generator) -> Partials:
    """Nail or pick on the string: a few milliseconds of many high modes."""
    size = 24
    hz = chance.uniform(1_500.0, 7_500.0, size)
    return spread(
        hz,
        chance.uniform(0.002, 0.007, size),
        np.full(size, level / np.sqrt(size)),
        chance.uniform(0.0, 6.28, size),
        chance.uniform(-0.4, 0.4, size),
        chance.uniform(-1.5, 1.5, size),
    )
