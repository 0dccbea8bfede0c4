"""How grid time becomes played time: swing, playing behind the beat, and hands that are never exact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from musicgen_web.engines.sketch.chance import chance
from musicgen_web.engines.sketch.groove import DRUMS
from musicgen_web.engines.sketch.plan import Plan
from musicgen_web.engines.sketch.score import Note, SungLine
from musicgen_web.engines.sketch.songline import Sung
from musicgen_web.engines.sketch.style import Player, Style

_WIDEST = 2.0  # spreads: nobody is further off than this
_SUNG_MS = 4.0  # a voice's spread: its vowels are what words are followed by


def play(plan: Plan, player: Player, notes: Sequence[Note]) -> tuple[Note, ...]:
    """Move the notes of one player off the grid, the same way every time."""
    style = plan.style
    beat_ms = 60_000 / plan.form.bpm
    lates = _lates(style, player)
    spread = style.human_ms / beat_ms * (0.7 if player.role == "drums" else 1.0)
    rng = chance(plan.seed, "hands", player.name, player.role)
    offs = rng.standard_normal(len(notes)).clip(-_WIDEST, _WIDEST) * spread
    played = []
    for note, off in zip(notes, offs.tolist(), strict=True):
        if note.start == 0.0 or note.start >= plan.final:
            off, lag = abs(off) * 0.3, 0.0  # the first and the last chord are together
        else:
            lag = lates.get(note.pitch, lates[0]) - style.lilt_ms * _is_second_of_three(plan, note.start)
            lag /= beat_ms
        start = max(0.0, swung(note.start, style.swing, style.swing_unit) + lag + off)
        end = min(max(swung(note.start + note.length, style.swing, style.swing_unit) + lag, start + 0.05), plan.end)
        if start < plan.end - 0.02:
            played.append(replace(note, start=start, length=end - start, velocity=min(1.0, max(0.02, note.velocity))))
    return tuple(sorted(played, key=lambda note: (note.start, note.pitch)))


def _lates(style: Style, player: Player) -> dict[int, float]:
    """Return how far behind the beat a player is in ms (under 0), and those of his drums that stand elsewhere."""
    late = style.laid_back_ms.get(player.role, 0.0)
    if player.role != "drums":
        return {0: late}
    return {0: late} | {DRUMS[name]: ms for name, ms in style.laid_back_ms.items() if name in DRUMS}


def _is_second_of_three(plan: Plan, beat: float) -> bool:
    metre = plan.form.metre
    return metre.beats == 3 and metre.pulse == 1.0 and beat % 3 == 1.0


def sing(plan: Plan, name: str, sung: Sequence[Sung]) -> tuple[SungLine, ...]:
    """Move the syllables of a voice off the grid, by less than any hand; a line's own LRC time is left alone."""
    spread = _SUNG_MS * plan.form.bpm / 60_000
    lines = []
    for one in sung:
        rng = chance(plan.seed, "breath", name, one.line.number, round(one.place.start))
        offs = (rng.standard_normal(len(one.line.syllables)).clip(-_WIDEST, _WIDEST) * spread).tolist()
        notes = [syllable.note for syllable in one.line.syllables]
        starts = [max(_swung(plan, note.start) + off, 0.0) for note, off in zip(notes, offs, strict=True)]
        if one.place.is_pinned:
            starts[0] = notes[0].start
        ends = [min(_swung(plan, note.start + note.length), plan.end) for note in notes]
        ends = [min(end, then) for end, then in zip(ends, [*starts[1:], plan.end], strict=True)]
        syllables = [
            replace(syllable, note=replace(syllable.note, start=start, length=max(end - start, 0.05)))
            for syllable, start, end in zip(one.line.syllables, starts, ends, strict=True)
        ]
        lines.append(replace(one.line, syllables=tuple(syllables)))
    return tuple(lines)


def _swung(plan: Plan, beat: float) -> float:
    return swung(beat, plan.style.swing, plan.style.swing_unit)


def swung(beat: float, ratio: float, unit: float) -> float:
    """Move a place inside a pair of units so that the first of the two takes `ratio` of it."""
    if ratio == 0.5:
        return beat
    pair, place = divmod(beat, 2 * unit)
    share = place / (2 * unit)
    bent = share * 2 * ratio if share <= 0.5 else ratio + (share - 0.5) * 2 * (1 - ratio)
    return (pair + bent) * 2 * unit
