"""The melody on the words: the themes of the song, with a note for every syllable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from musicgen_web.engines.sketch.chance import chance
from musicgen_web.engines.sketch.contour import Aim, solve
from musicgen_web.engines.sketch.melody import (
    LIFTS,
    LITERAL,
    PERIODS,
    RETURN_LIFTS,
    TRIES,
    aim_at,
    arched,
    likeness,
)
from musicgen_web.engines.sketch.placement import BREATH, Place, bar_line
from musicgen_web.engines.sketch.plan import Plan
from musicgen_web.engines.sketch.scansion import Scanned, scan
from musicgen_web.engines.sketch.score import Note, Section, SungLine, SungSyllable
from musicgen_web.engines.sketch.singers import Singer
from musicgen_web.engines.sketch.theme import Unit, invent
from musicgen_web.engines.sketch.words import STRESSED

_SEMITONES = 12 / 7 * 0.8  # of a step of a theme: a voice moves in less than an instrument
_LIFT = 4.5  # semitones that a chorus lies higher
_LAST_NOTE = 1.0  # beats that a line keeps for its last note before the next one's pick-up
_STAY = 0.35  # what it costs a syllable to keep the note of the one before


@dataclass(frozen=True, slots=True)
class Sung:
    """A line with its notes, on the grid."""

    place: Place
    line: SungLine


@dataclass(frozen=True, slots=True)
class _Verse:
    """A line about to get its pitches: its rhythm, and the unit of the theme it follows."""

    place: Place
    scanned: Scanned
    letter: str
    unit: Unit


def sing(plan: Plan, places: Sequence[Place], singer: Singer) -> tuple[Sung, ...]:
    """Compose the sung melody of the whole song."""
    sung: list[Sung] = []
    first_times: dict[str, list[Note]] = {}
    times: dict[str, int] = {}
    before: int | None = None
    for section, group in groupby(_verses(plan, places), key=lambda verse: verse.place.section):
        verses = list(group)
        occurrence = times.get(section.kind, 0)
        first_time = first_times.get(section.kind, [])
        for further in range(TRIES):
            notes = _pitched(plan, verses, section, singer, before, occurrence, further)
            if section.kind != "chorus" or likeness(section, notes, first_time) <= LITERAL:
                break
        times[section.kind] = occurrence + 1
        first_times.setdefault(section.kind, [replace(note, start=note.start - section.start) for note in notes])
        before = notes[-1].pitch
        sung += _written(verses, notes)
    return tuple(sung)


def _verses(plan: Plan, places: Sequence[Place]) -> list[_Verse]:
    """Line up questions and answers, a line each, in the rhythm of their words."""
    beats, beat = plan.form.beats_per_bar, 60.0 / plan.form.bpm
    breath = BREATH / beat
    verses: list[_Verse] = []
    for section, group in groupby(places, key=lambda place: place.section):
        lines = list(group)
        theme = invent(plan.style.tune, section.kind, beats, chance(plan.seed, "theme", section.kind))
        table = {"Q": theme.question, "A": theme.answer, "E": theme.ending, "C": theme.contrast}
        letters = "".join(PERIODS[min(8, len(lines) - done)] for done in range(0, len(lines), 8))
        for place, letter in zip(lines, letters, strict=True):
            if verses and not place.is_pinned:
                free = verses[-1].scanned.starts[-1] + _LAST_NOTE + breath
                place = replace(place, lead_in=min(place.lead_in, max(0.0, place.start - free)))
            scanned = scan(place, plan.form.metre, beat, table[letter])
            if verses:
                verses[-1] = replace(verses[-1], scanned=verses[-1].scanned.until(scanned.starts[0] - breath))
            verses.append(_Verse(place, scanned, letter, table[letter]))
    return verses


def _pitched(
    plan: Plan,
    verses: Sequence[_Verse],
    section: Section,
    singer: Singer,
    before: int | None,
    occurrence: int,
    further: int,
) -> list[Note]:
    again = occurrence + further if occurrence and section.kind == "chorus" else 0
    aims: list[Aim] = []
    for index, verse in enumerate(verses):
        lifted = 1.0 if verse.letter == "Q" and any(one.letter == "Q" for one in verses[:index]) else 0.0
        if again:  # it moves further from its first time, after its first line
            lifted += RETURN_LIFTS[again % 2] * bool(index or again > 1) - (index % 3 == 2)
        aims += _aims(plan, verse, singer, lifted, further, ends=index == len(verses) - 1)
    start, end = aims[0].start, aims[-1].start + aims[-1].length
    bent = arched(aims, _LIFT * LIFTS.get(section.kind, 0.0), start, end)
    lowest, highest = singer.range(section.kind)
    within = [replace(aim, target=min(max(aim.target, lowest + 1.0), highest - 1.0)) for aim in bent]
    return solve(within, before, lowest=lowest, highest=highest)


def _aims(plan: Plan, verse: _Verse, singer: Singer, lifted: float, further: int, *, ends: bool) -> list[Aim]:
    origin = bar_line(verse.place.start, plan.form.beats_per_bar)
    last = len(verse.scanned.starts) - 1
    aims = []
    for index, (start, length) in enumerate(zip(verse.scanned.starts, verse.scanned.lengths, strict=True)):
        step = _offset(verse.unit, start - origin) + lifted
        noise = chance(plan.seed, "ear", verse.letter, index, further).random()
        closes = index == last
        aim = aim_at(plan, start, length, singer.middle + step * _SEMITONES, noise, closes=closes, ends=closes and ends)
        is_heard = verse.place.line.syllables[index].stress == STRESSED and length >= 0.5 and start % 1.0 == 0.0
        aims.append(replace(aim, stay=_STAY, is_strong=aim.is_strong or is_heard))
    return aims


def _offset(unit: Unit, beat: float) -> float:
    """Return the step of the theme's note that would sound at a beat of its two bars."""
    begun = [tone for tone in unit if tone.start <= beat + 1e-6]
    return (begun[-1] if begun else unit[0]).offset


def _written(verses: Sequence[_Verse], notes: Sequence[Note]) -> list[Sung]:
    left = iter(notes)
    found = []
    for verse in verses:
        line = verse.place.line
        syllables = tuple(
            SungSyllable(one.text, one.stress, replace(next(left), length=length))
            for one, length in zip(line.syllables, verse.scanned.lengths, strict=True)
        )
        found.append(Sung(verse.place, SungLine(line.text, line.number, syllables)))
    return found
