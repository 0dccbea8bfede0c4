"""English becomes the phones the model was trained with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from diffrhythm.phonemes import Pronouncer, english


def as_said_by_152(ids: Sequence[int]) -> list[int]:
    """Spell both of espeak's versions alike: what 1.51 says as oːɹ (9; 62, 49), 1.52 says as ɔːɹ (11; 10, 49)."""
    spelled: list[int] = []
    for number in ids:
        if number == 49 and spelled and spelled[-1] == 62:
            spelled[-1] = 10
        spelled.append(11 if number == 9 else number)
    return spelled


def test_every_line_has_the_phones_of_the_models_own_front_end(
    golden_english: dict[str, Any], pronouncer: Pronouncer
) -> None:
    line = pronouncer.line(golden_english["text"])
    if "error" in golden_english:  # its own program breaks off here
        assert line.refusal or line.ids
        return
    assert as_said_by_152(line.ids) == as_said_by_152(golden_english["token_ids"])
    assert [run.segment.text for run in line.runs] == [text for text, _ in golden_english["segments"]]
    assert not line.refusal


@pytest.mark.parametrize(
    ("words", "phones"),
    [
        ("more of", "m oːɹ _ ʌ v"),
        ("a story", "ɚ _ s t oːɹ i"),
        ("the story of", "ð ə _ s t oːɹ i _ ʌ v"),
        ("doors of a court", "d oːɹ z _ ə v ə _ k oːɹ t"),
        ("war or north", "w ɔː ɹ _ ɔːɹ _ n ɔːɹ θ"),
        ("four for us", "f oːɹ _ f ɔː ɹ _ ʌ s"),
        ("Laura", "l ɔː ɹ ə"),
    ],
)
def test_words_like_more_keep_the_vowel_that_older_espeaks_gave_them(
    words: str, phones: str, pronouncer: Pronouncer
) -> None:
    assert " ".join(pronouncer.line(words).phones) == phones


def test_marks_part_a_line_and_hyphens_quotes_and_emoji_do_not() -> None:
    assert english.pieces("Well-known — “words” 🎵, no?!") == ("Wellknown words", ",", "no", "?", "!")
    assert english.pieces("don’t…  stop ... now") == ("don", "'", "t", "…", "stop", "…", "now")


def test_pairs_count_as_one_phone_only_within_a_word(pronouncer: Pronouncer) -> None:
    assert pronouncer.line("trees").phones[0] == "tɹ"
    assert pronouncer.line("at rest").phones[1:4] == ("t", "_", "ɹ")
