"""Lyrics as lines and syllables: contractions, digits, stanzas, and what is left out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from diffrhythm.phonemes import Pronouncer
from musicgen_web.engines.sketch.marks import read_marks
from musicgen_web.engines.sketch.words import Words, read
from tests.engines.sketch.lyrics import POP, TIMED


@pytest.fixture(scope="module")
def pronouncer() -> Iterator[Pronouncer]:
    with Pronouncer(contracted=True) as pronouncer:
        yield pronouncer


def syllables(words: Words) -> list[list[str]]:
    return [[syllable.text for syllable in line.syllables] for line in words.lines]


def test_a_contraction_is_one_word(pronouncer: Pronouncer) -> None:
    words = read("I don't know, we'll see\nHe couldn’t say", pronouncer)
    assert syllables(words) == [["I", "don't", "know,", "we'll", "see"], ["He", "coul", "dn’t", "say"]]
    assert [line.text for line in words.lines] == ["I don't know we'll see", "He couldn't say"]


def test_stresses_pauses_and_word_ends_are_known(pronouncer: Pronouncer) -> None:
    (line,) = read("Remember, paper boats", pronouncer).lines
    assert [syllable.text for syllable in line.syllables] == ["Re", "mem", "ber,", "pa", "per", "boats"]
    assert [syllable.stress for syllable in line.syllables] == [0, 2, 0, 2, 0, 2]
    assert [syllable.pauses for syllable in line.syllables] == [False, False, True, False, False, False]
    assert [syllable.ends_word for syllable in line.syllables] == [False, False, True, False, True, True]


def test_numbers_are_sung_as_words(pronouncer: Pronouncer) -> None:
    (line,) = read("99 ways", pronouncer).lines
    assert line.text == "ninetynine ways"
    assert len(line.syllables) == 4


def test_what_cannot_be_sung_is_left_out_with_a_reason(pronouncer: Pronouncer) -> None:
    words = read("[ti:A song]\n[Verse]\nla la\n🎉🎉\nПривет\n[00:99.00] la\n…", pronouncer)
    assert [line.number for line in words.lines] == [3]
    assert {one.number: one.why for one in words.unsung} == {
        4: "there is nothing to sing",
        5: "there is nothing to sing",
        6: "[00:99.00] has 99 seconds; they go from 00 to 59.",
        7: "there is nothing to sing",
    }


def test_a_stanza_that_returns_is_the_chorus() -> None:
    verse, chorus, other = "one a day\ntwo a day", "three a day\nfour a day", "five a day\nsix a day"
    marks = read_marks("\n\n".join((verse, chorus, other, chorus)), 95.0)
    assert [mark.kind for mark in marks] == ["verse", "chorus", "verse", "chorus"]
    assert [mark.lines for mark in marks] == [2, 2, 2, 2]
    assert [mark.kind for mark in read_marks("\n\n".join((verse, other)), 95.0)] == ["verse", "chorus"]


def test_stanzas_with_times_begin_at_their_first_line() -> None:
    marks = read_marks(TIMED, 100.0)
    assert [(mark.kind, mark.time) for mark in marks] == [
        ("verse", 8.2), ("chorus", 29.5), ("verse", 52.0), ("chorus", 72.3),
    ]  # fmt: skip


def test_a_bare_chorus_tag_stands_for_the_words_it_had() -> None:
    marks = read_marks("[Verse]\nla\n[Chorus]\nlu\nlo\n[Verse]\nli\n[Chorus]\n", 95.0)
    assert [(mark.kind, mark.lines, mark.stanza) for mark in marks] == [
        ("verse", 1, 0), ("chorus", 2, 1), ("verse", 1, 2), ("chorus", 2, 1),
    ]  # fmt: skip


def test_sections_know_their_lines() -> None:
    assert [(mark.kind, mark.lines, mark.bars) for mark in read_marks(POP, 150.0)] == [
        ("verse", 4, 8), ("pre-chorus", 2, 4), ("chorus", 4, 8), ("verse", 4, 8), ("chorus", 4, 8),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "lyrics",
    [
        "x" * 10_000,
        "word " * 2_000,
        "la\n" * 500,
        "🎉\n" * 500,
        "[",
        "[]\n[[\n]]",
        "[00:00.00]\n" * 50,
        "\x00\u2028'",
    ],
)
def test_nothing_that_is_written_stops_the_reader(lyrics: str, pronouncer: Pronouncer) -> None:
    words = read(lyrics, pronouncer)
    assert all(line.syllables for line in words.lines)
    assert sum(mark.lines for mark in read_marks(lyrics, 95.0)) >= len(words.lines)
