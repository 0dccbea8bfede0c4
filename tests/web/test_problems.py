"""Errors in words that people and programs can use."""

import pytest

from musicgen_web.web.problems import plain


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("Expected `int` <= 100", "This must be a whole number of at most 100."),
        ("Expected `float` >= 0.0", "This must be a number of at least 0.0."),
        ("Expected `bool`, got `str`", "This must be true or false."),
        ("Expected `str` of length <= 64", "This must be text with a length of at most 64."),
        ("Expected `int | null`, got `str`", "This value cannot be used here."),
        ("Missing required query parameter", "This value cannot be used here."),
    ],
)
def test_what_an_address_takes_is_said_without_the_words_of_programmers(message: str, said: str) -> None:
    assert plain(message) == said
