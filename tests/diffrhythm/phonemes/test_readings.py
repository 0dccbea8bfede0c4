"""Where the model's lexicon and network are absent, pypinyin reads Mandarin."""

from __future__ import annotations

import pytest

from diffrhythm.phonemes import Pronouncer
from diffrhythm.phonemes.readings import ReadingLexicon, read_in_context
from tests.diffrhythm.phonemes.conftest import golden


@pytest.mark.parametrize(
    ("word", "pinyin"),
    [
        ("我们", "wo3 men5"),
        ("一起", "yi1 qi3"),
        ("不对", "bu4 dui4"),
        ("绿", "lv4"),
        ("愛情", "ai4 qing2"),
        ("银行", "yin2 hang2"),
    ],
)
def test_a_word_is_read_with_its_tones(word: str, pinyin: str) -> None:
    assert ReadingLexicon()[word] == pinyin


def test_what_has_no_reading_is_no_word() -> None:
    lexicon = ReadingLexicon()
    assert "abc" not in lexicon and "" not in [*lexicon] and len(lexicon) == 0
    assert lexicon.get("我é") is None


def test_a_character_is_read_by_its_line() -> None:
    assert read_in_context("看着窗外", 1) == "着{zhe5}"
    assert read_in_context("睡着了", 1) == "着{zhao2}"
    assert read_in_context("真的?是", 3) == "是{shi4}"


def test_most_golden_lines_sound_the_same_without_the_models_lexicon(pronouncer: Pronouncer) -> None:
    lines = [line for line in golden("g2p_zh.json")["lines"] if "error" not in line]
    same = [list(pronouncer.line(line["text"]).ids) == line["token_ids"] for line in lines]
    assert sum(same) / len(same) >= 0.9
