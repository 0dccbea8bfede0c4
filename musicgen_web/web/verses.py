"""Set lyrics as poetry: sections with their quiet headings, and lines that may know their time."""

from __future__ import annotations

import re
from dataclasses import dataclass

STAMP = re.compile(r"\s*\[(\d{1,3}):(\d{1,2}(?:[.:]\d{1,3})?)\]")
TAG = re.compile(r"\s*\[([^\[\]]{1,60})\]\s*")


@dataclass(frozen=True, slots=True)
class Line:
    """One sung line; `start` in seconds where its time is known."""

    text: str
    start: float | None = None


@dataclass(frozen=True, slots=True)
class Verse:
    """Lines that belong together, under a name that may be empty."""

    name: str
    lines: tuple[Line, ...]


def verses(lyrics: str) -> list[Verse]:
    """Return the lyrics in verses: a tag such as [Chorus] or an empty line begins a new one."""
    found: list[Verse] = []
    name, lines = "", list[Line]()

    def close() -> None:
        if name or lines:
            found.append(Verse(name, tuple(lines)))

    for raw in lyrics.splitlines():
        start, text = _stamped(raw)
        if tag := TAG.fullmatch(text):
            close()
            name, lines = tag[1].strip().capitalize(), []
        elif text.strip():
            lines.append(Line(text.strip(), start))
        elif lines:
            close()
            name, lines = "", []
    close()
    return found


def _stamped(line: str) -> tuple[float | None, str]:
    """Take the time stamp off a line."""
    start = None
    while match := STAMP.match(line):
        start = int(match[1]) * 60 + float(match[2].replace(":", "."))
        line = line[match.end() :]
    return start, line
