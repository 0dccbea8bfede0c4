"""How the beats of a bar are counted. Everywhere in this package a beat is a quarter note; a bar has so many."""

from __future__ import annotations

from dataclasses import dataclass

STEP = 0.25  # beats: patterns count sixteenths


@dataclass(frozen=True, slots=True)
class Metre:
    """A time signature. `beats`: quarter notes in a bar; `pulse`: quarter notes to one counted beat, as in "60 bpm"."""

    name: str
    beats: int
    pulse: float = 1.0

    @property
    def steps(self) -> int:
        """Sixteenths in a bar."""
        return round(self.beats / STEP)

    @property
    def pulse_steps(self) -> int:
        """Sixteenths in one counted beat."""
        return round(self.pulse / STEP)

    @property
    def last(self) -> int:
        """The step of the last counted beat."""
        return self.steps - self.pulse_steps

    @property
    def stress(self) -> float:
        """Quarters from one strong beat to the next: half a bar of four or of six eighths, a whole bar of three."""
        return self.beats / 2 if self.beats == 4 or self.pulse != 1.0 else float(self.beats)

    @property
    def middle(self) -> float:
        """Where a bar's second half begins, in quarter notes: in three it is the longer one."""
        return 1.0 if self.beats == 3 and self.pulse == 1.0 else self.beats / 2

    def shares(self, count: int) -> tuple[float, ...]:
        """Share a bar among chords, so that every one begins on a beat: the first has what is left over."""
        unit = next((unit for unit in (self.pulse, 0.5, STEP) if count * unit <= self.beats), STEP)
        each = unit * max(1, int(self.beats / unit) // count)
        return (self.beats - each * (count - 1), *[each] * (count - 1))

    def is_strong(self, beat: float) -> bool:
        return beat % self.stress == 0


FOUR = Metre("4/4", 4)
METRES = {metre.name: metre for metre in (FOUR, Metre("3/4", 3), Metre("6/8", 3, 1.5), Metre("2/4", 2))}


def paced(tempo: tuple[int, int], own: str, asked: str) -> tuple[float, float]:
    """Return the slowest and fastest tempo in the beats of the metre asked for; the eighths stay as quick."""
    factor = METRES[own].pulse / METRES[asked].pulse
    return tempo[0] * factor, tempo[1] * factor
