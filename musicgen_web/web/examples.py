"""Words to click and ideas to begin with: what the desk shows to somebody who has nothing in mind yet."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """Words of one kind; `one`: a song has only one of them."""

    name: str
    words: tuple[str, ...]
    one: bool = False


WORDS = (
    Row("Genre", ("pop", "lo-fi", "ambient", "bossa nova", "synthwave", "indie folk", "house")),
    Row("Mood", ("calm", "bright", "dreamy", "tender", "dark", "hopeful", "homesick")),
    Row("Instruments", ("piano", "guitar", "Rhodes", "strings", "bells", "soft pad")),
    Row("Leave out", ("no drums", "no bass", "no lead")),
    Row("Tempo", ("64 bpm", "76 bpm", "92 bpm", "112 bpm"), one=True),
    Row("Key", ("in C major", "in G major", "in A minor", "in D minor"), one=True),
)

IDEAS: tuple[str, ...] = (
    "lo-fi, a rainy window at two in the morning, Rhodes, 76 bpm, in D minor",
    "bright pop, piano and guitar, the first warm day of the year, 112 bpm",
    "ambient, slow bells over a soft pad, snow on a still lake, no drums",
    "tender pop, piano, a letter that was never sent, in A minor",
    "lo-fi, warm tape, coffee before everybody wakes, 82 bpm",
    "ambient, a harbour in fog, strings far away, in G major",
    "hopeful pop, guitar, the last train home, 104 bpm, in G major",
    "dreamy lo-fi, late bus, city lights, in E minor, 72 bpm",
    "bossa nova, nylon guitar and flute, a balcony after the heat, 128 bpm",
    "synthwave, an empty motorway by night, in F minor, 104 bpm",
    "indie folk, picked guitar, leaves on the porch, 94 bpm, in D major",
    "house, piano and a warm pad, the last hour before morning, 122 bpm",
)
