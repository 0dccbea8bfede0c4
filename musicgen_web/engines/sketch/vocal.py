"""The singers in front: heard a little ahead of time, so that the band steps back before a word and not after it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from musicgen_web.engines.sketch.curve import STEP, drawn, steps
from musicgen_web.engines.sketch.equaliser import Equaliser, low_cut
from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE, Mono, silence
from musicgen_web.engines.sketch.score import Part, Score, SungLine
from musicgen_web.engines.writer import Samples

AHEAD = 1 << 13  # frames: 186 ms
SOUNDING_DB, FULL_DB = -48.0, -38.0  # a voice below is not there, above it is there wholly
BEFORE, AFTER, EDGE = 0.06, 0.3, 0.1  # seconds the band steps back ahead of a sound and stays back after it; how softly
PAST = round((AFTER + EDGE) * SAMPLE_RATE / STEP)  # steps remembered
OVER_DB = 5.6  # how far the voice stands over the band while it sings …
LOWS_HZ = 150.0  # … whose lows count half: they cover no words
MOST_RIDE_DB = 12.0
LEAST_SUNG = 0.02  # of a block: less of a voice tells nothing of its level
MEMORY = 0.5  # of what was heard, from block to block
MOVE = round(0.4 * SAMPLE_RATE / STEP)  # steps in which the hand moves
REST, THROW_FADE = 1.0, 0.03  # beats after a line that leave room for an echo; seconds

Pull = Callable[[int], Samples]


@dataclass(frozen=True, slots=True)
class Heard:
    """One block of the voices (frames, 2); at each frame how much they are there, and how far the echo is open for
    them (both 0–1)."""

    samples: Samples
    presence: Mono
    throw: Mono


class Vocal:
    """Ask for the voices always a little ahead of what is given out, and know by it when the band must step back."""

    def __init__(self, parts: Sequence[Part], score: Score) -> None:
        self._at = 0
        self._left = round(score.duration * SAMPLE_RATE)  # frames that may still be asked for
        self._line = silence(0)
        self._levels = np.full(PAST, -120.0, dtype=np.float32)  # dB per step, from PAST before the block on
        self._throws = _throws(parts, score)

    def block(self, frames: int, pull: Pull) -> Heard:
        """Return the next block; blocks are whole steps, but for the last."""
        missing = frames + AHEAD - len(self._line)
        asked = min(missing, self._left)
        self._left -= asked
        self._line = np.concatenate([self._line, pull(asked), silence(missing - asked)])
        count = steps(frames)
        self._levels = np.concatenate([self._levels, _levels(self._line[(len(self._levels) - PAST) * STEP :])])
        presence = _presence(self._levels)[PAST : PAST + count + 1]
        out, self._line = self._line[:frames], self._line[frames:]
        self._levels = self._levels[count:]
        throw = self._throws[self._at // STEP :][: count + 1]
        self._at += frames
        return Heard(out, drawn(presence, frames), drawn(throw, frames))


def _levels(samples: Samples) -> Mono:
    power = np.einsum("ij,ij->i", samples, samples)
    whole = len(power) // STEP * STEP
    return np.asarray(10.0 * np.log10(power[:whole].reshape(-1, STEP).mean(axis=1) + 1e-12), dtype=np.float32)


def _presence(levels: Mono) -> Mono:
    """Open before a sound, stay open over the gaps between syllables, and move softly."""
    before, after, edge = (round(seconds * SAMPLE_RATE / STEP) for seconds in (BEFORE, AFTER, EDGE))
    is_there = np.clip((levels - SOUNDING_DB) / (FULL_DB - SOUNDING_DB), 0.0, 1.0)
    reach = before + after + 1
    held = ndimage.maximum_filter1d(is_there, reach, origin=(after - before) // 2)
    window = np.hanning(2 * edge + 1)[1:-1].astype(np.float32)
    return np.asarray(np.convolve(held, window / window.sum(), mode="same"), dtype=np.float32)


class Rider:
    """Hold the voices as far over the band as words want it: a hand on their fader that moves from line to line."""

    def __init__(self) -> None:
        self._uppers = Equaliser(low_cut(LOWS_HZ))
        self._voice = self._band = 0.0
        self._db: float | None = None

    def gain(self, heard: Heard, band: Samples) -> Mono:
        """Return the voices' gain at each frame of a block, beside the band as it has stepped back."""
        sung = heard.presence > 0.5
        covering = np.sum(band**2, axis=1) + np.sum(self._uppers.block(band) ** 2, axis=1)
        before = self._db
        if np.mean(sung) > LEAST_SUNG:
            self._voice = MEMORY * self._voice + float(np.sum(heard.samples[sung] ** 2))
            self._band = MEMORY * self._band + 0.5 * float(np.sum(covering[sung]))
            over = 10.0 * np.log10((self._voice + 1e-9) / (self._band + 1e-9))
            self._db = float(np.clip(OVER_DB - over, -MOST_RIDE_DB, MOST_RIDE_DB))
        after = self._db or 0.0
        count = steps(len(sung))
        points = np.full(count + 1, after)
        points[: MOVE + 1] = np.linspace(after if before is None else before, after, MOVE + 1)[: count + 1]
        return drawn((10.0 ** (points / 20.0)).astype(np.float32), len(sung))


def _throws(parts: Sequence[Part], score: Score) -> Mono:
    """Open the echo at the end of every line that is followed by a rest, and only there: a value a step."""
    throws = np.zeros(steps(round(score.duration * SAMPLE_RATE)) + 1, dtype=np.float32)
    lines = sorted((line for part in parts for line in part.lines if line.syllables), key=_start)
    for number, line in enumerate(lines, start=1):
        last = line.syllables[-1].note
        following = _start(lines[number]) if number < len(lines) else float("inf")
        if following >= last.start + last.length + REST:
            begin, end = (score.seconds(beat) * SAMPLE_RATE for beat in (last.start, last.start + last.length))
            throws[round(begin / STEP) : round(end / STEP)] = 1.0
    return np.asarray(ndimage.uniform_filter1d(throws, 2 * round(THROW_FADE * SAMPLE_RATE / STEP) + 1))


def _start(line: SungLine) -> float:
    return line.syllables[0].note.start
