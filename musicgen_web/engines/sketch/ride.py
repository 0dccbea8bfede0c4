"""The engineer's hand on the faders: a section with more energy is louder, wider and brighter than the one before."""

from __future__ import annotations

import numpy as np
from scipy import signal

from musicgen_web.engines.sketch.equaliser import low_cut
from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE, Mono, stereo
from musicgen_web.engines.sketch.score import Score, Section
from musicgen_web.engines.writer import Samples

REST = 0.75  # the energy at which the faders stand at zero
WIDER, AIR = 0.9, 0.6  # share of the side, and of the steps between samples, per unit of energy: 3 dB at 8 kHz
CENTRED_HZ = 120.0  # what is lower stands in the middle
LEAST, MOST = 0.3, 1.0  # energies between which the hand moves


class Ride:
    """Bring the mix from section to section, block by block; a move is over when its section begins."""

    def __init__(self, score: Score, gain_db: float, seconds: float, width: float) -> None:
        self._times, self._energies = _knots(score, seconds)
        self._gain_db = gain_db
        self._width = width
        self._end, self._fade = round(score.duration * SAMPLE_RATE), score.fade
        self._before = np.zeros((2, 1), dtype=np.float32)  # the last sample of the block before
        self._centred = np.asarray([low_cut(CENTRED_HZ)], dtype=np.float32)
        self._lows = np.zeros((1, 2), dtype=np.float32)

    def block(self, samples: Samples, start: int) -> Samples:
        energy = self._energy(start, len(samples))
        line = np.concatenate([self._before, samples.T], axis=1)
        self._before = line[:, -1:].copy()
        gain = _factor(self._gain_db * energy)
        steps = gain * (np.float32(AIR) * energy)
        left, right = line[:, 1:] * (gain + steps) - line[:, :-1] * steps  # a step from sample to sample is all air
        middle = np.float32(0.5) * (left + right)
        side = (left - middle) * (np.float32(self._width) * (np.float32(1.0) + np.float32(WIDER) * energy))
        side, self._lows = signal.sosfilt(self._centred, side, zi=self._lows)
        return stereo(middle + side, middle - side) * self._going(start, len(samples))

    def _going(self, start: int, frames: int) -> Samples | np.float32:
        """Return what is left of the song at each frame (frames, 1) where it fades away, 1 elsewhere."""
        left = self._end - start - frames
        if left >= self._fade * SAMPLE_RATE:
            return np.float32(1.0)
        seconds = np.arange(left + frames, left, -1, dtype=np.float32) / np.float32(SAMPLE_RATE)
        left_over = np.clip(seconds / np.float32(self._fade), 0.0, 1.0) ** np.float32(1.6)
        return np.asarray(left_over[:, None], dtype=np.float32)

    def _energy(self, start: int, frames: int) -> Mono:
        """Return the energy above rest at each frame of a block, or the one value it has all through."""
        first, last = start / SAMPLE_RATE, (start + frames) / SAMPLE_RATE
        steps = np.array([first, *[time for time in self._times if first < time < last], last])
        energies = np.interp(steps, self._times, self._energies)
        if np.ptp(energies) == 0.0:
            return np.asarray(energies[:1], dtype=np.float32)
        return np.asarray(np.interp((start + np.arange(frames)) / SAMPLE_RATE, steps, energies), dtype=np.float32)


def _knots(score: Score, seconds: float) -> tuple[list[float], list[float]]:
    times, energies = [0.0], [_above_rest(score.sections[0]) if score.sections else 0.0]
    for section in score.sections[1:]:
        begins = score.seconds(section.start)
        times += [max(begins - seconds, times[-1]), begins]
        energies += [energies[-1], _above_rest(section)]
    return times, energies


def _above_rest(section: Section) -> float:
    return min(max(section.energy, LEAST), MOST) - REST


def _factor(db: Mono) -> Mono:
    return np.asarray(np.exp(db * np.float32(np.log(10.0) / 20.0)), dtype=np.float32)
