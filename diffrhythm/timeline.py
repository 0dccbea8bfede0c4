"""The timed lines of a song against the model's clock: pushed, cut off, lost, crowded, or left alone for too long."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from diffrhythm import gaps
from diffrhythm.edits import AddLine, Edit, MoveTime, ReplaceSpan, ShiftTimes, SplitLine, words_at
from diffrhythm.findings import ERROR, HINT, WARNING, Finding
from diffrhythm.lrc import LyricLine
from diffrhythm.placement import Window, frame_at, time_of
from diffrhythm.spec import FRAMES_PER_SECOND
from diffrhythm.sung import Sung, Timed

EARLIEST = 0.5  # seconds: the model needs a moment before the first word
DENSEST = 6.0  # syllables a second; rap at its fastest
LONGEST_LINE = 24  # syllables in one breath
TO_BE_LOST = "la"  # a last line for a program that drops it
NOTICED_FRAMES = FRAMES_PER_SECOND / 4  # a line that is later than this is heard to be late

_BREAK = re.compile(r"[,.;:!?，。；：！？、]\s*|\s+")


def findings(lines: Sequence[LyricLine], sung: Sequence[Sung], room: Window, raws: Sequence[str]) -> Iterator[Finding]:
    """Say what the clock does to these lines: `lines` with their section tags, `sung` without."""
    yield from _untimed(sung, room, raws)
    yield from _long(sung, raws)
    timed = [
        Timed(part.line.number, *words_at(raws[part.line.number - 1]), part.line.time or 0.0, part.line.text,
              part.reading, part.place)
        for part in sung if part.place is not None and part.reading.tokens
    ]  # fmt: skip
    placed = [part for part in timed if part.time < room.duration and not part.place.is_dropped]
    begun = [part for part in placed if part.place.start < room.frames]
    last = max((part.place.end for part in begun), default=0)
    yield from _start(begun, lines, last, room)
    yield from _late(begun)
    yield from _dense(begun, last, room)
    yield from _lost(timed, placed, last, room)
    yield from gaps.between(lines, begun)
    yield from gaps.at_the_end(timed, room)


def _untimed(sung: Sequence[Sung], room: Window, raws: Sequence[str]) -> Iterator[Finding]:
    words = [part for part in sung if part.line.text and part.place is None]
    if words and all(part.place is None for part in sung):
        message = "No line has a time, so the model cannot place any. Let the auto-timer time them first."
        number = words[0].line.number
        yield Finding("untimed", ERROR, number, *words_at(raws[number - 1]), message)
        return
    ends = 0
    for index, part in enumerate(sung):
        if part.place is not None:
            ends = max(ends, part.place.end, part.place.wanted)
        elif part.line.text:
            after = next((later.place.wanted for later in sung[index:] if later.place is not None), room.frames)
            free = max(ends + 4, frame_at(EARLIEST) + 1)
            fits = free + part.reading.tokens <= after
            fix = (MoveTime(part.line.number, None, time_of(free)),) if fits else ()
            message = "This line has no time: the model does not sing it. Give it one, such as [00:10.50]."
            number = part.line.number
            yield Finding("untimed", ERROR, number, *words_at(raws[number - 1]), message, fix)
            if fits:
                ends = free + part.reading.tokens


def _long(sung: Sequence[Sung], raws: Sequence[str]) -> Iterator[Finding]:
    for part in {part.line.number: part for part in sung if part.reading.syllables > LONGEST_LINE}.values():
        start, end = words_at(raws[part.line.number - 1])
        text = part.line.text
        message = f"{part.reading.syllables} syllables in one breath. Make two lines of it."
        yield Finding("long", HINT, part.line.number, start, end, message, _halved(part, start, raws, text))


def _halved(part: Sung, start: int, raws: Sequence[str], text: str) -> tuple[Edit, ...]:
    """Split a line at the break nearest to its middle, at a mark rather than at a space."""
    inner = [found for found in _BREAK.finditer(text) if found.start() > 0 and found.end() < len(text)]
    marks = [found for found in inner if found[0].strip() and abs(found.end() / len(text) - 0.5) < 0.25]
    breaks = marks or inner
    raw = raws[part.line.number - 1]
    if not breaks or text not in raw[start:]:
        return ()
    cut = min(breaks, key=lambda found: abs(found.end() - len(text) / 2)).end()
    first, second = text[:cut].rstrip(), text[cut:].lstrip()
    if part.place is None:
        return (ReplaceSpan(part.line.number, start, start + len(text), f"{first}\n{second}"),)
    if len(re.findall(r"\[", raw[:start])) > 1:  # sung at several times
        return ()
    later = part.place.wanted + math.ceil(part.reading.tokens * cut / len(text)) + 2
    return (SplitLine(part.line.number, ((part.line.time or 0.0, first), (time_of(later), second))),)


def _start(begun: Sequence[Timed], lines: Sequence[LyricLine], last: int, room: Window) -> Iterator[Finding]:
    if not begun or begun[0].time >= EARLIEST:
        return
    first, latest = begun[0], max(line.time or 0.0 for line in lines)
    fix: tuple[Edit, ...] = ()
    if last + frame_at(1.0) + 1 <= room.frames and latest + 1.0 < room.duration:
        fix = (ShiftTimes(0.0, 1.0),)
    elif _free_after(begun, 0, room) >= frame_at(EARLIEST) + 1 - first.place.start:
        fix = (MoveTime(first.line, first.time, EARLIEST),)
    message = "Words at the very beginning are often swallowed. Let the song begin before them."
    yield first.finding("start", HINT, message, *fix)


def _late(begun: Sequence[Timed]) -> Iterator[Finding]:
    for index, (line, following) in enumerate(pairwise(begun)):
        late = following.place.late
        if late <= 0:
            continue
        frames = max(0, following.place.wanted - line.place.start)
        message = (
            f"{line.reading.tokens} sounds, and room for {frames} before the next line, "
            f"which begins {late / FRAMES_PER_SECOND:.2f} seconds late."
        )
        severity = WARNING if late > NOTICED_FRAMES else HINT
        yield line.finding("late", severity, message, *_made_room(begun, index, late))


def _made_room(begun: Sequence[Timed], index: int, late: int) -> list[Edit]:
    """Let the line begin earlier where nothing is sung; else write down when the next ones really begin."""
    line = begun[index]
    before = begun[index - 1].place.end if index else frame_at(EARLIEST) + 1
    missing = max(late, late + _frames_to_follow(line) - line.place.tokens)
    if line.place.late <= 0 and line.place.start - before >= missing and not _crowds(begun, index, missing):
        return [MoveTime(line.line, line.time, time_of(line.place.start - missing))]
    moves: list[Edit] = []
    for pushed in begun[index + 1 :]:
        if pushed.place.late <= 0:
            break
        moves.append(MoveTime(pushed.line, pushed.time, time_of(pushed.place.start)))
    return moves


def _dense(begun: Sequence[Timed], last: int, room: Window) -> Iterator[Finding]:
    for index, line in enumerate(begun):
        frames = line.place.tokens + _free_after(begun, index, room)
        needed = _frames_to_follow(line)
        pushes = index + 1 < len(begun) and begun[index + 1].place.late > 0
        if needed <= frames or line.place.lost or pushes:
            continue
        rate = line.reading.syllables / max(1, frames) * FRAMES_PER_SECOND
        message = f"{rate:.1f} syllables a second: too fast to follow; {DENSEST:g} can be sung."
        yield line.finding("dense", WARNING, message, *_more_time(begun, index, needed - frames, last, room))


def _frames_to_follow(line: Timed) -> int:
    return math.ceil(line.reading.syllables / DENSEST * FRAMES_PER_SECOND)


def _more_time(begun: Sequence[Timed], index: int, missing: int, last: int, room: Window) -> list[Edit]:
    line = begun[index]
    before = begun[index - 1].place.end if index else frame_at(EARLIEST) + 1
    if line.place.late <= 0 and line.place.start - before >= missing and not _crowds(begun, index, missing):
        return [MoveTime(line.line, line.time, time_of(line.place.start - missing))]
    if index + 1 < len(begun) and begun[index + 1].time > line.time and last + missing < room.frames:
        return [ShiftTimes(begun[index + 1].time, math.ceil(missing / FRAMES_PER_SECOND * 100) / 100 + 0.01)]
    return []


def _crowds(begun: Sequence[Timed], index: int, missing: int) -> bool:
    """Whether the line before would be too dense if this one began earlier."""
    if not index:
        return False
    before = begun[index - 1]
    frames = begun[index].place.start - missing - before.place.start
    return before.reading.syllables > frames / FRAMES_PER_SECOND * DENSEST


def _free_after(begun: Sequence[Timed], index: int, room: Window) -> int:
    """Return the frames between the end of a line's sounds and the next line."""
    following = begun[index + 1].place.start if index + 1 < len(begun) else room.frames
    return max(0, following - begun[index].place.end)


def _lost(timed: Sequence[Timed], placed: Sequence[Timed], last: int, room: Window) -> Iterator[Finding]:
    for line in timed:
        place = line.place
        if place.is_dropped and line.text == TO_BE_LOST:
            continue
        if place.is_dropped:
            message = "The model's own program drops the last line of a song of 95 seconds. Put [mm:ss.xx]la behind it."
            end = time_of(max(place.wanted, last) + place.tokens)
            silence = min(max(end, line.time + 0.01), math.ceil(room.duration * 100 - 1) / 100)
            fix: tuple[Edit, ...] = (AddLine(round(silence, 3), TO_BE_LOST),) if silence > line.time else ()
            yield line.finding("dropped", ERROR, message, *fix)
        elif line.time >= room.duration or place.start >= room.frames:
            seconds = math.ceil((max(last, place.wanted) + place.tokens) / FRAMES_PER_SECOND) + 1
            message = f"It begins after the end of the song: not sung. A song of {seconds} seconds has room for it."
            slot = room.frames - place.tokens
            fits = slot >= last and time_of(slot) < room.duration
            yield line.finding(
                "past-end", ERROR, message, *([MoveTime(line.line, line.time, time_of(slot))] if fits else [])
            )
            if fits:
                last = room.frames
        elif place.lost:
            message = f"The song ends within it: the last {place.lost} of its {place.tokens} sounds are cut off."
            index = placed.index(line)
            before = placed[index - 1].place.end if index else frame_at(EARLIEST) + 1
            fits = place.start - place.lost >= before and place.late <= 0
            earlier = time_of(max(0, place.start - place.lost))
            yield line.finding(
                "truncated", ERROR, message, *([MoveTime(line.line, line.time, earlier)] if fits else [])
            )
