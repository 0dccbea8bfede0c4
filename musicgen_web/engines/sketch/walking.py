"""Walking bass: a note on every beat, chord tones and steps between, and a neighbour before the next root."""

from __future__ import annotations

from collections.abc import Iterator

from musicgen_web.engines.sketch.chance import chance, pick
from musicgen_web.engines.sketch.harmony import Change
from musicgen_web.engines.sketch.metre import STEP
from musicgen_web.engines.sketch.plan import Bar, Plan

LOWEST, HIGHEST = 28, 52
_CALM, _LIVELY = 0.4, 0.7  # below: half notes; above: now and then a soft note between
_SKIPS = 0.15


def walk(plan: Plan, bar: Bar) -> Iterator[tuple[int, str, int]]:
    """Yield (step, mark, pitch) of one bar."""
    places = _places(plan, bar)
    rng = chance(plan.seed, "walk", bar.number)
    before = None
    for index, step in enumerate(places):
        beat = bar.start + step * STEP
        change = plan.change(beat)
        ends = index + 1 == len(places)
        then = bar.start + (bar.beats if ends else places[index + 1] * STEP)
        goes_on = not ends and plan.change(then) is change
        if before is None or plan.change(beat - STEP) is not change:
            pitch = _first(plan, beat)
        elif goes_on:
            target = _first(plan, min(change.end, bar.start + bar.beats))
            pitch = _between(change, before, target, len(places) - index, rng.random())
        else:
            pitch = lead(change, before, _first(plan, then), rng.random())
        if before is not None and bar.energy > _LIVELY and rng.random() < _SKIPS:
            yield step - 2, "r", before
        yield step, "R" if index == 0 else "5", pitch
        before = pitch


def climb(plan: Plan, bar: Bar) -> list[tuple[int, str, int]]:
    """Walk up to the next bar's root in eighths, or down where there is no room below."""
    change = plan.change(bar.start + bar.beats - STEP)
    target = plan.change(bar.start + bar.beats).bass
    count = 3 if plan.form.metre.pulse != 1.0 else 4
    below = [pitch for pitch in range(LOWEST, target) if pitch % 12 in change.scale][-count:]
    above = [pitch for pitch in range(HIGHEST, target, -1) if pitch % 12 in change.scale][-count:]
    steps = below if len(below) == count else above
    return [(bar.steps - 2 * (count - place), "a", pitch) for place, pitch in enumerate(steps)]


def lead(change: Change, before: int, target: int, whim: float) -> int:
    """Return the note before a root: a half step or a step of the scale away, from the side we are on."""
    side = 1 if before > target or (before == target and whim < 0.5) else -1
    nearby = [target + side, *[pitch for pitch in (target + 2 * side,) if pitch % 12 in change.scale]]
    options = [pitch for pitch in (*nearby, target - side) if pitch != before and LOWEST <= pitch <= HIGHEST]
    in_scale = [pitch for pitch in options if pitch % 12 in change.scale]
    return (in_scale or options)[0] if whim < 0.6 else options[0]


def _places(plan: Plan, bar: Bar) -> list[int]:
    """Return the steps that are walked on."""
    if plan.form.metre.pulse != 1.0:
        places = {0, 6} if bar.energy < _CALM else {0, 4, 6, 10}
    else:
        places = set(range(0, bar.steps, 4))
        if bar.energy < _CALM:
            places = {0, plan.form.metre.last} if bar.beats == 3 else set(range(0, bar.steps, 8))
    starts = {round((change.start - bar.start) / STEP) for change in plan.within(bar.start, bar.start + bar.beats)}
    return sorted(places | {step for step in starts if 0 <= step < bar.steps})


def _first(plan: Plan, beat: float) -> int:
    """Return the note a chord or a bar begins with: the root, and inside a long chord now and then another tone."""
    change = plan.change(beat)
    if abs(change.start - beat) < 1e-6:
        return change.bass
    tones = [pitch for pitch in _range(change) if pitch % 12 in change.harmony.tones[:3]]
    return pick(chance(plan.seed, "walk", "first", round(beat * 4)), [change.bass, *tones])


def _between(change: Change, before: int, target: int, left: int, whim: float) -> int:
    """Return a chord tone or a step towards the target, neither the note before nor the target itself."""
    aim = before + (target - before) / max(1, left) + (3.0 if whim < 0.5 else -3.0)
    options = [pitch for pitch in _range(change) if pitch not in (before, target) and abs(pitch - before) <= 5]
    chord = {pitch for pitch in options if pitch % 12 in change.harmony.tones}
    options = options or [pitch for pitch in range(LOWEST, HIGHEST + 1) if pitch % 12 in change.scale]
    return min(options, key=lambda pitch: (abs(pitch - aim) - (1.5 if pitch in chord else 0.0), pitch))


def _range(change: Change) -> list[int]:
    low, high = max(LOWEST, change.bass - 7), min(HIGHEST, change.bass + 12)
    return [pitch for pitch in range(low, high + 1) if pitch % 12 in change.scale]
