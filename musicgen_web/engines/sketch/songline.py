"""The melody on the words: the themes of the song, with a note for every syllable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from musicgen_web.engines.sketch.casting import Singer
from musicgen_web.engines.sketch.chance import chance, pick
from musicgen_web.engines.sketch.contour import Aim, solve
from musicgen_web.engines.sketch.melody import (
    LIFTS,
    PERIODS,
    aim_at,
    arched,
)
from musicgen_web.engines.sketch.placement import Place, bar_line
from musicgen_web.engines.sketch.plan import Plan
from musicgen_web.engines.sketch.rooms import BREATH
from musicgen_web.engines.sketch.scansion import Scanned, delivery_of, scan, strength
from musicgen_web.engines.sketch.score import Note, Section, SungLine, SungSyllable
from musicgen_web.engines.sketch.theme import Unit, invent
from musicgen_web.engines.sketch.words import UNSTRESSED

_WIDTHS = (1.0, 1.3, 1.6)  # by how much the voice's intervals are wider than the theme's
_LIFT = 4.5  # semitones that a chorus lies higher, the first time
_REGISTER = 6.0  # semitones: how far two songs of one singer lie apart
_FIRM = 3.0  # how much more a returning chorus holds to its contour
_LEAST_HIGHER = 1.5  # semitones, even where the voice ends
_RETURNS = (4.5, 3.5)  # semitones that every other return of a chorus lies higher: a third sits on the same chords
_LAST_NOTE = 1.0  # beats that a line keeps for its last note before the next one's pick-up
_NEIGHBOUR = 3.0  # steps: how far apart an unstressed syllable may lie, up or down, from the line of the theme
_STAY = 0.75  # what it costs a syllable to keep the note of the one before


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
    width: float  # of its intervals, as a share of the theme's


def sing(plan: Plan, places: Sequence[Place], singer: Singer) -> tuple[Sung, ...]:
    """Compose the sung melody of the whole song."""
    sung: list[Sung] = []
    first_times: dict[str, dict[float, int]] = {}
    times: dict[str, int] = {}
    before: int | None = None
    for section, group in groupby(_verses(plan, places), key=lambda verse: verse.place.section):
        verses = list(group)
        returns = times.get(section.kind, 0) if section.kind == "chorus" else 0
        known = first_times.get(section.kind, {}) if returns else {}
        notes = _pitched(plan, verses, section, singer, before, returns, known)
        times[section.kind] = times.get(section.kind, 0) + 1
        first_times.setdefault(section.kind, {note.start - section.start: note.pitch for note in notes})
        before = notes[-1].pitch
        sung += _written(verses, notes)
    return tuple(sung)


def _verses(plan: Plan, places: Sequence[Place]) -> list[_Verse]:
    """Line up questions and answers, a line each, in the rhythm of their words."""
    beat = 60.0 / plan.form.bpm
    breath = BREATH / beat
    verses: list[_Verse] = []
    for section, group in groupby(places, key=lambda place: place.section):
        lines = list(group)
        theme = invent(plan.style.tune, section.kind, plan.form.metre, chance(plan.seed, "theme", section.kind))
        table = {"Q": theme.question, "A": theme.answer, "E": theme.ending, "C": theme.contrast}
        width = pick(chance(plan.seed, "width", section.kind), _WIDTHS)
        delivery = delivery_of(plan.seed, section.kind)
        letters = "".join(PERIODS[min(8, len(lines) - done)] for done in range(0, len(lines), 8))
        for place, letter in zip(lines, letters, strict=True):
            if verses and not place.is_pinned:
                free = verses[-1].scanned.starts[-1] + _LAST_NOTE + breath
                place = replace(place, lead_in=min(place.lead_in, max(0.0, place.start - free)))
            scanned = scan(place, plan.form.metre, beat, table[letter], letter, delivery)
            if verses:
                verses[-1] = replace(verses[-1], scanned=verses[-1].scanned.until(scanned.starts[0] - breath))
            verses.append(_Verse(place, scanned, letter, table[letter], width))
    return verses


def _pitched(
    plan: Plan,
    verses: Sequence[_Verse],
    section: Section,
    singer: Singer,
    before: int | None,
    returns: int,
    known: Mapping[float, int],
) -> list[Note]:
    """Find the pitches of a section. A returning chorus begins as it did, then lies a third above its `known` notes."""
    aims: list[Aim] = []
    for index, verse in enumerate(verses):
        lifted = 1.0 if verse.letter == "Q" and any(one.letter == "Q" for one in verses[:index]) else 0.0
        aims += _aims(plan, verse, singer, lifted, ends=index == len(verses) - 1)
    register = (chance(plan.seed, "register").random() - 0.5) * _REGISTER
    start, end = aims[0].start, aims[-1].start + aims[-1].length
    raised = plan.raised(section.start)
    aims = arched(aims, register + _LIFT * LIFTS.get(section.kind, 0.0) + raised, start, end)
    lowest, highest = singer.range(section.kind, returns)
    if known:
        kept = 0 if returns > 1 else len(verses[0].scanned.starts)
        higher = min(raised + _RETURNS[returns % 2], max(highest - 1.0 - _usual_top(known), _LEAST_HIGHER))
        aims = [_again(aim, known, section, raised if index < kept else higher) for index, aim in enumerate(aims)]
        aims = [replace(aim, target=min(aim.target, highest - 0.5)) for aim in aims]
    return solve(_within(aims, lowest + 1.0, highest - 1.0), before, lowest=lowest, highest=highest)


def _usual_top(known: Mapping[float, int]) -> int:
    """Return the pitch above which only a few notes lie."""
    return sorted(known.values())[len(known) * 5 // 6]


def _again(aim: Aim, known: Mapping[float, int], section: Section, higher: float) -> Aim:
    """Let a note go where it went the first time, or so many semitones higher."""
    pitch = known.get(aim.start - section.start)
    if pitch is None:
        return aim
    return replace(aim, target=pitch + higher, firm=_FIRM, avoid=pitch if higher else None, is_climax=False)


def _within(aims: Sequence[Aim], lowest: float, highest: float) -> list[Aim]:
    """Press the targets of a section together where they leave the voice's range; their order stays."""
    low, high = min(aim.target for aim in aims), max(aim.target for aim in aims)
    bottom, top = min(max(low, lowest), highest), max(min(high, highest), lowest)
    scale = (top - bottom) / (high - low) if high > low else 0.0
    return [replace(aim, target=bottom + (aim.target - low) * scale) for aim in aims]


def _aims(plan: Plan, verse: _Verse, singer: Singer, lifted: float, *, ends: bool) -> list[Aim]:
    origin = bar_line(verse.place.start, plan.form.beats_per_bar)
    last = len(verse.scanned.starts) - 1
    aims = []
    for index, (start, length) in enumerate(zip(verse.scanned.starts, verse.scanned.lengths, strict=True)):
        step = _offset(verse.unit, start - origin) + lifted
        rng = chance(plan.seed, "ear", verse.letter, index)
        noise = rng.random()
        if verse.place.line.syllables[index].stress == UNSTRESSED and index < last:
            step += _NEIGHBOUR * (rng.random() - 0.5)
        closes = index == last
        aim = aim_at(
            plan, start, length, singer.middle + step * verse.width * 12 / 7, noise, closes=closes, ends=closes and ends
        )
        is_strong = closes or length >= 1.5 or strength(start, plan.form.metre) >= 0.85
        aims.append(replace(aim, stay=_STAY, is_strong=is_strong))
    return aims


def _offset(unit: Unit, beat: float) -> float:
    """Return how high the theme is at a beat of its two bars: on the way from one of its notes to the next."""
    before = next((tone for tone in reversed(unit) if tone.start <= beat + 1e-6), unit[0])
    after = next((tone for tone in unit if tone.start > beat + 1e-6), before)
    if after.start <= before.start:
        return before.offset
    share = min(max((beat - before.start) / (after.start - before.start), 0.0), 1.0)
    return before.offset + share * (after.offset - before.offset)


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
