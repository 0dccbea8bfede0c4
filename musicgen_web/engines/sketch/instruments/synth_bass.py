"""Basses of the club and the sound system: the long 808, the reese, the acid line, and dub's round one."""

from __future__ import annotations

import numpy as np

from musicgen_web.engines.sketch.instruments.moving import low_pass, moving, steps
from musicgen_web.engines.sketch.instruments.pads import FOREVER
from musicgen_web.engines.sketch.instruments.partials import (
    SAMPLE_RATE,
    Partials,
    attack,
    dice,
    midi_hz,
    sound,
    spread,
    stereo,
)
from musicgen_web.engines.writer import Samples

GLIDES = ((12.0, 0.022), (12.0, 0.022), (5.0, 0.085))  # by turn: from so many semitones above, time constant in seconds
REESE_CENTS, REESE_LEVELS = (-15.0, 0.5, 14.5), (0.8, 0.7, 0.8)


def bass_808(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """A drum machine's kick held until it is a bass: it falls to its pitch, and every third time slides there."""
    f0 = midi_hz(pitch)
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    semitones, fall = GLIDES[variation % len(GLIDES)]
    above = f0 * (2.0 ** (semitones / 12) - 1.0)
    cycles = f0 * time + above * fall * (1.0 - np.exp(-time / fall))
    ring = time.astype(np.float32)
    loud = np.exp(-ring / np.float32(1.5 * 2.0 ** (-(pitch - 36) / 30)))
    drive = np.float32(0.9 + 2.6 * velocity**1.5)
    wave = np.sin((2 * np.pi * (cycles % 1.0)).astype(np.float32))
    body = np.tanh(drive * loud * (wave + np.float32(0.12) * wave**2)) / np.tanh(drive)
    body += np.float32(0.18 * velocity) * np.exp(-ring / np.float32(0.004)) * np.sin(np.float32(5_500.0) * ring)
    return attack(stereo(body, body), 0.003)


def reese_bass(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """Three saws far enough apart to churn, behind a filter and a phaser that never come back to the same place."""
    chance = dice(40, pitch, variation)
    f0 = midi_hz(pitch)
    frames = round(seconds * SAMPLE_RATE)
    n = np.arange(1.0, max(2, min(56, int(4_200.0 / f0))) + 1.0)
    ratio = 2.0 ** (np.array(REESE_CENTS) / 1200)
    hz = (f0 * ratio[:, None] * n).ravel()
    level = (np.array(REESE_LEVELS)[:, None] * np.where(n == 1, 0.15, n**-0.95)).ravel()
    apart = np.repeat([-0.5, 0.0, 0.5], len(n)) * np.clip((hz - 180.0) / 200.0, 0.0, 1.0)  # lows stay in the middle
    saws = spread(hz, np.full(len(hz), FOREVER), level, chance.uniform(-0.6, 0.6, len(hz)), apart, np.zeros(len(hz)))
    time = steps(frames)
    turn = chance.uniform(0.0, 2 * np.pi, 2)
    opening = 0.5 + 0.35 * np.sin(2 * np.pi * 0.27 * time + turn[0]) + 0.15 * np.sin(2 * np.pi * 0.71 * time + turn[1])
    cutoff_hz = (260.0 + 900.0 * velocity**1.4) * (0.5 + opening)
    notches = np.abs(np.cos(np.pi * hz * (0.5 + 0.3 * np.sin(2 * np.pi * 0.19 * time + turn[1]))[:, None] * 2e-3))
    out = moving(saws, low_pass(hz, cutoff_hz, 1.3) * (0.35 + 0.65 * notches), frames)
    none = np.zeros(1)
    out += sound(spread(np.array([f0]), np.array([FOREVER]), np.array([0.95]), none - np.pi / 2, none, none), frames)
    return attack(np.tanh(np.float32(0.75) * out), 0.006)


def acid_bass(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """One saw behind a filter that sings where it closes; a harder stroke opens it further, each turn a little less."""
    f0 = midi_hz(pitch)
    frames = round(seconds * SAMPLE_RATE)
    n = np.arange(1.0, max(2, min(96, int(7_500.0 / f0))) + 1.0)
    none = np.zeros(len(n))
    saw = spread(n * f0, np.full(len(n), 0.55), 0.55 / n, none - np.pi / 2, none, none)
    time = steps(frames)
    open_hz = (500.0 + 3_300.0 * velocity**1.6) * (1.0, 0.72, 1.3)[variation % 3]
    cutoff_hz = 150.0 + 170.0 * velocity + open_hz * np.exp(-time / (0.07 + 0.06 * velocity))
    out = moving(saw, low_pass(n * f0, cutoff_hz, 2.6 + 2.4 * velocity), frames)
    return attack(np.tanh(np.float32(1.5) * out), 0.0025)


def dub_bass(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """Flat-wound strings under a thumb, all the highs turned down: a note one feels before hearing it."""
    chance = dice(41, pitch, round(velocity * 100), variation)
    f0 = midi_hz(pitch)
    n = np.arange(1.0, 15.0)
    touch_hz = 170.0 + 330.0 * velocity
    amplitude = (0.3 + 0.7 * np.abs(np.sin(np.pi * n * 0.29))) * n**-0.6 / (1.0 + (n * f0 / touch_hz) ** 2)
    amplitude /= np.sqrt(np.sum(amplitude**2))
    decay = 1.0 / (1.0 / (1.3 * 2.0 ** (-(pitch - 36) / 24)) + (n * f0 / 520.0) ** 1.3)
    none = np.zeros(len(n))
    strings = spread(n * f0, decay, amplitude, chance.uniform(-0.3, 0.3, len(n)) - np.pi / 2, none, none)
    thumb_hz = np.array([95.0, 180.0, 420.0, 900.0])
    thumb = spread(
        thumb_hz, np.array([0.03, 0.02, 0.01, 0.006]), np.full(4, 0.1 * velocity), none[:4], none[:4], none[:4]
    )
    return attack(
        np.tanh(np.float32(0.9) * sound(Partials.joined(strings, thumb), round(seconds * SAMPLE_RATE))), 0.006
    )
