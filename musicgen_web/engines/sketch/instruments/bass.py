"""Basses: fingered, picked, slapped and fretless electric, upright, and a sub. All of them stand in the middle."""

from __future__ import annotations

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
from musicgen_web.engines.sketch.instruments.strings import body_gain
from musicgen_web.engines.writer import Samples

UPRIGHT_BODY = ((62.0, 0.35, 2.0), (108.0, 0.35, 4.0), (230.0, 0.5, 3.0), (700.0, 0.6, 2.0))


def _central(hz: Array, decay: Array, amplitude: Array, phase: Array) -> Partials:
    none = np.zeros(len(hz))
    return spread(hz, decay, amplitude, phase, none, none)


def round_bass(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """A fingered string before a pickup, gently driven."""
    chance = dice(5, pitch, round(velocity * 100), variation)
    f0 = midi_hz(pitch)
    n = np.arange(1, min(40, int(4_500.0 / f0)) + 1)
    hz = n * f0 * np.sqrt(1.0 + 1.2e-4 * n**2)
    touch_hz = 330.0 + 1_100.0 * velocity**1.5
    comb = (0.2 + 0.8 * np.abs(np.sin(np.pi * n * 0.24))) * (0.25 + 0.75 * np.abs(np.sin(np.pi * n * 0.13)))
    amplitude = comb * n**-0.5 / (1.0 + (hz / touch_hz) ** 2)
    amplitude *= chance.uniform(0.85, 1.15, len(n)) / np.sqrt(np.sum(amplitude**2))
    decay = 1.0 / (1.0 / (1.5 * 2.0 ** (-(pitch - 36) / 24)) + (hz / 700.0) ** 1.2)
    phase = chance.uniform(-0.4, 0.4, len(n)) - np.pi / 2
    pluck = _central(np.array([640.0, 1_350.0, 2_600.0]), np.full(3, 0.006), np.full(3, 0.1 * velocity), phase[:3])
    partials = Partials.joined(_central(hz, decay, amplitude, phase), pluck)
    samples = sound(partials, round(seconds * SAMPLE_RATE))
    return attack(np.tanh(np.float32(0.8) * samples), 0.004)


def picked_bass(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """Round-wound strings under a plectrum near the bridge: a click, a growl, an amplifier that works."""
    chance = dice(51, pitch, round(velocity * 100), variation)
    f0 = midi_hz(pitch)
    n = np.arange(1, min(48, int(5_500.0 / f0)) + 1)
    hz = n * f0 * np.sqrt(1.0 + 1.5e-4 * n**2)
    touch_hz = 700.0 + 2_400.0 * velocity**1.4
    comb = (0.25 + 0.75 * np.abs(np.sin(np.pi * n * 0.16))) * (0.3 + 0.7 * np.abs(np.sin(np.pi * n * 0.1)))
    amplitude = comb * n**-0.35 / (1.0 + (hz / touch_hz) ** 2)
    amplitude *= chance.uniform(0.85, 1.15, len(n)) / np.sqrt(np.sum(amplitude**2))
    decay = 1.0 / (1.0 / (1.7 * 2.0 ** (-(pitch - 36) / 24)) + (hz / 1_100.0) ** 1.1)
    phase = chance.uniform(-0.4, 0.4, len(n)) - np.pi / 2
    pick = _central(
        np.array([900.0, 1_900.0, 3_300.0, 4_700.0]), np.full(4, 0.005), np.full(4, 0.12 * velocity), phase[:4]
    )
    samples = sound(Partials.joined(_central(hz, decay, amplitude, phase), pick), round(seconds * SAMPLE_RATE))
    return attack(np.tanh(np.float32(1.5) * samples) / np.float32(1.3), 0.002)


def slap_bass(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """The thumb knocks the string on the last fret; a hard high note is pulled and snaps back."""
    chance = dice(52, pitch, round(velocity * 100), variation)
    f0 = midi_hz(pitch)
    n = np.arange(1, min(56, int(7_500.0 / f0)) + 1)
    hz = n * f0 * np.sqrt(1.0 + 1.6e-4 * n**2)
    snap = velocity**1.5 * (1.5 if pitch >= 43 else 1.0)
    scooped = 1.0 - 0.6 * np.exp(-(np.log2(hz / 600.0) ** 2) / 0.8)  # lows and highs, little between
    bright = (
        (0.35 + 0.65 * np.abs(np.sin(np.pi * n * 0.09))) * n**-0.25 / (1.0 + (hz / (1_600.0 + 3_800.0 * snap)) ** 2)
    )
    amplitude = bright * scooped
    amplitude[0] *= 2.0
    amplitude *= chance.uniform(0.85, 1.15, len(n)) / np.sqrt(np.sum(amplitude**2))
    decay = 1.0 / (1.0 / (1.1 * 2.0 ** (-(pitch - 36) / 24)) + (np.maximum(hz - 150.0, 0.0) / 700.0) ** 1.15)
    phase = chance.uniform(-0.7, 0.7, len(n)) - np.pi / 2
    size = 16
    rattle = _central(
        chance.uniform(1_400.0, 6_500.0, size),
        chance.uniform(0.004, 0.014, size),
        np.full(size, 0.5 * snap / np.sqrt(size)),
        chance.uniform(0.0, 6.28, size),
    )
    samples = sound(Partials.joined(_central(hz, decay, amplitude, phase), rattle), round(seconds * SAMPLE_RATE))
    return attack(np.tanh(np.float32(1.1) * samples), 0.0015)


def fretless_bass(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """The string buzzes on bare wood: its middle opens after the note has begun, and the finger slides and shakes."""
    chance = dice(53, pitch, round(velocity * 100), variation)
    frames = round(seconds * SAMPLE_RATE)
    f0 = midi_hz(pitch)
    n = np.arange(1, min(28, int(2_800.0 / f0)) + 1)
    hz = n * f0 * np.sqrt(1.0 + 1e-4 * n**2)
    soft = n**-1.1 / (1.0 + (hz / 330.0) ** 2)
    growl = n**-0.4 * np.exp(-(np.log2(hz / (520.0 + 500.0 * velocity)) ** 2) / 0.9)
    phase = chance.uniform(-0.3, 0.3, len(n)) - np.pi / 2
    decay = 1.0 / (1.0 / (2.6 * 2.0 ** (-(pitch - 36) / 24)) + (hz / 1_200.0) ** 1.2)
    out = sound(_central(hz, decay, 0.95 * soft / np.sqrt(np.sum(soft**2)), phase), frames)
    mwah = sound(_central(hz, decay, (0.12 + 0.3 * velocity) * growl / np.sqrt(np.sum(growl**2)), phase), frames)
    out += mwah * swell(frames, 0.11)[:, None]
    late = np.clip((np.arange(frames) / SAMPLE_RATE - 0.45) / 0.4, 0.0, 1.0).astype(np.float32)
    out = warped(out, np.float32(9.0) * late, chance.uniform(4.6, 5.2))
    return attack(glided(out, -90.0 if variation else -20.0, 0.05), 0.012)


def upright_bass(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """A gut string on a big box: a woody thump, a growl, then the fundamental."""
    chance = dice(6, pitch, round(velocity * 100), variation)
    f0 = midi_hz(pitch)
    n = np.arange(1, min(32, int(3_200.0 / f0)) + 1)
    hz = n * f0 * np.sqrt(1.0 + 2e-4 * n**2)
    touch_hz = 260.0 + 700.0 * velocity**1.3
    amplitude = (0.2 + 0.8 * np.abs(np.sin(np.pi * n * 0.31))) * n**-0.45 / (1.0 + (hz / touch_hz) ** 2)
    amplitude *= body_gain(UPRIGHT_BODY, hz)
    amplitude *= chance.uniform(0.8, 1.2, len(n)) / np.sqrt(np.sum(amplitude**2))
    decay = 1.0 / (1.0 / (0.75 * 2.0 ** (-(pitch - 36) / 26)) + (hz / 620.0) ** 1.1)
    phase = chance.uniform(-0.7, 0.7, len(n)) - np.pi / 2
    box = np.array([62.0, 108.0, 172.0, 235.0, 700.0, 1_500.0, 2_300.0])
    thump = _central(
        box * chance.uniform(0.98, 1.02, 7),
        np.array([0.05, 0.045, 0.03, 0.025, 0.009, 0.005, 0.004]),
        0.13 * velocity * chance.uniform(0.6, 1.1, 7),
        chance.uniform(0.0, 6.28, 7),
    )
    swing = _central(hz * 2.0 ** (0.9 / 1200), 1.5 * decay, 0.45 * amplitude, phase + 0.4)
    partials = Partials.joined(_central(hz, 0.6 * decay, 0.65 * amplitude, phase), swing, thump)
    return attack(sound(partials, round(seconds * SAMPLE_RATE)), 0.003)


def sub_bass(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """A sine with just enough harmonics to be heard on a small speaker; it stays, and breathes a little."""
    f0 = midi_hz(pitch)
    n = np.arange(1.0, 8.0)
    edge = 0.55 + 0.9 * velocity
    amplitude = np.array([1.0, 0.26, 0.16, 0.06, 0.04, 0.02, 0.012]) * edge ** np.log2(n) * 0.9
    decay = 20.0 / n**1.4
    frames = round(seconds * SAMPLE_RATE)
    samples = sound(_central(n * f0, decay, amplitude, np.full(7, -np.pi / 2)), frames)
    samples *= (np.float32(0.9) + np.float32(0.1) * lfo(frames, 0.19, 0.25))[:, None]
    return attack(np.tanh(np.float32(1.1) * samples), 0.008)
