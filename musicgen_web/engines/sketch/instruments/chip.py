"""A game console's voices: pulse waves that are high for an eighth, a quarter or half of the time, and a triangle."""

from __future__ import annotations

import numpy as np

from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE, Mono, attack, dice, midi_hz, stereo
from musicgen_web.engines.sketch.instruments.waves import bent, count, cycle, late, read, seconds_of
from musicgen_web.engines.writer import Samples

STEPS = 15.0  # of loudness
PICTURES = 60.0  # a second: loudness changes no oftener


def thin_pulse(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """High for an eighth of the time: nasal; it dies away soon, as arpeggios want it."""
    return _pulse(0.125, pitch, seconds, velocity, variation, decay=0.35, floor=0.15)


def pulse_lead(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """High for a quarter of the time: the hero's voice, with a vibrato after a while."""
    return _pulse(0.25, pitch, seconds, velocity, variation, decay=0.25, floor=0.6)


def square_lead(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """High for half of the time: hollow and round."""
    return _pulse(0.5, pitch, seconds, velocity, variation, decay=0.3, floor=0.55)


def _pulse(
    duty: float, pitch: int, seconds: float, velocity: float, variation: int, *, decay: float, floor: float
) -> Samples:
    chance = dice(50, round(duty * 1_000), pitch, variation)
    frames = round(seconds * SAMPLE_RATE)
    f0 = midi_hz(pitch)
    n = count(f0, 15_000.0)
    harmonics = np.sin(np.pi * n * duty) / n / (1.0 + (n * f0 / (1_500.0 + 10_500.0 * velocity)) ** 2)
    depth = np.float32(14.0) * late(frames, 0.3, 0.1)
    cents = depth * np.sin(np.float32(2 * np.pi * 6.2) * seconds_of(frames))
    tone = read(cycle(harmonics, np.pi / 2), bent(f0, cents, chance.uniform(0.0, 0.1)))
    loud = np.float32(floor) + np.float32(1.0 - floor) * np.exp(-_pictures(frames) / np.float32(decay))
    tone *= _rounded(np.round(np.float32(STEPS) * loud) / np.float32(STEPS))
    return attack(stereo(tone, tone), 0.0015)


def triangle_bass(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """A triangle in sixteen steps up and sixteen down: almost a flute, with a whisper of its stairs above."""
    frames = round(seconds * SAMPLE_RATE)
    f0 = midi_hz(pitch)
    stairs = np.floor(np.arange(32.0)) / 15.0
    shape = np.concatenate([stairs[:16], stairs[15::-1]])
    sampled = np.fft.rfft(np.repeat(shape - shape.mean(), 64))
    n = count(f0, 9_000.0).astype(int)
    n = n[n < len(sampled)]
    harmonics = np.abs(sampled[n]) / (1.0 + (n * f0 / (900.0 + 3_500.0 * velocity)) ** 2)
    harmonics[1:] *= 0.7 + 0.9 * velocity
    tone = read(cycle(harmonics, np.angle(sampled[n]) + np.pi / 2), bent(f0, np.zeros(frames, dtype=np.float32)))
    return attack(stereo(tone, tone), 0.002)


def _pictures(frames: int) -> Mono:
    return np.asarray(np.floor(seconds_of(frames) * np.float32(PICTURES)) / np.float32(PICTURES), dtype=np.float32)


def _rounded(level: Mono) -> Mono:
    """Take the click out of a step of loudness: over a millisecond instead of at once."""
    size = SAMPLE_RATE // 1_000
    padded = np.concatenate([np.full(size, level[0], dtype=np.float32), level])
    summed = np.cumsum(padded, dtype=np.float64)
    return ((summed[size:] - summed[:-size]) / size).astype(np.float32)
