"""Pads: sounds that stay. Voices a few cents apart beat against each other, so nothing stands still."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from musicgen_web.engines.sketch.instruments.partials import (
    SAMPLE_RATE,
    Array,
    Mono,
    Partials,
    dice,
    midi_hz,
    sound,
    spread,
)
from musicgen_web.engines.sketch.instruments.strings import body_gain
from musicgen_web.engines.writer import Samples

FOREVER = 1e4  # seconds: a partial that does not decay
BOWED_BODY = ((290.0, 0.4, 4.0), (520.0, 0.4, 3.0), (1_150.0, 0.5, 3.0), (2_600.0, 0.6, 5.0))


@dataclass(frozen=True, slots=True)
class Voices:
    """Who sings together: how far each is off in cents, how loud, and how far left and right they stand.

    One voice leads and the distances are uneven, so that the beating never adds up to a pulse. In `unison` all begin
    in step: a tone with an attack must not begin by cancelling itself.
    """

    cents: tuple[float, ...]
    weights: tuple[float, ...]
    spread_to: float = 0.85
    unison: bool = False


def ensemble(f0: float, voices: Voices, harmonics: Array, chance: np.random.Generator) -> Partials:
    """Several voices of one tone (harmonics: amplitudes from the first)."""
    count = len(voices.cents)
    n = np.arange(1.0, len(harmonics) + 1.0)
    cents = np.array(voices.cents) * chance.uniform(0.88, 1.12, count)
    hz = f0 * n * 2.0 ** (cents[:, None] / 1200)
    weights = np.array(voices.weights)
    places = np.linspace(-voices.spread_to, voices.spread_to, count)[chance.permutation(count)]
    inward = np.clip((hz - 110.0) / 250.0, 0.0, 1.0)  # lows stay in the middle
    phase = chance.uniform(0.0, 2 * np.pi, hz.shape[1:] if voices.unison else hz.shape)
    phase = phase + (chance.uniform(-0.5, 0.5, hz.shape) if voices.unison else 0.0)
    amplitude = weights[:, None] * harmonics / np.sqrt(np.sum(weights**2) * np.sum(harmonics**2))
    flat = [array.ravel() for array in (hz, amplitude, phase, places[:, None] * inward)]
    return spread(flat[0], np.full(hz.size, FOREVER), flat[1], flat[2], flat[3], np.zeros(hz.size))


PAD = Voices((-11.0, -4.5, -0.5, 1.8, 6.0, 10.0), (0.6, 0.8, 1.5, 1.0, 0.8, 0.6))
PAD_ABOVE = Voices((-8.0, 0.5, 6.0), (0.8, 1.2, 0.8))
DESKS = Voices((-9.5, -4.0, -0.5, 2.2, 5.0, 9.0), (0.7, 0.9, 1.5, 1.0, 0.8, 0.6), spread_to=0.8)


def swell(frames: int, seconds: float, shape: float = 1.0) -> Mono:
    """An envelope that opens like a charging capacitor (time constant `seconds`)."""
    time = np.arange(frames, dtype=np.float32) / SAMPLE_RATE
    return np.asarray((1.0 - np.exp(-time / np.float32(seconds))) ** np.float32(shape), dtype=np.float32)


def lfo(frames: int, hz: float, phase: float) -> Mono:
    time = np.arange(frames, dtype=np.float32)
    return np.asarray(np.sin(time * np.float32(2 * np.pi * hz / SAMPLE_RATE) + np.float32(2 * np.pi * phase)))


def warped(samples: Samples, cents: NDArray[np.float32], hz: float) -> Samples:
    """Bend the pitch by a vibrato of `hz` whose depth in cents is given per sample (a moving read position)."""
    frames = len(samples)
    reach = cents * np.float32(np.log(2.0) / 1200 * SAMPLE_RATE / (2 * np.pi * hz))
    return _read(samples, np.arange(frames) + reach * lfo(frames, hz, 0.0))


def glided(samples: Samples, cents: float, seconds: float) -> Samples:
    """Let a tone begin `cents` off and arrive (time constant `seconds`): read it slower or faster at first."""
    frames = len(samples)
    ratio = 2.0 ** (cents / 1200) - 1.0
    late = np.exp(-np.arange(frames) / (SAMPLE_RATE * seconds))
    return _read(samples, np.arange(frames) + ratio * seconds * SAMPLE_RATE * (1.0 - late))


def _read(samples: Samples, position: Array) -> Samples:
    """Read samples at places between them."""
    whole = np.clip(position.astype(np.int32), 0, len(samples) - 2)
    part = (position - whole).astype(np.float32)[:, None]
    near = samples[whole]
    near += part * (samples[whole + 1] - near)
    return np.asarray(near, dtype=np.float32)


def warm_pad(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """Detuned saws behind a low-pass that opens slowly and breathes."""
    chance = dice(8, pitch, variation)
    f0 = midi_hz(pitch)
    frames = round(seconds * SAMPLE_RATE)
    n = np.arange(1, max(2, min(40, int(5_000.0 / f0))) + 1)
    breath = chance.uniform()
    dark_hz, bright_hz = 330.0 + 380.0 * velocity, 1_100.0 + 2_200.0 * velocity
    dark = n**-1.0 / (1.0 + (n * f0 / dark_hz) ** 4) ** 0.5
    bright = n**-0.9 / (1.0 + (n * f0 / bright_hz) ** 4) ** 0.5
    out = sound(ensemble(f0, PAD, dark[dark > 1e-3 * dark[0]], chance), frames)
    out *= swell(frames, 0.16)[:, None]
    move = swell(frames, 0.9) * (np.float32(0.5) + np.float32(0.28) * lfo(frames, 0.17, breath))
    out += sound(ensemble(f0, PAD_ABOVE, bright, chance), frames) * move[:, None]
    return out


def glass_pad(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """Pairs of near-equal sines, each beating at a rate of its own, under a shine that comes and goes."""
    chance = dice(9, pitch, variation)
    f0 = midi_hz(pitch)
    frames = round(seconds * SAMPLE_RATE)
    ratios = np.array([1.0, 2.0, 3.0, 4.01, 5.02, 6.98, 9.1])
    level = np.array([1.0, 0.5, 0.34, 0.22, 0.14, 0.1, 0.05]) * (0.6 + 0.6 * velocity) ** np.log2(ratios)
    layers = [
        ensemble(f0 * ratio, Voices((-apart, 0.6 * apart), (0.75, 1.0), spread_to=wide), np.ones(1), chance)
        for ratio, apart, wide in zip(ratios, [4.0, *chance.uniform(1.5, 4.0, 6)], [0.5, *[0.9] * 6], strict=True)
    ]
    played = [
        Partials(layer.hz, layer.decay, layer.left * value, layer.right * value)
        for layer, value in zip(layers, level, strict=True)
    ]
    out = sound(Partials.joined(*played[:3]), frames)
    out *= (np.float32(0.88) + np.float32(0.12) * lfo(frames, 0.23, chance.uniform()))[:, None]
    shine = np.float32(0.75) + np.float32(0.5) * lfo(frames, chance.uniform(0.07, 0.13), chance.uniform())
    out += sound(Partials.joined(*played[3:], _air(chance, velocity)), frames) * shine[:, None]
    out *= swell(frames, 0.3)[:, None]
    return out


def _air(chance: np.random.Generator, velocity: float) -> Partials:
    """A breath of high sinusoids, too many to be heard one by one."""
    size = 60
    hz = 2_200.0 * 2.0 ** chance.uniform(0.0, 2.3, size)
    level = 0.05 * (0.5 + velocity) / np.sqrt(size) * (hz / 2_200.0) ** -0.5
    return spread(
        hz,
        np.full(size, FOREVER),
        level,
        chance.uniform(0.0, 2 * np.pi, size),
        chance.uniform(-0.9, 0.9, size),
        chance.uniform(-1.0, 1.0, size),
    )


def strings(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """A section of bowed strings: six desks through wooden bodies, with a vibrato that sets in late."""
    chance = dice(10, pitch, variation)
    f0 = midi_hz(pitch)
    frames = round(seconds * SAMPLE_RATE)
    n = np.arange(1.0, max(2, min(30, int(8_000.0 / f0))) + 1.0)
    hz = n * f0
    bow_hz = 1_500.0 + 2_600.0 * velocity
    harmonics = n**-0.95 * body_gain(BOWED_BODY, hz) / (1.0 + (hz / bow_hz) ** 2)
    out = sound(ensemble(f0, DESKS, harmonics, chance), frames)
    depth = np.float32(7.0) * np.clip(swell(frames, 0.5), 0.0, 1.0)
    out = warped(out, depth, chance.uniform(5.0, 5.7))
    out *= swell(frames, 0.09 - 0.04 * velocity, 1.4)[:, None]
    return out
