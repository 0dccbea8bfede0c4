"""Sections, tempo and time."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from musicgen_web.engines.sketch.form import Form, lay_out
from musicgen_web.engines.sketch.style import all_styles
from musicgen_web.engines.sketch.wishes import read
from tests.engines.sketch.songs import SONGS, STYLES


def form(prompt: str = "pop", *, duration: float = 95.0, lyrics: str = "", seed: int = 1) -> Form:
    wishes = read(prompt)
    return lay_out(wishes, all_styles()[wishes.style], duration=duration, lyrics=lyrics, seed=seed)


@settings(max_examples=150, deadline=None)
@given(
    duration=st.floats(5.0, 285.0),
    style=st.sampled_from(STYLES),
    bpm=st.none() | st.integers(40, 220),
    metre=st.sampled_from(("", "waltz")),
    seed=st.integers(0, 2**32 - 1),
)
def test_sections_fill_any_duration_without_a_gap(
    duration: float, style: str, bpm: int | None, metre: str, seed: int
) -> None:
    laid = form(f"{style} {metre} {bpm} bpm" if bpm else f"{style} {metre}", duration=duration, seed=seed)
    assert laid.sections[0].start == 0
    assert all(a.start + a.length == b.start for a, b in pairwise(laid.sections))
    assert laid.sections[-1].start + laid.sections[-1].length == laid.tempo_map[-1][0]
    assert laid.tempo_map[-1][1] == duration
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(laid.tempo_map))
    assert all(section.length % laid.beats_per_bar == 0 and section.length > 0 for section in laid.sections)
    ring = duration - laid.tempo_map[-2][1]
    assert 0.9 <= ring <= 9.5
    if bpm:
        assert laid.bpm == bpm


@pytest.mark.parametrize(("style", "seed"), SONGS)
def test_the_tempo_stays_near_the_style(style: str, seed: int) -> None:
    low, high = all_styles()[style].tempo
    assert low * 0.93 <= form(style, seed=seed).tempo <= high * 1.07


def test_moods_move_the_tempo() -> None:
    assert form("slow pop").bpm < form("pop").bpm < form("fast pop").bpm


def test_up_to_fifteen_seconds_there_is_one_thing_to_say() -> None:
    for prompt in ("pop", "house", "pop 180 bpm", "lo-fi 3/4"):
        for duration in (6.0, 11.0, 15.0):
            assert {section.kind for section in form(prompt, duration=duration).sections} <= {"chorus", "ending"}
        assert form(prompt, duration=30.0).sections[0].kind == "intro"


def test_a_long_song_has_a_bridge_or_solo_and_two_choruses_at_its_end() -> None:
    for duration in (180.0, 240.0, 285.0):
        kinds = [section.kind for section in form(duration=duration).sections]
        assert kinds.count("pre-chorus") == 2
        assert {"bridge", "solo"} & {*kinds}
        assert kinds[-3:-1] == ["chorus", "chorus"]


def test_returning_sections_are_about_as_long_and_beginnings_are_short() -> None:
    for prompt in ("pop", "lo-fi", "ambient", "house", "pop 3/4", "indie folk 6/8"):
        for duration in (60.0, 95.0, 140.0, 200.0):
            laid = form(prompt, duration=duration)
            bars = [(one.kind, one.length / laid.beats_per_bar) for one in laid.sections]
            for kind in ("verse", "chorus", "pre-chorus"):
                lengths = [length for other, length in bars if other == kind]
                assert not lengths or max(lengths) <= 2 * min(lengths), (prompt, duration)
            assert all(length <= 8 for kind, length in bars if kind in ("intro", "ending")), (prompt, duration)


def test_sections_are_called_what_a_style_calls_them_unless_the_lyrics_name_them() -> None:
    house = [section.name for section in form("house", duration=140).sections]
    assert {"drop 1", "build 1", "breakdown"} <= {*house}
    tagged = [section.name for section in form("house", duration=60, lyrics="[Verse]\nla\n[Chorus]\nlu").sections]
    assert "chorus" in tagged or "chorus 1" in tagged
    quiet = next(section for section in form("house", duration=140).sections if section.kind == "bridge")
    assert quiet.energy < 0.3


def test_a_song_that_fades_does_not_slow_down() -> None:
    fading = replace(all_styles()["pop"], fade=8.0)
    laid = lay_out(read("pop"), fading, duration=95.0, lyrics="", seed=1)
    assert len(laid.tempo_map) == 3
    assert len(form("pop").tempo_map) > 3


def test_a_short_song_is_a_hook_and_a_long_one_has_a_bridge() -> None:
    assert [section.kind for section in form(duration=10).sections] == ["chorus", "ending"]
    kinds = [section.kind for section in form(duration=220).sections]
    assert kinds[0] == "intro"
    assert kinds[-1] == "outro"
    assert "bridge" in kinds
    assert kinds.count("chorus") >= 3


def test_the_last_chorus_is_the_peak() -> None:
    sections = form(duration=180).sections
    loudest = max(sections, key=lambda section: section.energy)
    assert loudest == [section for section in sections if section.kind == "chorus"][-1]


def test_tags_without_times_are_played_in_their_order() -> None:
    laid = form(duration=120, lyrics="[Verse 1]\nla\n[Chorus]\nlu\n[Bridge]\nlo\n[Chorus]\nlu\n")
    kinds = [section.kind for section in laid.sections]
    assert [kind for kind in kinds if kind not in ("intro", "ending")] == ["verse", "chorus", "bridge", "chorus"]


def test_tags_in_other_languages_are_understood() -> None:
    laid = form(duration=60, lyrics="[主歌]\nx\n[副歌]\nx\n[Куплет]\nx\n[Припев 2]\nx")
    assert [s.kind for s in laid.sections if s.kind not in ("intro", "ending")] == ["verse", "chorus"] * 2


def test_times_start_sections_at_the_nearest_bar() -> None:
    asked = {"verse": 9.0, "chorus": 33.5, "solo": 61.0, "outro": 80.0}
    lyrics = "[00:09.00][Verse]\n[00:10.00]la\n[Chorus]\n[00:33.50]lu\n[01:01.00][Guitar Solo]\n[01:20.00][Outro]"
    for seed in range(6):
        laid = form(lyrics=lyrics, seed=seed)
        bar = 4 * 60 / laid.bpm
        starts = {section.kind: section.start * 60 / laid.bpm for section in laid.sections}
        assert starts.keys() == {"intro", *asked}
        assert all(abs(starts[kind] - time) <= bar for kind, time in asked.items())


def test_times_after_the_end_are_left_out() -> None:
    laid = form(duration=30, lyrics="[00:00.00][Verse]\n[00:20.00][Chorus]\n[02:00.00][Outro]")
    assert [section.kind for section in laid.sections] == ["verse", "chorus"]


def test_many_tags_in_a_short_song_still_fit() -> None:
    laid = form(duration=6, lyrics="[Intro]\n[Verse]\n[Chorus]\n[Verse]\n[Chorus]\n[Bridge]\n[Chorus]\n[Outro]")
    assert laid.tempo_map[-1][1] == 6


def test_unknown_tags_keep_their_name() -> None:
    names = [section.name for section in form(lyrics="[Whispered]\nla\n[Chorus]\nlu").sections]
    assert "whispered" in names


def test_sections_that_return_are_numbered() -> None:
    names = [section.name for section in form(duration=95).sections]
    assert names[1:3] == ["verse 1", "chorus 1"]
