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
    Row(
        "Genre",
        (
            "pop",
            "rock",
            "indie folk",
            "ballad",
            "soul",
            "funk",
            "disco",
            "jazz",
            "hip-hop",
            "lo-fi",
            "house",
            "synthwave",
            "reggae",
            "bossa nova",
            "cinematic",
            "ambient",
        ),
    ),
    Row("Mood", ("calm", "bright", "dreamy", "tender", "dark", "hopeful", "homesick")),
    Row("Instruments", ("piano", "guitar", "Rhodes", "strings", "bells", "soft pad")),
    Row("Leave out", ("no drums", "no bass", "no lead")),
    Row("Voice", ("female voice", "male voice", "choir", "instrumental"), one=True),
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
    "jazz, a muted trumpet after closing time, 138 bpm, in F major",
    "hip-hop, dusty piano, a record shop in the rain, 90 bpm, in C minor",
    "dark trap, an empty car park at night, 140 bpm, in C minor",
    "reggae, melodica, a Sunday with nothing to do, 74 bpm, in A minor",
    "reggaeton, a warm night on the roof, 94 bpm, in A minor",
    "afrobeats, a guitar in circles, the whole street dances, 106 bpm",
    "techno, one chord in a large hall, 132 bpm, in F minor",
    "trance, hands up at sunrise, 136 bpm, in A minor",
    "drum and bass, rain on the motorway, strings, 174 bpm",
    "rock, two guitars and a van full of friends, 132 bpm, in E minor, male voice",
    "metal, thunder over the harbour cranes, 168 bpm",
    "blues, an organ and a long way home, 84 bpm, in A",
    "country, pedal steel and a dusty road, 108 bpm, in G major",
    "ballad, grand piano, what we never said, 68 bpm, female voice",
    "soul, brass and Rhodes, a slow dance in the kitchen, 78 bpm",
    "funk, slap bass and clavinet, Saturday at last, 106 bpm",
    "disco, strings and a mirror ball, 118 bpm, in A minor, female voice",
    "cinematic, horns and a choir, the mountain at dawn, in D minor",
    "classical, a string quartet in an empty hall, in C major",
    "waltz, accordion and clarinet, lanterns over the square, in F major",
    "latin, trumpets and a crowded floor, 96 bpm, in C minor",
    "chiptune, the last level, 144 bpm",
    "lullaby, music box and harp, 6/8, in G major",
    "chinese, guzheng and bamboo flute, mist on the river",
    "romance, seven-string guitar and violin, an old letter, in A minor",
    "synthwave with reggae, palm trees by neon light",
)
