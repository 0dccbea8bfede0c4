"""Prompts changed as a person would change them."""

from __future__ import annotations

import pytest

from musicgen_web.engines.sketch import wording


def at(prompt: str, *words: str) -> list[tuple[int, int]]:
    return [(prompt.index(word), prompt.index(word) + len(word)) for word in words]


@pytest.mark.parametrize(
    ("prompt", "word", "left"),
    [
        ("pop, piano, rain", "piano", "pop, rain"),
        ("pop, piano", "piano", "pop"),
        ("piano", "piano", ""),
        ("piano and guitar", "piano", "guitar"),
        ("pop with piano and guitar", "guitar", "pop with piano"),
        ("pop with piano", "piano", "pop"),
        ("no drums or bass", "drums", "no bass"),
        ("no drums or bass, rain", "bass", "no drums, rain"),
        ("pop at 92 bpm", "92 bpm", "pop"),
        ("lo-fi in A minor, rain", "A minor", "lo-fi, rain"),
        ("A story. piano, rain", "piano", "A story. rain"),
        ("低保真钢琴温暖", "钢琴", "低保真温暖"),
    ],
)
def test_a_word_goes_and_nothing_is_left_dangling(prompt: str, word: str, left: str) -> None:
    assert wording.without(prompt, at(prompt, word)) == left


def test_words_take_the_place_of_others() -> None:
    prompt = "slow lo-fi, chillhop, rain"
    first, second = at(prompt, "lo-fi", "chillhop")
    assert wording.instead(prompt, {first: "house", second: ""}) == "slow house, rain"


def test_an_article_agrees_with_the_word_that_follows_it_now() -> None:
    prompt = "an 80s house song"
    decade, house = at(prompt, "80s", "house")
    assert wording.instead(prompt, {decade: "60s", house: "ambient"}) == "a 60s ambient song"
    assert wording.instead("a house song", {(2, 7): "ambient"}) == "an ambient song"
    assert wording.without(prompt, [decade]) == "a house song"


def test_something_more_is_said_after_a_comma() -> None:
    assert wording.also("pop", "no drums") == "pop, no drums"
    assert wording.also("pop, ", "no drums") == "pop, no drums"
    assert wording.also("", "no drums") == "no drums"
    assert wording.first(" , rain", "pop") == "pop, rain"
