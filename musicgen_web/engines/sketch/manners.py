"""Manners of playing that every style may name in place of a pattern, written out by metre and energy.

A metre that is not written out is bent from 4/4. `walk` is no pattern: `walking.py` finds its notes.
"""

from __future__ import annotations

from collections.abc import Mapping

from musicgen_web.engines.sketch.metre import FOUR, Metre
from musicgen_web.engines.sketch.steps import FOURTH, THIRD, bar_of, flowing
from musicgen_web.engines.sketch.style import Player, Style, by_energy

Patterns = tuple[tuple[float, str], ...]

WALK = "walk"
HELD = ("pad", "drone", "counter", "bloom", "flicker", "cascade")  # for a whole song: `comping.py`
MANNERS: Mapping[str, Mapping[str, Patterns]] = {
    "octaves": {
        "4/4": ((0.0, "R...8...R...8..."), (0.45, "R.8.R.8.R.8.R.8."), (0.8, "R.8.R.8.R.8.R.a8")),
        "3/4": ((0.0, "R...8...8..."), (0.45, "R.8.R.8.R.8."), (0.8, "R.8.R.8.R.a8")),
        "6/8": ((0.0, "R.....8....."), (0.45, "R...8.R...8."), (0.8, "R.8.8.R.8.a.")),
    },
    "tumbao": {
        "4/4": ((0.0, "......5.....n..."), (0.75, "..5...5.....n...")),
        "3/4": ((0.0, "......5.n..."),),
        "6/8": ((0.0, "....5.....n."),),
    },
    "pedal": {
        "4/4": (
            (0.0, "t..............."), (0.4, "t.......t......."), (0.6, "t...t...t...t..."), (0.8, "t.t.t.t.t.t.t.t."),
        ),
        "6/8": ((0.0, "t..........."), (0.4, "t.....t....."), (0.6, "t...t.t...t."), (0.8, "t.t.t.t.t.t.")),
    },
    "travis": {
        "4/4": ((0.0, "b...3...1...3..."), (0.35, "b.3.1.4.b.3.1.4."), (0.7, "b.341.4.b.341.43")),
        "3/4": ((0.0, "b...3...1..."), (0.35, "b.3.1.4.1.3."), (0.7, "b.341.4.1.43")),
        "6/8": ((0.0, "b...3.1...3."), (0.35, "b.3.4.1.3.4."), (0.7, "b.34431.3443")),
    },
    "alberti": {
        "4/4": ((0.0, "1...3...2...3..."), (0.3, "1.3.2.3.1.3.2.3."), (0.85, "1323132313231323")),
        "3/4": ((0.0, "1...3...2..."), (0.3, "1.3.2.3.2.3."), (0.85, "132323132323")),
        "6/8": ((0.0, "1.....3....."), (0.3, "1.2.3.1.2.3."), (0.85, "1.2.3.123432")),
    },
    "skank": {
        "4/4": ((0.0, "....C-......C-.."), (0.4, "..C-..C-..C-..C-"), (0.85, "..C-..C-..C-..Cc")),
        "3/4": ((0.0, "....C-..C-.."), (0.4, "..C-..C-..C-"), (0.85, "..C-..C-..Cc")),
        "6/8": ((0.0, "....C-....C-"), (0.85, "..c-C-..c-C-")),
    },
    "montuno": {
        "4/4": (
            (0.0, "C.....u...1...A...3...u...1...A."),
            (0.55, "C...3.C...1...A...3...C...1...A."),
            (0.8, "C.1.3.C.1.3.1.A.1.3.1.C.1.3.1.A."),
        ),
    },
    "stabs": {
        "4/4": (
            (0.0, "C-.............."), (0.4, "C-....C-........"), (0.6, "..C-..C-....C-.."), (0.8, "C-.C-.C-..C-..C-"),
        ),
        "3/4": ((0.0, "C-.........."), (0.4, "C-....C-...."), (0.6, "..C-..C-...."), (0.8, "C-.C-.C-..C-")),
        "6/8": ((0.0, "C-.........."), (0.4, "C-..C-......"), (0.6, "..C-C-....C-"), (0.8, "C-..C-..C-C-")),
    },
    "strum": {
        "4/4": (
            (0.0, "C.......c......."), (0.35, "C...c.u.C.u.c.u."),
            (0.6, "C..uc.uuC.u.c.uu"), (0.85, "CcuuC.uuCcuuC.uu"),
        ),
        "3/4": ((0.0, "C..........."), (0.35, "C...c.u.c.u."), (0.6, "C..uc.u.c.uu"), (0.85, "CcuuC.u.C.uu")),
        "6/8": ((0.0, "C.....c....."), (0.35, "C...u.c...u."), (0.6, "C.u.u.c.u.u."), (0.85, "C.uuu.C.uuuu")),
    },
    "arpeggio16": {
        "4/4": ((0.0, "1.2.3.4.5.4.3.2."), (0.45, "1234543212345432"), (0.8, "1234543523454345")),
        "3/4": ((0.0, "1.2.3.4.3.2."), (0.45, "123454345432"), (0.8, "135243542345")),
        "6/8": ((0.0, "1.2.3.4.3.2."), (0.45, "123454234543"), (0.8, "135243245345")),
    },
    "oompah": {
        "4/4": ((0.0, "b.......u......."), (0.25, "b...u...b...u..."), (0.7, "b...C...b...C...")),
        "3/4": ((0.0, "b...u......."), (0.25, "b...u...u..."), (0.7, "b...C...C...")),
        "6/8": ((0.0, "b.....u....."), (0.25, "b...u.b...u."), (0.7, "b.C.C.b.C.C.")),
    },
}  # fmt: skip


def written(player: Player, style: Style, metre: Metre, energy: float) -> tuple[str, str]:
    """Return the pattern a player plays with so much energy, and the metre it is written in."""
    pattern = player.pattern(energy)
    if pattern not in MANNERS:
        return pattern, player.metre or style.metre
    name = metre.name if metre.name in MANNERS[pattern] else FOUR.name
    return by_energy(MANNERS[pattern][name], energy), name


def bar_for(player: Player, style: Style, metre: Metre, energy: float, number: int) -> str:
    """Return the steps of one bar of it, as they are in the metre that is played."""
    pattern, name = written(player, style, metre, energy)
    is_broken = not set(pattern) & set("CcuBRr")
    bar = bar_of(pattern, name, metre, number, FOURTH if is_broken else THIRD)
    return flowing(bar, metre, "3") if is_broken and name != metre.name else bar
