"""What is not sung is named, and written in Latin letters where that can be done by rule."""

from __future__ import annotations

import pytest

from diffrhythm.phonemes.scripts import foreign_scripts, romanised


@pytest.mark.parametrize(
    ("written", "latin"),
    [
        ("こんにちは", "konnichiha"),
        ("カップ きょう ジェット ﾗﾗﾗ", "kappu kyou jetto rarara"),
        ("ラーメン っ", "ramen "),
        ("안녕하세요 친구", "annyeonghaseyo chingu"),
        ("사랑해", "saranghae"),
        ("Привет, мир!", "Privet, mir!"),
        ("Ещё люблю объект", "Yeshchyo lyublyu obyekt"),
        ("Καλημέρα κόσμε", "Kalimera kosme"),
        ("hello Мир (yes)", "hello Mir (yes)"),
        ("nothing to do", "nothing to do"),
        ("", ""),
    ],
)
def test_words_are_written_as_they_sound(written: str, latin: str) -> None:
    assert romanised(written) == latin


@pytest.mark.parametrize("written", ["مرحبا", "สวัสดี", "नमस्ते", "Мир مرحبا"])
def test_what_has_no_rule_is_not_guessed(written: str) -> None:
    assert romanised(written) is None


def test_scripts_are_named_once_each_in_order() -> None:
    assert foreign_scripts("こんにちは Привет カ é Ａ 你 ♪ 𠀀 12") == (
        "Japanese kana",
        "Cyrillic",
        "rare Han characters",
    )
    assert foreign_scripts("don't, naïve, ﬁ") == ()
