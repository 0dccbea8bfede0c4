"""What every musician knows: scales, names of notes, chords written as Roman numerals."""

from __future__ import annotations

import re
from dataclasses import dataclass

SCALES = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
}
SHARPS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
FLATS = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
_FLAT_SIGNATURES = {1, 3, 5, 8, 10}  # pitch classes of the major keys written with flats
_RELATIVE = {"major": 0, "minor": 3, "dorian": 10, "mixolydian": 5, "lydian": 7, "phrygian": 8}  # up to the same notes

_NUMERALS = ("i", "ii", "iii", "iv", "v", "vi", "vii")
_ROMAN = re.compile(r"(?P<shift>[b#]?)(?P<numeral>[iv]+|[IV]+)(?P<kind>[^/]*)(?:/(?P<bass>[1-7]))?")
_MAJOR_KINDS = {
    "": (0, 4, 7),
    "6": (0, 4, 7, 9),
    "69": (0, 4, 7, 9, 14),
    "7": (0, 4, 7, 10),
    "9": (0, 4, 7, 10, 14),
    "13": (0, 4, 10, 14, 21),
    "maj7": (0, 4, 7, 11),
    "maj9": (0, 4, 7, 11, 14),
    "maj7#11": (0, 4, 7, 11, 18),
    "add9": (0, 4, 7, 14),
    "sus2": (0, 2, 7),
    "sus4": (0, 5, 7),
    "7sus4": (0, 5, 7, 10),
    "9sus4": (0, 5, 7, 10, 14),
    "7b9": (0, 4, 7, 10, 13),
}
_MINOR_KINDS = {
    "": (0, 3, 7),
    "6": (0, 3, 7, 9),
    "7": (0, 3, 7, 10),
    "9": (0, 3, 7, 10, 14),
    "11": (0, 3, 7, 10, 17),
    "add9": (0, 3, 7, 14),
    "o": (0, 3, 6),
    "o7": (0, 3, 6, 9),
    "ø7": (0, 3, 6, 10),
    "sus2": (0, 2, 7),
    "sus4": (0, 5, 7),
}


@dataclass(frozen=True, slots=True)
class Harmony:
    """A chord before anybody has voiced it: pitch classes, the root first, and what to call it."""

    symbol: str
    tones: tuple[int, ...]
    bass: int

    @property
    def root(self) -> int:
        return self.tones[0]


@dataclass(frozen=True, slots=True)
class Key:
    """A tonic as pitch class, and a mode."""

    tonic: int
    mode: str

    def moved(self, semitones: int) -> Key:
        return Key((self.tonic + semitones) % 12, self.mode)


def key_name(tonic: int, mode: str) -> str:
    """Name a tonic the way its key is usually written: Bb major, but G# minor."""
    name = (FLATS if _has_flats(tonic, mode) else SHARPS)[tonic]
    return {"A#": "Bb", "D#": "Eb"}.get(name, name)


def signature(key: str, mode: str) -> str:
    """Name the major key that is written with the same sharps or flats: "Bb" for G minor, "G" for A dorian."""
    tonic = (SHARPS.index(key) if key in SHARPS else FLATS.index(key)) + _RELATIVE[mode]
    return (FLATS if tonic % 12 in _FLAT_SIGNATURES else SHARPS)[tonic % 12]


def read_roman(numeral: str, tonic: int, mode: str) -> Harmony:
    """Read a chord such as "bVII", "ii9", "V7/3" (over the scale's third): its root counts on the mode's own scale."""
    match = _ROMAN.fullmatch(numeral)
    if not match:
        raise ValueError(f"{numeral!r} is not a chord in Roman numerals.")
    degree = _NUMERALS.index(match["numeral"].lower())
    root = (tonic + SCALES[mode][degree] + {"b": -1, "": 0, "#": 1}[match["shift"]]) % 12
    is_major = match["numeral"].isupper()
    intervals = (_MAJOR_KINDS if is_major else _MINOR_KINDS)[match["kind"]]
    bass = (tonic + SCALES[mode][int(match["bass"]) - 1]) % 12 if match["bass"] else root
    names = FLATS if _has_flats(tonic, mode) or match["shift"] == "b" else SHARPS
    return Harmony(_symbol(names[root], match["kind"], is_major, names[bass] if bass != root else ""),
                   tuple((root + interval) % 12 for interval in intervals), bass)  # fmt: skip


def dominant_of(target: Harmony, tonic: int, mode: str) -> Harmony:
    """Return the dominant seventh chord that leads into a chord."""
    root = (target.root + 7) % 12
    name = (FLATS if _has_flats(tonic, mode) else SHARPS)[root]
    return Harmony(f"{name}7", tuple((root + interval) % 12 for interval in (0, 4, 7, 10)), root)


def is_dominant(chord: Harmony, target: Harmony) -> bool:
    """Whether a chord with a major third and no major seventh lies a fifth above the one it leads to."""
    above = {(tone - chord.root) % 12 for tone in chord.tones}
    return (chord.root - target.root) % 12 == 7 and 4 in above and 11 not in above


def second_of(target: Harmony, key: Key) -> Harmony:
    """Return the second degree of a chord taken as a tonic: half-diminished where it is a minor one."""
    is_minor = (target.root + 3) % 12 in target.tones
    intervals, kind = ((0, 3, 6, 10), "m7b5") if is_minor else ((0, 3, 7, 10), "m7")
    return spelled(key, (target.root + 2 - key.tonic) % 12, intervals, kind)


def tritone_of(dominant: Harmony) -> Harmony:
    """Return the dominant a tritone away, which has the same third and seventh."""
    root = (dominant.root + 6) % 12
    return Harmony(f"{FLATS[root]}7", tuple((root + interval) % 12 for interval in (0, 4, 7, 10)), root)


def suspended(dominant: Harmony, key: Key) -> Harmony | None:
    """Return a dominant whose third is still the fourth before it; None where it has more in it than a seventh."""
    above = tuple((tone - dominant.root) % 12 for tone in dominant.tones)
    if above not in ((0, 4, 7), (0, 4, 7, 10)) or dominant.bass != dominant.root:
        return None
    kind = "sus4" if len(above) == 3 else "7sus4"
    return spelled(key, (dominant.root - key.tonic) % 12, (0, 5, *above[2:]), kind)


def spelled(key: Key, step: int, intervals: tuple[int, ...], kind: str) -> Harmony:
    """Return a chord so many semitones above the tonic, its root named as the key writes it."""
    root = (key.tonic + step) % 12
    is_flat = _has_flats(key.tonic, key.mode) or step in (1, 3, 8, 10)
    names = FLATS if is_flat and not (key.mode == "minor" and step in (3, 8, 10)) else SHARPS
    return Harmony(names[root] + kind, tuple((root + interval) % 12 for interval in intervals), root)


def over(chord: Harmony, bass: int, key: Key) -> Harmony:
    """Return a chord over another bass: "F/C"."""
    if chord.bass == bass:
        return chord
    name = spelled(key, (bass - key.tonic) % 12, (0,), "").symbol
    slash = "" if bass == chord.root else f"/{name}"
    return Harmony(chord.symbol.partition("/")[0] + slash, chord.tones, bass)


def scale_under(harmony: Harmony, tonic: int, mode: str) -> frozenset[int]:
    """Return the pitch classes that fit a chord: the mode's scale, bent where the chord has its own notes."""
    scale = {(tonic + step) % 12 for step in SCALES[mode]}
    strange = set(harmony.tones) - scale
    for tone in strange:
        scale -= {(tone + 1) % 12, (tone - 1) % 12} - set(harmony.tones)
    return frozenset(scale | strange)


def _has_flats(tonic: int, mode: str) -> bool:
    return (tonic + _RELATIVE[mode]) % 12 in _FLAT_SIGNATURES


def _symbol(root: str, kind: str, is_major: bool, bass: str) -> str:
    if kind.startswith("o"):
        middle = "dim" + kind[1:]
    elif kind == "ø7":
        middle = "m7b5"
    else:
        middle = kind if is_major or kind.startswith("sus") else "m" + kind
    return root + middle + (f"/{bass}" if bass else "")
