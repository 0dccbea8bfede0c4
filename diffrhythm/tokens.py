"""Lyric lines onto the frames of a song: one phone a frame, as the model was trained, and what became of each line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from diffrhythm.errors import LyricsError, Problem
from diffrhythm.lrc import LyricLine
from diffrhythm.phonemes.pronounce import Pronouncer, Pronunciation
from diffrhythm.phonemes.vocabulary import COMMA, STOP
from diffrhythm.placement import frame_at, window
from diffrhythm.spec import BASE_DURATION, FRAMES_PER_SECOND

EMPTY = 0  # a frame without a phone; a phone's token is its id + 1
_COMMA, _STOP = COMMA + 1, STOP + 1

SUNG, SILENT, REFUSED, UNTIMED, PAST_END, DROPPED = "sung", "silent", "refused", "untimed", "past_end", "dropped"


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """What became of one line. `tokens` has all it needs, its end included; `written` counts what fits."""

    line: LyricLine
    fate: str
    pronunciation: Pronunciation
    tokens: tuple[int, ...] = field(default=(), repr=False)
    wanted: int = 0
    start: int = 0
    written: int = 0

    @property
    def end(self) -> int:
        """The frame after its last one."""
        return self.start + self.written

    @property
    def pushed(self) -> int:
        """How many frames it begins after its time, because the lines before it had more phones than frames."""
        return self.start - self.wanted

    @property
    def lost(self) -> int:
        """How many of its tokens lie past the end of the song, or are left out with it."""
        return len(self.tokens) - self.written

    @property
    def is_truncated(self) -> bool:
        return self.fate == SUNG and self.lost > 0

    @property
    def start_seconds(self) -> float:
        return self.start / FRAMES_PER_SECOND


@dataclass(frozen=True, slots=True)
class Placement:
    """The tokens of a song, one for each frame, and its lines in the order they were placed."""

    tokens: tuple[int, ...] = field(repr=False)
    lines: tuple[PlacedLine, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Each line that cannot be sung at all, with the reason."""
        return tuple(
            Problem(
                placed.line.number, placed.pronunciation.refusal.message if placed.pronunciation.refusal else _UNTIMED
            )
            for placed in self.lines
            if placed.fate in (REFUSED, UNTIMED)
        )


_UNTIMED = "This line has no time. Write one before it, such as [00:10.50]."


def frames_of(duration: float) -> int:
    """Return how many frames a song of this many seconds has."""
    return window(duration).frames


def place(
    lines: Sequence[LyricLine], duration: float, pronouncer: Pronouncer, *, as_upstream: bool = False
) -> Placement:
    """Put every line on its frames, in the order given. Section tags are no lines and are passed over.

    Lines that cannot be sung are left out and named in `problems`. The base model (95 s) is trained never to sing the
    last line that begins within the song: a silent one is added behind the lines, and is the one that is lost.
    `as_upstream` adds none, cuts a line at a tab, and raises LyricsError for a line without words, as the model's own
    program does.
    """
    sung = [line for line in lines if line.section is None]
    texts = [line.text.partition("\t")[0].strip() if as_upstream else line.text for line in sung]
    spoken = pronouncer.lines(texts)
    if as_upstream:
        _refuse_lines_without_words(sung, spoken)
    kept = [place for place, line in enumerate(sung) if line.time is not None and line.time < duration]
    dropped = kept[-1] if kept and as_upstream and duration == BASE_DURATION else None
    buffer = [EMPTY] * frames_of(duration)
    placed: list[PlacedLine] = []
    free = 0
    for number, (line, pronunciation) in enumerate(zip(sung, spoken, strict=True)):
        own = _placed(line, pronunciation, duration, free, len(buffer), is_dropped=number == dropped)
        if own.fate == SUNG:
            buffer[own.start : own.end] = own.tokens[: own.written]
            free = own.start + len(own.tokens)
        placed.append(own)
    return Placement(tuple(buffer), tuple(placed))


def _placed(
    line: LyricLine, pronunciation: Pronunciation, duration: float, free: int, frames: int, *, is_dropped: bool
) -> PlacedLine:
    tokens = _tokens(pronunciation)
    if line.time is None:
        return PlacedLine(line, UNTIMED, pronunciation, tokens)
    wanted = frame_at(line.time)
    if pronunciation.refusal or is_dropped or line.time >= duration or not tokens:
        fate = REFUSED if pronunciation.refusal else SILENT if not tokens else DROPPED if is_dropped else PAST_END
        return PlacedLine(line, fate, pronunciation, tokens, wanted, wanted)
    start = max(wanted, free)
    written = max(0, min(len(tokens), frames - start))
    return PlacedLine(line, SUNG if written else PAST_END, pronunciation, tokens, wanted, start, written)


def _tokens(pronunciation: Pronunciation) -> tuple[int, ...]:
    """Number a line's phones as the network does; a stop inside becomes a comma, for a stop ends the line."""
    if pronunciation.is_silent:
        return ()
    return (*(_COMMA if number + 1 == _STOP else number + 1 for number in pronunciation.ids), _STOP)


def _refuse_lines_without_words(lines: Sequence[LyricLine], spoken: Sequence[Pronunciation]) -> None:
    problems = [
        Problem(line.number, read.refusal.message if read.refusal else "There is nothing to sing in this line.")
        for line, read in zip(lines, spoken, strict=True)
        if not read.runs
    ]
    if problems:
        raise LyricsError(problems)
