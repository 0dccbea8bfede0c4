"""The bass player: roots with the kick drum, and a step that leads into the next chord.

Patterns: R root, r softer root, 5 fifth, 8 octave, 3 third, a a note that approaches the next chord, - silence.
"""

from __future__ import annotations

from musicgen_web.engines.sketch.chance import chance
from musicgen_web.engines.sketch.groove import kick_steps
from musicgen_web.engines.sketch.harmony import Change
from musicgen_web.engines.sketch.plan import STEP, Bar, Plan
from musicgen_web.engines.sketch.score import Note
from musicgen_web.engines.sketch.style import Player

LOWEST, HIGHEST = 28, 55
_MARKS = "Rr583a"


def play_bass(plan: Plan, player: Player) -> tuple[Note, ...]:
    """Play the bass of the whole song, on the grid."""
    strokes: list[tuple[float, str, Bar]] = []
    for bar in plan.bars:
        if bar.is_final:
            strokes.append((bar.start, "R", bar))
        elif player.plays(bar.section.kind, bar.energy):
            strokes += [(bar.start + step * STEP, mark, bar) for step, mark in _marks(plan, player, bar)]
        elif strokes and strokes[-1][1] != "-":
            strokes.append((bar.start, "-", bar))
    notes: list[Note] = []
    for index, (start, mark, bar) in enumerate(strokes):
        if mark == "-" or (bar.is_final and not notes):
            continue
        end = strokes[index + 1][0] if index + 1 < len(strokes) else plan.end
        notes.append(_note(plan, start, end, mark, bar))
    return tuple(notes)


def _marks(plan: Plan, player: Player, bar: Bar) -> list[tuple[int, str]]:
    """Write one bar: the pattern, kicks it has no note for, a root at every new chord, an approach before the next."""
    rng = chance(plan.seed, player.instrument, bar.number)
    pattern = player.pattern(bar.energy)
    offset = bar.within % max(1, len(pattern) // 16) * 16
    marks = {step: mark for step, mark in enumerate(pattern[offset : offset + bar.steps]) if mark in _MARKS + "-"}
    is_busy = "r" in pattern or "a" in pattern
    if bar.energy >= 0.55 and is_busy:
        for step in kick_steps(plan, bar):
            if not {step - 1, step, step + 1} & marks.keys() and rng.random() < 0.6:
                marks[step] = "r"
    for step in range(0, bar.steps, 2):
        if abs(plan.change(bar.start + step * STEP).start - (bar.start + step * STEP)) < 1e-6:
            marks[step] = "R"
            marks.pop(step + 1, None)
    now, then = plan.change(bar.start + bar.beats - STEP), plan.after(bar.start + bar.beats - STEP)
    last = [step for step, mark in marks.items() if mark == "a"]
    if now.end > bar.start + bar.beats + 1e-6 or then.bass % 12 == now.bass % 12:  # nothing new to lead into
        for step in last:
            marks[step] = "5" if rng.random() < 0.5 else "8"
    elif is_busy and not last and bar.energy >= 0.45 and bar.beats == 4 and rng.random() < 0.35:
        marks[14] = "a"
    if bar.left == 0 and bar.next_energy < bar.energy - 0.2 and bar.beats == 4:
        marks = {step: mark for step, mark in marks.items() if step < 10} | {12: "-"}  # leave the hole open
    elif bar.turn == "stop" and is_busy:
        marks = {step: mark for step, mark in marks.items() if step < 12} | {12: "-"}
    return sorted(marks.items())


def _note(plan: Plan, start: float, end: float, mark: str, bar: Bar) -> Note:
    change = plan.change(start)
    loud = {"R": 0.84, "r": 0.68, "5": 0.7, "8": 0.72, "3": 0.7, "a": 0.64}[mark] * (0.82 + 0.18 * bar.energy)
    if start == bar.start:
        loud += 0.06
    if bar.is_final:
        return Note(start, (plan.end - start) * 0.8, change.bass, loud)
    length = min(end, change.end) - start if mark in "Rr" and end - start > 1.0 else end - start
    gap = 0.06 if length > 0.5 else 0.04
    return Note(
        start, max(0.1, min(length, plan.final - start) - gap), _pitch(plan, change, start, mark), min(1.0, loud)
    )


def _pitch(plan: Plan, change: Change, start: float, mark: str) -> int:
    root = change.bass
    if mark == "8":
        return root + 12 if root + 12 <= HIGHEST - 4 else root
    if mark in "53":
        wanted = (7,) if mark == "5" else (3, 4)
        tone = next((t for t in change.harmony.tones if (t - change.harmony.root) % 12 in wanted), change.harmony.root)
        above = root + (tone - root) % 12
        return above if above <= 46 else above - 12 if above - 12 >= LOWEST else above
    if mark == "a":
        return _approach(change, plan.after(start))
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
