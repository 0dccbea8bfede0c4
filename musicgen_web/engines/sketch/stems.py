"""From notes to sound: one stem per part, block by block; each distinct note is rendered once, added at its places."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from musicgen_web.engines.sketch.amps import amp_for
from musicgen_web.engines.sketch.instruments import drums, registry
from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE, silence
from musicgen_web.engines.sketch.score import Part, Score
from musicgen_web.engines.writer import Samples

QUIET, STEP = 6e-5, 2_048
KEPT_BYTES = 112 << 20
LAST_SECONDS = 0.9  # notes that reach so near the end are held through it: the song rings out under its fade
FIRST_SWELL = 0.4  # of the usual time: a song begins at once
LENGTHS_PER_OCTAVE = 3  # a note is rendered a little longer than needed, so that songs can share it

NoteKey = tuple[str, int, float, int, float]  # instrument, pitch, velocity layer, turn, seconds


@dataclass(frozen=True, slots=True)
class Kept:
    """A rendered note at rest: 16 bits over its own peak, cut where it has died away (below −84 dB of it)."""

    pcm: NDArray[np.int16]  # (frames, 2)
    scale: float

    @staticmethod
    def of(samples: Samples) -> Kept:
        peak = max(float(samples.max()), -float(samples.min()), 1e-9)
        last = len(samples)
        while last > STEP and np.abs(samples[last - STEP : last]).max() < QUIET * peak:
            last -= STEP
        scale = peak / 32_767.0
        return Kept(np.rint(samples[:last].T / np.float32(scale)).astype(np.int16).T, scale)

    def __len__(self) -> int:
        return len(self.pcm)

    def part(self, start: int, end: int, gain: float) -> Samples:
        samples = self.pcm[start:end].astype(np.float32)
        samples *= np.float32(gain * self.scale)
        return samples


class Notes:
    """The rendered notes of a process, the least recently heard dropped first.

    A note depends on its key alone, so what is kept from another song can never change this one.
    """

    def __init__(self, size: int = KEPT_BYTES) -> None:
        self._kept: OrderedDict[NoteKey, Kept] = OrderedDict()
        self._size = size
        self._held = 0

    def get(self, key: NoteKey) -> Kept:
        note = self._kept.get(key)
        if note is not None:
            self._kept.move_to_end(key)
            return note
        note = self._kept[key] = Kept.of(_rendered(key))
        self._held += note.pcm.nbytes
        while self._held > self._size and len(self._kept) > 1:
            self._held -= self._kept.popitem(last=False)[1].pcm.nbytes
        return note


def _rendered(key: NoteKey) -> Samples:
    instrument, pitch, velocity, turn, seconds = key
    if instrument.startswith("kit:"):
        return drums.hit(instrument.removeprefix("kit:"), pitch, velocity, turn)
    return registry.held(instrument, pitch, seconds, velocity, turn)


@dataclass(frozen=True, slots=True)
class Event:
    """A note's place in the stem: frames, gain, and which rendered note it is."""

    at: int
    end: int  # frames from `at` until the note is let go; drums ring
    gain: float
    key: NoteKey
    rise: int = 0  # frames in which it comes


class Stem:
    """The sound of one part, asked for block by block from the start of the song to its end."""

    def __init__(self, part: Part, score: Score, kit: str, notes: Notes) -> None:
        self.part = part
        self._notes = notes
        self._drums = part.role == "drums"
        instrument = f"kit:{kit}" if self._drums else part.instrument
        self._damper = None if self._drums else registry.damper(instrument, part.swell)
        self._events = drum_events(part, score, instrument) if self._drums else note_events(part, score, instrument)
        self._amp = None if self._drums else amp_for(part.instrument)
        self._next = 0
        self._at = 0
        self._ahead = silence(0)  # what sounds on past the last block

    def block(self, frames: int, breathe: Callable[[], None]) -> Samples:
        """Return the next `frames` frames; `breathe` is called before each note that must be rendered."""
        until = self._at + frames
        due = []
        while self._next < len(self._events) and self._events[self._next].at < until:
            due.append(self._events[self._next])
            self._next += 1
        pieces = []
        longest = max(frames, len(self._ahead))
        for event in due:
            breathe()
            note = self._notes.get(event.key)
            pieces.append((event, note))
            size = len(note) if self._damper is None else min(len(note), event.end + len(self._damper))
            longest = max(longest, event.at - self._at + size)
        buffer = silence(longest)
        buffer[: len(self._ahead)] = self._ahead
        for event, note in pieces:
            self._add(buffer, event, note)
        self._at = until
        self._ahead = buffer[frames:].copy(order="F")
        return buffer[:frames] if self._amp is None else self._amp.block(buffer[:frames])

    def _add(self, buffer: Samples, event: Event, note: Kept) -> None:
        start = event.at - self._at
        end = len(note) if self._damper is None else min(event.end, len(note))
        sounding = note.part(0, end, event.gain)
        if event.rise:
            sounding[: event.rise] *= registry.rise(event.rise)[:end, None]
        buffer[start : start + end] += sounding
        if self._damper is not None and end < len(note):
            size = min(len(self._damper), len(note) - end)
            released = note.part(end, end + size, event.gain)
            released *= self._damper[:size, None]
            buffer[start + end : start + end + size] += released


def drum_events(part: Part, score: Score, instrument: str) -> list[Event]:
    events = []
    turns: dict[int, int] = {}
    for note in sorted(part.notes, key=lambda note: (note.start, note.pitch)):
        turn = turns[note.pitch] = (turns.get(note.pitch, -1) + 1) % registry.DRUM_TURNS
        key = (instrument, note.pitch, registry.layer(note.velocity), turn, 0.0)
        events.append(Event(_frame(score, note.start), 0, registry.loudness(note.velocity), key))
    return sorted(events, key=lambda event: event.at)


def note_events(part: Part, score: Score, instrument: str) -> list[Event]:
    """Place the notes; every version of a pitch is rendered as long as the longest note that needs it."""
    entry = registry.INSTRUMENTS[instrument]
    swell = part.swell if entry.sustained else 0.0
    placed = []
    turns: dict[int, int] = {}
    first = -1 if part.pan <= 0.0 else entry.turns // 2 - 1  # a line played twice, left and right, is never one take
    for note in sorted(part.notes, key=lambda note: (note.start, note.pitch)):
        turn = turns[note.pitch] = (turns.get(note.pitch, first) + 1) % entry.turns
        at = _frame(score, note.start)
        let_go = score.seconds(note.start + note.length)
        until = let_go
        if swell and let_go > score.duration - swell:  # it goes as slowly at the song's end as it came
            begun = score.seconds(note.start)
            until = max(score.duration - swell, begun + 0.4 * (score.duration - begun))
        elif let_go > score.duration - LAST_SECONDS:
            until = score.duration
        end = max(round(until * SAMPLE_RATE) - at, SAMPLE_RATE // 50)
        placed.append(((note.pitch, registry.layer(note.velocity), turn), at, end, registry.loudness(note.velocity)))
    needed = {
        version: max(end for _, _, end, _ in same) / SAMPLE_RATE
        for version, same in groupby(sorted(placed, key=lambda entry: entry[0]), key=lambda entry: entry[0])
    }
    damped = len(registry.damper(instrument, part.swell)) / SAMPLE_RATE
    events = [
        Event(
            at,
            end,
            gain,
            (instrument, *version, rounded_up(needed[version] + damped, entry.longest)),
            round(min(swell * SAMPLE_RATE if at else FIRST_SWELL * swell * SAMPLE_RATE, 0.6 * end)),
        )
        for version, at, end, gain in placed
    ]
    return sorted(events, key=lambda event: event.at)


def rounded_up(seconds: float, longest: float) -> float:
    step = math.ceil(math.log2(max(seconds, 0.25)) * LENGTHS_PER_OCTAVE)
    return min(float(2.0 ** (step / LENGTHS_PER_OCTAVE)), longest)


def _frame(score: Score, beat: float) -> int:
    return max(0, round(score.seconds(beat) * SAMPLE_RATE))


def kicks(parts: Iterable[Part], score: Score) -> list[int]:
    """Return the frames at which a kick drum is hit."""
    hit = {note.start for part in parts if part.role == "drums" for note in part.notes if note.pitch in (35, 36)}
    return sorted(_frame(score, start) for start in hit)
