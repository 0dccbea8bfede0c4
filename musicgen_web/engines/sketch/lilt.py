"""A style in a metre: what it wrote for that one, and a rhythm for its tunes where it wrote none.

Patterns without a version of their own are bent where they are read (`steps.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from musicgen_web.engines.sketch.metre import METRES
from musicgen_web.engines.sketch.style import Groove, Player, Style, Tune

_LIKEST = 5  # cells that are kept of a metre's
_CELLS: Mapping[str, tuple[str, ...]] = {  # whole bars, in 4/4 halves of one
    "4/4": ("x=======", "x===x===", "x=====x=", "x=x=x===", "x===x=x=", "..x=x===", "x=x=====", "x=x=x=x=", "x==x==x="),
    "3/4": (
        "x===========", "x=======x===", "x===x=======", "x===x===x===", "x=====x=x===", "x=======x=x=", "x=x=x===x===",
        "x===x=x=x===", "....x===x===", "x===x===x=x=", "x=x=x=x=x===", "x=x=x=x=x=x=",
    ),
    "6/8": (
        "x===========", "x=====x=====", "x===x=x=====", "x=====x===x=", "x===x=x===x=", "x=========x=", "x=x=x=x=====",
        "x=====x=x=x=", "x===x=x=x=x=", "x=x=x=x===x=", "..x=x=x===x=", "x=x=x=x=x=x=",
    ),
    "2/4": ("x=======", "x===x===", "x=====x=", "x=x=x===", "x===x=x=", "x=x=x=x=", "..x=x==="),
}  # fmt: skip
_CLOSINGS: Mapping[str, tuple[str, ...]] = {
    "4/4": ("x===x=======....", "x===========....", "x=x=x=======....", "x=======........"),
    "3/4": ("x=========..", "x=======....", "x===x=====..", "x=x=x=====..", "x===x===...."),
    "6/8": ("x=========..", "x=====x===..", "x===x=x===..", "x=====......", "x=x=x=x===.."),
    "2/4": ("x=====..", "x===x=..", "x=x===..", "x=x=x=.."),
}


def in_metre(style: Style, metre: str) -> Style:
    """Return the style with everything it has for a metre."""
    tune = style.tunes.get(metre)
    is_swung = METRES[metre].pulse % (2 * style.swing_unit) == 0.0  # pairs of eighths do not fill a dotted quarter
    return replace(
        style,
        swing=style.swing if is_swung else 0.5,
        grooves=_written_for(metre, style.metre, style.grooves),
        fills=_written_for(metre, style.metre, style.fills),
        tune=_fitted(tune, metre, metre) if tune else _fitted(style.tune, style.tune.metre or style.metre, metre),
        band=tuple(_ready(player, metre) for player in style.band),
    )


def _written_for(metre: str, own: str, grooves: Sequence[Groove]) -> tuple[Groove, ...]:
    fitting = tuple(groove for groove in grooves if (groove.metre or own) == metre)
    return fitting or tuple(groove for groove in grooves if (groove.metre or own) == own)


def _ready(player: Player, metre: str) -> Player:
    return replace(player, patterns=player.metres[metre], metre=metre) if metre in player.metres else player


def _fitted(tune: Tune, written: str, metre: str) -> Tune:
    """Return a tune whose cells and closings fill bars of a metre: its own, or some that move about as much."""
    steps = METRES[metre].steps
    lengths = {len(cell) for cells in tune.cells.values() for cell in cells}
    if written == metre and all(steps % length == 0 for length in lengths):
        return tune
    cells = {kind: _like(own, _CELLS[metre]) for kind, own in tune.cells.items()}
    return replace(tune, cells=cells, closings=_CLOSINGS[metre])


def _like(own: Sequence[str], cells: Sequence[str]) -> tuple[str, ...]:
    """Choose the cells whose number of notes a beat is nearest to that of a style's own."""
    pace = sum(cell.count("x") for cell in own) / sum(map(len, own))
    nearest = sorted(cells, key=lambda cell: abs(cell.count("x") / len(cell) - pace))
    return tuple(cell for cell in cells if cell in nearest[:_LIKEST])
