"""Lyrics set as poetry."""

from __future__ import annotations

from musicgen_web.web.verses import Line, Verse, verses


def test_tags_and_empty_lines_begin_a_verse() -> None:
    assert verses("[verse 1]\nOne\nTwo\n\nThree\n[Chorus]\nFour") == [
        Verse("Verse 1", (Line("One"), Line("Two"))),
        Verse("", (Line("Three"),)),
        Verse("Chorus", (Line("Four"),)),
    ]


def test_times_leave_the_text_and_stay_with_the_line() -> None:
    assert verses("[00:10.00]Hello\n[01:05.5] [01:06]again") == [Verse("", (Line("Hello", 10.0), Line("again", 66.0)))]


def test_no_words_are_no_verses() -> None:
    assert verses("") == []
    assert verses("\n\n") == []
