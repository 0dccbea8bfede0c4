"""How the beats of a bar are counted. Everywhere in this package a beat is a quarter note; a bar has so many."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Metre:
    """A time signature. `beats`: quarter notes in a bar; `pulse`: quarter notes to one counted beat, as in "60 bpm"."""

    name: str
    beats: int
    pulse: float = 1.0


FOUR = Metre("4/4", 4)
METRES = {metre.name: metre for metre in (FOUR, Metre("3/4", 3), Metre("6/8", 3, 1.5), Metre("2/4", 2))}
