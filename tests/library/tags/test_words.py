"""What a track's copy says of itself is taken from the track as it is called today."""

from __future__ import annotations

import json

import pytest

from musicgen_web.library.tags.words import key_of, sheet_for
from musicgen_web.library.tracks import receipt
from tests.support import songs

LRC = "[00:01.00][Verse]\n[00:01.50]Paper boats\n[00:04.25]in the rain\n"


def test_a_sheet_says_who_made_what_when_and_how() -> None:
    sheet = sheet_for(songs.track(), "Sketch")
    assert (sheet.title, sheet.artist, sheet.date) == ("Harbour bells", "MusicGen Local (Sketch)", "2026-03-04")
    assert (sheet.bpm, sheet.key) == (82, "Bb")
    assert sheet.comment == "Seed 7. Prompt: warm lo-fi"
    assert json.loads(sheet.receipt) == receipt(songs.track())


def test_timed_lyrics_are_said_to_read_and_to_follow() -> None:
    sheet = sheet_for(songs.track(request=songs.request(lyrics=LRC)), "Sketch")
    assert sheet.lyrics == "[Verse]\nPaper boats\nin the rain"
    assert sheet.synced == [(1.5, "Paper boats"), (4.25, "in the rain")]


@pytest.mark.parametrize("words", ["[Verse]\nPaper boats", "[1:2:3]broken", "", "  \n"])
def test_untimed_lyrics_stay_as_they_were_typed(words: str) -> None:
    sheet = sheet_for(songs.track(request=songs.request(lyrics=words)), "Sketch")
    assert (sheet.lyrics, sheet.synced) == (words.strip(), [])


@pytest.mark.parametrize(
    ("plan", "bpm", "key"),
    [({}, 0, ""), ({"bpm": "fast", "key": 3}, 0, ""), ({"bpm": 91.6, "key": "H"}, 92, ""), ({"bpm": -1}, 0, "")],
)
def test_an_engine_that_tells_nothing_makes_nothing_up(plan: dict[str, object], bpm: int, key: str) -> None:
    sheet = sheet_for(songs.track(plan=plan), "Sketch")
    assert (sheet.bpm, sheet.key) == (bpm, key)


def test_a_key_is_written_as_players_know_it() -> None:
    modes = {"major": "F#", "minor": "F#m", "dorian": "F#m", "mixolydian": "F#", None: "F#"}
    assert {mode: key_of({"key": "F#", "mode": mode}) for mode in modes} == modes


def test_what_no_container_can_hold_is_left_out() -> None:
    assert sheet_for(songs.track(title="a\0b\ud800c"), "Sketch").title == "ab?c"
