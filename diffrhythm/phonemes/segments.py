"""A line parted into runs of English and of Mandarin; whatever else it holds stays with the run it stands in."""

from __future__ import annotations

from dataclasses import dataclass

ENGLISH, MANDARIN = "en", "zh"


@dataclass(frozen=True, slots=True)
class Segment:
    """A run in one language; `start` is where it begins in the line."""

    text: str
    language: str
    start: int


def language_of(char: str) -> str | None:
    if "\u4e00" <= char <= "\u9fa5":
        return MANDARIN
    return ENGLISH if char.isascii() and char.isalpha() else None


def segments(line: str) -> tuple[Segment, ...]:
    """Part a line; one without a Latin letter or a Han character has no run at all."""
    found: list[Segment] = []
    start, language = 0, None
    for place, char in enumerate(line):
        own = language_of(char)
        if own and language and own != language:
            found.append(Segment(line[start:place], language, start))
            start = place
        language = own or language
    return (*found, Segment(line[start:], language, start)) if language else ()
