"""The drummer's marks: single strokes as loud as they are written, rolls as many as they say."""

from __future__ import annotations

from itertools import pairwise

import pytest

from musicgen_web.engines.sketch.groove import LOUDNESS, ROLLS, strokes_of
from tests.engines.sketch.songs import song


@pytest.mark.parametrize(
    ("mark", "places"), [("2", [0.0, 0.5]), ("3", [0.0, 1 / 3, 2 / 3]), ("t", [0.0, 2 / 3, 4 / 3])]
)
def test_a_roll_shares_its_steps_evenly_and_grows(mark: str, places: list[float]) -> None:
    rolled = list(strokes_of(mark))
    assert [place for place, _ in rolled] == pytest.approx(places)
    loudness = [loud for _, loud in rolled]
    assert loudness == sorted(loudness)
    assert (loudness[0], loudness[-1]) == (LOUDNESS["o"], LOUDNESS["x"])


def test_a_single_stroke_is_one_and_a_rest_is_none() -> None:
    assert [list(strokes_of(mark)) for mark in "Xg."] == [[(0.0, LOUDNESS["X"])], [(0.0, LOUDNESS["g"])], []]
    assert not ROLLS.keys() & LOUDNESS.keys()


def test_hats_roll_in_trap() -> None:
    hats = sorted(
        note.start for part in song("trap").parts if part.role == "drums" for note in part.notes if note.pitch == 42
    )
    gaps = [later - sooner for sooner, later in pairwise(hats)]
    assert sum(0.09 < gap < 0.2 for gap in gaps) > 12  # thirty-seconds and triplets
    assert sum(0.4 < gap < 0.6 for gap in gaps) > 100


def test_nothing_stumbles_between_the_kicks_of_a_dance_floor() -> None:
    score = song("trance", seed=3)
    drop = next(section for section in score.sections if section.kind == "chorus")
    kicks = [
        note.start - drop.start
        for part in score.parts
        if part.role == "drums"
        for note in part.notes
        if note.pitch == 36
    ]
    first_bars = [place for place in kicks if -0.1 < place < 11.9]
    assert len(first_bars) == 12
    assert all(abs(place - round(place)) < 0.05 for place in first_bars)
