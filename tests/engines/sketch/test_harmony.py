"""Chords: what they are called, how they move, where they end."""

from __future__ import annotations

from itertools import pairwise

import pytest

from musicgen_web.engines.sketch.style import all_styles
from musicgen_web.engines.sketch.theory import key_name, read_roman, scale_under
from tests.engines.sketch.songs import SONGS, STYLES, song

MODES = ("major", "minor", "dorian", "mixolydian", "lydian", "phrygian")


@pytest.mark.parametrize(
    ("numeral", "tonic", "mode", "symbol"),
    [
        ("vi", 0, "major", "Am"),
        ("V7", 9, "minor", "E7"),
        ("bVII", 0, "major", "Bb"),
        ("VI", 9, "minor", "F"),
        ("iiø7", 9, "minor", "Bm7b5"),
        ("IVmaj7", 5, "major", "Bbmaj7"),
        ("V/7", 0, "major", "G/B"),
        ("IV9", 2, "dorian", "G9"),
    ],
)
def test_roman_numerals_are_read_in_their_key(numeral: str, tonic: int, mode: str, symbol: str) -> None:
    assert read_roman(numeral, tonic, mode).symbol == symbol


def test_keys_are_written_as_people_write_them() -> None:
    assert [key_name(10, "major"), key_name(6, "major"), key_name(8, "minor"), key_name(3, "minor")] == [
        "Bb",
        "F#",
        "G#",
        "Eb",
    ]


def test_a_scale_bends_to_the_chord() -> None:
    dominant = read_roman("V7", 9, "minor")
    assert 8 in scale_under(dominant, 9, "minor")
    assert 7 not in scale_under(dominant, 9, "minor")


@pytest.mark.parametrize(("style", "seed"), SONGS)
def test_voices_move_little_and_stay_in_range(style: str, seed: int) -> None:
    chords = song(style, seed=seed).chords
    assert all(48 <= pitch <= 76 for chord in chords for pitch in chord.pitches)
    assert all(3 <= len(chord.pitches) <= 5 for chord in chords)
    assert all(chord.bass < 52 and chord.bass < chord.pitches[0] for chord in chords)
    tops = [abs(a.pitches[-1] - b.pitches[-1]) for a, b in pairwise(chords)]
    assert max(tops) <= 7
    assert sum(tops) / len(tops) <= 3.0
    moves = [min(abs(pitch - old) for old in a.pitches) for a, b in pairwise(chords) for pitch in b.pitches]
    assert sum(moves) / len(moves) <= 2.0


@pytest.mark.parametrize(("style", "seed"), SONGS)
def test_chords_fill_the_song_and_end_on_the_tonic(style: str, seed: int) -> None:
    score = song(style, seed=seed)
    assert score.chords[0].start == 0
    assert all(abs(a.start + a.length - b.start) < 1e-9 for a, b in pairwise(score.chords))
    last = score.chords[-1]
    assert last.start + last.length == score.sections[-1].start + score.sections[-1].length
    assert key_name(last.bass % 12, score.mode) == score.key


@pytest.mark.parametrize(
    ("style", "mode"), [(style, MODES[(place + more) % 6]) for place, style in enumerate(STYLES) for more in (0, 3)]
)
def test_every_style_plays_in_every_mode(style: str, mode: str) -> None:
    score = song(f"{style} in D {mode}", duration=40)
    assert (score.key, score.mode) == ("D", mode)


def test_every_progression_of_every_style_can_be_read() -> None:
    for style in all_styles().values():
        for mode, table in style.progressions.items():
            written = [*(p for choices in table.values() for p in choices), *style.cadences.get(mode, {}).values()]
            for numeral in " ".join(written).replace(",", " ").split():
                assert read_roman(numeral.partition(":")[0], 0, mode).tones
