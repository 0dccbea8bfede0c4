"""How much time each line has, in seconds: its LRC time, the breath before the next line, and what does not fit.

Up to eight syllables a second can be followed; above nine nothing is sung. A breath is kept before the next line until
the words press; then it goes first, then the end of the line.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from musicgen_web.engines.sketch.score import SungReport
from musicgen_web.engines.sketch.words import Line, Words

FOLLOWED, FASTEST = 8.0, 9.0  # syllables a second
BREATH, SHORTEST_BREATH = 0.25, 0.05  # seconds before the next line
LONGEST = 8.0  # seconds of one line
EARLY = 0.15  # seconds a pressed line may begin before its time
PAST_END, TAKEN, NO_TIME = "it falls past the end", "another line begins then", "it has no time"
_LAST = 0.4  # seconds before the end after which nobody begins to sing


@dataclass(frozen=True, slots=True)
class Room:
    """What of a line is sung, from when to when, in seconds."""

    line: Line
    start: float
    end: float

    @property
    def rate(self) -> float:
        """Syllables a second."""
        return len(self.line.syllables) / max(self.end - self.start, 1e-3)


def timed(words: Words, duration: float, reports: list[SungReport]) -> Iterator[Room]:
    """Begin every line at its time; a line without one runs between its neighbours that have one."""
    lines = list(_with_times(words.lines, duration))
    ends = sorted({line.time for line in lines if line.time is not None} | {*words.pauses, duration - SHORTEST_BREATH})
    free = 0.0  # seconds: until when somebody sings
    for line in lines:
        time = line.time or 0.0
        until = ends[min(bisect_right(ends, time + 1e-6), len(ends) - 1)]
        if time > duration - _LAST:
            reports.append(SungReport(line.number, "left out", needed(line), 0.0, PAST_END))
        elif free > time + SHORTEST_BREATH:
            reports.append(SungReport(line.number, "left out", needed(line), 0.0, TAKEN))
        elif room := fitted(line, time, until, time - free, reports):
            yield room
            free = room.end


def _with_times(lines: Sequence[Line], duration: float) -> Iterator[Line]:
    """Spread the lines without a time evenly over the time until the next one that has one."""
    known = [(-1, 0.0), *[(place, line.time) for place, line in enumerate(lines) if line.time is not None]]
    for (first, begin), (last, end) in pairwise([*known, (len(lines), duration)]):
        share = min((end - begin) / max(last - first, 1), LONGEST)
        if first >= 0:
            yield lines[first]
        for place in range(first + 1, last):
            yield replace(lines[place], time=begin + share * (place - first))


def fitted(line: Line, time: float, until: float, before: float, reports: list[SungReport]) -> Room | None:
    """Return what of a line is sung between two times, and report what is not.

    `before`: seconds of silence before it.
    """
    count = len(line.syllables)
    start, end = time, min(until - BREATH, time + LONGEST)
    missing = max(count / FOLLOWED - (end - start), 0.0)
    end += min(missing, BREATH - SHORTEST_BREATH)
    missing = max(count / FOLLOWED - (end - start), 0.0)
    start -= min(missing, EARLY, max(0.0, before - SHORTEST_BREATH))
    room = max(end - start, 0.0)
    kept = _kept(line, room)
    if not kept.syllables:
        reports.append(SungReport(line.number, "left out", needed(line), round(room, 2), NO_TIME))
        return None
    if len(kept.syllables) < count:
        reports.append(SungReport(line.number, "cut", needed(line), round(room, 2)))
    elif count > FOLLOWED * room + 1e-6:
        reports.append(SungReport(line.number, "tight", needed(line), round(room, 2)))
    return Room(kept, start, end)


def _kept(line: Line, room: float) -> Line:
    """Cut a line behind the last word that can be sung in so many seconds."""
    most = int(FASTEST * room + 1e-6)
    if len(line.syllables) <= most:
        return line
    kept = line.syllables[:most]
    is_han = " " not in line.text and not line.text.isascii()
    while kept and not (is_han or kept[-1].ends_word):
        kept = kept[:-1]
    words = line.text.split()
    ended = sum(syllable.ends_word for syllable in kept)
    text = line.text[: len(kept)] if is_han else " ".join(words[:ended])
    return replace(line, syllables=kept, text=text)


def needed(line: Line) -> float:
    """Return the seconds in which a line can be followed."""
    return round(len(line.syllables) / FOLLOWED, 2)
