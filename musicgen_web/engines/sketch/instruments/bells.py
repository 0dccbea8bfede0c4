"""Bars and bells: a glockenspiel, the vibraphone, a celesta, a music box's steel comb, a dark church bell."""

from __future__ import annotations

import numpy as np

from musicgen_web.engines.sketch.instruments.pads import lfo
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


def bells(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """The modes of a free bar (1 : 2.76 : 5.40 : 8.93), softened by an octave that is not there in nature."""
    chance = dice(14, pitch, round(velocity * 100), variation)
    f0 = midi_hz(pitch)
    ratios = np.array([1.0, 2.0, 2.756, 4.02, 5.404, 8.933])
    level = np.array([1.0, 0.2, 0.32, 0.1, 0.16, 0.06]) * (0.35 + 0.85 * velocity) ** np.arange(6)
    decay = np.array([1.25, 0.8, 0.42, 0.3, 0.16, 0.07]) * 2.0 ** (-(pitch - 72) / 30)
    return struck(chance, ratios * f0, decay, level, velocity, round(seconds * SAMPLE_RATE))


def vibes(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """Tuned aluminium bars (1 : 4 : 10) over tubes whose discs turn at 4.6 Hz."""
    chance = dice(15, pitch, round(velocity * 100), variation)
    frames = round(seconds * SAMPLE_RATE)
    f0 = midi_hz(pitch)
    ratios = np.array([1.0, 3.98, 9.85, 2.0])
    level = np.array([1.0, 0.24, 0.08, 0.03]) * (0.3 + 0.95 * velocity) ** np.array([0, 1, 2, 1])
    decay = np.array([1.9, 0.5, 0.12, 0.8]) * 2.0 ** (-(pitch - 60) / 26)
    out = struck(chance, ratios * f0, decay, level, velocity, frames)
    start = chance.uniform()
    for channel in (0, 1):
        out[:, channel] *= np.float32(0.84) + np.float32(0.16) * lfo(frames, 4.6, start + 0.2 * channel)
    return out


def celesta(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """Steel plates over wooden boxes, struck by felt: mostly the tone itself, and a glint."""
    chance = dice(51, pitch, round(velocity * 100), variation)
    ratios = np.array([1.0, 2.0, 2.99, 4.1, 6.6])
    level = np.array([1.0, 0.14, 0.1, 0.16, 0.05]) * (0.3 + 0.9 * velocity) ** np.array([0, 1, 1, 2, 3])
    decay = np.array([1.5, 0.7, 0.4, 0.22, 0.09]) * 2.0 ** (-(pitch - 72) / 30)
    return struck(chance, ratios * midi_hz(pitch), decay, level, 0.5 * velocity, round(seconds * SAMPLE_RATE))


def music_box(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """The modes of a clamped tooth (1 : 6.27 : 17.5), its neighbours that hum along, and the pin that lets go."""
    chance = dice(52, pitch, round(velocity * 100), variation)
    ratios = np.array([1.0, 2.0, 3.0, 5.02, 6.27, 10.4, 17.55])
    level = np.array([1.0, 0.42, 0.25, 0.15, 0.3, 0.16, 0.14]) * (0.35 + 0.85 * velocity) ** np.array(
        [0, 1, 1, 2, 2, 2, 3]
    )
    decay = np.array([1.0, 0.75, 0.5, 0.2, 0.16, 0.11, 0.08]) * 2.0 ** (-(pitch - 76) / 34)
    return struck(chance, ratios * midi_hz(pitch), decay, level, 2.4 * velocity, round(seconds * SAMPLE_RATE))


def dark_bell(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """A church bell's partials (hum, prime, minor third, fifth, nominal) with the shine filed off."""
    chance = dice(51, pitch, round(velocity * 100), variation)
    ratios = np.array([0.5, 1.0, 1.189, 1.498, 2.0, 2.52, 3.01, 4.17])
    level = np.array([0.3, 1.0, 0.3, 0.16, 0.42, 0.12, 0.16, 0.1]) * (0.3 + 0.9 * velocity) ** np.log2(2.0 * ratios)
    decay = np.array([1.3, 1.1, 0.8, 0.5, 0.45, 0.25, 0.2, 0.1]) * 2.0 ** (-(pitch - 66) / 30)
    return struck(chance, ratios * midi_hz(pitch), decay, level, velocity, round(seconds * SAMPLE_RATE))


def struck(
    chance: np.random.Generator,
    hz: np.ndarray[tuple[int], np.dtype[np.float64]],
    decay: np.ndarray[tuple[int], np.dtype[np.float64]],
    level: np.ndarray[tuple[int], np.dtype[np.float64]],
    velocity: float,
    frames: int,
) -> Samples:
    """A mallet's tap, and modes that beat with their doubles across the width."""
    size = len(hz)
    beat = 2.0 ** (chance.uniform(0.3, 1.1, size) / 1200)
    pan = chance.uniform(-0.35, 0.35, size)
    phase = chance.uniform(-0.3, 0.3, size)
    width = chance.uniform(-1.0, 1.0, size)
    tap_hz = chance.uniform(1_200.0, 6_000.0, 12)
    tap = spread(
        tap_hz,
        chance.uniform(0.002, 0.006, 12),
        np.full(12, 0.035 * velocity),
        chance.uniform(0.0, 6.28, 12),
        chance.uniform(-0.3, 0.3, 12),
        np.zeros(12),
    )
    partials = Partials.joined(
        spread(hz, decay, 0.65 * level, phase, pan, width),
        spread(hz * beat, 1.25 * decay, 0.4 * level, phase + 0.4, -pan, -width),
        tap,
    )
    return attack(sound(partials, frames), 0.0012)
