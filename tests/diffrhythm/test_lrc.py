"""Lyrics are read as people write them, and what cannot be read is named by its line."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from diffrhythm.errors import LyricsError, Problem
from diffrhythm.lrc import MAX_LINES, LyricLine, Lyrics, offset_of, parse, plain, write


def sung(text: str) -> list[tuple[float | None, str]]:
    return [(line.time, line.text) for line in parse(text).lines]


def problems(text: str) -> list[Problem]:
    with pytest.raises(LyricsError) as caught:
        parse(text)
    return list(caught.value.problems)


def test_plain_lyrics_are_lines_without_times() -> None:
    lyrics = parse("Paper boats\n\n  on the river \n")
    assert [(line.number, line.text) for line in lyrics.lines] == [(1, "Paper boats"), (3, "on the river")]
    assert not lyrics.is_timed


def test_an_empty_text_is_no_lyrics() -> None:
    assert parse("") == parse(" \n\t\r\n") == Lyrics()


@pytest.mark.parametrize(
    ("stamp", "seconds"),
    [("00:10", 10), ("0:10", 10), ("00:10.5", 10.5), ("01:10.25", 70.25), ("00:10.125", 10.125), ("120:00", 7200)],
)
def test_every_usual_way_to_write_a_time_is_read(stamp: str, seconds: float) -> None:
    assert sung(f"[{stamp}]Hold on") == [(seconds, "Hold on")]
    assert parse(f"[{stamp}]Hold on").is_timed


def test_a_byte_order_mark_and_windows_line_ends_lose_no_line() -> None:
    assert sung("\ufeff[00:01.00]one\r\n[00:02.00]two\r[00:03.00]three") == [(1, "one"), (2, "two"), (3, "three")]


def test_a_line_with_several_times_is_sung_at_each() -> None:
    lyrics = parse("[00:10.00] [00:30.00]La la\n[00:20.00]Words")
    assert [(line.time, line.text, line.number) for line in lyrics.lines] == [
        (10, "La la", 1),
        (20, "Words", 2),
        (30, "La la", 1),
    ]


def test_lines_are_sorted_by_time_and_keep_their_company() -> None:
    text = "first of all\n[Chorus]\n[00:30.00]b\nand b again\n[Verse 1]\n[00:10.00]a\n[00:10.00]a too"
    assert [line.text or line.section for line in parse(text).lines] == [
        "first of all",
        "Verse 1",
        "a",
        "a too",
        "Chorus",
        "b",
        "and b again",
    ]


def test_a_section_tag_is_a_line_without_words() -> None:
    lyrics = parse("[Verse 1: Anna]\none\n[00:09.00][Chorus] two")
    assert lyrics.lines == (
        LyricLine(1, "", section="Verse 1: Anna"),
        LyricLine(2, "one"),
        LyricLine(3, "", 9.0, "Chorus"),
        LyricLine(3, "two", 9.0),
    )


def test_a_time_without_words_is_a_pause() -> None:
    assert sung("[00:10.00]\n[00:05.00]a") == [(5, "a"), (10, "")]


def test_what_the_file_says_of_itself_is_not_sung() -> None:
    lyrics = parse("[ti:Paper [live] Boats]\n[AR: The Jetty]\n[length: 03:20][#:a note]\n[00:01.00]one")
    assert lyrics.tags == {"ti": "Paper [live] Boats", "ar": "The Jetty", "length": "03:20", "#": "a note"}
    assert lyrics.lines == (LyricLine(4, "one", 1.0),)


def test_an_offset_is_taken_into_every_time_once() -> None:
    lyrics = parse("[00:00.10]early\n[offset:+250]\n[00:10.00]late")
    assert [line.time for line in lyrics.lines] == [0, 9.75]
    assert lyrics.tags == {}
    assert sung("[offset:-500]\n[00:10.00]later") == [(10.5, "later")]


def test_times_of_single_words_are_not_sung() -> None:
    assert sung("[00:10.00] <00:10.04> Two <00:10.50>thou<00:10.80>sand") == [(10, "Two thousand")]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("[00:99.99]x", "has 99 seconds"),
        ("[-1:00]x", "before the song starts"),
        ("[0a:10]x", "not a time"),
        ("[oo:10.50]x", "not a time"),
        ("[00:ab]x", "not a time"),
        ("[00:10,50]x", "not a time"),
        ("[00:10:50]x", "not a time"),
        ("[00:5]x", "not a time"),
        ("[00:10.1234]x", "not a time"),
        ("[１０:１０]x", "not a time"),
        ("[:10]x", "not a time"),
        ("[12.5]x", "not a time"),
        ("[00:10", "never closed"),
        ("[00:10 words", "never closed"),
        ("[Chorus", "never closed"),
        ("[ ]x", "are empty"),
        ("[00:10.00]one [00:12.00]two", "among the words"),
        ("one [00:99.00]", "among the words"),
        ("[[00:10.00]]one", "among the words"),
        ("[offset:soon]", "milliseconds"),
        ("x" * 501, "501 characters"),
        ("[00:10.00]" + "x" * 501, "501 characters"),
        ("[00:10.00]" * 300, "3000 characters"),
    ],
)
def test_a_broken_line_is_named_with_what_is_wrong(line: str, says: str) -> None:
    assert [(problem.line, says in problem.message) for problem in problems(f"fine\n{line}\nfine")] == [(2, True)]


def test_all_broken_lines_are_named_at_once() -> None:
    assert [problem.line for problem in problems("[00:61.00]a\n[00:10.00]b\n[00:10\n\n[1:2:3]d")] == [1, 3, 5]


def test_the_error_speaks_to_people() -> None:
    with pytest.raises(LyricsError, match=r"^Line 2: \[00:99\.99\] has 99 seconds; they go from 00 to 59\.$") as caught:
        parse("one\n[00:99.99]two")
    assert caught.value.code == "INVALID_LYRICS"
    assert "[00:10.50]" in caught.value.recovery


def test_five_hundred_characters_are_not_too_many() -> None:
    assert sung("[00:10.00]" + "x" * 500) == [(10, "x" * 500)]


def test_lyrics_are_written_as_people_expect_them() -> None:
    text = "[ti:Paper Boats]\n[Verse 1]\n[00:10.50]one\n[01:02.125]two\n[01:10.00]\n"
    assert write(parse(text)) == text


def test_stanzas_stay_apart_when_they_are_written() -> None:
    text = "[Verse]\n[00:10.00]one\n\n\n[00:14.00]two\n\n[Chorus]\n[00:18.00]three\n"
    assert write(parse(text)) == text.replace("\n\n\n", "\n\n")
    assert plain(parse("[ti:x]\n" + text)) == "[Verse]\none\n\ntwo\n\n[Chorus]\nthree\n"
    assert write(parse("[00:20.00]b\n[00:10.00]a\n[00:30.00]c")) == "[00:10.00]a\n[00:20.00]b\n[00:30.00]c\n"


def test_the_offset_can_be_asked_for() -> None:
    assert offset_of("\ufeff[ti:offset]\r\n[OFFSET:+250][00:01.00]x\n[offset:soon]") == 250
    assert offset_of("offset:3") == 0


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n[]<>\ufeff")).map(str.strip)
TIMES = st.none() | st.integers(0, 999 * 60_000).map(lambda milliseconds: milliseconds / 1_000)
LINES = st.builds(LyricLine, st.just(0), WORDS.filter(bool), TIMES) | st.builds(
    LyricLine, st.just(0), st.just(""), TIMES, st.sampled_from(["Chorus", "Verse 2", "Pre-Chorus: Anna", "间奏"])
)


@given(st.lists(LINES), st.dictionaries(st.sampled_from(["ti", "ar", "by"]), WORDS))
def test_lyrics_made_by_hand_survive_being_written_and_read(lines: list[LyricLine], tags: dict[str, str]) -> None:
    ordered = parse(write(Lyrics(tuple(lines), tags)))
    assert Counter(ordered.lines) == Counter(lines)
    assert parse(write(ordered)) == ordered
    assert ordered.tags == tags


MARKS = list("[]<>:.-\n\r 5５\ufeff\u3000\x00\ud800")
SCRAPS = st.sampled_from([*MARKS, "00:10", "[00:10.00]", "[00:9", "<00:01.00>", "[ti:", "offset:", "[Chorus]", "la"])


@given(st.text() | st.lists(SCRAPS).map("".join))
@example("<0<00:10>0:10>[x]")
@example("[ti:a [b]\n[00:10]c")
def test_whatever_is_typed_is_read_back_the_same_or_refused_by_line(text: str) -> None:
    try:
        lyrics = parse(text)
    except LyricsError as error:
        assert error.problems
        assert all(1 <= problem.line <= len(text) + 1 and problem.message for problem in error.problems)
    else:
        assert parse(write(lyrics)) == lyrics


def test_a_few_lines_cannot_stand_for_too_many() -> None:
    assert len(parse("a\n" * MAX_LINES).lines) == MAX_LINES
    with pytest.raises(LyricsError) as caught:
        parse("fine\n" + "\n".join(["[00:00]" * 145 + "[a]" * 325] * 5))
    assert [problem.line for problem in caught.value.problems] == [2]
