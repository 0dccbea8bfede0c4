"""A line to sing, with what it needs and where it lands."""

from __future__ import annotations

from dataclasses import dataclass

from diffrhythm.edits import Edit
from diffrhythm.findings import Finding
from diffrhythm.lrc import LyricLine
from diffrhythm.placement import Placed
from diffrhythm.reading import Reading


@dataclass(frozen=True, slots=True)
class Sung:
    """One line to sing, what it needs, and where it lands; `place` is None as long as it has no time."""

    line: LyricLine
    reading: Reading
    place: Placed | None


@dataclass(frozen=True, slots=True)
class Timed:
    """A line of words with its time, and where its words stand in its line of the text."""

    line: int
    start: int
    end: int
    time: float
    text: str
    reading: Reading
    place: Placed

    def finding(self, kind: str, severity: str, message: str, *fix: Edit) -> Finding:
        return Finding(kind, severity, self.line, self.start, self.end, message, fix)
