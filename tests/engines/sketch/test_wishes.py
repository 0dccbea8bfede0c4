"""What a prompt is understood to ask for."""

from __future__ import annotations

import pytest

from musicgen_web.engines.base import SongRequest
from musicgen_web.engines.sketch import compose
from musicgen_web.engines.sketch.groove import DRUMS
from musicgen_web.engines.sketch.wishes import Wishes, read


@pytest.mark.parametrize(
    ("prompt", "bpm"),
    [
        ("pop at 92 bpm", 92.0),
        ("92BPM pop", 92.0),
        ("BPM: 140, dark", 140.0),
        ("tempo of 84", 84.0),
        ("120.5 bpm", 120.5),
        ("80-90 bpm", 85.0),
        ("120 beats per minute", 120.0),
        ("92-bpm groove", 92.0),
        ("лоуфай 75 уд/мин", 75.0),
        ("90拍 流行", 90.0),
        ("500 bpm", 250.0),
        ("a song from 1999 with 808s", None),
        ("music for 30 dogs", None),
    ],
)
def test_a_tempo_in_numbers_is_taken_as_written(prompt: str, bpm: float | None) -> None:
    assert read(prompt).bpm == bpm


@pytest.mark.parametrize(
    ("prompt", "tonic", "mode"),
    [
        ("in A minor", 9, "minor"),
        ("a ballad in a minor", 9, "minor"),
        ("key of C", 0, None),
        ("in F#m, slow", 6, "minor"),
        ("Bb major", 10, "major"),
        ("E-flat major flute", 3, "major"),
        ("C sharp minor", 1, "minor"),
        ("in D dorian", 2, "dorian"),
        ("G♯ minor", 8, "minor"),
        ("ля минор", 9, "minor"),
        ("до-диез минор", 1, "minor"),
        ("A小调", 9, "minor"),
        ("a song in a minor key", None, "minor"),
        ("a major hit", None, "major"),
        ("in a major key", None, "major"),
        ("Am I dreaming", None, None),
        ("in A dream", None, None),
        ("in A", 9, None),
        ("in C with drums", 0, None),
        ("lo-fi, a minor, rain", 9, "minor"),
        ("I'm in love", None, None),
    ],
)
def test_a_key_is_taken_and_an_article_is_no_key(prompt: str, tonic: int | None, mode: str | None) -> None:
    wishes = read(prompt)
    assert (wishes.tonic, wishes.mode) == (tonic, mode)


@pytest.mark.parametrize(
    ("prompt", "refused", "wanted"),
    [
        ("no drums", {"role:drums"}, ()),
        ("pop without bass or drums", {"role:bass", "role:drums"}, ()),
        ("no drums and bass", {"role:drums", "role:bass"}, ()),
        ("no drums and soft piano", {"role:drums"}, (("piano",),)),
        ("no drums, with piano", {"role:drums"}, (("piano",),)),
        ("no drums but piano", {"role:drums"}, (("piano",),)),
        ("drums, but really no drums", {"role:drums"}, ()),
        ("no electric piano", {"rhodes"}, ()),
        ("upright bass and vibes", set(), (("upright_bass",), ("vibes",))),
        ("没有鼓", {"role:drums"}, ()),
        ("без барабанов", {"role:drums"}, ()),
        ("钢琴", set(), (("piano",),)),
    ],
)
def test_instruments_are_wanted_or_refused(prompt: str, refused: set[str], wanted: tuple[tuple[str, ...], ...]) -> None:
    wishes = read(prompt)
    assert wishes.unwanted == refused
    assert wishes.wanted == wanted


@pytest.mark.parametrize(
    ("prompt", "style"),
    [
        ("rainy lofi beats", "lo-fi"),
        ("Lo-Fi", "lo-fi"),
        ("deep space meditation drone", "ambient"),
        ("boom bap", "hip-hop"),
        ("catchy summer pop", "pop"),
        ("not ambient", "pop"),
        ("低保真", "lo-fi"),
        ("эмбиент", "ambient"),
        ("xyzzy", "pop"),
        ("", "pop"),
    ],
)
def test_words_choose_the_style_and_unknown_ones_leave_pop(prompt: str, style: str) -> None:
    assert read(prompt).style == style


def test_whoever_refuses_guitars_refuses_them_all() -> None:
    assert {"steel_guitar", "nylon_guitar", "metal_guitar"} < read("please don't use any guitar").unwanted
    assert read("no acoustic guitar").unwanted == {"steel_guitar", "nylon_guitar"}


def test_single_drums_are_left_out_and_the_others_play_on() -> None:
    whole, less = (
        compose.compose(SongRequest(prompt=prompt, engine="sketch", seed=2, duration=30))
        for prompt in ("pop", "pop, no snare and no hi-hats")
    )
    heard, left = (
        {note.pitch for part in song.parts if part.role == "drums" for note in part.notes} for song in (whole, less)
    )
    assert heard - left == {DRUMS["snare"], DRUMS["closed"], DRUMS["open"]} & heard
    assert DRUMS["kick"] in left
    assert read("без тарелок и бочки").left_out == ("crash", "ride", "swell", "kick")
    assert read("pop with claps").wanted == (("role:drums",),)


def test_moods_lean_tempo_brightness_and_energy() -> None:
    assert read("sad and slow").tempo < -0.5
    assert read("sad").brightness < 0 < read("happy").brightness
    assert read("calm").energy < 0 < read("energetic").energy
    assert read("not sad").brightness == 0


def test_one_instrument_alone() -> None:
    assert read("solo piano").is_alone
    assert read("just piano").is_alone
    assert not read("pop with a guitar solo").is_alone


def test_voices_are_noticed() -> None:
    assert read("female vocals").voice == "high"
    assert read("no vocals").voice == "none"
    assert read("instrumental").voice == "none"
    assert read("pop").voice is None


def test_a_prompt_of_noise_is_read_without_complaint() -> None:
    assert read("[](){}%$#@ \n\t no no no without / & 😀 ♯♭ 4/4 :" * 50).style == "pop"
    assert read("💥") == Wishes()
