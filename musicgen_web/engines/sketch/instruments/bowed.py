"""Bowed strings, one player at a time: violin, viola, cello and erhu, and a section that plays short or low."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from musicgen_web.engines.sketch.instruments.pads import lfo
from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE, Mono, attack, dice, midi_hz
from musicgen_web.engines.sketch.instruments.strokes import filtered
from musicgen_web.engines.sketch.instruments.waves import (
    Phase,
    bent,
    body,
    count,
    cycle,
    late,
    read,
    seconds_of,
    share,
    through,
    vibrato,
)
from musicgen_web.engines.writer import Samples


@dataclass(frozen=True, slots=True)
class Bow:
    """A bowed instrument. `body`: broad hills (Hz, octaves, dB); times in seconds, vibrato and glide in cents."""

    number: int
    body: tuple[tuple[float, float, float], ...]
    grain_db: float  # how uneven the body's answer is
    dark_hz: float  # the softest bow's brightness
    bright_hz: float  # what the hardest adds
    vibrato_hz: float
    vibrato: float
    vibrato_after: float
    glide: float  # from so far below each note comes
    glide_seconds: float
    speaks: float  # how long the string takes to speak
    noise: float


VIOLIN = Bow(
    number=1,
    body=((280.0, 0.25, 4.0), (500.0, 0.35, 4.0), (1_100.0, 0.4, -3.0), (2_500.0, 0.6, 6.0), (200.0, 0.4, -6.0)),
    grain_db=2.6,
    dark_hz=1_500.0,
    bright_hz=3_400.0,
    vibrato_hz=5.7,
    vibrato=17.0,
    vibrato_after=0.16,
    glide=28.0,
    glide_seconds=0.022,
    speaks=0.032,
    noise=0.028,
)
VIOLA = Bow(
    number=2,
    body=((220.0, 0.3, 4.0), (380.0, 0.35, 4.0), (900.0, 0.5, 1.0), (2_000.0, 0.6, 3.0), (5_000.0, 0.8, -4.0)),
    grain_db=2.4,
    dark_hz=1_000.0,
    bright_hz=2_500.0,
    vibrato_hz=5.3,
    vibrato=14.0,
    vibrato_after=0.2,
    glide=22.0,
    glide_seconds=0.025,
    speaks=0.042,
    noise=0.026,
)
CELLO = Bow(
    number=3,
    body=((110.0, 0.35, 3.0), (190.0, 0.4, 4.0), (400.0, 0.5, 2.0), (1_500.0, 0.8, 3.0), (4_500.0, 0.9, -5.0)),
    grain_db=2.4,
    dark_hz=650.0,
    bright_hz=2_000.0,
    vibrato_hz=5.0,
    vibrato=13.0,
    vibrato_after=0.22,
    glide=20.0,
    glide_seconds=0.03,
    speaks=0.05,
    noise=0.024,
)
ERHU = Bow(
    number=4,
    body=((420.0, 0.3, 5.0), (850.0, 0.35, 7.0), (1_700.0, 0.4, 4.0), (3_000.0, 0.5, 5.0), (230.0, 0.5, -6.0)),
    grain_db=1.8,
    dark_hz=1_500.0,
    bright_hz=3_800.0,
    vibrato_hz=5.9,
    vibrato=34.0,
    vibrato_after=0.2,
    glide=150.0,
    glide_seconds=0.045,
    speaks=0.04,
    noise=0.05,
)
EVEN = 0.7  # the level to which a player's arm brings notes that the body favours or neglects
LOW_BODY = ((75.0, 0.4, 2.0), (130.0, 0.5, 3.0), (380.0, 0.6, 2.0), (1_400.0, 0.9, 3.0), (4_000.0, 0.8, -4.0))


def violin(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    return _bowed(VIOLIN, pitch, seconds, velocity, variation)


def viola(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    return _bowed(VIOLA, pitch, seconds, velocity, variation)


def cello(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    return _bowed(CELLO, pitch, seconds, velocity, variation)


def erhu(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """Two strings over snake skin: a nasal voice that slides into every note and shakes it widely."""
    return _bowed(ERHU, pitch, seconds, velocity, variation)


def _bowed(bow: Bow, pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """Helmholtz's sawtooth under a bow whose weight makes it brighter, through the instrument's body."""
    chance = dice(40, bow.number, pitch, round(velocity * 100), variation)
    frames = round(seconds * SAMPLE_RATE)
    f0, time = midi_hz(pitch), seconds_of(frames)
    n = count(f0)
    hz = n * f0
    dark = n**-1.0 / (1.0 + (hz / (bow.dark_hz + 0.35 * bow.bright_hz * velocity)) ** 2)
    bright = n**-0.9 / (1.0 + (hz / (bow.dark_hz + bow.bright_hz * velocity)) ** 2)
    cents = -np.float32(bow.glide * chance.uniform(0.7, 1.2)) * np.exp(-time / np.float32(bow.glide_seconds))
    shake = late(frames, bow.vibrato_after, 0.35)
    cents += shake * vibrato(frames, bow.vibrato_hz, bow.vibrato, chance)
    cents += np.float32(1.6) * lfo(frames, chance.uniform(1.1, 1.9), chance.uniform())
    phase = bent(f0, cents)
    lean = np.float32(0.55) * np.exp(-time / np.float32(0.2)) + np.float32(0.3) * late(frames, 0.1, 0.8)
    lean += np.float32(0.12) * lfo(frames, chance.uniform(0.4, 0.8), chance.uniform())
    string = read(cycle(dark), phase)
    string += lean * (read(cycle(bright), phase) - string)
    string += np.float32(bow.noise * (0.6 + 0.6 * velocity)) * _rosin(frames, phase, chance)
    out = through(body(bow.body, bow.number, bow.grain_db), string)
    out *= np.float32((EVEN / max(float(np.sqrt(np.mean(out**2))), 1e-6)) ** 0.75)
    speaks = bow.speaks * (1.5 - 0.8 * velocity)
    out *= ((1.0 - np.exp(-time / np.float32(speaks))) ** np.float32(1.5))[:, None]
    out *= (np.float32(0.93) + np.float32(0.07) * shake * lfo(frames, bow.vibrato_hz, 0.3))[:, None]
    return attack(out, 0.004)


def _rosin(frames: int, phase: Phase, chance: np.random.Generator) -> Mono:
    """Hair on a string: noise that breathes with the string's own period."""
    noise = chance.standard_normal(frames, dtype=np.float32)
    noise *= np.float32(0.5) + share(phase)
    return filtered(noise, "bandpass", 700.0, 7_500.0, 1)


def spiccato(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """A section whose bows bounce: a bite, and a tenth of a second of tone."""
    chance = dice(41, pitch, round(velocity * 100), variation)
    frames = round(seconds * SAMPLE_RATE)
    f0, time = midi_hz(pitch), seconds_of(frames)
    n = count(f0)
    harmonics = n**-0.95 / (1.0 + (n * f0 / (1_100.0 + 2_900.0 * velocity)) ** 2)
    shape = CELLO if pitch < 55 else VIOLIN
    string = _desks(f0, harmonics, frames, chance, 4)
    string += (
        np.float32(0.35 * velocity)
        * _rosin(frames, bent(f0, np.zeros(frames, dtype=np.float32)), chance)
        * (np.exp(-time / np.float32(0.018)))
    )
    out = through(body(shape.body, 10 + shape.number, 2.0), string)
    ring = np.float32(0.075 * 2.0 ** (-(pitch - 60) / 40))
    out *= (np.exp(-time / ring) + np.float32(0.07) * np.exp(-time / (np.float32(4.0) * ring)))[:, None]
    return attack(out, 0.009 - 0.004 * velocity)


def low_strings(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """Cellos and basses an octave apart: a dark bow that bites first, then stays."""
    chance = dice(42, pitch, round(velocity * 100), variation)
    frames = round(seconds * SAMPLE_RATE)
    f0, time = midi_hz(pitch), seconds_of(frames)
    n = count(f0, 5_000.0)
    harmonics = n**-0.9 / (1.0 + (n * f0 / (380.0 + 1_100.0 * velocity)) ** 2)
    harmonics[1::2] *= 1.35
    string = _desks(f0, harmonics, frames, chance, 3)
    string += (
        np.float32(0.1 * velocity)
        * filtered(chance.standard_normal(frames, dtype=np.float32), "bandpass", 400.0, 2_500.0, 1)
        * np.exp(-time / np.float32(0.04))
    )
    out = through(body(LOW_BODY, 20, 1.6).mean(axis=0, keepdims=True).repeat(2, axis=0), string)
    out *= (1.0 - np.exp(-time / np.float32(0.03 + 0.05 * (1.0 - velocity))))[:, None]
    out *= (np.float32(0.72) + np.float32(0.4) * np.exp(-time / np.float32(0.25)))[:, None]
    return attack(out, 0.006)


def _desks(
    f0: float,
    harmonics: np.ndarray[tuple[int], np.dtype[np.float64]],
    frames: int,
    chance: np.random.Generator,
    size: int,
) -> Mono:
    """Several players of one line, none quite in tune with another."""
    table = cycle(harmonics)
    total = np.zeros(frames, dtype=np.float32)
    for cents in np.linspace(-7.0, 7.0, size) * chance.uniform(0.7, 1.2, size):
        steady = np.full(frames, cents, dtype=np.float32)
        total += read(table, bent(f0, steady, chance.uniform(0.0, 0.35)))
    return total * np.float32(1.0 / np.sqrt(size))
