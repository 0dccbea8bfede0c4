"""Lyrics set as poetry."""

from __future__ import annotations

from musicgen_web.web.verses import Line, Verse, verses


def test_tags_and_empty_lines_begin_a_verse() -> None:
    assert verses("[verse 1]\nOne\nTwo\n\nThree\n[CHORUS]\nFour\n[Bridge with Anna]") == [
        Verse("Verse 1", (Line("One"), Line("Two"))),
        Verse("", (Line("Three"),)),
        Verse("Chorus", (Line("Four"),)),
        Verse("Bridge with Anna", ()),
    ]


def test_times_leave_the_text_and_stay_with_the_line() -> None:
    assert verses("[ti:Bells]\n[00:10.00]Hello\n[01:05.5]<01:05.5>again") == [
        Verse("", (Line("Hello", 10.0), Line("again", 65.5)))
    ]


def test_a_line_with_two_times_is_sung_twice_and_a_pause_parts_the_verses() -> None:
    assert verses("[00:01.00][00:09.00]Row\n[00:03.00]your boat\n[00:05.00]\n[00:07.00]gently") == [
        Verse("", (Line("Row", 1.0), Line("your boat", 3.0))),
        Verse("", (Line("gently", 7.0),)),
        Verse("", (Line("Row", 9.0),)),
    ]


def test_lyrics_from_before_a_stricter_rule_stand_as_they_were_typed() -> None:
    assert verses("[00:99.00]late\nfine") == [Verse("", (Line("[00:99.00]late"), Line("fine")))]


def test_no_words_are_no_verses() -> None:
    assert verses("") == []
    assert verses("\n\n") == []
