"""How the syllables of a line fall on the beats: stressed ones where the bar is strong, the last one long.

A shortest path over the places of a grid: every syllable pays for a place that does not suit its stress, for a length
that does not suit it, and is drawn to the places where the theme of the section has its notes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from musicgen_web.engines.sketch.chance import chance, pick
from musicgen_web.engines.sketch.metre import STEP, Metre
from musicgen_web.engines.sketch.placement import Place, bar_line
from musicgen_web.engines.sketch.rooms import FASTEST
from musicgen_web.engines.sketch.theme import Unit
from musicgen_web.engines.sketch.words import STRESSED, UNSTRESSED, Sung

ON_GRID = 5.0  # syllables a second up to which a line keeps to eighths where it can
_SLOWEST = {"chorus": 0.52}  # seconds a syllable takes on the average when there is all the time
_SLOW = 0.44
_WEIGHTS = {UNSTRESSED: 0.8, 1: 1.0, STRESSED: 1.2}
_PAUSE = 1.9  # times as long, before a comma
_HELD = 2.5  # seconds of the longest note
_LAST = {"Q": 2.0, "C": 2.0, "A": 3.0, "E": 4.0}  # beats of a line's last note: a question leaves room for an answer
_FEMININE = 1.7  # times as long, a stressed syllable before a last light one
_ON_TIME = 0.035  # seconds that an LRC time may be moved to be on the grid
_MOST_STEPS = 12  # grid steps from one syllable to the next
_ENTRIES, _PACES, _PULLS = (-0.5, 0.0, 0.5, 1.0), (0.8, 1.0, 1.2), (0.4, 0.7, 1.0)  # see Delivery
_DRAWN_MORE = 1.4  # to the theme's rhythm, where stresses say little


@dataclass(frozen=True, slots=True)
class Scanned:
    """When the vowels of a line begin and how long each is held, in beats."""

    starts: tuple[float, ...]
    lengths: tuple[float, ...]

    def until(self, beat: float) -> Scanned:
        """End the last note at a beat, if it has not ended before."""
        last = max(min(self.lengths[-1], beat - self.starts[-1]), 0.1)
        return Scanned(self.starts, (*self.lengths[:-1], last))


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a singer phrases: beats behind the bar line where a line likes to begin, how slow, how true to the theme."""

    entry: float = 0.0
    pace: float = 1.0
    pull: float = 0.55


def delivery_of(seed: int, kind: str) -> Delivery:
    """Choose how all lines of a kind of section are phrased."""
    rng = chance(seed, "delivery", kind)
    return Delivery(pick(rng, _ENTRIES), pick(rng, _PACES), pick(rng, _PULLS))


def scan(place: Place, metre: Metre, beat: float, theme: Unit, letter: str, delivery: Delivery) -> Scanned:
    """Give every syllable of a line its time. `beat`: seconds of one; `theme`: two bars whose rhythm is sung, and
    whether they are a question, an answer, an ending or a contrast."""
    syllables = place.line.syllables
    room = place.end - place.start
    grid = _grid(len(syllables), room, place.rate, beat)
    starts = _path(place, metre, beat, theme, delivery, grid) if grid else None
    return _held(place, starts or _even(place, room), beat, _LAST[letter])


def strength(beat: float, metre: Metre) -> float:
    """Say how strong a place of the bar is, 0–1."""
    within = beat % metre.beats
    if within < 1e-6:
        return 1.0
    if metre.pulse == 1.0 and metre.beats == 4 and within == 2.0:
        return 0.85
    if within % metre.pulse < 1e-6:
        return 0.7
    return 0.3 if within % 0.5 < 1e-6 else 0.0


def _grid(count: int, room: float, rate: float, beat: float) -> float:
    """Return the step of the grid in beats, the coarsest that leaves the line its freedom; 0 where none does."""
    for step in (0.5, 0.25):
        is_quick_enough = step * beat >= 1.0 / FASTEST
        if is_quick_enough and count <= 0.82 * room / step and (rate <= ON_GRID or step < 0.5 or beat * step < 0.2):
            return step
    return 0.25 if 0.25 * beat >= 1.0 / FASTEST and count <= room / 0.25 else 0.0


def _even(place: Place, room: float) -> list[float]:
    """Spread the syllables over all the room, the stressed ones a little longer."""
    weights = [_WEIGHTS[syllable.stress] for syllable in place.line.syllables]
    total, starts, at = sum(weights), [], place.start
    for weight in weights:
        starts.append(at)
        at += room * weight / total
    return starts


def _path(place: Place, metre: Metre, beat: float, theme: Unit, delivery: Delivery, grid: float) -> list[float] | None:
    """Return the cheapest places on the grid, in beats; None where the line has too few."""
    syllables = place.line.syllables
    last = min(2.0, (place.end - place.start) * 0.28)  # beats the last note would like
    suits = _suiting(place, metre, theme, delivery, grid)
    reached = {step: cost + suits(0, step) for step, cost in _firsts(place, delivery, grid).items()}
    history: list[dict[int, int]] = []
    for index, asked in enumerate(_wanted(place, beat, last, delivery)[:-1], start=1):
        onward: dict[int, float] = {}
        came: dict[int, int] = {}
        costs = [0.0, *(1.6 * math.log2(step * grid / asked) ** 2 for step in range(1, _MOST_STEPS + 1))]
        limit = math.floor(place.end / grid - 0.5) - (len(syllables) - 1 - index)
        for before, so_far in reached.items():
            for at in range(before + 1, min(before + _MOST_STEPS, limit) + 1):
                total = so_far + costs[at - before]
                if total < onward.get(at, 1e9):
                    onward[at], came[at] = total, before
        reached = {at: cost + suits(index, at) for at, cost in onward.items()}
        history.append(came)
        if not reached:
            return None
    steps = [min(reached, key=lambda at: (reached[at] + _ending(place.end - at * grid, last), at))]
    for came in reversed(history):
        steps.append(came[steps[-1]])
    starts = [step * grid for step in reversed(steps)]
    return [_on_time(place.start, beat), *starts[1:]] if place.is_pinned else starts


def _wanted(place: Place, beat: float, last: float, delivery: Delivery) -> list[float]:
    """Say how many beats each syllable would take if nothing but its words mattered."""
    syllables = place.line.syllables
    slowest = delivery.pace * _SLOWEST.get(place.section.kind, _SLOW) / beat
    pace = min((place.end - place.start - last) / max(len(syllables) - 0.5, 1.0), slowest)
    wanted = [pace * _WEIGHTS[one.stress] * (_PAUSE if one.pauses else 1.0) for one in syllables]
    if len(syllables) > 1 and syllables[-1].stress == UNSTRESSED < syllables[-2].stress:
        wanted[-2] *= _FEMININE
    return wanted


def _suiting(place: Place, metre: Metre, theme: Unit, delivery: Delivery, grid: float) -> Callable[[int, int], float]:
    """Return what it costs a syllable (by number) to begin at a step of the grid."""
    syllables = place.line.syllables
    origin = bar_line(place.start, metre.beats)
    drawn = {round((origin + tone.start) / grid) for tone in theme}
    pressure = _stresses(syllables)
    pull = delivery.pull if pressure == 1.0 else _DRAWN_MORE

    def suits(index: int, step: int) -> float:
        cost = _misplaced(syllables[index], strength(step * grid, metre)) * pressure
        return cost - (pull if step in drawn else 0.0)

    return suits


def _firsts(place: Place, delivery: Delivery, grid: float) -> dict[int, float]:
    """Return the grid steps on which a line may begin, with what each costs."""
    nearest = round(place.start / grid)
    if place.is_pinned:
        return {nearest: 0.0}
    liked = place.start + delivery.entry
    earliest = max(math.ceil((place.start - place.lead_in) / grid), 0)
    latest = round((place.start + 1.0 + delivery.entry) / grid)
    return {step: 0.4 * abs(step * grid - liked) for step in range(earliest, latest + 1)}


def _on_time(start: float, beat: float) -> float:
    """Return the place of an LRC time: on the grid, where that is as good as exact."""
    near = round(start / STEP) * STEP
    return near if abs(near - start) * beat <= _ON_TIME else start


def _misplaced(syllable: Sung, strong: float) -> float:
    if syllable.stress == STRESSED:
        return 2.4 * (1.0 - strong)
    if syllable.stress == UNSTRESSED:
        return 1.1 * strong
    return 0.8 * abs(0.7 - strong)


def _stresses(syllables: Sequence[Sung]) -> float:
    """Say how much the stresses matter: little where nearly every syllable has one, as in Mandarin."""
    share = sum(one.stress == STRESSED for one in syllables) / len(syllables)
    return 1.0 if share < 0.8 or len(syllables) < 4 else 0.35


def _ending(left: float, wanted: float) -> float:
    """Say what it costs to have so many beats left for the last note."""
    return 1.5 * max(0.0, wanted - left) ** 2 + 0.12 * max(0.0, left - 2 * wanted)


def _held(place: Place, starts: Sequence[float], beat: float, last: float) -> Scanned:
    """Hold every note until the next one, but not for ever; a comma is a short rest, the end of a line a long one."""
    most = _HELD / beat
    lengths = []
    for syllable, start, then in zip(place.line.syllables, starts, [*starts[1:], place.end], strict=True):
        length = min(then - start, most)
        if syllable.pauses and length >= 1.0 and then < place.end:
            length -= 0.25
        lengths.append(length)
    lengths[-1] = min(lengths[-1], max(last, 0.8 / beat))
    return Scanned(tuple(starts), tuple(lengths))
