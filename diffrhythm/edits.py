"""Small changes of a lyric's text, one kind a class, that a program can apply: the rest stays as it was typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

from diffrhythm import lrc

_LINES = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")
_OPENING = re.compile(r"(?:\s|<[\d:.]+>)*\[")


@dataclass(frozen=True, slots=True)
class ReplaceText:
    """Sing other words in this line."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class ReplaceSpan:
    """Write something else between two columns of this line, counted from 0."""

    line: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class MoveTime:
    """Let this line begin at `to` instead of `time`; a line without a time (None) gets one."""

    line: int
    time: float | None
    to: float


@dataclass(frozen=True, slots=True)
class ShiftTimes:
    """Move every time from `since` on by so many seconds."""

    since: float
    by: float


@dataclass(frozen=True, slots=True)
class SplitLine:
    """Sing this line as several, each at its own time."""

    line: int
    parts: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class AddLine:
    """Add a line behind another, or at the end of the text; without words it is a silence."""

    time: float
    text: str = ""
    after: int | None = None


Edit = ReplaceText | ReplaceSpan | MoveTime | ShiftTimes | SplitLine | AddLine

_KINDS: dict[type[Edit], str] = {
    ReplaceText: "replace_text",
    ReplaceSpan: "replace_span",
    MoveTime: "move_time",
    ShiftTimes: "shift_times",
    SplitLine: "split_line",
    AddLine: "add_line",
}


def as_json(edit: Edit) -> dict[str, object]:
    """Return the edit as plain values, its kind first."""
    return {"kind": _KINDS[type(edit)], **asdict(edit)}


def in_words(edit: Edit) -> str:
    """Say to a person what the edit does."""
    match edit:
        case ReplaceText(_, ""):
            return "leave the line without words"
        case ReplaceText(_, words):
            return f"write: {words}"
        case ReplaceSpan(_, _, _, words):
            return f"write: {' / '.join(words.splitlines())}"
        case MoveTime(line, _, to):
            return f"let line {line} begin at {lrc.stamp(to)}"
        case ShiftTimes(since, by):
            way = "later" if by > 0 else "earlier"
            return f"let everything from {lrc.stamp(since)} on come {abs(by):.2f} seconds {way}"
        case SplitLine(_, parts):
            return "write: " + " / ".join(lrc.stamp(time) + words for time, words in parts)
        case AddLine(time, words, _):
            return f"add a line: {lrc.stamp(time)}{words}"


def apply(text: str, *edits: Edit) -> str:
    """Return the text with these edits, one after the other; a ValueError says that it has no such place."""
    text = text.replace("\ufeff", "")
    for edit in edits:
        text = _edited(text, edit, lrc.offset_of(text))
    return text


def _edited(text: str, edit: Edit, offset: int) -> str:
    match edit:
        case ReplaceText(line, words):
            return _changed(text, line, lambda raw: _with_words(raw, words))
        case ReplaceSpan(line, start, end, words):
            return _changed(text, line, lambda raw: raw[:start] + words + raw[end:])
        case MoveTime(line, was, to):
            return _changed(text, line, lambda raw: _with_time(raw, was, to, offset))
        case ShiftTimes(since, by):
            return "".join(_shifted(raw, since, by, offset) + end for raw, end in _lines(text))
        case SplitLine(line, parts):
            ending = "\r\n" if "\r\n" in text else "\n"
            return _changed(text, line, lambda _: ending.join(_stamp(at, offset) + words for at, words in parts))
        case AddLine(time, words, after):
            ending = "\r\n" if "\r\n" in text else "\n"
            if after is not None:
                return _changed(text, after, lambda raw: f"{raw}{ending}{_stamp(time, offset)}{words}")
            between = "" if not text or text.endswith(("\n", "\r")) else ending
            return f"{text}{between}{_stamp(time, offset)}{words}{ending}"


def words_at(raw: str) -> tuple[int, int]:
    """Return where the words of a line stand, as columns from 0: behind its brackets, without the spaces around."""
    end = max((stop for _, stop, _ in _brackets(raw)), default=0)
    start = end + len(raw[end:]) - len(raw[end:].lstrip())
    return start, max(start, len(raw.rstrip()))


def raw_lines(text: str) -> list[str]:
    """Return the lines as they were typed, as `lrc.parse` counts them."""
    return [raw for raw, _ in _lines(text.replace("\ufeff", ""))]


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for found in _LINES.finditer(text):
        yield found[1], found[2]
        if not found[2]:
            return


def _changed(text: str, number: int, change: Callable[[str], str]) -> str:
    lines = list(_lines(text))
    if not 1 <= number <= len(lines):
        raise ValueError(f"the text has no line {number}")
    raw, ending = lines[number - 1]
    lines[number - 1] = change(raw), ending
    return "".join(part for line in lines for part in line)


def _with_words(raw: str, words: str) -> str:
    start, end = words_at(raw)
    return raw[:start] + words + raw[end:]


def _with_time(raw: str, time: float | None, to: float, offset: int) -> str:
    if time is None:
        return _stamp(to, offset) + raw.lstrip()
    for start, end, stamp in _brackets(raw):
        if stamp is not None and abs(lrc.moved(stamp, offset) - time) < 0.000_5:
            return raw[:start] + _stamp(to, offset) + raw[end:]
    raise ValueError(f"the line has no time {time}")


def _shifted(raw: str, since: float, by: float, offset: int) -> str:
    found = [(start, end, lrc.moved(stamp, offset)) for start, end, stamp in _brackets(raw) if stamp is not None]
    moves = [(start, end, time) for start, end, time in found if time >= since - 0.000_5]
    ends = [0, *(end for _, end, _ in moves)]
    starts = [*(start for start, _, _ in moves), len(raw)]
    kept = [raw[end:start] for end, start in zip(ends, starts, strict=True)]
    stamps = [_stamp(time + by, offset) for _, _, time in moves] + [""]
    return "".join(part for pair in zip(kept, stamps, strict=True) for part in pair)


def _brackets(raw: str) -> Iterator[tuple[int, int, int | None]]:
    """Find the brackets that a line opens with: where each begins and ends, and its milliseconds where it is a time."""
    place = 0
    while opened := _OPENING.match(raw, place):
        start = opened.end() - 1
        end = lrc.closing(raw, start)
        if end < 0:
            return
        place = end + 1
        yield start, place, lrc.milliseconds(raw[start + 1 : place - 1].strip())


def _stamp(time: float, offset: int) -> str:
    return lrc.stamp(max(0.0, time + offset / 1_000))
