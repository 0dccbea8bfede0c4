"""A song's plan in bars: a tempo, so many beats for each line, so many bars between the sections."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

TEMPOS = tuple(range(66, 139, 4))  # beats a minute that a song is given when nobody asks for another
USUAL_TEMPO = 98
BEATS = 4  # in a bar
GRIDS = (8, 4, 2, 1)  # beats that a line's length is a whole number of
EASES = (1.0, 1.15, 1.35, 1.6, 2.0, 2.6)  # how much longer a line is than the model needs at the least
USUAL_EASE = 1.35
USUAL_REST = 0.2  # the share of a song without words

LONGEST_LINE = 12.0  # seconds from one line to the next within a section
LONGEST_GAP = 15.0  # seconds without words
LONGEST_OUTRO = 24.0
SHORTEST_OUTRO = 1.0
SHORTEST_INTRO = 1.0

_STAGES = (
    ("intro", 2),
    ("break", 1),
    ("intro", 4),
    ("break", 2),
    ("outro", 2),
    ("break", 4),
    ("intro", 8),
    ("break", 8),
)
"""In which order the bars that are left over are given away."""


@dataclass(frozen=True, slots=True)
class Need:
    """What one line needs at the least, and how long its sounds take, in seconds."""

    least: float
    sounds: float


@dataclass(frozen=True, slots=True)
class Part:
    """The lines of one section, and whether a tag asks for a break before it."""

    needs: tuple[Need, ...]
    has_break: bool = False


@dataclass(frozen=True)
class Arrangement:
    """One way to play the parts: every line on its grid, every part a whole number of bars where there is room."""

    parts: tuple[Part, ...]
    tempo: float
    ease: float
    grid: int

    @property
    def beat(self) -> float:
        return 60 / self.tempo

    @property
    def bar(self) -> float:
        return BEATS * self.beat

    @cached_property
    def lengths(self) -> tuple[tuple[int, ...], ...]:
        """Beats of every line, part by part; the last line of a part has its rest with it."""
        return tuple(self._filled([self._beats(need) for need in part.needs]) for part in self.parts)

    def _beats(self, need: Need) -> int:
        wanted = max(need.least, min(need.least * self.ease, LONGEST_LINE))
        return max(1, math.ceil(wanted / self.beat / self.grid - 1e-9)) * self.grid

    def _filled(self, beats: list[int]) -> tuple[int, ...]:
        whole = BEATS * {8: 4, 4: 2, 2: 1, 1: 0}[self.grid] or 1
        return (*beats[:-1], beats[-1] + -sum(beats) % whole)

    @cached_property
    def sung(self) -> float:
        return sum(map(sum, self.lengths)) * self.beat

    @cached_property
    def least_bars(self) -> tuple[int, ...]:
        """Bars before each part, at the least: the first has the intro."""
        intro = max(1, math.ceil(SHORTEST_INTRO / self.bar))
        return (intro, *(2 if part.has_break else 0 for part in self.parts[1:]))

    @cached_property
    def most_bars(self) -> tuple[int, ...]:
        before = [
            LONGEST_GAP - (beats[-1] * self.beat - part.needs[-1].sounds)
            for beats, part in zip(self.lengths, self.parts, strict=True)
        ]
        room = (LONGEST_GAP, *before[:-1])
        return tuple(
            max(least, min(8, int(seconds / self.bar))) for least, seconds in zip(self.least_bars, room, strict=True)
        )

    @property
    def least(self) -> float:
        return self.sung + sum(self.least_bars) * self.bar + SHORTEST_OUTRO

    @property
    def most(self) -> float:
        return self.sung + sum(self.most_bars) * self.bar + LONGEST_OUTRO

    @property
    def usual(self) -> float:
        """The length at which nothing is cramped and nothing drawn out."""
        return min(self.most, self.sung + self.bar * (4 + sum(max(2, bars) for bars in self.least_bars[1:]) + 3))

    def bars(self, duration: float) -> list[int]:
        """Return the bars before each part in a song of this length; what is left over is the outro."""
        bars, spare = list(self.least_bars), duration - self.least
        outro = 0
        for kind, target in _STAGES:
            if kind == "outro":
                taken = min(target - outro, max(0, int(spare / self.bar)))
                outro, spare = outro + taken, spare - taken * self.bar
                continue
            for place in [0] if kind == "intro" else range(1, len(bars)):
                taken = min(min(target, self.most_bars[place]) - bars[place], max(0, int(spare / self.bar)))
                if taken > 0:
                    bars[place], spare = bars[place] + taken, spare - taken * self.bar
        return bars

    def cost(self, duration: float, tempo: float) -> float:
        """Say how far this is from an easy song: 0 is best."""
        return (
            abs(math.log(self.ease / USUAL_EASE))
            + 1.5 * abs(math.log(self.tempo / tempo))
            + {8: 0.1, 4: 0.0, 2: 0.25, 1: 0.8}[self.grid]
            + 2 * abs((duration - self.sung) / duration - USUAL_REST)
        )


def arrangements(parts: Sequence[Part], tempo: float | None) -> Iterator[Arrangement]:
    """Offer every way to play the parts: the tempo that is asked for, or all that are plausible."""
    for bpm in TEMPOS if tempo is None else (tempo,):
        for ease in EASES:
            for grid in GRIDS:
                offered = Arrangement(tuple(parts), bpm, ease, grid)
                if all(beats * offered.beat <= LONGEST_LINE + need.least for beats, need in _inner(offered)):
                    yield offered


def _inner(offered: Arrangement) -> Iterator[tuple[int, Need]]:
    for lengths, part in zip(offered.lengths, offered.parts, strict=True):
        yield from zip(lengths, part.needs, strict=True)
