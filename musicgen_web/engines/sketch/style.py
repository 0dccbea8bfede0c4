"""A style as data: what the band plays and how it sounds. Every file in styles/ holds one; adding it is enough."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module

from musicgen_web.engines.sketch import styles


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """How a style's room, tape and console sound. `reverb_send` per role, 0–1; `width` 0–1; `drive`, `vinyl` 0–1."""

    reverb_t60: float  # seconds
    reverb_predelay: float  # seconds
    reverb_send: Mapping[str, float]
    kit: str
    echo_send: Mapping[str, float] = field(default_factory=lambda: {"lead": 1.0})  # per role; a dotted eighth later
    lowpass_hz: float | None = None
    vinyl: float = 0.0
    wow_cents: float = 0.0
    sidechain_db: float = 0.0
    press: float = 0.2  # how much of the drums stands pressed flat beside them, 0–1
    drive: float = 0.0
    width: float = 0.7
    ride_db: float = 4.0  # between a section of no energy and one of full
    ride_seconds: float = 0.12  # how long the hand takes
    tilt_db_per_octave: float = -4.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Player:
    """One chair of the band: who plays, from which energy of a section on, in which kinds of section, and what.

    `patterns` are (from this energy, what to play): steps of a sixteenth, one or more bars, or the name of a manner
    (`manners.py`). The letters are explained where they are read: `comping.py`, `bassline.py`, `melody.py`.
    """

    name: str
    instrument: str
    role: str
    patterns: tuple[tuple[float, str], ...]
    enters: float = 0.0
    kinds: frozenset[str] | None = None
    level_db: float = 0.0
    pan: float = 0.0
    left_out: tuple[str, ...] = ()  # how the names of drums begin that do not play
    metre: str = ""  # that the patterns are written in, where it is not the style's own
    metres: Mapping[str, tuple[tuple[float, str], ...]] = field(default_factory=dict)  # patterns for other metres

    def plays(self, kind: str, energy: float) -> bool:
        return energy >= self.enters and (self.kinds is None or kind in self.kinds)

    def pattern(self, energy: float) -> str:
        return by_energy(self.patterns, energy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Groove:
    """A drum pattern from an energy on. Drum → steps of a sixteenth: X accent, x hit, o soft, g ghost note, . rest;
    2 and 3 are as many strokes within the step, t three within two steps."""

    energy: float
    hits: Mapping[str, str]
    metre: str = ""  # that it is written for, where it is not the style's own


@dataclass(frozen=True, slots=True, kw_only=True)
class Tune:
    """How a style's melodies move. Cells are half bars, in three whole ones, of steps: x a note, = held, . rest."""

    cells: Mapping[str, tuple[str, ...]]  # by kind of section; "verse" and "chorus" at least
    closings: tuple[str, ...]  # whole bars: how phrases come to rest
    centre: int = 69  # MIDI number round which a verse moves
    lift: int = 4  # semitones a chorus lies higher
    leap: float = 1.0  # 0.5 timid … 2 bold
    pickups: float = 0.35  # how often a phrase begins before its bar
    grain: float = 0.5  # beats: the shortest note a variation adds
    metre: str = ""  # that it is written in, where it is not the style's own


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """Everything that makes a style. Progressions: mode → kind of section → chords, one a bar.

    `ii7,V7` shares a bar, `Imaj9:2` lasts two. `laid_back_ms` by role or drum; `swing` is the first half's share of a
    pair of `swing_unit` beats each. Tempos count the beats of the style's own metre.
    """

    name: str
    words: Mapping[str, int]  # a word of the prompt → how strongly it speaks for this style
    tempo: tuple[int, int]
    modes: tuple[str, ...]
    progressions: Mapping[str, Mapping[str, tuple[str, ...]]]
    cadences: Mapping[str, Mapping[str, str]]  # mode → "half", "authentic", "deceptive", "final"
    grooves: tuple[Groove, ...]
    fills: tuple[Groove, ...]  # read from their end: the last steps of a bar
    band: tuple[Player, ...]
    tune: Tune
    sound: Sound
    metre: str = "4/4"  # its own, played where no other is asked for
    tunes: Mapping[str, Tune] = field(default_factory=dict)  # for other metres
    section_bars: Mapping[str, int] = field(default_factory=dict)  # what a kind of section usually takes
    energies: Mapping[str, float] = field(default_factory=dict)  # of kinds of section that differ from the usual
    titles: Mapping[str, str] = field(default_factory=dict)  # what a kind of section is called: chorus → "drop"
    turns: tuple[str, ...] = ("fill", "stop", "swell")  # how a section hands over to a louder one; "riser", "walk"
    spice: float = 0.1  # how often a secondary dominant or a borrowed chord leads into a chord
    jazz: float = 0.0  # how often a dominant has its second degree before it, or its tritone substitute
    lift: int = 0  # semitones that the last of three or more choruses may lie higher
    pedals: Mapping[str, int] = field(default_factory=dict)  # kind of section → the scale degree its bass holds
    strict: bool = False  # no parallel fifths
    tones: Mapping[str, tuple[int, ...]] = field(default_factory=dict)  # mode → the semitones of its scale in use
    swing: float = 0.5
    swing_unit: float = 0.5
    human_ms: float = 4.0
    laid_back_ms: Mapping[str, float] = field(default_factory=dict)  # a minus is ahead of the beat
    lilt_ms: float = 0.0  # how much early the second of three beats comes
    swell: Mapping[str, float] = field(default_factory=dict)  # by role: seconds in which sustained notes come and go
    ritardando: float = 0.0  # how much longer the last beat before the final chord is
    singer: str = "high"  # who sings the words where nobody is asked for: "high", "low" or "choir"
    ring: tuple[float, float] = (1.6, 3.6)  # seconds the last chord may ring
    fade: float = 0.0  # seconds at the end in which the song goes away


def by_energy(choices: tuple[tuple[float, str], ...], energy: float) -> str:
    """Return the last choice whose energy has been reached (the first one below all)."""
    reached = [choice for least, choice in choices if energy >= least]
    return reached[-1] if reached else choices[0][1]


@cache
def all_styles() -> Mapping[str, Style]:
    """Return every style by name, as found in the folder styles/."""
    modules = (import_module(f"{styles.__name__}.{found.name}") for found in pkgutil.iter_modules(styles.__path__))
    return {module.STYLE.name: module.STYLE for module in modules}
