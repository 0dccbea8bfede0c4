"""The tables are byte for byte those the model was trained with."""

from __future__ import annotations

import hashlib
import json
import unicodedata

import pytest

from diffrhythm.phonemes import bopomofo, english, mandarin, pinyin, vocabulary

PINYIN_COLUMNS = ["bopomofo", "tone1", "tone2", "tone3", "tone4", "neutral(5 or 0)"]


def pinyin_rows() -> dict[str, list[str]]:
    return {
        syllable: [spelled, *("|".join(bopomofo.to_phones(spelled + mark)) for mark in ("", "ˊ", "ˇ", "ˋ", "˙"))]
        for syllable, spelled in pinyin.BOPOMOFO.items()
    }


@pytest.mark.parametrize(
    ("table", "digest"),
    [
        (list(vocabulary.PHONES), "a0237a5a666ab8025f8106c9aff6e68a672d98ea55a547cbc10943f41afb2cc1"),
        (
            {"_cols": PINYIN_COLUMNS, **pinyin_rows()},
            "5dd7d23d8f62d2aef6478d9a3fc33bee65e118a4d1e8ad1e3e453fc51f0a46a2",
        ),
        (bopomofo.TO_IPA, "cc678f46a1bbddebafcdb721ba479b325ccaf9efa1f5e6ef7aa7829038851bc8"),
        (sorted(mandarin.POLYPHONES), "66d737a41c98119d638b89931029b5f8294500f9d5ae5632e2df5aba33dda778"),
        (
            [[rf"\b{short}\b", long] for short, long in english.ABBREVIATIONS],
            "2065e783a2b1ec2e172f00629a907be6e557f24a3e2c3dde6a6762305b3fe507",
        ),
        (english.RESPELLINGS, "e5511efd0c1fea88d425771212b14840c0f01ef6017a67633c0d66c15bd6e009"),
    ],
    ids=["phones", "pinyin", "bopomofo", "polyphones", "abbreviations", "respellings"],
)
def test_each_table_has_the_digest_of_the_one_the_model_was_trained_with(table: object, digest: str) -> None:
    written = json.dumps(table, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(written.encode()).hexdigest() == digest


def test_phones_that_look_alike_stay_apart() -> None:
    assert len(vocabulary.PHONES) == len(set(vocabulary.PHONES)) == 363
    assert vocabulary.IDS["\u00e7"] == 68 and vocabulary.IDS["c\u0327"] == 323
    assert vocabulary.IDS["\u0261"] == 32 and vocabulary.IDS["g"] == 327
    assert len({unicodedata.normalize("NFC", phone) for phone in vocabulary.PHONES}) < 363


def test_a_phone_the_model_does_not_know_is_left_out() -> None:
    assert vocabulary.phone_ids(["s", "龘", "ɪ", "↑", "ŋ"]) == (37, 6, 46)


@pytest.mark.parametrize("syllable", ["", "ma", "ma6", "xx1", "5", "hm", "好"])
def test_what_is_no_syllable_with_a_tone_has_no_bopomofo(syllable: str) -> None:
    assert pinyin.to_bopomofo(syllable) is None


def test_the_neutral_tone_has_two_spellings() -> None:
    assert pinyin.to_bopomofo("de5") == pinyin.to_bopomofo("de0") == "ㄉㄜ˙"
