"""The plan every player reads: style, form, chords, and the places in them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from musicgen_web.engines.sketch.chance import chance, pick
from musicgen_web.engines.sketch.form import Form
from musicgen_web.engines.sketch.harmony import Change
from musicgen_web.engines.sketch.metre import STEP
from musicgen_web.engines.sketch.score import Section
from musicgen_web.engines.sketch.style import Style
from musicgen_web.engines.sketch.theory import Key

LONGEST_HOLE = 0.44  # seconds


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar and where it stands. `energy` rises a little every four bars of its section."""

    number: int
    start: float
    beats: int
    section: Section
    within: int  # bars since the section began
    left: int  # bars after this one in the section
    energy: float
    occurrence: int  # how often this kind of section has been before
    is_final: bool  # the last chord rings
    next_energy: float  # of the bar that follows
    turn: str = ""  # how the section ends, one of the style's turns: "stop" leaves out the last beat

    @property
    def steps(self) -> int:
        return self.beats * 4


@dataclass(frozen=True, slots=True)
class Plan:
    """A song before its notes. Times in beats."""

    seed: int
    style: Style
    key: Key
    form: Form
    changes: tuple[Change, ...]
    bars: tuple[Bar, ...]
    starts: tuple[float, ...]  # of the changes
    sung: tuple[tuple[float, float], ...] = ()  # from beat to beat, in order: where a voice sings

    @property
    def end(self) -> float:
        """The last beat's end."""
        return float(self.form.bars * self.form.beats_per_bar)

    @property
    def final(self) -> float:
        """Where the last chord begins."""
        return float((self.form.bars - 1) * self.form.beats_per_bar)

    def change(self, beat: float) -> Change:
        """Return the chord that sounds at a beat."""
        return self.changes[max(bisect_right(self.starts, beat + 1e-6) - 1, 0)]

    def after(self, beat: float) -> Change:
        """Return the chord that follows the one at a beat."""
        return self.changes[min(max(bisect_right(self.starts, beat + 1e-6), 1), len(self.changes) - 1)]

    def within(self, start: float, end: float) -> tuple[Change, ...]:
        """Return the chords that sound between two beats."""
        first = max(bisect_right(self.starts, start + 1e-6) - 1, 0)
        return self.changes[first : bisect_right(self.starts, end - 1e-6)]

    @property
    def hole(self) -> int:
        """The step from which a stop leaves a bar's last beat out: where a beat is long, a little later."""
        metre = self.form.metre
        step = STEP * 60 / self.form.bpm
        return metre.last + max(0, metre.pulse_steps - int(LONGEST_HOLE / step))

    def raised(self, beat: float) -> int:
        """Return how many semitones higher than at its beginning the song lies at a beat."""
        return (self.change(beat).key.tonic - self.key.tonic) % 12

    def is_sung(self, beat: float) -> bool:
        """Whether a voice sings at a beat."""
        last = bisect_right(self.sung, (beat, float("inf"))) - 1
        return last >= 0 and beat < self.sung[last][1]

    def bars_of(self, section: Section) -> tuple[Bar, ...]:
        return tuple(bar for bar in self.bars if bar.section is section)


def plan(seed: int, style: Style, key: Key, form: Form, changes: tuple[Change, ...]) -> Plan:
    """Number the bars and hand everything to the players."""
    bars = tuple(_bars(form, style, seed))
    return Plan(seed, style, key, form, changes, bars, tuple(change.start for change in changes))


def _bars(form: Form, style: Style, seed: int) -> Iterator[Bar]:
    beats = form.beats_per_bar
    number = 0
    seen: dict[str, int] = {}
    turns = _turns(form, style, seed)
    for index, section in enumerate(form.sections):
        count = round(section.length / beats)
        following = form.sections[index + 1].energy if index + 1 < len(form.sections) else 0.0
        for within in range(count):
            energy = _energy(section, within)
            then = _energy(section, within + 1) if within + 1 < count else following
            yield Bar(
                number, number * float(beats), beats, section, within, count - within - 1, energy,
                seen.get(section.kind, 0), number == form.bars - 1, then, turns[index] if within + 1 == count else "",
            )  # fmt: skip
            number += 1
        seen[section.kind] = seen.get(section.kind, 0) + 1


def _turns(form: Form, style: Style, seed: int) -> list[str]:
    """Choose for each section how it hands over: into a louder one by turns, never the same way twice running."""
    rng = chance(seed, "turns")
    turns: list[str] = []
    for index, section in enumerate(form.sections):
        following = form.sections[index + 1] if index + 1 < len(form.sections) else None
        rises = following is not None and following.energy > section.energy + 0.1
        before = next((turn for turn in reversed(turns) if turn), "")
        options = [turn for turn in style.turns if turn != before] or list(style.turns)
        chosen = pick(rng, options)
        has_room = section.length >= 4 * form.beats_per_bar
        turns.append(chosen if rises and has_room else "")
    return turns


def _energy(section: Section, within: int) -> float:
    """Let a section grow: a little every four bars, more every eight; an end dies away instead."""
    growth = 0.03 * (within // 4) + 0.03 * (within // 8)
    if section.kind in ("outro", "ending"):
        growth = -growth
    return min(1.0, max(0.0, section.energy + growth))
