"""The measure of a song: a tempo, the bars it gives a duration, and how the last beats slow down."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from musicgen_web.engines.sketch.chance import chance
from musicgen_web.engines.sketch.metre import Metre
from musicgen_web.engines.sketch.style import Style
from musicgen_web.engines.sketch.wishes import Wishes, tempos

_BARS = {
    "intro": 4,
    "verse": 8,
    "pre-chorus": 4,
    "chorus": 8,
    "bridge": 8,
    "solo": 8,
    "inst": 4,
    "outro": 4,
    "ending": 2,
}
_SHORT_BAR = 1.4  # seconds: sections have twice as many bars of such


@dataclass(frozen=True, slots=True)
class Measure:
    """A tempo with the number of bars it gives."""

    bpm: float
    beats: int
    bars: int  # the last one rings
    ring: float
    ring_wanted: float
    slowing: tuple[float, ...]  # factors of the beats before the last bar
    usual: Mapping[str, int] = field(hash=False)  # bars of each kind of section when nothing presses

    @property
    def bar(self) -> float:
        return self.beats * 60 / self.bpm

    def tempo_map(self, duration: float) -> tuple[tuple[float, float], ...]:
        last = (self.bars - 1) * self.beats
        beat = 60 / self.bpm
        knots = [(0.0, 0.0)]
        if self.slowing:
            knots.append((float(last - len(self.slowing)), (last - len(self.slowing)) * beat))
            for factor in self.slowing:
                knots.append((knots[-1][0] + 1.0, knots[-1][1] + beat * factor))
        else:
            knots.append((float(last), last * beat))
        if knots[1] == (0.0, 0.0):
            knots.pop(0)
        return (*knots, (float(last + self.beats), duration))


def likely_tempos(wishes: Wishes, style: Style, seed: int) -> list[float]:
    """Return the tempos to try, the best liked first."""
    if wishes.bpm:
        return [wishes.bpm]
    lowest, middle, highest = tempos(wishes, style)
    liked = middle + (chance(seed, "tempo").random() - 0.5) * (style.tempo[1] - style.tempo[0]) * 0.45
    liked = min(max(liked, lowest), highest)
    near = [float(bpm) for bpm in range(math.ceil(lowest), math.floor(highest) + 1)]
    return sorted(near, key=lambda bpm: abs(bpm - liked))


def measure(style: Style, bpm: float, metre: Metre, duration: float) -> Measure:
    beats = metre.beats
    bar = beats * 60 / bpm
    short, long = style.ring
    if duration < 20:
        short, long = min(short, 1.2 + duration / 20), min(long, 2.6)
    bars = max(1, math.floor((duration - short) / bar + 1e-9))
    slow_beats = beats if bars >= 6 and style.ritardando and not style.fade else 0
    slowing = tuple(1 + style.ritardando * ((index + 1) / beats) ** 1.5 for index in range(slow_beats))
    extra = (sum(slowing) - slow_beats) * 60 / bpm
    if duration - bars * bar - extra < min(short, 1.0) and bars > 1:
        slowing, extra = (), 0.0
    ring = duration - bars * bar - extra
    usual = _BARS if bar >= _SHORT_BAR else {kind: 2 * count for kind, count in _BARS.items()}
    return Measure(bpm, beats, bars + 1, ring, (short + long) / 2, slowing, {**usual, **style.section_bars})
