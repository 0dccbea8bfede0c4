"""The singers' parts: the words read, placed and set to notes, and the voices that join in when a chorus returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from diffrhythm.phonemes import Pronouncer
from musicgen_web.engines.sketch import feel
from musicgen_web.engines.sketch.casting import Singer
from musicgen_web.engines.sketch.leads import below
from musicgen_web.engines.sketch.placement import place
from musicgen_web.engines.sketch.plan import Plan
from musicgen_web.engines.sketch.score import Part, SungLine, SungReport
from musicgen_web.engines.sketch.songline import Sung, sing
from musicgen_web.engines.sketch.style import Player
from musicgen_web.engines.sketch.words import read

BACKING = Player(name="Backing voices", instrument="voice:back", role="voice", level_db=-6.0, patterns=())
_JOINS_AT_ONCE = 0.88  # the energy from which already the first chorus is sung in two voices
_FEWEST_SYLLABLES, _FASTEST_BACKING = 4, 5.0  # of a line that is sung in two voices; syllables a second
_ROOM = 0.25  # beats before a line that belong to it


@dataclass(frozen=True, slots=True)
class Vocals:
    """What the voices sing, the beats in which they do, and the lines that are not sung as they are written."""

    parts: tuple[Part, ...] = ()
    spans: tuple[tuple[float, float], ...] = ()
    reports: tuple[SungReport, ...] = ()


def vocals(plan: Plan, lyrics: str, singer: Singer) -> Vocals:
    """Compose the voices of a song."""
    with Pronouncer(contracted=True) as pronouncer:
        words = read(lyrics, pronouncer)
    places, reports = place(words, plan.form)
    sung = sing(plan, places, singer)
    parts = [_part(plan, singer.player, sung)] if sung else []
    if joined := _joining(plan, sung, singer):
        parts.append(_part(plan, BACKING, joined))
    return Vocals(tuple(parts), _spans(sung), reports)


def _part(plan: Plan, player: Player, sung: Sequence[Sung]) -> Part:
    lines = feel.sing(plan, player.name, sung)
    notes = tuple(syllable.note for line in lines for syllable in line.syllables)
    return Part(player.name, player.instrument, "voice", notes, player.level_db, player.pan, lines=lines)


def _spans(sung: Sequence[Sung]) -> tuple[tuple[float, float], ...]:
    """Return the beats in which a voice sings, from just before its first vowel to the end of its last."""
    spans: list[tuple[float, float]] = []
    for one in sung:
        first, last = one.line.syllables[0].note, one.line.syllables[-1].note
        spans.append((first.start - _ROOM, last.start + last.length))
    return tuple(spans)


def _joining(plan: Plan, sung: Sequence[Sung], singer: Singer) -> list[Sung]:
    """Add a voice a third or a sixth below to the longer lines of a chorus that has been before; to a choir always."""
    choruses = [section for section in plan.form.sections if section.kind == "chorus"]
    louder = choruses[0 if choruses and choruses[0].energy >= _JOINS_AT_ONCE else 1 :]
    return [
        replace(one, line=_lower(plan, one.line))
        for one in sung
        if (singer.is_many or one.place.section in louder)
        and len(one.line.syllables) >= _FEWEST_SYLLABLES
        and one.place.rate <= _FASTEST_BACKING
    ]


def _lower(plan: Plan, line: SungLine) -> SungLine:
    syllables = tuple(
        replace(one, note=replace(one.note, pitch=below(plan, one.note), velocity=0.85 * one.note.velocity))
        for one in line.syllables
    )
    return replace(line, syllables=syllables)
