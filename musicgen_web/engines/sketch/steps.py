"""Patterns in steps of a sixteenth: which bar of one is played, and what becomes of it in another metre.

Everything is bent by way of 4/4. To 3/4 a bar loses one of its beats, to 6/8 each of its beats becomes a dotted quarter
(so that one bar becomes two), to 2/4 it falls into halves.
"""

from __future__ import annotations

from functools import lru_cache

from musicgen_web.engines.sketch.metre import FOUR, METRES, Metre

THIRD, FOURTH = 2, 3  # the beat of four that three leave out
_LATER = ((), (4,), (2, 4), (2, 4))  # where a pulse of six has what came after the first of four


def bar_of(pattern: str, written: str, metre: Metre, number: int, lost: int = THIRD) -> str:
    """Return the steps of one bar, the `number`th since the pattern began, in the metre that is played."""
    bent = bend(pattern, written, metre.name, lost)
    bars = max(1, len(bent) // metre.steps)
    offset = number % bars * metre.steps
    return bent[offset : offset + metre.steps].ljust(metre.steps, ".")


@lru_cache(maxsize=4096)
def bend(pattern: str, written: str, metre: str, lost: int = THIRD) -> str:
    """Rewrite a pattern for another metre; what is no whole number of bars of its own was written for 4/4."""
    if len(pattern) % METRES[written].steps:
        written = FOUR.name
    if written == metre:
        return pattern
    return _from_four(_to_four(pattern, written), metre, lost)


def _to_four(pattern: str, written: str) -> str:
    if written == "3/4":  # oom-pah-pah becomes oom-pah-oom-pah
        bars = [pattern[at : at + 12] for at in range(0, len(pattern), 12)]
        return "".join(bar[:8] + bar[:4] + bar[8:] for bar in bars)
    if written == "6/8":
        pattern = "".join(_beat(pattern[at : at + 6]) for at in range(0, len(pattern), 6))
    return pattern if len(pattern) % 16 == 0 else pattern * 2


def _from_four(pattern: str, metre: str, lost: int) -> str:
    bars = [pattern[at : at + 16] for at in range(0, len(pattern), 16)]
    if metre == "3/4":
        return "".join(bar[: 4 * lost] + bar[4 * lost + 4 :] for bar in bars)
    if metre == "6/8":
        return "".join(_pulse(pattern[at : at + 4]) for at in range(0, len(pattern), 4))
    return pattern


def _pulse(beat: str) -> str:
    """Turn a beat of four steps into one of six: what came between goes to the second and third eighth."""
    pulse = [beat[:1], *"....."]
    later = [mark for mark in beat[1:] if mark != "."]
    places = (2,) if len(later) == 1 and beat[1:2] != "." else _LATER[len(later)]
    for place, mark in zip(places, (later[0], later[-1]) if later else (), strict=False):
        pulse[place] = mark
    return "".join(pulse)


def _beat(pulse: str) -> str:
    """Turn a beat of six steps into one of four: its last eighth is the off-beat."""
    beat = [pulse[0], "."]
    beat += [next((mark for mark in (pulse[4], pulse[2]) if mark != "."), "."), pulse[5]]
    return "".join(beat)


def flowing(bar: str, metre: Metre, mark: str) -> str:
    """Fill the hole of a bent pattern in 6/8: what plays the first and third eighth of a beat plays the second, too."""
    if metre.pulse == 1.0:
        return bar
    filled = list(bar)
    for at in range(0, len(bar) - 5, metre.pulse_steps):
        if bar[at] != "." and bar[at + 4] != "." and bar[at + 2] == ".":
            filled[at + 2] = mark
    return "".join(filled)
