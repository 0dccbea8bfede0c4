"""Three, six and two to a bar: everybody plays them, and a tempo means the beats that are counted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from musicgen_web.engines.sketch.compose import plan_json
from musicgen_web.engines.sketch.form import lay_out
from musicgen_web.engines.sketch.groove import DRUMS
from musicgen_web.engines.sketch.lilt import in_metre
from musicgen_web.engines.sketch.manners import MANNERS
from musicgen_web.engines.sketch.metre import METRES
from musicgen_web.engines.sketch.score import Note, Score
from musicgen_web.engines.sketch.steps import bend
from musicgen_web.engines.sketch.style import Groove, Player, Tune, all_styles
from musicgen_web.engines.sketch.wishes import read
from tests.engines.sketch.songs import exact, notes, played, song, tune

OTHERS = ("3/4", "6/8", "2/4")
SOME = ("pop", "lo-fi", "house")  # a straight one, one that swings, four on the floor
RISING = (DRUMS["swell"], DRUMS["riser"])


def steps(found: list[Note], score: Score) -> set[int]:
    """On which sixteenths of its bars something begins, the last one left out."""
    end = score.sections[-1].start + score.sections[-1].length - score.beats_per_bar
    return {round(note.start % score.beats_per_bar * 4) % score.metre.steps for note in found if note.start < end - 0.1}


@pytest.mark.parametrize("metre", OTHERS)
def test_bars_are_as_long_as_the_metre_says_and_nothing_begins_beside_their_sixteenths(metre: str) -> None:
    beats = METRES[metre].beats
    for name in SOME:
        score = played(exact(all_styles()[name]), metre, duration=45.0)
        assert score.metre == METRES[metre]
        assert all(section.start % beats == 0 and section.length % beats == 0 for section in score.sections)
        assert all(chord.start % beats == 0 for chord in score.chords if chord.length >= beats)
        for part in score.parts:
            if part.role in ("drums", "bass"):
                starts = [note.start * 4 for note in part.notes if note.pitch not in RISING]
                assert all(abs(start - round(start)) < 1e-6 for start in starts), (name, part.name)
        held = notes(score, "bass", "chords", "pad")
        for chord in score.chords:
            assert any(n.start - 0.3 <= chord.start < n.start + n.length for n in held), (name, chord.start)


def test_a_tempo_said_or_meant_counts_the_beats_of_the_metre() -> None:
    prompt = "pop ballad in 6/8, 72.5 bpm"
    score = song(prompt, duration=20.0)
    told = plan_json(score, read(prompt))
    assert score.bpm == 72.5 * 1.5
    assert told["bpm"] == 72.5
    assert "72.5 bpm" in str(told["summary"])
    pop = all_styles()["pop"]
    lullaby = replace(pop, metre="6/8", tempo=(50, 60))
    for seed in range(4):
        six = lay_out(read("6/8"), pop, duration=60.0, lyrics="", seed=seed)
        assert pop.tempo[0] * 0.93 <= six.bpm <= pop.tempo[1] * 1.07  # the eighths stay as quick
        assert 46 <= lay_out(read(""), lullaby, duration=60.0, lyrics="", seed=seed).tempo <= 64


@pytest.mark.parametrize("metre", OTHERS)
def test_kick_and_bass_agree_and_the_back_beat_falls_where_it_belongs(metre: str) -> None:
    score = played(exact(all_styles()["pop"]), f"energetic {metre}", duration=60.0)
    kick = [note for note in notes(score, "drums") if note.pitch == DRUMS["kick"] and note.velocity > 0.5]
    bass = {round(note.start * 4) for note in notes(score, "bass")}
    shared = sum(round(note.start * 4) in bass for note in kick) / len(kick)
    assert shared >= 0.6
    snare = [note for note in notes(score, "drums") if note.pitch == DRUMS["snare"] and note.velocity > 0.6]
    places = [round(note.start % score.beats_per_bar * 4) for note in snare]
    back = {"3/4": (4, 8), "6/8": (6,), "2/4": (4,)}[metre]
    assert sum(place in back for place in places) / len(places) >= 0.7
    ones = [note for note in kick if note.start % score.beats_per_bar == 0]
    assert len(ones) >= 0.8 * score.sections[-1].start / score.beats_per_bar * 0.8


def test_a_tune_in_six_leans_on_one_and_four_and_in_three_on_one() -> None:
    for name in ("pop", "indie folk"):
        for metre, strong in (("6/8", (0.0, 1.5)), ("3/4", (0.0,))):
            score = played(exact(all_styles()[name]), metre, duration=90.0)
            sung = [beat % 3 for beat, _ in tune(score)]
            share = sum(place in strong for place in sung) / len(sung)
            assert share > 1.15 * len(strong) / 6, (name, metre, share)  # more than by chance on eighths
            assert sum(place % 0.5 == 0 for place in sung) / len(sung) > 0.95


def test_a_style_may_bring_what_it_plays_in_another_metre() -> None:
    own = Groove(energy=0.0, hits={"kick": "X.....x.....", "rim": "......o....."}, metre="6/8")
    pop = exact(all_styles()["pop"])
    piano = Player(
        name="Piano", instrument="piano", role="chords", patterns=((0.0, "C..............."),),
        metres={"6/8": ((0.0, "C...u.c...u."),)},
    )  # fmt: skip
    sung = Tune(cells={"verse": ("x===x=",), "chorus": ("x=x=x=",)}, closings=("x=====......",))
    style = replace(pop, grooves=(*pop.grooves, own), fills=(), band=(piano, pop.band[-1]), tunes={"6/8": sung})
    six, four = played(style, "6/8"), played(style, "4/4")
    assert steps([note for note in notes(six, "drums") if note.pitch == DRUMS["rim"]], six) == {6}
    assert steps(notes(six, "chords"), six) == {0, 4, 6, 10}
    assert {note.pitch for note in notes(four, "drums")} > {DRUMS["kick"], DRUMS["rim"]}
    assert in_metre(style, "6/8").tune.cells == sung.cells


def test_a_style_in_three_writes_bars_of_twelve_and_is_bent_to_four() -> None:
    pop = exact(all_styles()["pop"])
    bass = Player(name="Bass", instrument="round_bass", role="bass", patterns=((0.0, "R...5...5..."),))
    groove = Groove(energy=0.0, hits={"kick": "X...........", "rim": "....o...o..."})
    waltz = replace(pop, metre="3/4", grooves=(groove,), fills=(), band=(bass, pop.band[0], pop.band[-1]))
    three, four = played(waltz), played(waltz, "4/4")
    assert three.metre.name == "3/4"
    rims = [note for note in notes(three, "drums") if note.pitch == DRUMS["rim"]]
    assert steps(rims, three) == {4, 8}
    assert {0, 4, 8} <= steps(notes(three, "bass"), three)
    assert steps([note for note in notes(four, "drums") if note.pitch == DRUMS["rim"]], four) == {4, 12}


def test_the_second_of_three_comes_early_where_a_style_says_so() -> None:
    style = replace(exact(all_styles()["pop"]), lilt_ms=20.0)
    score = played(style, "3/4")
    early = 0.020 * score.bpm / 60
    seconds = [note.start % 3 for note in notes(score, "bass", "drums") if 0.9 < note.start % 3 < 1.05]
    assert len(seconds) > 20
    assert all(abs(start - (1.0 - early)) < 1e-6 for start in seconds)
    assert not any(note.start % 1 > 0.95 for note in notes(played(style, "6/8"), "bass", "drums"))


def test_every_written_manner_fills_whole_bars() -> None:
    for by_metre in MANNERS.values():
        for metre, patterns in by_metre.items():
            assert all(len(pattern) % METRES[metre].steps == 0 for _, pattern in patterns)
            assert patterns[0][0] == 0.0


@pytest.mark.parametrize("metre", METRES)
def test_bending_keeps_the_first_stroke_of_every_bar(metre: str) -> None:
    for pattern in ("X.....x.x.......", "X...x...X...x...", "b.3.1.4.b.3.1.4.", "X..x..x...x.x..."):
        bent = bend(pattern, "4/4", metre)
        assert len(bent) % METRES[metre].steps == 0
        assert bent[0] == pattern[0]
    assert bend("X...o...o...", "3/4", "3/4") == "X...o...o..."
    assert bend("X...o...o...", "3/4", "4/4") == "X...o...X...o..."
    assert bend("x...", "4/4", metre)[0] == "x"
