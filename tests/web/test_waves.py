"""Waveforms."""

from __future__ import annotations

import re

from musicgen_web.web.waves import levels, sparse, wave
from tests.support import songs


def test_a_waveform_has_as_many_lines_as_were_asked_for_and_a_border_where_it_was_heard() -> None:
    svg = wave(songs.PEAKS, 64, heard=0.25)
    heard, rest = re.findall(r' d="([^"]*)"', svg)
    assert heard.count("M") == 16
    assert heard.count("M") + rest.count("M") == 64
    assert "style" not in svg


def test_the_loudest_line_fills_the_height_and_silence_is_still_a_line() -> None:
    assert max(levels(songs.PEAKS, 64)) == 1.0
    assert wave(bytes(1600), 8).count("v2") == 8
    assert wave(b"", 8).count("M") == 8


def test_marks_that_would_run_into_each_other_are_left_out() -> None:
    marks: list[object] = [{"name": "C", "start": float(at)} for at in range(100)]
    shown = list(sparse(marks, 100.0, most=10))  # type: ignore[arg-type]
    assert [mark["start"] for mark in shown] == [float(at) for at in range(0, 100, 10)]
    assert list(sparse(None, 100.0)) == []
