"""Lines land on the frames on which the model was trained to sing them, and each line's fate is told."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diffrhythm import tokens
from diffrhythm.errors import LyricsError
from diffrhythm.lrc import LyricLine
from diffrhythm.phonemes import Pronouncer
from diffrhythm.phonemes.espeak import Espeak

GOLDEN = Path(__file__).parents[1] / "golden" / "text"
CASES = json.loads((GOLDEN / "lrc_cases.json").read_text(encoding="utf-8"))["cases"]


@pytest.fixture(scope="module")
def espeak() -> Iterator[Espeak]:
    with Espeak() as speaker:
        yield speaker


@pytest.fixture(scope="module")
def pronouncer(espeak: Espeak) -> Pronouncer:
    return Pronouncer(espeak)


def lyric(*lines: tuple[float | None, str]) -> list[LyricLine]:
    return [LyricLine(number, text, time) for number, (time, text) in enumerate(lines, start=1)]


def as_said_by_152(row: Sequence[int]) -> list[int]:
    """Spell both of espeak's versions alike: 1.51's oːɹ is 1.52's ɔːɹ (tokens are ids + 1)."""
    pairs = zip(row, [*row[1:], 0], strict=True)
    return [12 if token == 10 else 11 if (token, after) == (63, 50) else token for token, after in pairs]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_every_lyric_has_the_tokens_of_the_models_own_program(case: dict[str, Any], espeak: Espeak) -> None:
    answers = {(text, index): label for text, index, label in case.get("polyphone_calls", [])}
    reader = Pronouncer(espeak, case.get("lexicon_hits", {}), lambda text, index: answers[text, index])
    lines = lyric(*((time, text) for time, text in case["parsed"]))
    if "error" in case:
        with pytest.raises(LyricsError):
            tokens.place(lines, case["audio_length"], reader, as_upstream=True)
        return
    placement = tokens.place(lines, case["audio_length"], reader, as_upstream=True)
    expected = np.load(GOLDEN / "lrc_tokens.npz")[case["id"]][0].tolist()
    assert len(placement.tokens) == case["end_frame"] == tokens.frames_of(case["audio_length"])
    assert as_said_by_152(placement.tokens) == as_said_by_152(expected)


def test_the_last_line_of_a_short_song_is_sung_and_upstream_drops_it(pronouncer: Pronouncer) -> None:
    lines = lyric((5.0, "Only line"), (100.0, "Never"))
    ours, theirs = (tokens.place(lines, 95, pronouncer, as_upstream=upstream) for upstream in (False, True))
    assert [line.fate for line in ours.lines] == [tokens.SUNG, tokens.PAST_END]
    assert [line.fate for line in theirs.lines] == [tokens.DROPPED, tokens.PAST_END]
    assert not any(theirs.tokens) and sum(map(bool, ours.tokens)) == len(ours.lines[0].tokens)
    assert tokens.place(lines, 96, pronouncer, as_upstream=True).lines[0].fate == tokens.SUNG


def test_a_line_with_more_phones_than_frames_pushes_the_next(pronouncer: Pronouncer) -> None:
    first, second, third = tokens.place(
        lyric((1.0, "far too many words for so little time"), (1.2, "late"), (9.0, "on time")), 120, pronouncer
    ).lines
    assert (first.wanted, first.start, first.pushed) == (21, 21, 0)
    assert second.start == first.end and second.pushed == first.end - 25
    assert second.start_seconds == pytest.approx(second.start * 2048 / 44100)
    assert (third.pushed, third.lost, third.is_truncated) == (0, 0, False)


def test_what_lies_past_the_end_is_told(pronouncer: Pronouncer) -> None:
    cut, gone = tokens.place(lyric((95.9, "Cut in the middle"), (95.95, "Pushed past the end")), 96, pronouncer).lines
    assert cut.is_truncated and cut.end == tokens.frames_of(96) and cut.lost == len(cut.tokens) - cut.written > 0
    assert gone.fate == tokens.PAST_END and gone.written == 0 and gone.lost == len(gone.tokens)


def test_a_stop_ends_a_line_and_is_a_comma_within_it(pronouncer: Pronouncer) -> None:
    (line,) = tokens.place(lyric((0.0, "Dr. No. Yes.")), 100, pronouncer).lines
    assert line.tokens[-1] == 2 and 2 not in line.tokens[:-1] and line.tokens.count(1) == 3


def test_lines_that_cannot_be_sung_are_left_out_and_named(pronouncer: Pronouncer) -> None:
    lines = [
        *lyric((1.0, "こんにちは"), (2.0, ""), (None, "no time"), (4.0, "sung")),
        LyricLine(9, "", 5.0, section="Chorus"),
    ]
    placement = tokens.place(lines, 120, pronouncer)
    assert [line.fate for line in placement.lines] == [tokens.REFUSED, tokens.SILENT, tokens.UNTIMED, tokens.SUNG]
    assert [problem.line for problem in placement.problems] == [1, 3]
    assert "no time" in placement.problems[1].message
    with pytest.raises(LyricsError) as refused:
        tokens.place(lines, 120, pronouncer, as_upstream=True)
    assert [problem.line for problem in refused.value.problems] == [1, 2]


def test_a_tab_cuts_a_line_only_as_upstream(pronouncer: Pronouncer) -> None:
    ours, theirs = (
        tokens.place(lyric((1.0, "one\ttwo")), 120, pronouncer, as_upstream=upstream).lines[0]
        for upstream in (False, True)
    )
    assert len(ours.tokens) > len(theirs.tokens) == 4


WORDS = st.sampled_from(["oh", "hold on to me", "你好，世界", "", "...", "Carrying the words we never say", "12", "ж"])


@given(st.lists(st.tuples(st.floats(0, 130), WORDS), max_size=30), st.sampled_from([95, 96, 120]))
@settings(max_examples=80, deadline=None)
def test_the_frames_hold_what_the_lines_say_and_nothing_else(lines: list[tuple[float, str]], duration: int) -> None:
    placement = tokens.place(lyric(*lines), duration, Pronouncer(SHARED))
    expected = [tokens.EMPTY] * tokens.frames_of(duration)
    free = 0
    for line in placement.lines:
        assert line.pushed >= 0 and line.start >= (free if line.written else 0)
        assert (line.fate == tokens.SUNG) == bool(line.written)
        expected[line.start : line.end] = line.tokens[: line.written]
        free = max(free, line.end) if line.written else free
    assert list(placement.tokens) == expected


SHARED = Espeak()


@pytest.fixture(scope="module", autouse=True)
def _close_shared() -> Iterator[None]:
    yield
    SHARED.close()
