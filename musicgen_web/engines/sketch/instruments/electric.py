"""Electric guitars as their pickups hear them, before any amplifier (`amps.py`): six strings, pedal steel.

A soft stroke is a muted one, as on a keyboard with two articulations: the palm lies on the strings up to `MUTED`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from musicgen_web.engines.sketch.instruments.pads import glided, lfo, swell, warped
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
from musicgen_web.engines.sketch.instruments.strings import scrape
from musicgen_web.engines.writer import Samples

MUTED = 0.6  # velocities up to here are played with the palm on the strings


@dataclass(frozen=True, slots=True)
class Electric:
    number: int
    pickup_at: float  # of the string's length from the bridge
    touch_hz: float  # how bright the hardest stroke is
    ring: float  # time constant of the low E's fundamental, seconds
    loss_hz: float  # above here modes die quickly
    muted_ring: float  # the same under the palm
    muted_hz: float
    noise: float
    highest_hz: float = 6_000.0


CLEAN = Electric(41, 0.17, 3_600.0, 1.6, 1_900.0, 0.11, 700.0, 0.10, highest_hz=7_500.0)
CHOPPED = Electric(42, 0.11, 4_500.0, 0.5, 1_500.0, 0.022, 900.0, 0.22, highest_hz=8_000.0)
HUMBUCKER = Electric(43, 0.13, 2_600.0, 2.4, 1_700.0, 0.10, 420.0, 0.07)
LOW_TUNED = Electric(44, 0.10, 3_200.0, 2.6, 2_200.0, 0.075, 380.0, 0.10)
SINGING = Electric(45, 0.15, 2_600.0, 4.5, 2_600.0, 0.14, 600.0, 0.05)
BLUE = Electric(46, 0.21, 2_400.0, 3.2, 2_000.0, 0.14, 700.0, 0.08)


def electric_guitar(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    return _played(CLEAN, pitch, seconds, velocity, variation)


def muted_guitar(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """The hand that strums never rests, the hand that frets hardly presses: a chick, and now and then a short chord."""
    return _played(CHOPPED, pitch, seconds, velocity, variation)


def crunch_guitar(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    return _played(HUMBUCKER, pitch, seconds, velocity, variation)


def metal_guitar(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    return _played(LOW_TUNED, pitch, seconds, velocity, variation)


def lead_guitar(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """A string that the amplifier keeps alive, with a wide late vibrato."""
    return _sung(SINGING, pitch, seconds, velocity, variation, scoop=-60.0, vibrato=17.0)


def blues_guitar(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """Pushed up to its pitch every other time, and shaken when it gets there."""
    return _sung(BLUE, pitch, seconds, velocity, variation, scoop=-130.0 if variation else -25.0, vibrato=22.0)


def pedal_steel(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """A bar on steel strings: the volume pedal hides the pick, the bar slides in from below and trembles."""
    chance = dice(47, pitch, round(velocity * 100), variation)
    frames = round(seconds * SAMPLE_RATE)
    f0 = midi_hz(pitch)
    n = np.arange(1.0, min(32, int(7_000.0 / f0)) + 1.0)
    comb = 0.25 + 0.75 * np.abs(np.sin(np.pi * n * 0.12))
    amplitude = comb * n**-0.7 / (1.0 + (n * f0 / (1_100.0 + 2_300.0 * velocity)) ** 2)
    amplitude *= chance.uniform(0.85, 1.15, len(n)) / np.sqrt(np.sum(amplitude**2))
    decay = 1.0 / (1.0 / 4.0 + (n * f0 / 3_000.0) ** 1.2)
    out = sound(_central(n * f0, decay, amplitude, chance.uniform(0.0, 6.28, len(n))), frames)
    late = np.clip((np.arange(frames) / SAMPLE_RATE - 0.35) / 0.5, 0.0, 1.0).astype(np.float32)
    out = warped(out, np.float32(14.0) * late, chance.uniform(5.2, 5.8))
    out = glided(out, -200.0 if variation else -45.0, 0.13 if variation else 0.05)
    tremble = np.float32(1.0) + np.float32(0.06) * late * lfo(frames, 5.5, 0.25)
    return attack(out * (swell(frames, 0.09 - 0.05 * velocity, 1.3) * tremble)[:, None], 0.01)


def _sung(
    guitar: Electric, pitch: int, seconds: float, velocity: float, variation: int, *, scoop: float, vibrato: float
) -> Samples:
    frames = round(seconds * SAMPLE_RATE)
    out = _struck(guitar, pitch, seconds, velocity, variation, is_muted=False)
    late = np.clip((np.arange(frames) / SAMPLE_RATE - 0.3) / 0.35, 0.0, 1.0).astype(np.float32)
    rate = dice(guitar.number, pitch, variation).uniform(4.9, 5.6)
    return glided(warped(out, np.float32(vibrato) * late, rate), scoop, 0.045)


def _played(guitar: Electric, pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    return _struck(guitar, pitch, seconds, velocity, variation, is_muted=velocity < MUTED)


def _struck(
    guitar: Electric, pitch: int, seconds: float, velocity: float, variation: int, *, is_muted: bool
) -> Samples:
    chance = dice(guitar.number, pitch, round(velocity * 100), variation)
    f0 = midi_hz(pitch)
    n = np.arange(1.0, max(2, min(48, int(guitar.highest_hz / f0))) + 1.0)
    hz = n * f0 * np.sqrt(1.0 + 6e-5 * n**2)
    pick_at = 0.16 + chance.uniform(-0.02, 0.02)
    touch_hz = guitar.touch_hz * (0.3 + 0.7 * velocity**1.4) * (0.5 if is_muted else 1.0)
    comb = (0.12 + 0.88 * np.abs(np.sin(np.pi * n * pick_at))) * (
        0.2 + 0.8 * np.abs(np.sin(np.pi * n * guitar.pickup_at))
    )
    amplitude = comb * n**-0.35 / (1.0 + (hz / touch_hz) ** 2)
    amplitude *= chance.uniform(0.85, 1.18, len(n)) / np.sqrt(np.sum(amplitude**2))
    ring, loss_hz = (guitar.muted_ring, guitar.muted_hz) if is_muted else (guitar.ring, guitar.loss_hz)
    decay = 1.0 / (2.0 ** ((pitch - 40) / 26) / ring + (hz / loss_hz) ** 1.2)
    phase = chance.uniform(-0.5, 0.5, len(n))
    across = 2.0 ** (chance.uniform(0.3, 0.8) / 1200)
    partials = Partials.joined(
        _central(hz, 0.6 * decay, 0.6 * amplitude, phase),
        _central(hz * across, 1.3 * decay, 0.45 * amplitude, phase + 0.3),
        _centred(scrape(guitar.noise * (0.3 + 0.7 * velocity), chance)),
    )
    return attack(sound(partials, round(seconds * SAMPLE_RATE)), 0.0015)


def _central(hz: Array, decay: Array, amplitude: Array, phase: Array) -> Partials:
    none = np.zeros(len(hz))
    return spread(hz, decay, amplitude, phase, none, none)


def _centred(partials: Partials) -> Partials:
    """A pickup hears one signal."""
    return Partials(partials.hz, partials.decay, partials.left, partials.left)
