"""How what an engine understood is said: one calm sentence, whose parts can be clicked."""

from __future__ import annotations

from collections.abc import Iterator

from musicgen_web.engines.base import Heard, Understanding

BEFORE = {"tempo": " at ", "key": " in ", "band": " joined by "}  # others follow with a space
MARKS = {"metre": ",", "plays": ",", "band": ",", "silent": ",", "mood": ";", "voice": ";"}  # between the last and this


def sentence(understanding: Understanding) -> list[tuple[str, Heard, str]]:
    """Put words before and a mark after each part: Understood as *pop* at *112 bpm* in *C major*, *4/4*; *calm*."""
    heard = understanding.heard
    marks = [*(MARKS.get(part.kind, "") for part in heard[1:]), "."]
    return list(zip(_before(understanding), heard, marks, strict=True))


def spoken(understanding: Understanding) -> str:
    """The same for those who listen."""
    return "".join(before + part.text + mark for before, part, mark in sentence(understanding))


def _before(understanding: Understanding) -> Iterator[str]:
    last = ""
    for part in understanding.heard:
        words = BEFORE.get(part.kind, " ")
        if not last:
            words = "Understood as " if any(one.is_said for one in understanding.heard) else "Left to itself: "
        elif part.kind == "tempo" and not part.is_said:
            words = " at about "
        elif part.kind in ("plays", "band") and last != "plays":
            words = " with "
        yield words
        last = part.kind
