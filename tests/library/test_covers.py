"""Covers drawn from songs."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from musicgen_web.library.covers import FIFTHS, cover, inks, loudness, read
from tests.support import songs

MD5 = "9f2c71d044ab8e135c07b2e90d6af318"


def drawn(plan: dict[str, object], md5: str = MD5) -> str:
    return cover(plan, songs.PEAKS, 95.0, md5)  # type: ignore[arg-type]


def test_the_same_song_has_the_same_cover_and_another_has_another() -> None:
    assert drawn(dict(songs.PLAN)) == drawn(dict(songs.PLAN))
    assert drawn(dict(songs.PLAN)) != drawn(dict(songs.PLAN) | {"key": "A"})
    assert drawn(dict(songs.PLAN)) != drawn(dict(songs.PLAN) | {"mode": "minor"})


def test_a_cover_is_a_small_picture_without_style_or_script() -> None:
    svg = drawn(dict(songs.PLAN))
    root = ET.fromstring(svg)
    assert root.attrib["viewBox"] == "0 0 400 400"
    assert len(svg) < 6_000
    assert not re.search(r"style|script|on\w+=|href", svg)


@pytest.mark.parametrize(
    "plan",
    [
        {},
        {"key": "H", "mode": 3, "bpm": "fast", "sections": "none"},
        {"sections": [{"name": "x"}, {"start": 5, "end": 1}, "y"]},
        {"bpm": 0, "sections": []},
    ],
)
def test_a_song_that_tells_nothing_still_has_a_cover_of_its_own(plan: dict[str, object]) -> None:
    assert ET.fromstring(drawn(plan)) is not None
    assert drawn(plan) == drawn(plan)
    assert len({drawn(plan, f"{number:08x}" + MD5[8:]) for number in range(12)}) == 12


def test_silence_and_missing_peaks_are_drawn_too() -> None:
    assert cover({}, bytes(1600), 5.0, MD5).count("<path") >= 5
    assert cover({}, b"", 0.0, "").startswith("<svg")


def test_every_key_has_an_hour_and_each_hour_its_inks() -> None:
    assert {read({"key": key}, songs.PEAKS, 95.0, MD5).hour for key in FIFTHS} == set(range(12))
    assert len({inks(hour, night) for hour in range(12) for night in (True, False)}) == 24


def test_loudness_is_the_larger_side_of_each_pair() -> None:
    assert loudness(bytes([0x80, 0x10, 0x00, 0x40])) == [1.0, 0.5]
