"""Hand drums, wood and metal: congas, timbales, claves, güiro, cowbell; wood blocks, a barrel drum, a small gong."""

from __future__ import annotations

import numpy as np

from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE, attack, decaying_noise, silence, sound
from musicgen_web.engines.sketch.instruments.strokes import Hit, both, filtered, modes, noise, sweep
from musicgen_web.engines.writer import Samples


def _conga(tune_hz: float, seconds: float) -> Hit:
    """An open stroke: a skin's first modes over a tall barrel, and the flat of the fingers."""

    def play(velocity: float, chance: np.random.Generator) -> Samples:
        frames = round(0.7 * SAMPLE_RATE)
        tune = tune_hz * chance.uniform(0.993, 1.007)
        skin = sweep(frames, tune, tune * (1.06 + 0.1 * velocity), 0.02, seconds)
        skin += np.float32(0.3) * sweep(frames, 1.6 * tune, 1.72 * tune, 0.015, 0.4 * seconds)
        skin += np.float32(0.18 * velocity) * sweep(frames, 2.14 * tune, 2.3 * tune, 0.012, 0.25 * seconds)
        out = both(skin)
        out += np.float32(0.3 * velocity) * filtered(noise(chance, frames, 0.009, 0.4), "bandpass", 900.0, 5_000.0)
        return attack(out, 0.0012)

    return play


def _slap(velocity: float, chance: np.random.Generator) -> Samples:
    frames = round(0.22 * SAMPLE_RATE)
    skin = both(sweep(frames, 330.0, 380.0, 0.01, 0.022))
    crack = filtered(noise(chance, frames, 0.014, 0.4), "bandpass", 1_100.0, 3_500.0 + 4_000.0 * velocity)
    ring = sound(modes(chance, np.array([860.0, 1_240.0, 1_930.0]), np.full(3, 0.03), np.full(3, 0.2), 0.3), frames)
    return attack(np.float32(0.5) * skin + crack + ring, 0.0008)


def _timbale(tune_hz: float) -> Hit:
    """A shallow metal shell: the skin is tight, the shell answers."""

    def play(velocity: float, chance: np.random.Generator) -> Samples:
        frames = round(0.6 * SAMPLE_RATE)
        tune = tune_hz * chance.uniform(0.99, 1.01)
        skin = both(sweep(frames, tune, tune * 1.12, 0.012, 0.1))
        shell = np.array([1.59, 2.14, 2.65, 3.5, 4.9, 6.7]) * tune
        level = np.array([0.5, 0.4, 0.32, 0.3, 0.22, 0.15]) * (0.4 + 0.6 * velocity) ** np.arange(6)
        out = skin + sound(modes(chance, shell, np.array([0.12, 0.1, 0.09, 0.11, 0.08, 0.05]), level, 0.4), frames)
        out += np.float32(0.3 * velocity) * filtered(noise(chance, frames, 0.006, 0.3), "highpass", 2_000.0)
        return attack(out, 0.0008)

    return play


def _wood(hz: tuple[float, ...], seconds: float) -> Hit:
    """A hollow or a solid piece of hard wood: two or three modes, and all is over."""

    def play(velocity: float, chance: np.random.Generator) -> Samples:
        size = len(hz)
        level = np.array([1.0, 0.45, 0.2, 0.1][:size]) * (0.5 + 0.5 * velocity) ** np.arange(size)
        decay = seconds * np.array([1.0, 0.6, 0.35, 0.2][:size])
        tuned = np.array(hz) * chance.uniform(0.994, 1.006)
        frames = round(min(0.5, 9.0 * seconds) * SAMPLE_RATE)
        out = sound(modes(chance, tuned, decay, level, 0.25), frames)
        tap = filtered(noise(chance, frames, 0.002, 0.3), "highpass", 1_800.0)
        return attack(out + np.float32(0.12 * velocity) * tap, 0.0006)

    return play


def _scraped(seconds: float) -> Hit:
    """A güiro: a stick along a gourd's notches, faster toward the end."""

    def play(velocity: float, chance: np.random.Generator) -> Samples:
        frames = round((seconds + 0.06) * SAMPLE_RATE)
        out = silence(frames)
        count = round(seconds * 95.0)
        places = np.linspace(0.0, 1.0, count) ** 0.85 * seconds + chance.normal(0.0, 0.0006, count)
        for number, place in enumerate(np.clip(places, 0.0, seconds)):
            at = round(place * SAMPLE_RATE)
            size = min(frames - at, round(0.02 * SAMPLE_RATE))
            tick = decaying_noise(chance, size, 0.0028) * np.float32(0.35 + 0.65 * number / count)
            out[at : at + size] += both(tick)
        body = filtered(out, "bandpass", 1_700.0, 3_400.0 + 2_800.0 * velocity)
        return attack(body + np.float32(0.3) * filtered(out, "bandpass", 500.0, 900.0), 0.002)

    return play


def _cowbell(velocity: float, chance: np.random.Generator) -> Samples:
    hz = np.array([562.0, 845.0, 1_410.0, 2_260.0, 3_120.0, 4_450.0]) * chance.uniform(0.995, 1.005)
    level = np.array([0.9, 1.0, 0.4, 0.35, 0.22, 0.14]) * (0.4 + 0.6 * velocity) ** (0.6 * np.arange(6))
    decay = np.array([0.07, 0.09, 0.05, 0.045, 0.03, 0.02])
    return attack(sound(modes(chance, hz, decay, level, 0.3), round(0.5 * SAMPLE_RATE)), 0.0008)


def _barrel(tune_hz: float) -> Hit:
    """A Chinese barrel drum: thick hide, a soft beater, a long low note."""

    def play(velocity: float, chance: np.random.Generator) -> Samples:
        frames = round(1.2 * SAMPLE_RATE)
        tune = tune_hz * chance.uniform(0.99, 1.01)
        skin = sweep(frames, tune, tune * (1.15 + 0.2 * velocity), 0.04, 0.26)
        skin += np.float32(0.4) * sweep(frames, 1.59 * tune, 1.75 * tune, 0.03, 0.13)
        skin += np.float32(0.2 * velocity) * sweep(frames, 2.3 * tune, 2.5 * tune, 0.02, 0.07)
        hide = filtered(noise(chance, frames, 0.02, 0.4), "bandpass", 250.0, 1_400.0 + 2_000.0 * velocity)
        return attack(both(skin) + np.float32(0.35 * velocity) * hide, 0.002)

    return play


def _gong(velocity: float, chance: np.random.Generator) -> Samples:
    """A small hand gong whose pitch rises as it dies: its boss stiffens the less it swings."""
    frames = round(2.2 * SAMPLE_RATE)
    out = silence(frames)
    ratios = (1.0, 1.52, 2.03, 2.77, 3.46, 4.9)
    for ratio, level, decay in zip(
        ratios, (1.0, 0.7, 0.5, 0.4, 0.3, 0.2), (0.6, 0.45, 0.4, 0.3, 0.2, 0.12), strict=True
    ):
        tune = 415.0 * ratio * chance.uniform(0.998, 1.002)
        out += np.float32(level * (0.4 + 0.6 * velocity) ** (ratio - 1.0)) * both(
            sweep(frames, tune, tune * 0.955, 0.3, decay)
        )
    return attack(out, 0.003)


def _finger_bells(velocity: float, chance: np.random.Generator) -> Samples:
    hz = np.array([2_310.0, 2_327.0, 5_480.0, 5_530.0, 9_100.0]) * chance.uniform(0.998, 1.002)
    level = np.array([0.8, 0.7, 0.5, 0.4, 0.2]) * (0.5 + 0.5 * velocity) ** np.arange(5)
    decay = np.array([0.75, 0.7, 0.4, 0.35, 0.15])
    return attack(sound(modes(chance, hz, decay, level, 0.5), round(1.8 * SAMPLE_RATE)), 0.0012)


_HIGH_BLOCK, _LOW_BLOCK = _wood((905.0, 2_190.0, 3_700.0), 0.034), _wood((662.0, 1_640.0, 2_830.0), 0.042)

LATIN_HITS: dict[int, Hit] = {
    56: _cowbell, 62: _slap, 63: _conga(208.0, 0.13), 64: _conga(156.0, 0.17), 65: _timbale(318.0), 66: _timbale(228.0),
    73: _scraped(0.07), 74: _scraped(0.26), 75: _wood((2_480.0, 5_050.0, 7_300.0), 0.028),
    76: _HIGH_BLOCK, 77: _LOW_BLOCK,
}  # fmt: skip
BALANCE_DB = {
    56: -9.0, 62: -6.0, 63: -4.0, 64: -3.5, 65: -5.0, 66: -5.0, 73: -10.0, 74: -9.5, 75: -8.0, 76: -7.0,
    77: -6.5, 81: -12.0,
}  # fmt: skip

FOLK_HITS: dict[int, Hit] = {
    36: _barrel(74.0), 37: _wood((1_150.0, 2_600.0, 4_300.0), 0.03), 38: _barrel(162.0), 45: _barrel(98.0),
    47: _barrel(128.0), 49: _gong, 50: _barrel(162.0), 51: _finger_bells, 76: _HIGH_BLOCK,
    77: _LOW_BLOCK, 81: _finger_bells,
}  # fmt: skip
