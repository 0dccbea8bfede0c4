"""Numbers are read as the model's own front end reads them, in both languages."""

from __future__ import annotations

import pytest

from diffrhythm.phonemes import hanzi_numbers, number_words
from tests.diffrhythm.phonemes.conftest import golden

FIGURES = golden("number_words.json")


def test_whole_numbers_and_years_are_said_as_inflect_says_them() -> None:
    said = {number: number_words.in_words(number).strip() for number in FIGURES["english"]}
    assert said == {number: words for number, (words, _) in FIGURES["english"].items()}


def test_ordinals_are_said_as_inflect_says_them() -> None:
    said = {number: number_words.ordinal(number_words.cardinal(number, "and")) for number in FIGURES["english"]}
    assert said == {number: ordinal for number, (_, ordinal) in FIGURES["english"].items()}


def test_mandarin_numbers_are_written_as_cn2an_writes_them() -> None:
    assert {text: hanzi_numbers.in_characters(text) for text in FIGURES["mandarin"]} == FIGURES["mandarin"]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("1,234,567", "one million, two hundred thirty-four thousand, five hundred sixty-seven"),
        ("£20", "twenty pounds"),
        ("$1", "one dollar"),
        ("$0.01", "one cent"),
        ("$5.50", "five dollars, fifty cents"),
        ("$0", "zero dollars"),
        ("$1.2.3", "one point two . three dollars"),
        ("1/2", "one half"),
        ("3/2", "three halves"),
        ("1/4", "one quarter"),
        ("3/4", "three quarters"),
        ("2/3", "two third"),
        ("2.5", "two point five"),
        ("50%", "fifty percent"),
        ("%", "%"),
        ("12th", "twelfth"),
        ("21st", "twenty-first"),
        ("101st", "one hundred and first"),
        ("007", "seven"),
        ("2001", "two thousand one"),
    ],
)
def test_money_fractions_and_the_like_are_read_out(written: str, said: str) -> None:
    assert " ".join(number_words.in_words(written).split()) == said


def test_a_number_without_a_name_is_read_digit_by_digit() -> None:
    assert number_words.cardinal("12" * 20).split() == ["one", "two"] * 20
    assert hanzi_numbers.in_characters("9" * 17) == "9" * 17
    assert number_words.in_words("$" + "9" * 5_000).endswith("dollars")
