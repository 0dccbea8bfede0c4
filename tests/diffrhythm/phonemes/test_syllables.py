"""A line's syllables have phones, a stress and the letters they stand for."""

from __future__ import annotations

import pytest

from diffrhythm.phonemes import Pronouncer
from diffrhythm.phonemes.syllables import Syllable, syllables
from tests.diffrhythm.phonemes.conftest import golden


def shown(text: str, pronouncer: Pronouncer) -> list[tuple[str, int, str]]:
    return [
        ("".join(syllable.phones), syllable.stress, text[syllable.start : syllable.end])
        for syllable in syllables(text, pronouncer)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Silver rivers", [("sɪl", 2, "Sil"), ("vɚ", 0, "ver"), ("ɹɪ", 2, "ri"), ("vɚz", 0, "vers")]),
        ("don't go", [("dɑːn", 2, "don't"), ("tiː", 2, "don't"), ("ɡoʊ", 2, "go")]),
        ("little one", [("lɪ", 2, "litt"), ("ɾl", 0, "le"), ("wʌn", 1, "one")]),
        ("of the night", [("ʌv", 0, "of"), ("ðə", 0, "the"), ("naɪt", 2, "night")]),
        ("(I) — go!", [("aɪ", 0, "(I)"), ("ɡoʊ", 2, "go!")]),
        ("mother", [("mʌ", 2, "mo"), ("ðɚ", 0, "ther")]),
        ("20 years", [("twɛn", 2, "20"), ("ti", 0, "20"), ("jɪɹz", 2, "years")]),
        ("的我", [("t⁼ə", 0, "的"), ("uo↓↑", 2, "我")]),
        ("3天", [("san→", 2, "3"), ("tʰjɛn→", 2, "天")]),
        ("我_你,", [("uo↓↑", 2, "我"), ("ni↓↑", 2, "你")]),
        ("oh 我", [("oʊ", 2, "oh"), ("uo↓↑", 2, "我")]),
        ("100%", [("wʌn", 2, "100%"), ("hʌn", 2, "100%"), ("dɹɪd", 0, "100%"), ("pɚ", 0, "100%"), ("sɛnt", 2, "100%")]),
        ("...", []),
        ("", []),
    ],
)
def test_a_line_is_parted_into_syllables(
    text: str, expected: list[tuple[str, int, str]], pronouncer: Pronouncer
) -> None:
    assert shown(text, pronouncer) == expected


def test_consonants_between_vowels_go_to_the_second_as_far_as_english_allows(pronouncer: Pronouncer) -> None:
    assert [phones for phones, _, _ in shown("extra angry window", pronouncer)] == [
        "ɛk",
        "stɹə",
        "æŋ",
        "ɡɹi",
        "wɪn",
        "doʊ",
    ]


def test_the_nucleus_is_the_vowel(pronouncer: Pronouncer) -> None:
    assert [syllable.nucleus for syllable in syllables("bright 天 little", pronouncer)] == ["aɪ", "jɛn→", "ɪ", "l"]
    assert Syllable(("ts⁼",), 0, 0, 1).nucleus == "ts⁼"


def test_one_han_character_is_one_syllable_and_letters_are_told_in_order(pronouncer: Pronouncer) -> None:
    for line in golden("g2p_zh.json")["lines"]:
        text = line["text"]
        found = syllables(text, pronouncer)
        assert [syllable.start for syllable in found] == sorted(syllable.start for syllable in found)
        if text.isalpha() and all("\u4e00" <= char <= "\u9fa5" for char in text):
            assert [(syllable.start, syllable.end) for syllable in found] == [(n, n + 1) for n in range(len(text))]


def test_every_phone_of_a_line_belongs_to_a_syllable(pronouncer: Pronouncer) -> None:
    for line in golden("g2p_en.json")["lines"]:
        spoken = pronouncer.line(line["text"])
        sung = [phone.symbol for run in spoken.runs for phone in run.phones if not (phone.is_gap or phone.is_mark)]
        assert [phone for syllable in syllables(line["text"], pronouncer) for phone in syllable.phones] == sung
