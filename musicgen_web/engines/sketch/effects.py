"""Effects that work on blocks and remember what they must: echo, tremolo, wow and vinyl."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE, Mono, dice, silence, stereo
from musicgen_web.engines.sketch.instruments.strokes import band
from musicgen_web.engines.writer import Samples

STEP = 64  # frames between two points of a movement
VINYL_AIR = 3.5  # of the hiss, above the crackle: what a dark mix has on top


class Echo:
    """Repeats that wander from side to side, each darker in level; the first comes after `seconds`."""

    def __init__(self, seconds: float, feedback: float, repeats: int = 4) -> None:
        self._delay = max(1, round(seconds * SAMPLE_RATE))
        self._gains = [feedback**number for number in range(repeats)]
        self._past = np.zeros(self._delay * repeats, dtype=np.float32)
        self._sections = band("bandpass", 320.0, 3_200.0, 1)
        self._state = np.zeros((len(self._sections), 2), dtype=np.float32)

    def block(self, send: Samples) -> Samples:
        mono, self._state = signal.sosfilt(self._sections, np.float32(0.5) * (send[:, 0] + send[:, 1]), zi=self._state)
        line = np.concatenate([self._past, mono.astype(np.float32)])
        out = silence(len(send))
        for number, gain in enumerate(self._gains, start=1):
            first = len(self._past) - number * self._delay
            heard = np.float32(gain) * line[first : first + len(send)]
            near, far = (0, 1) if number % 2 else (1, 0)
            out[:, near] += heard
            out[:, far] += np.float32(0.3) * heard
        self._past = line[len(line) - len(self._past) :]
        return out


def tremolo(samples: Samples, start: int, hz: float, depth: float) -> None:
    """Swing a block (from frame `start` of the song) between left and right, in place."""
    steps = np.arange(0, len(samples) + STEP, STEP)
    swing = depth * np.sin(2 * np.pi * hz * (start + steps) / SAMPLE_RATE)
    gain = np.interp(np.arange(len(samples)), steps, swing).astype(np.float32)
    samples[:, 0] *= 1.0 + gain
    samples[:, 1] *= 1.0 - gain


class Wow:
    """A tape that does not run evenly: read from a moving place a little behind (two slow waves, `cents` deep)."""

    REACH = 512  # frames behind at most

    def __init__(self, cents: float, seed: int) -> None:
        chance = dice(32, seed)
        self._waves = [(0.43, 0.75, chance.uniform()), (1.13, 0.25, chance.uniform())]
        self._cents = cents
        self._past = silence(self.REACH)

    def block(self, samples: Samples, start: int) -> Samples:
        frames = len(samples)
        line = np.concatenate([self._past, samples])
        steps = np.arange(0, frames + STEP, STEP)
        time = (start + steps) / SAMPLE_RATE
        behind = np.full(len(steps), self.REACH / 2.0)
        for hz, share, phase in self._waves:
            reach = self._cents * share * np.log(2.0) / 1200 * SAMPLE_RATE / (2 * np.pi * hz)
            behind += reach * np.sin(2 * np.pi * (hz * time + phase))
        behind = np.clip(behind, 2.0, self.REACH - 2.0)
        position = self.REACH + np.arange(frames) - np.interp(np.arange(frames), steps, behind)
        whole = position.astype(np.int64)
        part = (position - whole).astype(np.float32)
        whole = np.clip(whole, 1, len(line) - 3)
        self._past = line[frames:]
        return stereo(*(_between(np.ascontiguousarray(line[:, side]), whole, part) for side in (0, 1)))


def _between(line: Mono, whole: NDArray[np.int64], part: Mono) -> Mono:
    """Read a line between its samples by Catmull–Rom: four points, where two would dull the highs."""
    before, near, after, later = (line.take(whole + offset) for offset in (-1, 0, 1, 2))
    half = np.float32(0.5)
    bend = half * (after - before)
    twist = half * (later - before) + np.float32(1.5) * (near - after)
    curve = (after - near) - bend - twist
    return np.asarray(near + part * (bend + part * (curve + part * twist)), dtype=np.float32)


def vinyl(frames: int, start: int, seed: int, level: float) -> Samples:
    """A worn record: soft crackle and a breath of air, for the block that starts at frame `start`."""
    chance = dice(33, seed, start)
    hiss = chance.random((2, frames), dtype=np.float32).T * np.float32(0.006)
    crackle = silence(frames)
    count = chance.poisson(9.0 * frames / SAMPLE_RATE)
    places = chance.integers(0, frames, count)
    crackle[places] = (chance.exponential(0.02, count) * chance.choice([-1.0, 1.0], count))[:, None].astype(np.float32)
    crackle[places] *= chance.uniform(0.4, 1.0, (count, 2)).astype(np.float32)
    worn = signal.sosfilt(band("bandpass", 700.0, 4_500.0, 1), crackle + hiss, axis=0)
    worn += signal.sosfilt(band("bandpass", 5_000.0, 10_000.0, 1), np.float32(VINYL_AIR) * hiss[::-1], axis=0)
    return np.asarray(np.float32(level) * worn, dtype=np.float32)
