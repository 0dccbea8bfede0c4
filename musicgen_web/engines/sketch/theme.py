"""Themes: a motif and what grows out of it, as rhythm and contour, before any chord bends it into pitches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from numpy.random import Generator

from musicgen_web.engines.sketch.chance import pick
from musicgen_web.engines.sketch.metre import STEP, Metre
from musicgen_web.engines.sketch.style import Tune


@dataclass(frozen=True, slots=True)
class Tone:
    """One note to be: beats from where its unit begins, and how many scale steps above or below the line it aims."""

    start: float
    length: float
    offset: float

    @property
    def end(self) -> float:
        return self.start + self.length


Unit = tuple[Tone, ...]  # two bars


@dataclass(frozen=True, slots=True)
class Theme:
    """What a kind of section sings: a question, its answers (one open, one closed), and something else for between."""

    question: Unit
    answer: Unit
    ending: Unit
    contrast: Unit


_SHAPES: tuple[tuple[int, ...], ...] = (
    (0, 1, 2, 3, 4, 3),
    (0, -1, -2, -3, -4, -3),
    (0, 1, 2, 1, 0, -1),
    (0, -1, -2, -1, 0, 1),
    (0, 0, 0, 2, 1, 0),
    (0, 1, 0, -1, 0, 2),
    (0, 4, 3, 2, 1, 0),
    (0, 2, 1, 3, 2, 4),
    (0, -3, -2, -1, 0, 1),
    (0, 2, 4, 3, 2, 1),
    (0, 0, 1, 1, 2, 0),
    (0, -2, 0, -1, -3, -2),
    (0, 1, 3, 2, 1, 0),
    (0, 0, -1, 0, 2, 1),
    (2, 0, 1, 0, -1, 0),
    (0, 3, 2, 0, 1, 2),
)


def invent(tune: Tune, kind: str, metre: Metre, rng: Generator) -> Theme:
    """Invent the theme of a kind of section out of one motif of three to six notes, in three beats of two to six."""
    beats = metre.beats
    cells = tune.cells.get(kind) or tune.cells["chorus" if kind in ("inst", "solo", "bridge") else "verse"]
    motif_rhythm = _motif_rhythm(cells, metre, rng)
    motif = _shaped(motif_rhythm, pick(rng, _SHAPES), rng)
    other = _shaped(_motif_rhythm(cells, metre, rng), pick(rng, _SHAPES), rng)
    held = rng.random() < 0.5
    sequel = _moved(motif, pick(rng, (0, 1, -1, 2, -2)))
    if rng.random() < 0.3:
        sequel = _inverted(sequel)
    question = (*motif, *_later(_breathing(_lengthened(sequel, metre) if held else sequel, beats), beats))
    head = motif if rng.random() < 0.65 else other
    answer = (*_moved(head, pick(rng, (-1, 0, 1))), *_later(_closing(tune, beats, rng, fall=False), beats))
    ending = (*_moved(motif, pick(rng, (-1, 0))), *_later(_closing(tune, beats, rng, fall=True), beats))
    rising = _moved(other, 1)
    contrast = (
        *rising,
        *_later(_breathing(_moved(other, 2) if rng.random() < 0.6 else _inverted(other), beats), beats),
    )
    return Theme(question, answer, ending, contrast)


def vary(unit: Unit, rng: Generator, amount: float, grain: float, pulse: float = 1.0) -> Unit:
    """Sing a unit again a little differently: split a long note, push one ahead of the beat, leave a light one out."""
    varied: list[Tone] = []
    for index, tone in enumerate(unit):
        roll = rng.random()
        before = varied[-1].end if varied else -0.5
        is_light = tone.start % pulse != 0.0
        if roll < 0.35 * amount and tone.length >= 2 * grain:
            part = grain if tone.length < 4 * grain or rng.random() < 0.5 else 2 * grain
            varied += [
                replace(tone, length=part),
                Tone(tone.start + part, tone.length - part, tone.offset + pick(rng, (1, -1, 0))),
            ]
        elif (
            roll < 0.55 * amount and not is_light and index and tone.start - before >= 0.0 and varied[-1].length > grain
        ):
            varied[-1] = replace(varied[-1], length=min(varied[-1].length, tone.start - grain - varied[-1].start))
            varied.append(Tone(tone.start - grain, tone.length + grain, tone.offset))
        elif roll < 0.68 * amount and is_light and index and tone.length <= 0.5 and len(unit) > 3:
            varied[-1] = replace(varied[-1], length=tone.end - varied[-1].start)
        else:
            varied.append(replace(tone, offset=tone.offset + (pick(rng, (1, -1, 2)) if roll > 1 - 0.3 * amount else 0)))
    return tuple(varied)


def lift(unit: Unit, steps: float) -> Unit:
    """Aim a unit higher or lower."""
    return _moved(unit, steps)


def _motif_rhythm(cells: Sequence[str], metre: Metre, rng: Generator) -> list[tuple[float, float]]:
    """Fill a bar with cells, so that it has three to six notes and begins within its first beat."""
    for _ in range(40):
        bar = ""
        while len(bar) < metre.steps:
            bar += pick(rng, cells)
        rhythm = read_rhythm(bar[: metre.steps])
        if metre.beats - 1 <= len(rhythm) <= 6 and rhythm[0][0] < 1.0:
            return rhythm
    return rhythm or [(0.0, float(metre.beats))]


def read_rhythm(bar: str) -> list[tuple[float, float]]:
    """Read "x=x=..x=" into starts and lengths in beats; a note the bar's end cuts off stays."""
    rhythm: list[tuple[float, float]] = []
    for step, mark in enumerate(bar):
        if mark == "x":
            rhythm.append((step * STEP, STEP))
        elif mark == "=" and rhythm:
            rhythm[-1] = (rhythm[-1][0], rhythm[-1][1] + STEP)
    return rhythm


def _shaped(rhythm: Sequence[tuple[float, float]], shape: Sequence[int], rng: Generator) -> Unit:
    bent = int(rng.random() * len(rhythm))
    return tuple(
        Tone(start, length, shape[min(place, len(shape) - 1)] + (pick(rng, (-1, 0, 1)) if place == bent else 0))
        for place, (start, length) in enumerate(rhythm)
    )


def _closing(tune: Tune, beats: int, rng: Generator, *, fall: bool) -> Unit:
    """Come to rest: a few notes into a long one, then breath."""
    rhythm = read_rhythm(pick(rng, tune.closings)[: beats * 4]) or [(0.0, 2.0)]
    last = -2.0 if fall else pick(rng, (0.0, 1.0, -1.0))
    first = pick(rng, (1.0, 2.0, 0.0)) if fall else pick(rng, (-1.0, 0.0, 2.0))
    count = max(len(rhythm) - 1, 1)
    return tuple(
        Tone(start, length, first + (last - first) * place / count) for place, (start, length) in enumerate(rhythm)
    )


def _lengthened(unit: Unit, metre: Metre) -> Unit:
    """Let the bar's second half be one held note."""
    middle = metre.middle
    kept = [tone for tone in unit if tone.start < middle]
    held = Tone(middle, metre.beats - middle - 0.5, kept[-1].offset + 1) if kept else None
    return (*kept, held) if held and kept[-1].end <= middle else tuple(unit)


def _breathing(unit: Unit, beats: int) -> Unit:
    """Leave at least half a beat of rest at the end of the bar."""
    fitting = [tone for tone in unit if tone.start < beats - 0.75]
    return tuple(replace(tone, length=min(tone.length, beats - 0.5 - tone.start)) for tone in fitting)


def _moved(unit: Unit, steps: float) -> Unit:
    return tuple(replace(tone, offset=tone.offset + steps) for tone in unit)


def _inverted(unit: Unit) -> Unit:
    return tuple(replace(tone, offset=2 * unit[0].offset - tone.offset) for tone in unit)


def _later(unit: Unit, beats: float) -> Unit:
    return tuple(replace(tone, start=tone.start + beats) for tone in unit)
