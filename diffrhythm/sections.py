"""The parts of a lyric: verses with their lines, and the breaks that a tag asks for without words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from diffrhythm.lrc import LyricLine


@dataclass(frozen=True, slots=True)
class Section:
    """Lines that belong together, under their tags; without lines it is an instrumental break."""

    tags: tuple[LyricLine, ...]
    lines: tuple[LyricLine, ...]

    @property
    def is_instrumental(self) -> bool:
        return not self.lines


def sections(lines: Sequence[LyricLine]) -> list[Section]:
    """Take a lyric apart: a tag such as [Chorus] and an empty line begin a new section."""
    found: list[Section] = []
    tags, sung, before = list[LyricLine](), list[LyricLine](), 0
    for line in lines:
        leaps = line.number not in (before, before + 1)
        if (line.section is not None and (tags or sung)) or (leaps and sung):
            found.append(Section(tuple(tags), tuple(sung)))
            tags, sung = [], []
        before = line.number
        if line.section is not None:
            tags.append(line)
        else:
            sung.append(line)
    return [*found, Section(tuple(tags), tuple(sung))] if tags or sung else found
