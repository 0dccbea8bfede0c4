"""Plucked strings that are bent while they sound: the guzheng, pressed behind its bridges, and the pipa's tremolo."""

from __future__ import annotations

import numpy as np

from musicgen_web.engines.sketch.instruments.partials import (
    SAMPLE_RATE,
    Mono,
    Partials,
    attack,
    dice,
    midi_hz,
    sound,
    spread,
)
from musicgen_web.engines.sketch.instruments.strings import body_gain
from musicgen_web.engines.sketch.instruments.waves import late, vibrato
from musicgen_web.engines.writer import Samples

GUZHENG_BODY = ((180.0, 0.4, 3.0), (420.0, 0.5, 3.0), (1_300.0, 0.8, 2.0), (3_600.0, 0.7, 3.0))
PIPA_BODY = ((330.0, 0.35, 5.0), (620.0, 0.4, 5.0), (1_500.0, 0.5, 3.0), (3_000.0, 0.7, 4.0), (150.0, 0.4, -4.0))
WHEEL_SECONDS = 0.072  # between two strokes of the pipa's five fingers
WHEEL_AFTER = 0.36  # seconds a note must last before they roll it


def guzheng(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """A long silk-and-steel string. By turns it trembles, slides up into its note, or is pressed and let go again."""
    chance = dice(48, pitch, round(velocity * 100), variation)
    frames = round(seconds * SAMPLE_RATE)
    string = _string(pitch, velocity, chance, 2.1, 2_300.0, GUZHENG_BODY)
    straight = sound(string, frames + SAMPLE_RATE // 4)
    turn = variation % 3
    cents = late(frames, 0.22, 0.3) * vibrato(frames, 5.0, 16.0 if turn != 2 else 8.0, chance)
    if turn == 1:
        cents -= np.float32(200.0) * (1.0 - late(frames, 0.05, 0.13))
    elif turn == 2:
        cents += np.float32(80.0) * (late(frames, 0.26, 0.09) - late(frames, 0.37, 0.12))
    return attack(_bent(straight, cents), 0.0015)


def pipa(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """A dry, bright lute; what lasts is rolled by five fingers."""
    chance = dice(49, pitch, round(velocity * 100), variation)
    frames = round(seconds * SAMPLE_RATE)
    stroke = sound(_string(pitch, velocity, chance, 0.55, 2_000.0, PIPA_BODY), round(0.9 * SAMPLE_RATE))
    stroke = attack(stroke, 0.001)
    softer = attack(sound(_string(pitch, 0.6 * velocity, chance, 0.35, 1_800.0, PIPA_BODY), SAMPLE_RATE // 2), 0.001)
    out = np.zeros((2, frames), dtype=np.float32).T
    out[: len(stroke)] += stroke[:frames]
    for number, place in enumerate(np.arange(WHEEL_AFTER, seconds, WHEEL_SECONDS)):
        at = round((place + chance.uniform(-0.006, 0.006)) * SAMPLE_RATE)
        size = min(len(softer), frames - at)
        if size > 0:
            level = min(0.3 + 0.05 * number, 0.62) * chance.uniform(0.85, 1.1)
            out[at : at + size] += softer[:size] * np.float32(level)
    return out


def _string(
    pitch: int,
    velocity: float,
    chance: np.random.Generator,
    ring: float,
    loss_hz: float,
    box: tuple[tuple[float, float, float], ...],
) -> Partials:
    f0 = midi_hz(pitch)
    n = np.arange(1, min(36, int(11_000.0 / f0)) + 1)
    hz = n * f0 * np.sqrt(1.0 + 6e-5 * n**2)
    touch_hz = 900.0 + 3_800.0 * velocity**1.4
    amplitude = (0.08 + 0.92 * np.abs(np.sin(np.pi * n * 0.11))) * n**-0.7 / (1.0 + (hz / touch_hz) ** 2)
    amplitude *= body_gain(box, hz) * chance.uniform(0.8, 1.25, len(n))
    amplitude /= np.sqrt(np.sum(amplitude**2))
    decay = 1.0 / (1.0 / (ring * 2.0 ** (-(pitch - 57) / 30)) + (hz / loss_hz) ** 1.2)
    phase = chance.uniform(-0.6, 0.6, len(n))
    pan, width = chance.uniform(-0.3, 0.3, len(n)), chance.uniform(-0.8, 0.8, len(n))
    nail_hz = chance.uniform(2_200.0, 13_000.0, 20)
    nail = spread(
        nail_hz,
        chance.uniform(0.002, 0.006, 20),
        np.full(20, 0.055 * velocity),
        chance.uniform(0.0, 6.28, 20),
        chance.uniform(-0.4, 0.4, 20),
        chance.uniform(-1.0, 1.0, 20),
    )
    return Partials.joined(
        spread(hz, 0.45 * decay, 0.6 * amplitude, phase, pan, width),
        spread(hz * 2.0 ** (0.5 / 1200), 1.3 * decay, 0.5 * amplitude, phase + 0.2, -pan, width),
        nail,
    )


def _bent(samples: Samples, cents: Mono) -> Samples:
    """Bend a note that was rendered straight: read it at a speed that moves."""
    place = np.cumsum(np.exp2(cents.astype(np.float64) / 1200.0)) - 1.0
    whole = np.clip(place.astype(np.int64), 0, len(samples) - 2)
    part = (place - whole).astype(np.float32)[:, None]
    near = samples[whole]
    near += part * (samples[whole + 1] - near)
    return near
