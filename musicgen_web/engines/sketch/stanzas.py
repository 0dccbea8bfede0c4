"""Lyrics in their stanzas: lines that belong together, what the song makes of them, and what stands there unsung."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from diffrhythm import lrc
from diffrhythm.errors import LyricsError
from diffrhythm.lrc import LyricLine, Lyrics
from diffrhythm.phonemes.pronounce import singable
from diffrhythm.phonemes.segments import segments
from diffrhythm.sections import sections

_LONGEST = 8  # lines; a longer stanza without a tag is taken for several
_CHUNK = 4
_PAUSE_SECONDS = 8.0  # between timed lines: here a new stanza begins
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Stanza:
    """Lines under one tag, or between two gaps. `tag` as it is written, `kind` where the stanza itself says which.

    `time`: when it begins, in seconds. `lines` holds only what can be sung, in the order of the song.
    """

    tag: str | None
    kind: str | None  # "verse", "chorus", "bridge": for a stanza without a tag, by where it stands and returns
    time: float | None
    lines: tuple[LyricLine, ...]


def parse(text: str) -> tuple[Lyrics, dict[int, str]]:
    """Read lyrics, and leave out the lines that cannot be read: their numbers, each with what is wrong."""
    broken: dict[int, str] = {}
    while True:
        try:
            return lrc.parse(text), broken
        except LyricsError as error:
            new = {problem.line: problem.message for problem in error.problems}
            broken |= new
            lines = _LINE_END.split(text)
            text = "\n".join("" if number in new else line for number, line in enumerate(lines, start=1))


def is_sung(line: LyricLine) -> bool:
    """Whether a line has words somebody can sing: Latin letters, Han or digits."""
    return line.section is None and bool(line.text) and bool(segments(singable(line.text)))


def stanzas(lyrics: Lyrics) -> tuple[Stanza, ...]:
    """Part lyrics by their tags; without any tag by gaps in the text and in time, and say what each stanza may be.

    An empty chorus is the first one again: so people write a refrain that returns.
    """
    if any(line.section is not None for line in lyrics.lines):
        return tuple(_tagged(lyrics))
    groups = _untagged(lyrics)
    kinds = _kinds([[line.text.casefold() for line in group] for group in groups])
    return tuple(Stanza(None, kind, group[0].time, group) for kind, group in zip(kinds, groups, strict=True))


def _tagged(lyrics: Lyrics) -> list[Stanza]:
    found: list[Stanza] = []
    for part in sections(lyrics.lines):
        lines = tuple(line for line in part.lines if is_sung(line))
        if part.tags:
            opening = part.tags[0]
            time = opening.time if opening.time is not None else next((line.time for line in part.lines), None)
            found.append(Stanza(opening.section, None, time, lines))
        elif found and lines:
            last = found[-1]
            found[-1] = Stanza(last.tag, last.kind, last.time, (*last.lines, *lines))
        elif lines:
            found.append(Stanza(None, "verse", lines[0].time, lines))
    return found


def _untagged(lyrics: Lyrics) -> list[tuple[LyricLine, ...]]:
    groups: list[tuple[LyricLine, ...]] = []
    for part in sections(lyrics.lines):
        groups += _apart(tuple(line for line in part.lines if is_sung(line)))
    return groups


def _apart(lines: tuple[LyricLine, ...]) -> list[tuple[LyricLine, ...]]:
    """Part one stanza where the song pauses, and every four lines where it is long."""
    cuts = [
        place
        for place, (before, after) in enumerate(pairwise(lines), start=1)
        if before.time is not None and after.time is not None and after.time - before.time >= _PAUSE_SECONDS
    ]
    pieces = [lines[start:end] for start, end in pairwise([0, *cuts, len(lines)]) if end > start]
    return [
        piece[start : start + (_CHUNK if len(piece) > _LONGEST else len(piece))]
        for piece in pieces
        for start in range(0, len(piece), _CHUNK if len(piece) > _LONGEST else len(piece))
    ]


_KINDS = {
    1: "V", 2: "VC", 3: "VVC", 4: "VCVC", 5: "VCVBC", 6: "VCVCBC",
}  # fmt: skip
_NAMES = {"V": "verse", "C": "chorus", "B": "bridge"}


def _kinds(groups: Sequence[Sequence[str]]) -> list[str]:
    """Say what each stanza is: one that returns is the chorus; where none does, they take turns."""
    returns = [sum(_are_alike(group, other) for other in groups) > 1 for group in groups]
    if any(returns) and not all(returns):
        return ["chorus" if again else "verse" for again in returns]
    letters = _KINDS.get(len(groups)) or ("VC" * len(groups))[: len(groups)]
    return [_NAMES[letter] for letter in letters]


def _are_alike(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether half of the lines, or the first one, come again."""
    return one[0] == other[0] or 2 * len(set(one) & set(other)) >= max(len(set(one)), len(set(other)))
