"""Lyrics as text and as lines: plain words or LRC in, lines with times and section tags out, and back again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from diffrhythm.errors import LyricsError, Problem

MAX_LINE_TEXT = 500  # characters that are sung, or that name a section
MAX_LINE = 2_000  # characters of a whole line, its times included
MAX_LINES = 5_000  # in all: a line with many times stands for many lines
MAX_TIME_MS = ((999 * 60) + 59) * 1_000 + 999

TAG_NAMES = frozenset({"ti", "ar", "al", "au", "lr", "by", "re", "tool", "ve", "la", "length", "offset", "#"})
"""What LRC files say about themselves, as in [ti:Paper Boats]. Any other [word] is a section tag."""

_BRACKETS = re.compile(r"[\[\]]")
_LINE_END = re.compile(r"\r\n|\r|\n")
_STAMP = re.compile(r"([0-9]{1,3}):([0-9]{2})(?:\.([0-9]{1,3}))?")
_WORD_STAMP = re.compile(r"<[0-9]{1,3}:[0-9]{2}(?:\.[0-9]{1,3})?>")  # one time a word, as karaoke players write it
_MEANT_AS_STAMP = re.compile(r"[+\-−–]?(?:\d*\s*[:：]|\w{1,3}[:：]\s*[+\-−–]?\d)|[+\-−–]?[\d\s.,]+$")
_STRAY_STAMP = re.compile(r"\[\s*[+\-−–]?\d+\s*[:：][^\]]*\]?")
_OFFSET = re.compile(r"[+-]?[0-9]{1,6}")


@dataclass(frozen=True, slots=True)
class LyricLine:
    """One line to sing (`text`), or the start of a section (`section`, and no text). `time` in seconds.

    `number` is where it stands in the text it came from, from 1; two lines that differ only there are the same line.
    """

    number: int = field(compare=False)
    text: str
    time: float | None = None
    section: str | None = None


@dataclass(frozen=True, slots=True)
class Lyrics:
    """Lines in the order of their times. `tags` is what the file says of itself, such as `ti` and `ar`.

    The tag `offset` is not among them: it is already in the times, so that nobody counts it twice.
    """

    lines: tuple[LyricLine, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_timed(self) -> bool:
        return any(line.time is not None for line in self.lines)


def parse(text: str) -> Lyrics:
    """Read plain lyrics or LRC; raise LyricsError naming every broken line."""
    found: list[tuple[int, int | None, str, str | None]] = []  # number, milliseconds, text, section
    tags: dict[str, str] = {}
    problems: list[Problem] = []
    for number, raw in enumerate(_LINE_END.split(text.replace("\ufeff", "")), start=1):
        try:
            stamps, sections, own_tags, words = _read_line(raw.strip())
        except ValueError as problem:
            problems.append(Problem(number, str(problem)))
            continue
        tags |= own_tags
        times: list[int] | list[None] = stamps or [None]
        is_line = bool(words) or (bool(stamps) and not sections)
        if len(found) + len(times) * (len(sections) + is_line) > MAX_LINES:
            problems.append(Problem(number, f"With its times this makes more than {MAX_LINES} lines. Write fewer."))
            break
        for stamp in times:
            found += [(number, stamp, "", section) for section in sections]
            if is_line:
                found.append((number, stamp, words, None))
    if problems:
        raise LyricsError(problems)
    offset = int(tags.pop("offset", "0"))
    lines = [
        LyricLine(number, words, None if at is None else moved(at, offset), section)
        for number, at, words, section in found
    ]
    return Lyrics(tuple(_in_order(lines)), tags)


def write(lyrics: Lyrics) -> str:
    """Write lyrics as LRC that `parse` reads back to the same lyrics; an empty line stays where one parted the text."""
    tags = [f"[{name}:{value}]" for name, value in lyrics.tags.items()]
    return "".join(f"{line}\n" for line in [*tags, *_parted(lyrics.lines, _written)])


def plain(lyrics: Lyrics) -> str:
    """Write the words and the section tags, without any time."""
    return "".join(f"{line}\n" for line in _parted(lyrics.lines, _untimed)).lstrip("\n")


def stamp(time: float) -> str:
    """Write a time as LRC has it, in hundredths where they say it all: [01:02.50], [01:02.125]."""
    seconds, thousandths = divmod(round(time * 1_000), 1_000)
    fraction = f"{thousandths:03}" if thousandths % 10 else f"{thousandths // 10:02}"
    return f"[{seconds // 60:02}:{seconds % 60:02}.{fraction}]"


def milliseconds(content: str) -> int | None:
    """Read what stands between brackets as a time; None where it is none."""
    try:
        return _milliseconds(content)
    except ValueError:
        return None


def moved(milliseconds: int, offset: int) -> float:
    """Turn milliseconds into seconds; a positive offset lets the line come earlier."""
    return min(max(milliseconds - offset, 0), MAX_TIME_MS) / 1_000


def offset_of(text: str) -> int:
    """Return the milliseconds that the text says all its lines shall come earlier: [offset:250]."""
    found = 0
    for raw in _LINE_END.split(text.replace("\ufeff", "")):
        if raw.lstrip().startswith(("[", "<")) and "offset" in raw.lower():
            try:
                found = int(_read_line(raw.strip())[2].get("offset", found))
            except ValueError:
                continue
    return found


def _read_line(line: str) -> tuple[list[int], list[str], dict[str, str], str]:
    """Take one line apart: times in milliseconds, section tags, file tags, words; a ValueError says what is wrong."""
    if len(line) > MAX_LINE:
        raise ValueError(f"The line has {len(line)} characters, more than {MAX_LINE}. Break it into several lines.")
    stamps: list[int] = []
    sections: list[str] = []
    tags: dict[str, str] = {}
    line = _without_word_stamps(line)
    while line.startswith("["):
        content, line = _bracket(line)
        name, colon, value = content.partition(":")
        if colon and name.strip().lower() in TAG_NAMES:
            tags[name.strip().lower()] = _tag_value(name.strip().lower(), value.strip())
        elif not content:
            raise ValueError("The brackets [ ] are empty. Write a time such as [00:10.50], a section such as [Chorus].")
        elif _MEANT_AS_STAMP.match(content):
            stamps.append(_milliseconds(content))
        else:
            sections.append(_sung(content))
    return stamps, sections, tags, _sung(line)


def closing(line: str, start: int) -> int:
    """Return where the bracket that opens at `start` is closed; -1 if it never is."""
    depth = 0
    for mark in _BRACKETS.finditer(line, start):
        depth += 1 if mark[0] == "[" else -1
        if depth == 0:
            return mark.start()
    return line.find("]", start)


def _bracket(line: str) -> tuple[str, str]:
    """Split a line that starts with [ into what its brackets hold and the rest, spaces stripped from both."""
    end = closing(line, 0)
    if end < 0:
        raise ValueError(f"“{_shortened(line)}” opens with [ and is never closed. Add the missing ].")
    return line[1:end].strip(), line[end + 1 :].strip()


def _milliseconds(content: str) -> int:
    stamp = _STAMP.fullmatch(content)
    shown = f"[{_shortened(content)}]"
    if not stamp and content.startswith(("-", "−", "–")):
        raise ValueError(f"{shown} is before the song starts. Times begin at [00:00.00].")
    if not stamp:
        raise ValueError(f"{shown} is not a time. Write minutes, seconds and hundredths, such as [00:10.50].")
    minutes, seconds, fraction = stamp.groups(default="")
    if int(seconds) > 59:
        raise ValueError(f"{shown} has {int(seconds)} seconds; they go from 00 to 59.")
    return (int(minutes) * 60 + int(seconds)) * 1_000 + int(fraction.ljust(3, "0"))


def _tag_value(name: str, value: str) -> str:
    if name == "offset" and not _OFFSET.fullmatch(value):
        raise ValueError(f"[offset:{_shortened(value)}] is not a number of milliseconds, such as [offset:-250].")
    return _within_limit(value)


def _sung(words: str) -> str:
    """Return the words when they can be sung as they stand: no times left among them, and not too many."""
    if stray := _STRAY_STAMP.search(words):
        raise ValueError(
            f"“{_shortened(stray[0])}” stands among the words. Put each time at the start of its own line."
        )
    return _within_limit(words)


def _within_limit(words: str) -> str:
    if len(words) > MAX_LINE_TEXT:
        raise ValueError(
            f"The line has {len(words)} characters, more than {MAX_LINE_TEXT}. Break it into several lines."
        )
    return words


def _without_word_stamps(words: str) -> str:
    while True:
        fewer = _WORD_STAMP.sub("", words)
        if fewer == words:
            return words.strip()
        words = re.sub(r" {2,}", " ", fewer)


def _in_order(lines: list[LyricLine]) -> list[LyricLine]:
    """Sort by time; a line without one stays behind the line before it, a section tag before the line it opens."""
    return [line for _, group in sorted(_groups(lines), key=lambda pair: pair[0]) for line in group]


def _groups(lines: list[LyricLine]) -> Iterator[tuple[float, list[LyricLine]]]:
    time, group = -1.0, list[LyricLine]()
    opening: list[LyricLine] = []  # untimed section tags that wait for the line they open
    for line in lines:
        if line.time is not None:
            yield time, group
            time, group, opening = line.time, [*opening, line], []
        elif line.section is not None:
            opening.append(line)
        else:
            group += [*opening, line]
            opening = []
    yield time, [*group, *opening]


def _parted(lines: Sequence[LyricLine], written: Callable[[LyricLine], str]) -> Iterator[str]:
    """Write the lines, and one that is empty where the text they came from had a gap."""
    numbers = {line.number for line in lines}
    for before, line in pairwise((None, *lines)):
        if line is None:
            continue
        if before is not None and line.number > before.number and line.number - 1 not in numbers:
            yield ""
        yield written(line)


def _written(line: LyricLine) -> str:
    return _untimed(line) if line.time is None else stamp(line.time) + _untimed(line)


def _untimed(line: LyricLine) -> str:
    return line.text if line.section is None else f"[{line.section}]"


def _shortened(words: str) -> str:
    return words if len(words) <= 40 else f"{words[:39]}…"
