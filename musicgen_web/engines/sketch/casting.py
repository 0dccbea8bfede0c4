"""Who sings: the voices, and what each of them can sing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from musicgen_web.engines.sketch.style import Player


@dataclass(frozen=True, slots=True)
class Singer:
    """A voice and what it can sing: MIDI numbers of its lowest and its highest note."""

    name: str  # "high", as a prompt says it
    player: Player
    lowest: int
    highest: int
    is_many: bool = False  # never alone: a second voice goes along everywhere

    @property
    def middle(self) -> int:
        """Round which a verse moves."""
        return self.lowest + 8

    def range(self, kind: str, returns: int) -> tuple[int, int]:
        """Return what is sung in a section: a verse leaves a fourth above it to the chorus, a chorus a third to its
        returns."""
        if kind == "chorus":
            return self.lowest + 3, self.highest - (0 if returns else 3)
        return self.lowest, self.highest - (2 if kind == "bridge" else 4)


def _singer(name: str, instrument: str, lowest: int, highest: int) -> Singer:
    player = Player(name=f"{name.capitalize()} voice", instrument=instrument, role="voice", patterns=())
    return Singer(name, player, lowest, highest)


SINGERS = {
    "high": _singer("high", "voice:high", 55, 74),
    "low": _singer("low", "voice:low", 45, 64),
    "choir": replace(_singer("choir", "voice:high:double", 55, 74), is_many=True),
}
