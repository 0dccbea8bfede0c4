"""Where each line of the words is sung: at its own LRC time, or over the bars of its section."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from musicgen_web.engines.sketch.form import Form
from musicgen_web.engines.sketch.rooms import fitted, needed, timed
from musicgen_web.engines.sketch.score import Section, SungReport
from musicgen_web.engines.sketch.words import Line, Words

_AT_EASE = 0.3  # seconds for a syllable


@dataclass(frozen=True, slots=True)
class Place:
    """A line and its room. Beats: its first vowel is at `start` if `is_pinned`, else it is laid on the bar line there;
    its last note is over at `end`. `lead_in`: beats before `start` that are free for a pick-up."""

    line: Line
    section: Section
    start: float
    end: float
    is_pinned: bool
    lead_in: float
    rate: float  # syllables a second over the room
    order: int = 0  # among the lines of its section
    of: int = 1  # how many lines the section has


def place(words: Words, form: Form) -> tuple[tuple[Place, ...], tuple[SungReport, ...]]:
    """Place all lines of a song, and report those that are not sung as they are written."""
    reports = [SungReport(one.number, "left out", why=one.why) for one in words.unsung]
    is_timed = any(line.time is not None for line in words.lines)
    places = list(_timed(words, form, reports) if is_timed else _laid(words, form, reports))
    return _ordered(places), tuple(sorted(reports, key=lambda report: report.line))


def beat_at(form: Form, second: float) -> float:
    """Return the beat that sounds at a second: the tempo map read the other way."""
    knots = form.tempo_map
    index = min(max(bisect_right([at for _, at in knots], second) - 1, 0), len(knots) - 2)
    (b0, s0), (b1, s1) = knots[index], knots[index + 1]
    return b0 + (second - s0) * (b1 - b0) / (s1 - s0)


def second_at(form: Form, beat: float) -> float:
    """Return the second at which a beat sounds."""
    knots = form.tempo_map
    index = min(max(bisect_right([at for at, _ in knots], beat) - 1, 0), len(knots) - 2)
    (b0, s0), (b1, s1) = knots[index], knots[index + 1]
    return s0 + (beat - b0) * (s1 - s0) / (b1 - b0)


def bar_line(beat: float, beats: int) -> float:
    """Return the bar line a phrase stands on that begins at a beat, or just before it."""
    return float((beat + 0.5) // beats * beats)


def _timed(words: Words, form: Form, reports: list[SungReport]) -> Iterator[Place]:
    for room in timed(words, form.tempo_map[-1][1], reports):
        section = _section(form, beat_at(form, room.line.time or 0.0), room.line.stanza)
        yield Place(room.line, section, beat_at(form, room.start), beat_at(form, room.end), True, 0.0, room.rate)


def _laid(words: Words, form: Form, reports: list[SungReport]) -> Iterator[Place]:
    """Lay the stanza of each section over its bars, every line on a bar line of its own."""
    sung: set[int] = set()
    for section, stanza in zip(form.sections, form.stanzas, strict=True):
        lines = [line for line in words.lines if line.stanza == stanza]
        if lines:
            sung.add(lines[0].stanza)
            yield from _over(lines, section, form, reports)
    for line in words.lines:
        if line.stanza not in sung:
            reports.append(SungReport(line.number, "left out", needed(line), 0.0, "the song has no section for it"))


def _over(lines: Sequence[Line], section: Section, form: Form, reports: list[SungReport]) -> Iterator[Place]:
    beats = form.beats_per_bar
    until = min(section.start + section.length, form.tempo_map[-2][0] + beats * 0.5)
    slots = _slots(lines, section, form)
    start = section.start
    for line, slot in zip(lines, slots, strict=True):
        if slot <= 0.0:
            reports.append(SungReport(line.number, "left out", needed(line), 0.0, "its section has no bar for it"))
            continue
        begin, close = second_at(form, start), second_at(form, min(start + slot, until))
        if room := fitted(line, begin, close, 0.0, reports):
            yield Place(room.line, section, start, beat_at(form, room.end), False, beats / 2, room.rate)
        start += slot


def _slots(lines: Sequence[Line], section: Section, form: Form) -> list[float]:
    """Share the bars of a section out: four, two, one or half a bar for every line, the rest where words press most."""
    beats = float(form.beats_per_bar)
    bars = section.length / beats
    unit = next((unit for unit in (2.0, 1.0, 0.5) if unit * len(lines) <= bars), 0.0)
    if not unit:
        return [beats / 2 if place < 2 * bars else 0.0 for place in range(len(lines))]
    slots = [unit] * len(lines)
    bar = (second_at(form, section.start + section.length) - second_at(form, section.start)) / bars
    left = bars - unit * len(lines)
    while left >= unit:
        place = max(range(len(lines)), key=lambda place: (_pressed(lines[place], slots[place] * bar), place))
        if _pressed(lines[place], slots[place] * bar) < 0.6 and slots[-1] < 4.0:
            place = len(lines) - 1
        elif _pressed(lines[place], slots[place] * bar) < 0.6:
            place = min(range(len(lines)), key=lambda place: (slots[place], place % 2 == 0, -place))
        if slots[place] >= 4.0 and unit >= 1.0:
            break
        slots[place] += unit
        left -= unit
    return [slot * beats for slot in slots]


def _pressed(line: Line, seconds: float) -> float:
    """Say how full a line makes its time."""
    return len(line.syllables) * _AT_EASE / seconds


def _section(form: Form, beat: float, stanza: int) -> Section:
    """Return the section of a beat; half a bar to either side a line belongs to the one that sings its stanza."""
    half = form.beats_per_bar / 2
    around = [
        section for section in form.sections if section.start - half <= beat < section.start + section.length + half
    ]
    sings = dict(zip(form.sections, form.stanzas, strict=True))
    own = [section for section in around if sings[section] == stanza]
    inside = [section for section in around if section.start <= beat < section.start + section.length]
    return (own or inside or [form.sections[-1]])[0]


def _ordered(places: Sequence[Place]) -> tuple[Place, ...]:
    """Number the lines of each section."""
    counts = {section: 0 for section in dict.fromkeys(one.section for one in places)}
    totals = {section: sum(one.section == section for one in places) for section in counts}
    ordered = []
    for one in places:
        ordered.append(replace(one, order=counts[one.section], of=totals[one.section]))
        counts[one.section] += 1
    return tuple(ordered)
