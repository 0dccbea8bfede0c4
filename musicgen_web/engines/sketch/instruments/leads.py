"""Leads: a plucked synthesiser, a soft singing one, and a flute."""

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
)
from musicgen_web.engines.writer import Samples

PLUCKED = Voices((-7.0, 0.5, 8.5), (0.6, 1.0, 0.5), spread_to=0.6, unison=True)
SOFT = Voices((-6.0, 0.0, 7.5), (0.18, 1.0, 0.18), spread_to=0.7, unison=True)
BLOWN = Voices((0.0, 2.5), (1.0, 0.2), spread_to=0.25, unison=True)


def pluck_lead(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """Three saws behind a filter that snaps shut: the higher the harmonic, the sooner it goes."""
    chance = dice(11, pitch, variation)
    f0 = midi_hz(pitch)
    n = np.arange(1, max(2, min(30, int(9_000.0 / f0))) + 1)
    snap_hz = 900.0 + 3_600.0 * velocity**1.3
    harmonics = n**-1.0 / (1.0 + (n * f0 / snap_hz) ** 2)
    voices = ensemble(f0, PLUCKED, harmonics, chance)
    decay = 1.0 / (1.0 / (0.75 * 2.0 ** (-(pitch - 60) / 36)) + (voices.hz / 650.0) ** 1.05)
    return attack(sound(Partials(voices.hz, decay, voices.left, voices.right), round(seconds * SAMPLE_RATE)), 0.003)


def soft_lead(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """A rounded tone that begins with a little edge and sings with a late vibrato."""
    chance = dice(12, pitch, variation)
    f0 = midi_hz(pitch)
    frames = round(seconds * SAMPLE_RATE)
    n = np.arange(1, max(2, min(16, int(6_000.0 / f0))) + 1)
    harmonics = n**-1.25 / (1.0 + (n * f0 / (900.0 + 1_500.0 * velocity)) ** 2)
    harmonics *= np.where(n % 2 == 0, 0.55, 1.0)
    tone = sound(ensemble(f0, SOFT, harmonics, chance), frames)
    depth = np.float32(13.0) * np.clip((np.arange(frames) / SAMPLE_RATE - 0.22) / 0.35, 0.0, 1.0).astype(np.float32)
    out = warped(tone, depth, chance.uniform(5.1, 5.6))
    time = np.arange(frames, dtype=np.float32) / SAMPLE_RATE
    out *= (np.float32(0.78) + np.float32(0.32) * np.exp(-time / np.float32(0.18)))[:, None]
    return attack(out, 0.022)


def flute(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """A few harmonics, breath around them, a chiff at the start; the vibrato moves loudness more than pitch."""
    chance = dice(13, pitch, variation)
    f0 = midi_hz(pitch)
    frames = round(seconds * SAMPLE_RATE)
    strength = np.array([1.0, 0.5, 0.26, 0.1, 0.05, 0.025])
    harmonics = strength * (0.45 + 0.75 * velocity) ** np.arange(6)
    tone = sound(ensemble(f0, BLOWN, harmonics, chance), frames)
    late = np.clip((np.arange(frames) / SAMPLE_RATE - 0.28) / 0.4, 0.0, 1.0).astype(np.float32)
    rate = chance.uniform(4.7, 5.3)
    out = warped(tone, np.float32(6.0) * late, rate)
    out *= (np.float32(1.0) + np.float32(0.13) * late * lfo(frames, rate, 0.2))[:, None]
    out *= swell(frames, 0.028, 1.5)[:, None]
    air = sound(breath(f0, chance), frames)
    time = np.arange(frames, dtype=np.float32) / SAMPLE_RATE
    puff = np.float32(0.035 + 0.02 * velocity) + np.float32(0.16 * velocity) * np.exp(-time / np.float32(0.035))
    out += air * (puff * swell(frames, 0.008))[:, None]
    return out


def breath(f0: float, chance: np.random.Generator) -> Partials:
    """Air: many close sinusoids around the tone's harmonics sound as noise, and keep to their band exactly."""
    size = 90
    hz = np.concatenate(
        [
            2.0 * f0 * 2.0 ** chance.normal(0.0, 0.35, size // 2),
            chance.uniform(1_800.0, 6_500.0, size // 2),
        ]
    )
    amplitude = np.full(size, 1.0 / np.sqrt(size)) * np.minimum(1.0, 2_500.0 / hz)
    turn = np.exp(1j * chance.uniform(0.0, 2 * np.pi, (2, size)))
    kept = hz < 12_000.0
    return Partials(hz[kept], np.full(size, 1e4)[kept], (amplitude * turn[0])[kept], (amplitude * turn[1])[kept])
