"""The bass player: roots with the kick drum, and a step that leads into the next chord.

Patterns: R root, r softer root, 5 fifth, 8 octave, 3 third, 6 sixth, a a note that approaches the next chord, n the
next chord's root, held over into it, t the key's tonic, - silence. Manners: `manners.py`, and `walk`.
"""

from __future__ import annotations

from dataclasses import dataclass

from musicgen_web.engines.sketch.chance import chance
from musicgen_web.engines.sketch.groove import kick_steps
from musicgen_web.engines.sketch.harmony import Change
from musicgen_web.engines.sketch.manners import WALK, bar_for, written
from musicgen_web.engines.sketch.metre import STEP
from musicgen_web.engines.sketch.plan import Bar, Plan
from musicgen_web.engines.sketch.score import Note
from musicgen_web.engines.sketch.style import Player
from musicgen_web.engines.sketch.walking import climb, walk

LOWEST, HIGHEST = 28, 55
LOUDNESS = {"R": 0.84, "r": 0.68, "5": 0.7, "8": 0.72, "3": 0.7, "6": 0.7, "a": 0.64, "n": 0.78, "t": 0.74}
AHEAD = 1.0  # beats: how long before a chord its root may come
_SILENT = "-"


@dataclass(frozen=True, slots=True)
class Stroke:
    """What the bass does at a beat: a letter, and the pitch where it is not the letter that decides it."""

    start: float
    mark: str
    bar: Bar
    pitch: int | None = None


def play_bass(plan: Plan, player: Player) -> tuple[Note, ...]:
    """Play the bass of the whole song, on the grid."""
    strokes: list[Stroke] = []
    for bar in plan.bars:
        if bar.is_final:
            strokes.append(Stroke(bar.start, "R", bar))
        elif player.plays(bar.section.kind, bar.energy):
            held = bool(strokes) and strokes[-1].mark == "n"
            strokes += _strokes(plan, player, bar, held=held)
        elif strokes and strokes[-1].mark != _SILENT:
            strokes.append(Stroke(bar.start, _SILENT, bar))
    notes: list[Note] = []
    for index, stroke in enumerate(strokes):
        if stroke.mark == _SILENT or (stroke.bar.is_final and not notes):
            continue
        end = strokes[index + 1].start if index + 1 < len(strokes) else plan.end
        notes.append(_note(plan, stroke, end))
    return tuple(notes)


def _strokes(plan: Plan, player: Player, bar: Bar, *, held: bool) -> list[Stroke]:
    """Write one bar; its last beats may climb to where the next section begins, or be left out."""
    if player.pattern(bar.energy) == WALK:
        strokes = [Stroke(bar.start + step * STEP, mark, bar, pitch) for step, mark, pitch in walk(plan, bar)]
    else:
        strokes = [Stroke(bar.start + step * STEP, mark, bar) for step, mark in _marks(plan, player, bar, held=held)]
    if bar.turn == "stop" and player.pattern(bar.energy) == WALK:
        hole = bar.start + plan.hole * STEP
        return [*[stroke for stroke in strokes if stroke.start < hole], Stroke(hole, _SILENT, bar)]
    if bar.turn == "walk":
        steps = climb(plan, bar)
        begin = bar.start + steps[0][0] * STEP
        kept = [stroke for stroke in strokes if stroke.start < begin]
        return kept + [Stroke(bar.start + step * STEP, mark, bar, pitch) for step, mark, pitch in steps]
    return strokes


def _marks(plan: Plan, player: Player, bar: Bar, *, held: bool) -> list[tuple[int, str]]:
    """Write one bar: the pattern, kicks it has no note for, a root at every new chord, an approach before the next."""
    rng = chance(plan.seed, player.instrument, bar.number)
    metre = plan.form.metre
    pattern = bar_for(player, plan.style, metre, bar.energy, bar.within)
    marks = {step: mark for step, mark in enumerate(pattern) if mark in LOUDNESS or mark == _SILENT}
    is_busy = bool(set("ra") & set(written(player, plan.style, metre, bar.energy)[0]))
    if bar.energy >= 0.55 and is_busy:
        for step in kick_steps(plan, bar):
            if not {step - 1, step, step + 1} & marks.keys() and rng.random() < 0.6:
                marks[step] = "r"
    if "t" not in pattern:
        _root(plan, bar, marks, held=held)
    _approached(plan, bar, marks, rng.random(), is_busy=is_busy)
    if bar.left == 0 and bar.next_energy < bar.energy - 0.2:
        marks = {step: mark for step, mark in marks.items() if step < metre.last - 2} | {metre.last: _SILENT}
    elif bar.turn == "stop" and is_busy:
        marks = {step: mark for step, mark in marks.items() if step < plan.hole} | {plan.hole: _SILENT}
    return sorted(marks.items())


def _root(plan: Plan, bar: Bar, marks: dict[int, str], *, held: bool) -> None:
    """Put the root under every new chord of a bar, unless it is held over into it."""
    for change in plan.within(bar.start, bar.start + bar.beats):
        step = round((change.start - bar.start) / STEP)
        last = max((one for one in marks if one < step), default=None)
        is_held = held if last is None else marks[last] == "n"
        if step >= 0 and not is_held:
            marks[step] = "R"
            marks.pop(step + 1, None)


def _approached(plan: Plan, bar: Bar, marks: dict[int, str], whim: float, *, is_busy: bool) -> None:
    """Lead into the next bar's chord where it is a new one; where it is not, play something else instead."""
    end = bar.start + bar.beats
    now, then = plan.change(end - STEP), plan.after(end - STEP)
    last = [step for step, mark in marks.items() if mark == "a"]
    if now.end > end + 1e-6 or then.bass % 12 == now.bass % 12:
        for step in last:
            marks[step] = "5" if whim < 0.5 else "8"
    elif is_busy and not last and bar.energy >= 0.45 and whim < 0.35 and "n" not in marks.values():
        marks[bar.steps - 2] = "a"


def _note(plan: Plan, stroke: Stroke, end: float) -> Note:
    start, mark, bar = stroke.start, stroke.mark, stroke.bar
    change = plan.change(start)
    loud = LOUDNESS[mark] * (0.82 + 0.18 * bar.energy)
    if start == bar.start:
        loud += 0.06
    if bar.is_final:
        return Note(start, (plan.end - start) * 0.8, change.bass, loud)
    length = min(end, change.end) - start if mark in "Rr" and end - start > 1.0 else end - start
    gap = 0.06 if length > 0.5 else 0.04
    pitch = stroke.pitch if stroke.pitch is not None else _pitch(plan, change, start, mark)
    return Note(start, max(0.1, min(length, plan.final - start) - gap), pitch, min(1.0, loud))


def _pitch(plan: Plan, change: Change, start: float, mark: str) -> int:
    root = change.bass
    if mark == "8":
        return root + 12 if root + 12 <= HIGHEST - 4 else root
    if mark in "536":
        wanted = {"5": (7, 6), "3": (3, 4), "6": (9, 8)}[mark]
        fitting = change.scale if mark == "6" else change.harmony.tones
        steps = [step for step in wanted if (change.harmony.root + step) % 12 in fitting]
        tone = (change.harmony.root + steps[0]) % 12 if steps else change.harmony.root
        above = root + (tone - root) % 12
        return above if above <= 46 else above - 12 if above - 12 >= LOWEST else above
    if mark == "a":
        return _approach(change, plan.after(start))
    if mark == "n":
        return plan.after(start).bass if change.end - start <= AHEAD else root
    if mark == "t":
        return min((pitch for pitch in range(31, 43) if pitch % 12 == change.key.tonic), default=root)
    return root


def _approach(change: Change, following: Change) -> int:
    """Return a neighbour of the next root: a scale step from the side we come from, a half step where none is near."""
    target = following.bass
    side = 1 if change.bass > target else -1
    if abs(change.bass - target) <= 2:
        side = -side  # go past it and come back, rather than play the same note
    steps = [target + side * size for size in (1, 2) if (target + side * size) % 12 in change.scale]
    pitch = steps[-1] if steps else target + side
    return pitch if pitch >= LOWEST else target + 1
