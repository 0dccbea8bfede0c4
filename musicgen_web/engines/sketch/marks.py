"""Reads the sections that lyrics ask for: tags in brackets, in several languages, with or without times."""

from __future__ import annotations

import re
from dataclasses import dataclass

from diffrhythm import lrc
from musicgen_web.engines.sketch.vocabulary import SECTIONS

_LONGEST_NAME = 24


@dataclass(frozen=True, slots=True)
class Mark:
    """A section the lyrics ask for, and when."""

    kind: str
    name: str
    time: float | None


def read_marks(lyrics: str, duration: float) -> list[Mark]:
    """Read the sections that lyrics name, as tags in brackets; a tag without a time takes its first line's."""
    if "[" not in lyrics:
        return []
    lines = lrc.parse(lyrics).lines
    marks = []
    for index, line in enumerate(lines):
        if line.section is None:
            continue
        following = next((later for later in lines[index + 1 :]), None)
        time = line.time if line.time is not None else (following.time if following and not following.section else None)
        if time is None or time < duration - 1.0:
            marks.append(_mark(line.section, time))
    return marks


def _mark(tag: str, time: float | None) -> Mark:
    words = re.sub(r"[\d:：,()]+", " ", tag.lower()).strip()
    known = sorted(SECTIONS, key=len, reverse=True)
    kind = next((SECTIONS[word] for word in known if _holds(words, word)), None)
    return Mark(kind, kind, time) if kind else Mark("verse", tag.strip().lower()[:_LONGEST_NAME] or "verse", time)


def _holds(words: str, word: str) -> bool:
    return word in words if not word.isascii() else re.search(rf"(?<![a-z]){word}(?![a-z])", words) is not None
