"""Keys: the grand piano (struck strings with two decays) and the electric piano (a tine before a pickup)."""

from __future__ import annotations

import numpy as np

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

HAMMER_AT = 0.12  # of the string's length
PIANO_HIGHEST_HZ = 9_000.0


def piano(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """Stiff strings, f_n = n f0 √(1 + B n²): a prompt sound that dies soon, and two detuned strings that sing on."""
    chance = dice(1, pitch, round(velocity * 100), variation)
    f0 = midi_hz(pitch)
    stiffness = 2.0e-4 + 1.6e-4 * 2.0 ** ((pitch - 60) / 8)
    n = np.arange(1, min(44, int(PIANO_HIGHEST_HZ / f0)) + 1)
    hz = n * f0 * np.sqrt(1.0 + stiffness * n**2)

    felt_hz = (650.0 + 2_900.0 * velocity**1.7) * 2.0 ** ((pitch - 60) / 30)  # a soft blow meets thick felt
    comb = 0.12 + 0.88 * np.abs(np.sin(np.pi * n * HAMMER_AT))
    amplitude = comb * n**-0.45 * np.exp(-hz / felt_hz) / (1.0 + (90.0 / hz) ** 2)
    amplitude *= chance.uniform(0.75, 1.25, len(n)) / np.sqrt(np.sum(amplitude**2))

    slow = 1.55 * 2.0 ** (-(pitch - 54) / 17)
    decay = 1.0 / (1.0 / slow + (hz / 2_300.0) ** 1.25)
    phase = chance.uniform(-0.4, 0.4, len(n)) - np.pi / 2
    pan = np.clip((pitch - 62) / 75 + chance.uniform(-0.3, 0.3, len(n)), -0.6, 0.6) * np.minimum(hz / 400.0, 1.0)
    width = chance.uniform(-1.5, 1.5, len(n)) * np.clip((hz - 130.0) / 300.0, 0.0, 1.0)
    cents = np.array([0.35, -0.5]) * chance.uniform(0.6, 1.4, 2)
    strings = [
        spread(hz, 0.4 * decay, 0.62 * amplitude, phase, pan, width),
        spread(hz * 2 ** (cents[0] / 1200), 1.35 * decay, 0.3 * amplitude, phase, pan, -0.6 * width),
        spread(hz * 2 ** (cents[1] / 1200), 1.9 * decay, 0.22 * amplitude, phase + 0.5, -pan, width),
    ]
    samples = sound(Partials.joined(*strings, _knock(chance, velocity)), round(seconds * SAMPLE_RATE))
    return attack(samples, 0.0035 - 0.002 * velocity)


def _knock(chance: np.random.Generator, velocity: float) -> Partials:
    """The key's bed and the soundboard, struck: short low modes under every note."""
    hz = np.array([88.0, 131.0, 176.0, 243.0, 318.0, 420.0, 560.0, 790.0, 1_150.0, 1_700.0]) * chance.uniform(
        0.97, 1.03, 10
    )
    amplitude = 0.05 * velocity * (hz / 88.0) ** -0.35 * chance.uniform(0.5, 1.2, 10)
    decay = 0.05 * (hz / 88.0) ** -0.5
    width = np.clip((hz - 130.0) / 100.0, 0.0, 1.0) * chance.uniform(-2.0, 2.0, 10)
    return spread(hz, decay, amplitude, chance.uniform(0.0, 6.28, 10), np.zeros(10), width)


def rhodes(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """A tine's sine bent by the pickup (frequency modulation 1:1, the index dying away) and its short high chime."""
    chance = dice(2, pitch, round(velocity * 100), variation)
    f0 = midi_hz(pitch)
    frames = round(seconds * SAMPLE_RATE)
    time = np.arange(frames) / SAMPLE_RATE
    ring = time.astype(np.float32)
    bite = np.float32(0.25 + 1.5 * velocity**1.5) * np.exp(-ring / np.float32(0.28)) + np.float32(
        0.26 + 0.42 * velocity
    )
    bite *= np.float32(min(1.0, (523.0 / f0) ** 0.6))
    slow = np.float32(1.5 * 2.0 ** (-(pitch - 60) / 20))
    loud = np.float32(0.7) * np.exp(-ring / slow) + np.float32(0.3) * np.exp(-ring / (np.float32(0.16) * slow))
    chime = np.float32(0.22 * velocity**1.4) * np.exp(-ring / np.float32(0.1 + 6.0 / f0))
    spark = np.float32(0.2 * velocity) * np.exp(-ring / np.float32(0.03 + 12.0 / f0))
    heard = []
    for number, cents in enumerate((0.0, 2.1)):
        cycle = (f0 * 2.0 ** (cents / 1200) * time) % 1.0
        angle = (2 * np.pi * cycle).astype(np.float32)
        high = (2 * np.pi * ((min(f0 * 7.02, 9_000.0) * time + 0.13 * number) % 1.0)).astype(np.float32)
        wave = np.sin(angle + bite * np.sin(angle)) + np.float32(0.22) * np.sin(2 * angle + np.float32(0.4))
        top = (2 * np.pi * ((min(f0 * 17.4, 11_000.0) * time + 0.29 * number) % 1.0)).astype(np.float32)
        bell = chime * np.sin(high) + spark * np.sin(top)
        heard.append(np.tanh(np.float32(0.75) * loud * wave) + loud * bell)
    middle, side = heard[0], np.float32(0.28) * heard[1]
    out = stereo(middle + side, middle - side)
    thump = dict(hz=np.array([92.0, 210.0, 480.0]), decay=np.array([0.02, 0.014, 0.008]))
    knock = spread(
        thump["hz"], thump["decay"], np.full(3, 0.1 * velocity), chance.uniform(0.0, 6.28, 3), np.zeros(3), np.zeros(3)
    )
    size = min(frames, SAMPLE_RATE // 5)
    out[:size] += sound(knock, size)
    return attack(out, 0.002)
