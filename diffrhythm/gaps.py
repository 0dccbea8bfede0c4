"""Long times without words, in which the model may sing some of them again."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from diffrhythm.edits import AddLine, Edit, ShiftTimes
from diffrhythm.findings import HINT, Finding
from diffrhythm.lrc import LyricLine
from diffrhythm.placement import Window, time_of
from diffrhythm.spec import FRAMES_PER_SECOND
from diffrhythm.sung import Timed

LONGEST_GAP = 16.0  # seconds without words before the model begins to repeat some
LONGEST_BREAK = 24.0  # the same where a section tag or a silent line says that the gap is meant
LONGEST_TAIL = 40.0  # seconds after the last word


def between(lines: Sequence[LyricLine], begun: Sequence[Timed]) -> Iterator[Finding]:
    """Find where too long nothing is sung before a line; `lines` has the section tags and the silences too."""
    if not begun:
        return
    if begun[0].time > LONGEST_BREAK:
        by = LONGEST_BREAK - begun[0].time
        yield _gap(begun[0], begun[0].time, LONGEST_BREAK, ShiftTimes(begun[0].time, math.floor(by * 100) / 100))
    marks = sorted(line.time for line in _with_times(lines) if not line.text and line.time is not None)
    for before, line in pairwise(begun):
        gap = (line.place.wanted - before.place.end) / FRAMES_PER_SECOND
        if gap <= LONGEST_GAP:
            continue
        is_meant = any(before.time < time <= line.time for time in marks)
        limit = LONGEST_BREAK if is_meant else LONGEST_GAP
        if gap <= limit:
            continue
        if gap <= LONGEST_BREAK:
            yield _gap(line, gap, limit, AddLine(time_of(before.place.end), after=before.line))
        else:
            yield _gap(line, gap, limit, ShiftTimes(line.time, -(math.floor((gap - limit) * 100) / 100 + 0.06)))


def at_the_end(timed: Sequence[Timed], room: Window) -> Iterator[Finding]:
    """Find a song that goes on for too long after its last line."""
    if not timed:
        return
    tail = (room.frames - timed[-1].place.end) / FRAMES_PER_SECOND
    if tail > LONGEST_TAIL:
        message = (
            f"{tail:.0f} seconds without words follow: the model may sing some again. "
            f"A song of {math.ceil(room.duration - tail + LONGEST_BREAK)} seconds would be long enough."
        )
        yield timed[-1].finding("gap", HINT, message)


def _with_times(lines: Sequence[LyricLine]) -> Iterator[LyricLine]:
    """Give section tags without a time that of the line they open."""
    for index, line in enumerate(lines):
        if line.section is None or line.time is not None:
            yield line
        else:
            opened = next((later.time for later in lines[index + 1 :] if later.section is None), None)
            yield LyricLine(line.number, "", opened, line.section)


def _gap(line: Timed, gap: float, limit: float, fix: Edit) -> Finding:
    message = (
        f"{gap:.1f} seconds without words before this line: over {limit:g}, the model may sing some again. "
        "If a break is meant, say so with a section tag or a silent line; else let the line come earlier."
    )
    return line.finding("gap", HINT, message, fix)
