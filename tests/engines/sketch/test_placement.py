"""Lines in time: LRC times, bars of a section, and what happens when words are too many."""

from __future__ import annotations

from itertools import pairwise

import pytest

from diffrhythm.phonemes import Pronouncer
from musicgen_web.engines.sketch.form import Form, lay_out
from musicgen_web.engines.sketch.placement import Place, beat_at, place, second_at
from musicgen_web.engines.sketch.rooms import FASTEST
from musicgen_web.engines.sketch.score import SungReport
from musicgen_web.engines.sketch.style import all_styles
from musicgen_web.engines.sketch.wishes import Wishes
from musicgen_web.engines.sketch.words import read
from tests.engines.sketch.lyrics import POP, TIMED

Placed = tuple[tuple[Place, ...], tuple[SungReport, ...]]


def laid(lyrics: str, duration: float = 95.0, bpm: float | None = None, metre: str = "4/4") -> tuple[Form, Placed]:
    form = lay_out(Wishes(bpm=bpm, metre=metre), all_styles()["pop"], duration=duration, lyrics=lyrics, seed=1)
    with Pronouncer(contracted=True) as pronouncer:
        return form, place(read(lyrics, pronouncer), form)


def whats(reports: tuple[SungReport, ...]) -> dict[int, str]:
    return {report.line: report.what for report in reports}


def test_beats_and_seconds_are_each_others_inverse() -> None:
    form, _ = laid("la", bpm=97.0)
    for second in (0.0, 0.4, 31.7, 90.0, 93.9, 95.0):
        assert second_at(form, beat_at(form, second)) == pytest.approx(second)


def test_timed_lines_begin_at_their_times_and_end_before_the_next() -> None:
    form, (places, reports) = laid(TIMED, 100.0)
    assert not reports
    times = [8.2, 13.1, 18.4, 23.0, 29.5, 34.2, 39.8, 44.6, 52.0, 56.7, 61.5, 66.1, 72.3, 77.0, 82.4, 87.2]
    assert [second_at(form, one.start) for one in places] == pytest.approx(times)
    for one, other in pairwise(places):
        assert second_at(form, other.start) - second_at(form, one.end) >= 0.25 - 1e-6
    assert [one.section.kind for one in places] == [*["verse"] * 4, *["chorus"] * 4] * 2


def test_every_line_of_a_tagged_song_stands_in_its_section() -> None:
    form, (places, reports) = laid(POP, 120.0)
    assert not reports
    assert len(places) == 18
    for one in places:
        assert one.section.start <= one.start < one.end <= one.section.start + one.section.length
        assert one.start % form.beats_per_bar == 0
    assert {(one.section.kind, one.of) for one in places} == {("verse", 4), ("pre-chorus", 2), ("chorus", 4)}


def test_lines_are_spread_over_their_section() -> None:
    lyrics = "[Verse]\n" + "one two three four five six\n" * 6
    _, (places, _) = laid(lyrics, 45.0)
    starts = [one.start - one.section.start for one in places]
    gaps = [after - before for before, after in pairwise([*starts, places[0].section.length])]
    assert max(gaps) <= 2 * min(gaps)


def test_pressed_lines_are_reported_and_never_faster_than_can_be_sung() -> None:
    words = "a little more than anybody says "
    lyrics = "\n".join(
        f"[00:{second:05.2f}]{words * times}" for second, times in ((10, 1), (14, 1), (15.1, 3), (18.2, 9), (20, 1))
    )
    form, (places, reports) = laid(lyrics, 60.0)
    assert whats(reports) == {2: "tight", 3: "cut", 4: "cut"}
    for report in reports:
        assert report.needed > report.had > 0
    for one in places:
        assert len(one.line.syllables) <= FASTEST * (second_at(form, one.end) - second_at(form, one.start)) + 1e-6
    cut = next(one for one in places if one.line.number == 3)
    assert cut.line.syllables[-1].ends_word
    assert len(cut.line.text.split()) == sum(syllable.ends_word for syllable in cut.line.syllables)


def test_lines_without_a_moment_are_left_out() -> None:
    _, (places, reports) = laid("[00:00.00]one\n[00:00.00]two\n[00:05.00]three\n[03:00.00]four", 30.0)
    assert [one.line.number for one in places] == [1, 3]
    assert {report.line: report.why for report in reports} == {
        2: "another line begins then",
        4: "it falls past the end",
    }


def test_a_silent_time_ends_the_line_before_it() -> None:
    form, (places, _) = laid("[00:10.00]hold this for me\n[00:12.00]\n[00:30.00]again", 60.0)
    assert second_at(form, places[0].end) <= 12.0


def test_lines_without_a_time_run_between_those_that_have_one() -> None:
    form, (places, reports) = laid("[00:08.00]one is here\ntwo is here\nthree is here\n[00:20.00]four is here", 60.0)
    assert not reports
    assert [second_at(form, one.start) for one in places] == pytest.approx([8.0, 12.0, 16.0, 20.0])


@pytest.mark.parametrize(("duration", "metre"), [(5.0, "4/4"), (20.0, "3/4"), (60.0, "2/4")])
def test_more_lines_than_bars_are_left_out_and_told(duration: float, metre: str) -> None:
    form, (places, reports) = laid("la la\n" * 200, duration, metre=metre)
    assert places
    assert {report.what for report in reports} == {"left out"}
    assert {one.line.number for one in places} | {report.line for report in reports} == set(range(1, 201))
    assert all(one.end <= form.tempo_map[-1][0] for one in places)
