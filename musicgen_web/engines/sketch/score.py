"""The score: a song as data, before any sound. Composing writes it; instruments and the receipt read it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import pairwise

from musicgen_web.engines.sketch.metre import Metre

ROLES = ("drums", "bass", "chords", "pad", "lead", "voice")
BUSES = {"drums": "drums", "bass": "bass", "chords": "chords", "pad": "chords", "lead": "lead", "voice": "voice"}
"""Which stem a role is heard in."""


@dataclass(frozen=True, slots=True)
class Note:
    """One note. `start` and `length` in beats (micro-timing and swing already in `start`), `pitch` as a MIDI number
    (for drums: the General MIDI drum), `velocity` 0–1."""

    start: float
    length: float
    pitch: int
    velocity: float


@dataclass(frozen=True, slots=True)
class SungSyllable:
    """One syllable and its note, which begins where the vowel does; its consonants before lie ahead of the beat."""

    text: str  # the letters it stands for
    stress: int  # 0, 1, or 2: the word's main one
    note: Note


@dataclass(frozen=True, slots=True)
class SungLine:
    """One line as it is sung: the words as they are spoken, and their syllables in order."""

    text: str
    number: int  # of the line in the lyrics as written, from 1
    syllables: tuple[SungSyllable, ...]


@dataclass(frozen=True, slots=True)
class SungReport:
    """A line that is not sung as it is written. `what`: "tight" (fast, hard to follow), "cut" (its end is missing) or
    "left out"; `needed` and `had` in seconds; `why` in words where time is not the reason."""

    line: int  # of the lyrics as written, from 1
    what: str
    needed: float = 0.0
    had: float = 0.0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """What one instrument plays. `level_db` relative to the mix's reference, `pan` −1 (left) … 1 (right)."""

    name: str  # for people: "Rhodes"
    instrument: str  # for the sound: "rhodes"
    role: str  # one of ROLES
    notes: tuple[Note, ...]
    level_db: float = 0.0
    pan: float = 0.0
    swell: float = 0.0  # seconds in which a sustained note comes and goes: chords flow into each other
    lines: tuple[SungLine, ...] = ()  # of a voice; its `notes` are those of the syllables


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the form; beats, and energy 0–1."""

    name: str  # for people: "verse 1"
    kind: str  # intro verse pre-chorus chorus bridge solo inst outro ending
    start: float
    length: float
    energy: float


@dataclass(frozen=True, slots=True)
class Chord:
    start: float  # beats
    length: float
    symbol: str  # for people: "Am7"
    pitches: tuple[int, ...]  # as voiced, ascending MIDI numbers, without the bass
    bass: int  # MIDI number of the bass note


@dataclass(frozen=True, slots=True)
class Lift:
    """Where a song goes on in a higher key, to its end."""

    start: float  # beats
    key: str  # "D"


@dataclass(frozen=True, slots=True)
class Score:
    """A whole song. `tempo_map`: (beat, second) knots, rising; between them the tempo is constant."""

    style: str
    bpm: float  # quarter notes a minute
    key: str  # "A", "Eb": that it begins in
    mode: str  # major minor dorian mixolydian lydian phrygian
    metre: Metre
    duration: float  # seconds, exact
    sections: tuple[Section, ...]
    chords: tuple[Chord, ...]
    parts: tuple[Part, ...]
    tempo_map: tuple[tuple[float, float], ...] = field(default=((0.0, 0.0),))
    lift: Lift | None = None
    fade: float = 0.0  # seconds at the end in which it goes away
    reports: tuple[SungReport, ...] = ()

    @property
    def tempo(self) -> float:
        """Counted beats a minute, as people say a tempo: dotted quarters in 6/8."""
        return self.bpm / self.metre.pulse

    @property
    def beats_per_bar(self) -> int:
        return self.metre.beats

    def seconds(self, beat: float) -> float:
        """Return when a beat sounds, in seconds from the start."""
        knots = self.tempo_map
        if len(knots) < 2:
            return beat * 60.0 / self.bpm
        index = min(max(bisect_right(knots, (beat, float("inf"))) - 1, 0), len(knots) - 2)
        (b0, s0), (b1, s1) = knots[index], knots[index + 1]
        return s0 + (beat - b0) * (s1 - s0) / (b1 - b0)

    def is_well_formed(self) -> bool:
        return all(a < c and b < d for (a, b), (c, d) in pairwise(self.tempo_map))
