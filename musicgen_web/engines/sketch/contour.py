"""Finds the pitches of a line: chord tones where it is strong, steps between, leaps taken back, one highest note."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from musicgen_web.engines.sketch.score import Note

LOWEST, HIGHEST = 57, 88
_WINDOW = 5  # semitones round the target that are tried
_LEAPS = (0.0, 0.0, 0.0, 0.7, 0.9, 1.6, 9.0, 2.4, 5.0, 6.0, 9.0, 9.0, 4.5)  # what an interval costs, by semitones
_TOO_FAR = 40.0
_WIDEST = 48  # semitones between two notes that are ever compared
_STEPS = (*range(_WIDEST + 1), *range(-_WIDEST, 0))
_AVOIDED = 4.0


@dataclass(frozen=True, slots=True)
class Aim:
    """A note that still looks for its pitch: where it is, what it aims at (a MIDI number with fractions), what fits."""

    start: float
    length: float
    target: float
    chord: frozenset[int]
    scale: frozenset[int]
    is_strong: bool
    tonic: frozenset[int]  # the key's own triad, a little dearer than other notes
    home: frozenset[int]  # when not empty: where a section may end
    noise: float  # 0–1, the composer's ear: which of two good notes
    leap: float
    is_climax: bool
    opens: bool = False  # a bar
    stay: float = 0.9  # what it costs to be the note before again
    firm: float = 1.0  # how firmly it holds to its target
    avoid: int | None = None  # the pitch it had the first time, when it is to be sung otherwise


def solve(
    aims: Sequence[Aim], before: int | None = None, *, lowest: int = LOWEST, highest: int = HIGHEST
) -> list[Note]:
    """Return the line that costs least: a shortest path over pairs of neighbouring pitches, `lowest` … `highest`."""
    options = _options(aims, lowest, highest)
    # cost of the best way to (pitch before, pitch), and where it came from
    reached: dict[tuple[int, int], float] = {}
    for pitch, cost in options[0]:
        start = before if before is not None else pitch
        reached[start, pitch] = cost + 0.3 * _interval(start - pitch, aims[0])
    history: list[dict[tuple[int, int], int]] = []
    for aim, choices in zip(aims[1:], options[1:], strict=True):
        onward: dict[tuple[int, int], float] = {}
        came: dict[tuple[int, int], int] = {}
        intervals = [_interval(step, aim) for step in _STEPS]
        for (first, second), so_far in reached.items():
            recoveries = _recoveries(second - first)
            for pitch, cost in choices:
                step = pitch - second
                total = so_far + cost + intervals[step] + recoveries[step]
                if total < onward.get((second, pitch), 1e9):
                    onward[second, pitch] = total
                    came[second, pitch] = first
        history.append(came)
        reached = onward
    pair = min(reached, key=lambda key: (reached[key], key))
    pitches = [pair[1]]
    for came in reversed(history):
        pitches.append(pair[0])
        pair = (came[pair], pair[0])
    return [_note(aim, pitch) for aim, pitch in zip(aims, reversed(pitches), strict=True)]


def _options(aims: Sequence[Aim], lowest: int, highest: int) -> list[list[tuple[int, float]]]:
    """List for each note the pitches worth trying with what they cost on their own; the climax stays alone up there."""
    top = next((_climax(aim, lowest, highest) for aim in aims if aim.is_climax), None)
    options = []
    for aim in aims:
        if aim.is_climax and top is not None:
            options.append([(top, 0.0)])
            continue
        centre = round(aim.target)
        ceiling = min(highest, top - 1 if top is not None else highest)
        low, high = max(lowest, centre - _WINDOW), min(ceiling, centre + _WINDOW)
        if high - low < 5:
            low, high = max(lowest, high - 7), max(high, lowest + 7)
            high = min(high, ceiling)
        options.append([(pitch, _own_cost(aim, pitch)) for pitch in range(low, high + 1) if pitch % 12 in aim.scale])
    return options


def _climax(aim: Aim, lowest: int, highest: int) -> int:
    fitting = [pitch for pitch in range(min(lowest + 8, highest - 7), highest + 1) if pitch % 12 in aim.chord]
    return min(fitting, key=lambda pitch: (abs(pitch - aim.target), pitch))


def _own_cost(aim: Aim, pitch: int) -> float:
    tone = pitch % 12
    away = abs(pitch - aim.target)
    cost = aim.firm * (0.28 * away + 0.07 * away * away)
    if tone not in aim.chord:
        cost += 7.0 if aim.is_strong else 0.7
        if (tone - 1) % 12 in aim.chord:
            cost += 1.2 * min(aim.length, 2.0)  # a half step over a chord tone bites
    cost -= 0.8 if tone in aim.tonic else 0.0
    cost += _AVOIDED if pitch == aim.avoid else 0.0
    if aim.home:
        cost += 0.0 if tone in aim.home else 9.0
    return cost + 0.9 * ((aim.noise * 7.13 + pitch * 0.618) % 1.0)


@cache
def _recoveries(was: int) -> list[float]:
    """List what each next step costs after an interval, by step: a negative one counts from the end."""
    return [_recovery(was, step) for step in _STEPS]


def _interval(step: int, aim: Aim) -> float:
    size = abs(step)
    if size == 0:
        return aim.stay / aim.leap
    return _LEAPS[size] / aim.leap if size <= 12 else _TOO_FAR


def _recovery(was: int, step: int) -> float:
    """Say what it costs when a leap is not taken back by a step the other way, or a note comes a third time."""
    if was == 0 and step == 0:
        return 0.8
    if abs(was) < 5:
        return 0.0
    if was * step < 0:
        return 0.0 if abs(step) <= 2 else 0.6
    return 2.2 if step == 0 or abs(step) <= 2 else 4.5


def _note(aim: Aim, pitch: int) -> Note:
    loud = 0.66 + (0.1 if aim.is_strong else 0.0) + (0.1 if aim.is_climax else 0.0) + (0.05 if aim.opens else 0.0)
    legato = aim.length * 0.96 if aim.length < 1.0 else aim.length - 0.06
    return Note(aim.start, legato, pitch, loud)
