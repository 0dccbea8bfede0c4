"""Chords: what they are called, how they move, where they end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest

from musicgen_web.engines.sketch.compose import plan_json
from musicgen_web.engines.sketch.form import lay_out
from musicgen_web.engines.sketch.harmony import Change, choose_lift, harmonise
from musicgen_web.engines.sketch.score import Chord, Score
from musicgen_web.engines.sketch.style import Style, all_styles
from musicgen_web.engines.sketch.theory import FLATS, SCALES, SHARPS, Key, key_name, read_roman, scale_under
from musicgen_web.engines.sketch.voicing import parallels
from musicgen_web.engines.sketch.wishes import read
from tests.engines.sketch.songs import SONGS, STYLES, exact, notes, played, song, tune

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
    assert key_name(last.bass % 12, score.mode) == (score.lift.key if score.lift else score.key)


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


def test_the_last_chorus_lies_higher_with_everything_in_it() -> None:
    pop = replace(exact(all_styles()["pop"]), spice=0.0, modes=("major",))
    lifted = next(score for seed in range(8) if (score := played(pop, seed=seed, duration=180.0)).lift)
    assert lifted.lift
    choruses = [section for section in lifted.sections if section.kind == "chorus"]
    assert lifted.lift.start == choruses[-1].start
    names = (lifted.key, lifted.lift.key)
    tonic, higher = (SHARPS.index(name) if name in SHARPS else FLATS.index(name) for name in names)
    assert (higher - tonic) % 12 == 2
    scale = {(higher + step) % 12 for step in SCALES["major"]}
    after = [note for note in notes(lifted, "lead", "bass", "chords", "pad") if note.start >= lifted.lift.start]
    assert sum(note.pitch % 12 in scale for note in after) / len(after) > 0.97
    pivot = next(chord for chord in lifted.chords if abs(chord.start + chord.length - lifted.lift.start) < 1e-6)
    assert pivot.bass % 12 == (higher + 7) % 12
    first, last = (
        [chord.bass % 12 for chord in lifted.chords if section.start <= chord.start < section.start + 8]
        for section in (choruses[0], choruses[-1])
    )
    assert [(bass + 2) % 12 for bass in first] == last
    assert lifted.chords[-1].bass % 12 == higher
    sung = [sum(p for _, p in tune(lifted, one)) / len(tune(lifted, one)) for one in (choruses[0], choruses[-1])]
    assert sung[1] > sung[0] + 1.0
    plan = plan_json(lifted, read(""))
    assert plan["lift"] == {"key": lifted.lift.key, "start": round(lifted.seconds(lifted.lift.start), 3)}
    assert f"rising to {lifted.lift.key}" in str(plan["summary"])


def test_a_key_that_was_named_is_kept_to_the_end() -> None:
    pop = all_styles()["pop"]
    wishes = read("pop in D major")
    laid = lay_out(wishes, pop, duration=180.0, lyrics="", seed=1)
    assert all(choose_lift(wishes, pop, laid, seed).semitones == 0 for seed in range(8))
    assert {choose_lift(read("pop"), pop, laid, seed).semitones for seed in range(8)} == {0, pop.lift}


BLUES = "I7 IV7 I7 I7 IV7 IV7 I7 I7 V7 IV7 I7 V7"


def test_a_twelve_bar_blues_has_twelve_bars_and_comes_home_when_cut() -> None:
    pop = exact(all_styles()["pop"])
    blues = replace(
        pop,
        modes=("major",),
        progressions={"major": {"verse": (BLUES,), "chorus": (BLUES,)}},
        cadences={},
        spice=0.0,
        section_bars={"verse": 12, "chorus": 12, "solo": 12},
    )
    score = played(blues, "in C", duration=120.0)
    rounds = [section for section in score.sections if section.kind in ("verse", "chorus")]
    assert len(rounds) >= 3
    assert all(section.length == 48.0 for section in rounds)
    for section in rounds:
        roots = [at(score, section.start + bar * 4).bass % 12 for bar in range(12)]
        assert roots == [0, 5, 0, 0, 5, 5, 0, 0, 7, 5, 0, 7]
    short = lay_out(read("in C"), blues, duration=120.0, lyrics="[00:00.0][Verse]\n[00:20.0][Chorus]\n", seed=1)
    changes = harmonise(short, blues, Key(0, "major"), 1)
    ends = short.sections[0].start + short.sections[0].length
    assert [at_beat(changes, ends - 16 + 4 * bar) for bar in range(4)] == [7, 5, 0, 7]


def at(score: Score, beat: float) -> Chord:
    return [chord for chord in score.chords if chord.start <= beat][-1]


def at_beat(changes: Sequence[Change], beat: float) -> int:
    return [change for change in changes if change.start <= beat][-1].harmony.root


def test_the_chorus_before_the_last_ends_on_another_chord() -> None:
    pop = replace(all_styles()["pop"], spice=0.0, lift=0, modes=("major",))
    score = played(pop, "in C major", duration=180.0)
    choruses = [section for section in score.sections if section.kind == "chorus"]
    ends = [at(score, section.start + section.length - 1.0).bass % 12 for section in choruses]
    assert len(ends) >= 3
    assert ends[-2] == 9
    assert set(ends[:-2] + ends[-1:]) == {0}


def test_a_strict_style_has_no_fifths_or_octaves_in_parallel() -> None:
    pop = all_styles()["pop"]
    counted = {strict: 0 for strict in (False, True)}
    for strict in counted:
        for seed in range(3):
            chords = played(replace(pop, strict=strict), seed=seed, duration=60.0).chords
            assert all(48 <= pitch <= 76 for chord in chords for pitch in chord.pitches)
            lines = [(chord.bass, *chord.pitches) for chord in chords]
            counted[strict] += sum(parallels(one, other) for one, other in pairwise(lines))
    assert counted[True] == 0 < counted[False]


def test_jazz_bands_recolour_dominants_and_pop_bands_suspend_them() -> None:
    key = Key(0, "major")
    form = lay_out(read("4/4"), all_styles()["pop"], duration=95.0, lyrics="", seed=1)
    table = {"major": {"verse": ("V I",), "chorus": ("V I",)}}
    plain = replace(all_styles()["pop"], spice=0.0, cadences={}, progressions=table)

    def symbols(style: Style) -> set[str]:
        return {change.harmony.symbol for change in harmonise(form, style, key, 1)}

    assert symbols(plain) == {"G", "C"}
    assert {"Dm7", "Db7"} <= symbols(replace(plain, jazz=1.0))
    assert "Gsus4" in symbols(replace(plain, spice=0.1))
    borrowed = replace(plain, spice=1.0, progressions={"major": {"verse": ("IV I",), "chorus": ("I IV",)}})
    assert {"Fm", "Bb"} & symbols(borrowed)


def test_a_pedal_holds_one_bass_through_its_section() -> None:
    style = replace(all_styles()["pop"], pedals={"verse": 5}, modes=("major",), spice=0.0)
    score = played(style, "in C major", duration=60.0)
    verse = next(section for section in score.sections if section.kind == "verse")
    within = [chord for chord in score.chords if verse.start <= chord.start < verse.start + verse.length]
    assert {chord.bass % 12 for chord in within} == {7}
    assert any(chord.symbol.endswith("/G") for chord in within)
