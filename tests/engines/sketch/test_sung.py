"""The lint of what is sung."""

from __future__ import annotations

import subprocess
import sys

import pytest

from diffrhythm.findings import Finding
from diffrhythm.phonemes import Pronouncer
from musicgen_web.engines.sketch.sung import report
from tests.engines.sketch.lyrics import POP, TIMED


def found(lyrics: str, duration: float = 60.0) -> tuple[Finding, ...]:
    with Pronouncer(contracted=True) as pronouncer:
        return report(lyrics, duration, pronouncer)


def test_a_song_with_room_has_no_findings() -> None:
    assert found(POP, 120.0) == found(TIMED, 100.0) == found("", 95.0) == ()


def test_density_the_end_and_silence_are_told_line_by_line() -> None:
    lyrics = "\n".join(
        (
            "[00:05.00]as easy as it comes",
            "[00:10.00]every other minute of a summer holiday",
            "[00:11.45]every other minute of a summer holiday",
            "[00:12.80]easy",
            "[00:20.00]🎉🎉",
            "[00:99.00]broken",
            "[02:00.00]too late for this",
        )
    )
    assert [(one.line, one.kind, one.severity) for one in found(lyrics)] == [
        (2, "dense", "hint"), (3, "dense", "warning"), (5, "language", "error"), (6, "broken", "error"),
        (7, "past-end", "error"),
    ]  # fmt: skip
    dense = found(lyrics)[0]
    assert lyrics.splitlines()[1][dense.start : dense.end] == "every other minute of a summer holiday"
    assert "syllables a second" in dense.message


def test_words_without_times_that_are_too_many_are_told_once() -> None:
    (finding,) = found("some more words to sing in a line\n" * 200, 60.0)
    assert finding.kind == "past-end"
    assert 20 < finding.line < 60


@pytest.mark.parametrize("lyrics", ["x" * 10_000, "🎉\n" * 300, "[00:00.00]la\n" * 300, "["])
def test_nothing_that_is_typed_stops_it(lyrics: str) -> None:
    assert found(lyrics)


def test_it_needs_no_numpy() -> None:
    program = "import sys, musicgen_web.engines.sketch.sung; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
