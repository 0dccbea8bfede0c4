"""Who sings: the voices of the band, and which of them a request gets."""

from __future__ import annotations

from dataclasses import dataclass

from musicgen_web.engines.sketch.chance import chance, pick
from musicgen_web.engines.sketch.style import Player
from musicgen_web.engines.sketch.wishes import Wishes


@dataclass(frozen=True, slots=True)
class Singer:
    """A voice and what it can sing: MIDI numbers of its lowest and its highest note."""

    name: str  # "high", as a prompt says it
    player: Player
    lowest: int
    highest: int

    @property
    def middle(self) -> int:
        """Round which a verse moves."""
        return self.lowest + 8

    def range(self, kind: str) -> tuple[int, int]:
        """Return what is sung in a section: a verse leaves a fourth above it to the chorus."""
        if kind == "chorus":
            return self.lowest + 4, self.highest
        return self.lowest, self.highest - (0 if kind == "bridge" else 3)


SINGERS = {
    "high": Singer("high", Player(name="High voice", instrument="high_voice", role="voice", patterns=()), 55, 74),
    "low": Singer("low", Player(name="Low voice", instrument="low_voice", role="voice", patterns=()), 45, 64),
}


def choose_singer(wishes: Wishes, seed: int) -> Singer | None:
    """Return who sings the words: whom the prompt asks for, else either; None where it wants no voice."""
    if wishes.voice == "none":
        return None
    return SINGERS.get(wishes.voice or "") or pick(chance(seed, "singer"), tuple(SINGERS.values()))
