"""The drums of a game console: one shift register for noise and one triangle wave, sixteen steps of loudness."""

from __future__ import annotations

import numpy as np

from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE, Mono, attack
from musicgen_web.engines.sketch.instruments.strokes import Hit, both, filtered
from musicgen_web.engines.writer import Samples

FRAMES_PER_SECOND = 60.0  # the console's picture: loudness and pitch change no oftener
STEPS = 15.0  # of loudness


def _noise(chance: np.random.Generator, rate_hz: float, seconds: float, decay: float) -> Mono:
    """Random bits held for a while each; `rate_hz` is how often a new one comes."""
    frames = round(seconds * SAMPLE_RATE)
    bits = chance.choice(np.array([-1.0, 1.0], dtype=np.float32), int(seconds * rate_hz) + 2)
    held = bits[(np.arange(frames) * (rate_hz / SAMPLE_RATE)).astype(np.int64)]
    return held * _stepped(frames, decay)


def _stepped(frames: int, decay: float) -> Mono:
    """An envelope on the console's grid of frames and steps, its corners rounded a little."""
    picture = np.floor(np.arange(frames) / SAMPLE_RATE * FRAMES_PER_SECOND) / FRAMES_PER_SECOND
    level = np.round(STEPS * np.exp(-picture / decay)) / STEPS
    round_off = SAMPLE_RATE // 1_000
    return np.convolve(level, np.full(round_off, 1.0 / round_off), mode="same").astype(np.float32)


def _zap(high_hz: float, low_hz: float, fall: float, decay: float) -> Hit:
    """A triangle wave that falls: the console's kick and toms."""

    def play(velocity: float, chance: np.random.Generator) -> Samples:
        frames = round(6.0 * decay * SAMPLE_RATE)
        time = np.arange(frames) / SAMPLE_RATE
        cycles = low_hz * time + (high_hz - low_hz) * fall * (1.0 - np.exp(-time / fall))
        wave = (4.0 * np.abs((cycles + 0.25) % 1.0 - 0.5) - 1.0).astype(np.float32) * _stepped(frames, decay)
        click = _noise(chance, 9_000.0, 0.03, 0.008) * np.float32(0.35 * velocity)
        wave[: len(click)] += click
        return attack(filtered(both(wave), "lowpass", 2_500.0 + 9_000.0 * velocity), 0.001)

    return play


def _burst(rate_hz: float, seconds: float, decay: float, low_hz: float = 60.0) -> Hit:
    def play(velocity: float, chance: np.random.Generator) -> Samples:
        mono = _noise(chance, rate_hz, seconds, decay)
        out = filtered(both(mono), "highpass", low_hz)
        return attack(filtered(out, "lowpass", 4_000.0 + 9_500.0 * velocity), 0.0008)

    return play


def _snare(velocity: float, chance: np.random.Generator) -> Samples:
    mono = _noise(chance, 8_800.0, 0.28, 0.05)
    drop = _zap(420.0, 160.0, 0.02, 0.025)(velocity, chance)
    out = both(mono)
    out[: len(drop)] += np.float32(0.8) * drop[: len(out)]
    return attack(filtered(out, "lowpass", 5_000.0 + 8_000.0 * velocity), 0.0008)


HITS: dict[int, Hit] = {
    36: _zap(290.0, 46.0, 0.028, 0.075), 37: _burst(5_500.0, 0.06, 0.012, 900.0), 38: _snare,
    39: _burst(11_000.0, 0.2, 0.04, 700.0), 42: _burst(30_000.0, 0.09, 0.014, 5_000.0),
    44: _burst(30_000.0, 0.08, 0.012, 5_000.0), 45: _zap(240.0, 78.0, 0.07, 0.09),
    46: _burst(26_000.0, 0.35, 0.085, 4_500.0), 47: _zap(330.0, 108.0, 0.07, 0.085),
    49: _burst(15_000.0, 1.3, 0.28, 700.0), 50: _zap(440.0, 150.0, 0.07, 0.08),
    51: _burst(22_000.0, 0.2, 0.03, 3_500.0), 54: _burst(28_000.0, 0.12, 0.02, 4_500.0),
    70: _burst(30_000.0, 0.06, 0.01, 5_500.0),
}  # fmt: skip
