"""Timed lyrics as subtitles (SRT), and subtitles as timed lyrics."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from diffrhythm.errors import LyricsError, Problem
from diffrhythm.lrc import MAX_LINE_TEXT, MAX_LINES, MAX_TIME_MS, LyricLine, Lyrics

LONGEST_CUE = 8.0  # seconds a line stays where no other takes its place
_SPAN = re.compile(r"\s*(\d+):(\d{1,2}):(\d{1,2})[,.](\d{1,3})\s*-->\s*(\d+):(\d{1,2}):(\d{1,2})[,.](\d{1,3})(?:\s.*)?")
_TAGS = re.compile(r"</?[a-zA-Z][^<>]*>|\{\\[^{}]*\}")
_NUMBER = re.compile(r"\s*\d+\s*")


def write(lyrics: Lyrics) -> str:
    """Write the lines that have words and a time; each stays until the next one, or a silent one, begins."""
    timed = [line for line in lyrics.lines if line.section is None and line.time is not None]
    cues: list[str] = []
    for line, following in pairwise([*timed, None]):
        if line is None or line.time is None or not line.text:
            continue
        end = line.time + LONGEST_CUE
        if following is not None and following.time is not None:
            end = min(end, following.time)
        cues.append(f"{len(cues) + 1}\n{_stamp(line.time)} --> {_stamp(end)}\n{line.text}\n")
    return "\n".join(cues)


def is_srt(text: str) -> bool:
    """Tell subtitles from LRC and plain words by the arrow between their times."""
    return " --> " in text


def parse(text: str) -> Lyrics:
    """Read subtitles as lyrics; where a cue ends before the next begins there is a silent line."""
    found: list[tuple[int, float, float, str]] = []
    problems: list[Problem] = []
    for number, raw in enumerate(re.split(r"\r\n|\r|\n", text.replace("\ufeff", "")), start=1):
        if span := _SPAN.fullmatch(raw):
            start, end = _milliseconds(*span.groups()[:4]), _milliseconds(*span.groups()[4:])
            if end < start or end > MAX_TIME_MS:
                problems.append(Problem(number, "The line ends before it begins, or later than any song."))
            found.append((number, start / 1_000, end / 1_000, ""))
        elif "-->" in raw:
            problems.append(Problem(number, "This is no time of a subtitle, such as 00:00:10,500 --> 00:00:12,000."))
            found.append((number, 0.0, 0.0, ""))
        elif raw.strip() and found:
            number, begin, stop, words = found[-1]
            found[-1] = number, begin, stop, f"{words}\n{raw}" if words else raw
        elif raw.strip() and not _NUMBER.fullmatch(raw):
            problems.append(Problem(number, "There are words before the first time."))
    lines = sorted(_lines(found), key=lambda line: line.time or 0.0)
    if len(lines) > MAX_LINES:
        problems.append(Problem(lines[MAX_LINES].number, f"These are more than {MAX_LINES} lines."))
    problems += [
        Problem(line.number, f"The line has more than {MAX_LINE_TEXT} characters.")
        for line in lines
        if len(line.text) > MAX_LINE_TEXT
    ]
    if problems:
        raise LyricsError(problems)
    return Lyrics(tuple(lines))


def _lines(found: list[tuple[int, float, float, str]]) -> Iterator[LyricLine]:
    cues = [(number, start, end, _words(text)) for number, start, end, text in found]
    starts = {start for _, start, _, _ in cues}
    for number, start, end, words in cues:
        yield LyricLine(number, words, start)
        if end > start and end not in starts and not any(one <= end < other for _, one, other, _ in cues):
            yield LyricLine(number, "", end)


def _words(text: str) -> str:
    """Return what a cue shows: without the number of the cue behind it, and without its colours."""
    lines = [_TAGS.sub("", line).strip() for line in text.split("\n")]
    if len(lines) > 1 and _NUMBER.fullmatch(lines[-1]):
        lines.pop()
    return " ".join(line for line in lines if line).replace("[", "(").replace("]", ")")


def _stamp(time: float) -> str:
    seconds, milliseconds = divmod(round(time * 1_000), 1_000)
    return f"{seconds // 3_600:02}:{seconds // 60 % 60:02}:{seconds % 60:02},{milliseconds:03}"


def _milliseconds(hours: str, minutes: str, seconds: str, fraction: str) -> int:
    return ((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) * 1_000 + int(fraction.ljust(3, "0"))
