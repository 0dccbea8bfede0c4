"""Reads the sections that lyrics ask for: tags in brackets, in several languages, or stanzas; with or without times."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from musicgen_web.engines.sketch.stanzas import Stanza, parse, stanzas
from musicgen_web.engines.sketch.vocabulary import SECTIONS

BARS_A_LINE = 2
_LONGEST_NAME = 24


@dataclass(frozen=True, slots=True)
class Mark:
    """A section the lyrics ask for, and when. `lines`: how many are sung in it; `stanza`: which of the lyrics'."""

    kind: str
    name: str
    time: float | None
    lines: int = 0
    stanza: int | None = None

    @property
    def bars(self) -> int:
        """The bars its lines take at their ease, in fours; 0 without lines."""
        return -(-self.lines * BARS_A_LINE // 4) * 4


def read_marks(lyrics: str, duration: float) -> list[Mark]:
    """Read the sections of lyrics; a tag without a time takes its first line's."""
    return marks_of(stanzas(parse(lyrics)[0]), duration)


def marks_of(found: Sequence[Stanza], duration: float) -> list[Mark]:
    """Name the sections of these stanzas. A bare tag of a chorus that has been before stands for its words."""
    is_timed = any(line.time is not None for stanza in found for line in stanza.lines)
    marks: list[Mark] = []
    for index, stanza in enumerate(found):
        if stanza.time is not None and stanza.time >= duration - 1.0:
            continue
        kind, name = _named(stanza)
        mark = Mark(kind, name, stanza.time, len(stanza.lines), index if stanza.lines else None)
        if kind == "chorus" and not stanza.lines and not is_timed:
            before = next((one for one in marks if one.kind == kind and one.lines), None)
            mark = Mark(kind, name, None, before.lines, before.stanza) if before else mark
        marks.append(mark)
    return marks


def _named(stanza: Stanza) -> tuple[str, str]:
    if stanza.tag is None:
        return stanza.kind or "verse", stanza.kind or "verse"
    words = re.sub(r"[\d:：,()]+", " ", stanza.tag.lower()).strip()
    known = sorted(SECTIONS, key=len, reverse=True)
    kind = next((SECTIONS[word] for word in known if _holds(words, word)), None)
    return (kind, kind) if kind else ("verse", stanza.tag.strip().lower()[:_LONGEST_NAME] or "verse")


def _holds(words: str, word: str) -> bool:
    return word in words if not word.isascii() else re.search(rf"(?<![a-z]){word}(?![a-z])", words) is not None
