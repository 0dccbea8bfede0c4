"""Set lyrics as poetry: sections with their quiet headings, and lines that may know their time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from diffrhythm import lrc
from diffrhythm.errors import LyricsError
from diffrhythm.lrc import LyricLine


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
    """Return the lyrics in verses. A tag such as [Chorus], an empty line and a leap in the text begin a new one."""
    found: list[Verse] = []
    name, lines, before = "", list[Line](), 0
    for line in _told(lyrics):
        leaps = line.number not in (before, before + 1)
        if (name or lines) and (line.section is not None or (lines and (leaps or not line.text))):
            found.append(Verse(name, tuple(lines)))
            name, lines = "", []
        before = line.number
        if line.section is not None:
            name = _heading(line.section)
        elif line.text:
            lines.append(Line(line.text, line.time))
    return [*found, Verse(name, tuple(lines))] if name or lines else found


def _told(lyrics: str) -> Sequence[LyricLine]:
    """Return the lines in the order they are sung; lyrics from before a stricter rule stand as they were typed."""
    try:
        return lrc.parse(lyrics).lines
    except LyricsError:
        return [LyricLine(number, line.strip()) for number, line in enumerate(lyrics.splitlines(), start=1)]


def _heading(section: str) -> str:
    """A quiet heading: CHORUS and chorus are Chorus, what is written otherwise keeps its capitals."""
    return section.capitalize() if section.isupper() else section[:1].upper() + section[1:]
