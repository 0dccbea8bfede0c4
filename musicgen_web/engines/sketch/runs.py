"""Chords and scales quicker than any pattern: the console's broken chords, a nail or a hand drawn over strings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from musicgen_web.engines.sketch.chance import chance
from musicgen_web.engines.sketch.metre import STEP
from musicgen_web.engines.sketch.plan import Bar, Plan
from musicgen_web.engines.sketch.score import Note
from musicgen_web.engines.sketch.style import Player

CASCADE_BEATS = 1.25  # how long a run through the scale takes


def flicker(plan: Plan, player: Player, run: Sequence[Bar]) -> Iterator[Note]:
    """Run through the chord in thirty-seconds, as one voice does that stands for three."""
    for bar in run:
        for step in range(2 * bar.steps):
            start = bar.start + step * STEP / 2
            change = plan.change(start)
            if (bar.is_final and step > bar.steps) or (bar.energy < 0.7 and step % 8 >= 6):
                continue
            above = {pitch % 12: pitch + 12 for pitch in change.pitches}  # of two that are one tone, the higher
            tones = sorted(above.values())[-4:]
            loud = (0.62 if step % 8 == 0 else 0.52) * (0.8 + 0.25 * bar.energy)
            yield Note(start, 0.9 * STEP / 2, tones[step % len(tones)], loud)


def cascade(plan: Plan, player: Player, run: Sequence[Bar]) -> Iterator[Note]:
    """Run through the scale into every fourth bar, up or down, as a nail is drawn over the strings."""
    for bar in run:
        rng = chance(plan.seed, "cascade", player.name, bar.number)
        if bar.is_final or not (bar.left == 0 or bar.within % 4 == 3) or rng.random() < 0.3:
            continue
        end = bar.start + bar.beats
        pitches = [pitch for pitch in range(55, 85) if pitch % 12 in plan.change(end).scale]
        pitches = pitches[::-1] if rng.random() < 0.4 else pitches
        for place, pitch in enumerate(pitches):
            share = place / len(pitches)
            yield Note(end - CASCADE_BEATS * (1.0 - share), 2.0, pitch, 0.3 + 0.3 * share)
