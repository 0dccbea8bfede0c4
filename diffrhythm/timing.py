"""The auto-timer: plain lyrics and a length become timed lines that the model sings whole."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from diffrhythm import lrc
from diffrhythm.arrangement import (
    LONGEST_LINE,
    SHORTEST_INTRO,
    SHORTEST_OUTRO,
    USUAL_TEMPO,
    Arrangement,
    Need,
    Part,
    arrangements,
)
from diffrhythm.lrc import LyricLine, Lyrics
from diffrhythm.reading import SILENT, Reader, Reading
from diffrhythm.sections import Section, sections
from diffrhythm.spec import FRAMES_PER_SECOND, MAX_DURATION

FITS, TOO_LONG, TOO_SHORT = "fits", "too long", "too short"

SUNG_RATE = 5.5  # syllables a second at the most
_SPARE_FRAMES = 2  # between the sounds of two lines
_EASES = (2.0, 1.6, 1.35, 1.15, 1.0)
_EVEN_SECONDS = 5.0  # from line to line between times that the writer gave, where there is room


@dataclass(frozen=True, slots=True)
class Fit:
    """How the words fit the song. `by` is how many seconds are missing, or left over without words.

    They fit any song from `least` to `most` seconds; in one of `usual` seconds they are at ease.
    """

    verdict: str
    by: float
    least: int
    usual: int
    most: int

    def __str__(self) -> str:
        if self.verdict == FITS:
            return f"The words fit; songs of {self.least} to {self.most} seconds have room for them."
        if self.least > MAX_DURATION:
            share = math.ceil((1 - MAX_DURATION / self.least) * 100)
            return f"Even a song of {MAX_DURATION} seconds is too short for the words. Leave out {share} % of them."
        what = "more than the song has" if self.verdict == TOO_LONG else "without words"
        return (
            f"The words are {self.verdict} for this song by {self.by:.1f} seconds ({what}). "
            f"They fit {self.least} to {self.most} seconds; {self.usual} would suit them."
        )


@dataclass(frozen=True, slots=True)
class Timing:
    """Timed lyrics, the tempo they are timed to (None where the writer's own times rule), and how they fit.

    Words that are too long for the song are not timed: `lyrics` is None. Words that are too short are.
    """

    lyrics: Lyrics | None
    tempo: float | None
    fit: Fit


def time_lyrics(text: str, duration: float, reader: Reader, tempo: float | None = None) -> Timing:
    """Time plain or partly timed lyrics for a song of `duration` seconds; LyricsError where they cannot be read.

    The same words, length and tempo are always timed the same. Lines that have a time keep it.
    """
    lyrics = lrc.parse(text)
    words = [line.text for line in lyrics.lines if line.text]
    readings = dict(zip(words, reader(words), strict=True)) if words else {}
    if not words:
        return Timing(lyrics, None, Fit(FITS, 0.0, 0, 0, math.floor(duration)))
    if lyrics.is_timed:
        return _between_times(lyrics, duration, readings)
    return _freely(lyrics, duration, readings, tempo)


def _need(line: LyricLine, readings: dict[str, Reading]) -> Need:
    reading = readings.get(line.text, SILENT)
    frames = reading.tokens + _SPARE_FRAMES if line.text else 0
    return Need(max(frames / FRAMES_PER_SECOND, reading.syllables / SUNG_RATE), reading.tokens / FRAMES_PER_SECOND)


def _freely(lyrics: Lyrics, duration: float, readings: dict[str, Reading], tempo: float | None) -> Timing:
    found = sections(lyrics.lines)
    parts = _parts(found, readings)
    offers = list(arrangements(parts, tempo))
    fit = _fit(offers, duration, tempo or USUAL_TEMPO)
    if fit.verdict == TOO_LONG:
        return Timing(None, tempo, fit)
    longest = max(offer.most for offer in offers)
    able = [offer for offer in offers if offer.least <= duration <= max(offer.most, duration * (offer.most == longest))]
    best = min(able, key=lambda offer: (offer.cost(duration, tempo or USUAL_TEMPO), offer.tempo, offer.grid))
    return Timing(Lyrics(tuple(_played(found, best, duration)), lyrics.tags), best.tempo, fit)


def _parts(found: Sequence[Section], readings: dict[str, Reading]) -> list[Part]:
    parts, has_break = list[Part](), False
    for section in found:
        if section.is_instrumental:
            has_break = True
        else:
            parts.append(Part(tuple(_need(line, readings) for line in section.lines), has_break))
            has_break = False
    return parts


def _fit(offers: Sequence[Arrangement], duration: float, tempo: float) -> Fit:
    least, most = min(offer.least for offer in offers), max(offer.most for offer in offers)
    easiest = min(offers, key=lambda offer: (offer.cost(offer.usual, tempo), offer.tempo, offer.grid))
    whole = math.ceil(least), max(math.ceil(least), min(math.floor(most), MAX_DURATION))
    usual = min(max(math.ceil(easiest.usual), whole[0]), whole[1])
    if duration < least:
        return Fit(TOO_LONG, least - duration, whole[0], usual, whole[1])
    if duration > most:
        return Fit(TOO_SHORT, duration - most, whole[0], usual, whole[1])
    return Fit(FITS, 0.0, whole[0], usual, whole[1])


def _played(found: Sequence[Section], song: Arrangement, duration: float) -> Iterator[LyricLine]:
    """Give every line its beat, and the tag of a break the time at which the words pause for it."""
    bars = iter(song.bars(duration))
    lengths = iter(song.lengths)
    time, breaks = 0.0, list[LyricLine]()
    for section in found:
        if section.is_instrumental:
            breaks += section.tags
            continue
        length = next(bars) * song.bar
        yield from _spread(breaks, time, length)
        breaks, time = [], time + length
        yield from section.tags
        for line, beats in zip(section.lines, next(lengths), strict=True):
            yield replace(line, time=round(time, 2))
            time += beats * song.beat
    yield from _spread(breaks, time, duration - time)


def _spread(tags: Sequence[LyricLine], start: float, length: float) -> Iterator[LyricLine]:
    for place, tag in enumerate(tags):
        yield replace(tag, time=round(start + length * place / len(tags), 2))


def _between_times(lyrics: Lyrics, duration: float, readings: dict[str, Reading]) -> Timing:
    """Fill in the lines that have no time, between those that have one."""
    end = duration - SHORTEST_OUTRO
    fixed = [index for index, line in enumerate(lyrics.lines) if line.time is not None]
    lines = list(lyrics.lines)
    missing = 0.0
    for start, stop in pairwise([-1, *fixed, len(lines)]):
        run = [line for line in lines[max(start, 0) : stop] if line.section is None or line.time is not None]
        if not any(line.time is None and line.section is None for line in run):
            continue
        first = lines[start].time if start >= 0 else None
        last = lines[stop].time if stop < len(lines) else None
        times, lacks = _in_window(run, first, end if last is None else last, readings)
        missing += lacks
        for line, time in zip(run, times, strict=True):
            if line.time is None:
                lines[lines.index(line, max(start, 0))] = replace(line, time=time)
    needed = sum(_need(line, readings).least for line in lines)
    last_end = max((line.time or 0.0) + _need(line, readings).least for line in lines if line.section is None)
    missing += max(0.0, last_end - duration) if not missing else 0.0
    least = math.ceil(max(needed + SHORTEST_INTRO, last_end) + SHORTEST_OUTRO + missing)
    usual, most = least + 6, max(least, min(math.floor(last_end) + 24, MAX_DURATION))
    if missing > 0.005:
        return Timing(None, None, Fit(TOO_LONG, missing, least, max(usual, least), most))
    verdict = FITS if duration <= most + 16 else TOO_SHORT
    fit = Fit(verdict, 0.0 if verdict == FITS else duration - most, least, min(usual, most), most)
    return Timing(Lyrics(tuple(lines), lyrics.tags), None, fit)


def _in_window(
    run: Sequence[LyricLine], first: float | None, end: float, readings: dict[str, Reading]
) -> tuple[list[float], float]:
    """Give the lines of one run times before `end`; say how many seconds are missing, if any are."""
    needs = [_need(line, readings).least for line in run]
    start = SHORTEST_INTRO if first is None else first
    room = end - start
    if sum(needs) > room + 1e-9:
        return [start] * len(run), sum(needs) - room
    even = min(room / max(1, sum(line.section is None for line in run)), _EVEN_SECONDS)
    if max(needs) <= even:
        lengths = [even if line.section is None else 0.0 for line in run]
    else:
        ease = next(ease for ease in _EASES if ease == 1.0 or sum(needs) * ease <= room)
        lengths = [max(need, min(need * ease, LONGEST_LINE)) for need in needs]
    if first is None:
        start = max(start, end - sum(lengths))
    times = []
    for length in lengths:
        times.append(math.floor(start * 100 + 0.5) / 100)
        start += length
    return times, 0.0
