"""Woodwinds and free reeds: clarinet, oboe, the bamboo flute with its buzzing membrane, and the accordion."""

from __future__ import annotations

import numpy as np

from musicgen_web.engines.sketch.instruments.pads import lfo
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

CLARINET_BODY = ((500.0, 0.8, 2.0), (1_500.0, 0.6, 2.0), (3_500.0, 0.8, -3.0))
OBOE_BODY = ((1_050.0, 0.35, 9.0), (2_900.0, 0.35, 7.0), (450.0, 0.5, -4.0))
BAMBOO_BODY = ((800.0, 0.8, 2.0), (3_200.0, 0.5, 3.0))
ACCORDION_BODY = ((480.0, 0.5, 3.0), (1_400.0, 0.6, 3.0), (3_200.0, 0.7, -2.0))
REEDS = ((-9.0, -0.7), (0.0, 0.0), (11.0, 0.7))  # cents and place: the musette's slow beating


def clarinet(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """A closed pipe: odd harmonics, the even ones only above."""
    chance = dice(44, pitch, round(velocity * 100), variation)
    frames = round(seconds * SAMPLE_RATE)
    f0, time = midi_hz(pitch), seconds_of(frames)
    n = count(f0, 9_000.0)
    hz = n * f0
    even = np.clip((hz - 900.0) / 2_500.0, 0.05, 0.8)
    harmonics = n**-0.8 / (1.0 + (hz / (900.0 + 2_200.0 * velocity)) ** 2) * np.where(n % 2 == 0, even, 1.0)
    cents = late(frames, 0.4, 0.5) * vibrato(frames, 4.8, 4.0, chance)
    tone = read(cycle(harmonics), bent(f0, cents - np.float32(14.0) * np.exp(-time / np.float32(0.018))))
    tone += _air(frames, f0, 0.012 + 0.012 * velocity, chance)
    out = through(body(CLARINET_BODY, 40, 1.0), tone)
    out *= ((1.0 - np.exp(-time / np.float32(0.03 - 0.012 * velocity))) ** np.float32(1.5))[:, None]
    return attack(out, 0.005)


def oboe(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """A double reed: two narrow formants, and a vibrato of breath."""
    chance = dice(45, pitch, round(velocity * 100), variation)
    frames = round(seconds * SAMPLE_RATE)
    f0, time = midi_hz(pitch), seconds_of(frames)
    n = count(f0, 11_000.0)
    harmonics = n**-0.6 / (1.0 + (n * f0 / (1_800.0 + 2_400.0 * velocity)) ** 2)
    shake = late(frames, 0.25, 0.4)
    cents = shake * vibrato(frames, 5.2, 9.0, chance) - np.float32(18.0) * np.exp(-time / np.float32(0.02))
    tone = read(cycle(harmonics), bent(f0, cents)) + _air(frames, f0, 0.008, chance)
    out = through(body(OBOE_BODY, 41, 0.8), tone)
    out *= (np.float32(0.92) + np.float32(0.08) * shake * lfo(frames, 5.2, 0.1))[:, None]
    out *= ((1.0 - np.exp(-time / np.float32(0.024))) ** np.float32(1.4))[:, None]
    return attack(out, 0.005)


def bamboo_flute(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """A dizi: breath, a sliding start, a paper membrane that buzzes on the upper harmonics, and a quick grace note."""
    chance = dice(46, pitch, round(velocity * 100), variation)
    frames = round(seconds * SAMPLE_RATE)
    f0, time = midi_hz(pitch), seconds_of(frames)
    n = count(f0, 10_000.0)
    hz = n * f0
    plain = np.array([1.0, 0.55, 0.3, 0.13, 0.07, 0.04])[: len(n)] * (0.5 + 0.6 * velocity) ** np.arange(min(6, len(n)))
    buzz = n**-0.5 * np.exp(-(((np.log2(hz) - np.log2(4_200.0)) / 0.9) ** 2))
    shake = late(frames, 0.3, 0.4)
    cents = shake * vibrato(frames, 5.3, 15.0, chance) - np.float32(70.0) * np.exp(-time / np.float32(0.03))
    if variation % 3 == 2:  # struck from the note above
        cents += np.float32(200.0) * (1.0 - late(frames, 0.055, 0.018))
    phase = bent(f0, cents)
    tone = read(cycle(plain), phase)
    tone += np.float32(0.06 + 0.17 * velocity) * read(cycle(buzz), phase) * (np.float32(0.8) + np.float32(0.2) * shake)
    puff = np.float32(0.15 + 0.25 * velocity) + np.float32(1.2 * velocity) * np.exp(-time / np.float32(0.03))
    tone += puff * _air(frames, f0, 0.07, chance)
    out = through(body(BAMBOO_BODY, 42, 1.0), tone)
    out *= (np.float32(0.9) + np.float32(0.1) * shake * lfo(frames, 5.3, 0.2))[:, None]
    out *= ((1.0 - np.exp(-time / np.float32(0.024))) ** np.float32(1.4))[:, None]
    return attack(out, 0.005)


def accordion(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """Three steel reeds to a key, two of them a little off; the bellows push and ease."""
    chance = dice(47, pitch, round(velocity * 100), variation)
    frames = round(seconds * SAMPLE_RATE)
    f0, time = midi_hz(pitch), seconds_of(frames)
    n = count(f0, 10_000.0)
    table = cycle(n**-0.75 / (1.0 + (n * f0 / (1_300.0 + 2_600.0 * velocity)) ** 2), np.pi * (n % 3) / 3)
    out = silence(frames)
    for cents, place in REEDS:
        tone = read(table, bent(f0, np.full(frames, cents, dtype=np.float32), chance.uniform()))
        out[:, 0] += tone * np.float32(0.58 * np.sqrt(1.0 - place))
        out[:, 1] += tone * np.float32(0.58 * np.sqrt(1.0 + place))
    out = through(body(ACCORDION_BODY, 43, 1.2), out)
    push = (1.0 - np.exp(-time / np.float32(0.02))) * (
        np.float32(0.85) + np.float32(0.2) * np.exp(-time / np.float32(0.3))
    )
    push += np.float32(0.1) * late(frames, 0.3, 1.2)
    out *= push[:, None]
    return attack(out, 0.005)


def _air(frames: int, f0: float, level: float, chance: np.random.Generator) -> Mono:
    """Breath round the pipe's own resonances."""
    noise = chance.standard_normal(frames, dtype=np.float32)
    near = filtered(noise, "bandpass", max(1.2 * f0, 300.0), min(4.0 * f0 + 1_500.0, 9_000.0), 1)
    return near * np.float32(level)
