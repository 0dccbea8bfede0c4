"""Synthesisers of the eighties and of the club: saws in bass, pad and lead, and an organ's short bass."""

from __future__ import annotations

import numpy as np

from musicgen_web.engines.sketch.instruments.pads import Voices, ensemble, lfo, swell, warped
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

SUPERSAW = Voices((-15.0, -9.5, -4.2, 0.4, 5.0, 10.5, 14.0), (0.6, 0.75, 0.9, 1.3, 0.9, 0.75, 0.6), spread_to=0.95)
SUPERSAW_ABOVE = Voices((-12.5, -3.8, 4.6, 12.0), (0.8, 1.2, 1.0, 0.8), spread_to=0.95)
PAIR = Voices((-6.5, 7.0), (0.9, 1.0), spread_to=0.45, unison=True)


def saw_bass(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """Two saws a few cents apart and a square an octave below, behind a filter that closes on every note."""
    chance = dice(14, pitch, round(velocity * 100), variation)
    f0 = midi_hz(pitch)
    n = np.arange(1, max(2, min(64, int(5_500.0 / f0))) + 1)
    cutoff_hz = 420.0 + 2_100.0 * velocity**1.4
    saw = n**-1.0 / np.sqrt(1.0 + (n * f0 / cutoff_hz) ** 4)
    phase = chance.uniform(-0.15, 0.15, len(n)) - np.pi / 2
    closing = 1.0 / (1.0 / 2.4 + (np.maximum(n * f0 - 250.0, 0.0) / 900.0) ** 1.1)
    none = np.zeros(len(n))
    layers = [
        spread(n * f0 * 2.0 ** (cents / 1200), closing, level * saw, phase + turn, none, none)
        for cents, level, turn in ((-3.5, 0.5, 0.0), (4.0, 0.5, 0.6))
    ]
    odd = np.array([0.5, 1.5])
    zero = np.zeros(2)
    layers.append(spread(odd * f0, np.full(2, 2.4), np.array([0.22, 0.06]), zero - np.pi / 2, zero, zero))
    return attack(np.tanh(np.float32(1.2) * sound(Partials.joined(*layers), round(seconds * SAMPLE_RATE))), 0.004)


def organ_bass(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """Four drawbars and a knock: round below, hollow above, gone after half a second."""
    chance = dice(15, pitch, round(velocity * 100), variation)
    f0 = midi_hz(pitch)
    ratio = np.array([1.0, 2.0, 3.0, 4.0, 6.0, 8.0])
    level = np.array([1.0, 0.62, 0.34, 0.2, 0.12, 0.06]) * (0.55 + 0.6 * velocity) ** np.log2(ratio)
    decay = 0.55 / ratio**0.45
    phase = chance.uniform(-0.1, 0.1, 6) - np.pi / 2
    knock = np.array([520.0, 1_250.0, 2_700.0])
    none = np.zeros(6)
    partials = Partials.joined(
        spread(ratio * f0, decay, 0.7 * level, phase, none, none),
        spread(knock, np.array([0.012, 0.008, 0.005]), np.full(3, 0.14 * velocity), phase[:3], none[:3], none[:3]),
    )
    return attack(np.tanh(np.float32(1.1) * sound(partials, round(seconds * SAMPLE_RATE))), 0.003)


def saw_pad(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """Seven saws across the whole width, and four bright ones that open like a brass player's breath and settle."""
    chance = dice(16, pitch, variation)
    f0 = midi_hz(pitch)
    frames = round(seconds * SAMPLE_RATE)
    n = np.arange(1, max(2, min(28, int(6_500.0 / f0))) + 1)
    closed_hz, open_hz = 480.0 + 500.0 * velocity, 1_500.0 + 3_000.0 * velocity
    closed = n**-1.0 / (1.0 + (n * f0 / closed_hz) ** 2)
    opened = n**-0.95 / (1.0 + (n * f0 / open_hz) ** 2) - closed
    kept = n <= max(2, int(2_200.0 / f0))
    out = sound(ensemble(f0, SUPERSAW, closed[kept], chance), frames)
    time = np.arange(frames, dtype=np.float32) / SAMPLE_RATE
    breath = swell(frames, 0.12) * (np.float32(0.42) + np.float32(0.5) * np.exp(-time / np.float32(0.6)))
    breath += np.float32(0.12) * lfo(frames, 0.21, chance.uniform()) * swell(frames, 0.5)
    out += sound(ensemble(f0, SUPERSAW_ABOVE, np.maximum(opened, 1e-6), chance), frames) * breath[:, None]
    out *= swell(frames, 0.05)[:, None]
    return out


def saw_lead(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """Two saws that bite and then sing with a late vibrato."""
    chance = dice(17, pitch, variation)
    f0 = midi_hz(pitch)
    frames = round(seconds * SAMPLE_RATE)
    n = np.arange(1, max(2, min(30, int(9_000.0 / f0))) + 1)
    harmonics = n**-0.9 / (1.0 + (n * f0 / (1_500.0 + 2_600.0 * velocity)) ** 2)
    tone = ensemble(f0, PAIR, harmonics, chance)
    mild = 1.0 / (1.0 + (tone.hz / 1_500.0) ** 2)
    steady = Partials(tone.hz, tone.decay, tone.left * mild, tone.right * mild)
    biting = 1.0 / (0.05 + (tone.hz / 2_400.0) ** 1.2)
    bite = Partials(tone.hz, biting, tone.left * (1.0 - mild), tone.right * (1.0 - mild))
    depth = np.float32(14.0) * np.clip((np.arange(frames) / SAMPLE_RATE - 0.25) / 0.3, 0.0, 1.0).astype(np.float32)
    out = warped(sound(Partials.joined(steady, bite), frames), depth, chance.uniform(5.3, 5.8))
    return attack(out, 0.012)
