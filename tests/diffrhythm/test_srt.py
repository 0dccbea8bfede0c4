"""Lyrics leave as subtitles and come back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diffrhythm import lrc, srt
from diffrhythm.errors import LyricsError
from diffrhythm.lrc import LyricLine, Lyrics


def test_a_line_stays_until_the_next_or_a_pause_begins() -> None:
    lyrics = lrc.parse("[Verse]\n[00:10.50]one\n[00:12.00]two\n[00:13.00]\n[01:00.00]three\nuntimed")
    assert srt.write(lyrics) == (
        "1\n00:00:10,500 --> 00:00:12,000\none\n\n"
        "2\n00:00:12,000 --> 00:00:13,000\ntwo\n\n"
        "3\n00:01:00,000 --> 00:01:08,000\nthree\n"
    )


def test_subtitles_of_other_programs_are_read() -> None:
    text = (
        "\ufeff1\r\n00:00:01.5 --> 00:00:03,000 X1:0\r\n<i>Paper</i>\r\nboats [live]\r\n\r\n"
        "2\r\n00:00:03,000 --> 00:00:04,000\r\n99\r\n"
    )
    assert srt.parse(text).lines == (
        LyricLine(0, "Paper boats (live)", 1.5),
        LyricLine(0, "99", 3.0),
        LyricLine(0, "", 4.0),
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("words first\n00:00:01,000 --> 00:00:02,000\nx", 1),
        ("1\n00:00:xx --> 00:00:02,000\nx", 2),
        ("1\n00:00:05,000 --> 00:00:02,000\nx", 2),
        ("1\n00:00:05,000 --> 00:00:06,000\n" + "x" * 501, 2),
    ],
)
def test_what_is_no_subtitle_is_named_by_its_line(text: str, line: int) -> None:
    with pytest.raises(LyricsError) as caught:
        srt.parse(text)
    assert [problem.line for problem in caught.value.problems] == [line]


WORDS = (
    st.text(st.sampled_from("abc 月'é"), min_size=1, max_size=9).map(lambda words: " ".join(words.split())).filter(bool)
)


@settings(max_examples=40)
@given(st.dictionaries(st.integers(0, 300_000), WORDS, max_size=12))
def test_words_and_their_times_survive_being_subtitles(cues: dict[int, str]) -> None:
    lines = tuple(LyricLine(0, words, at / 1_000) for at, words in sorted(cues.items()))
    back = srt.parse(srt.write(Lyrics(lines)))
    assert tuple(line for line in back.lines if line.text) == lines
