"""Where espeak cannot run, simple rules pronounce English well enough to sing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diffrhythm.phonemes import english
from diffrhythm.phonemes.espeak import Espeak
from diffrhythm.phonemes.letters import sounded
from diffrhythm.phonemes.phone import PRIMARY
from diffrhythm.phonemes.vocabulary import IDS
from tests.diffrhythm.phonemes.conftest import golden


@pytest.mark.parametrize(
    ("word", "phones"),
    [
        ("night", "n_aɪ_t"),
        ("shining", "ʃ_ˈaɪ_n_ɪ_ŋ"),
        ("stars", "s_t_ˈɑːɹ_z"),
        ("knives", "n_ˈaɪ_v_z"),
        ("believe", "b_ɛ_l_ˈiː_v"),
        ("castle", "k_ˈæ_s_t_əl"),
        ("motion", "m_ˈɑː_ʃ_ə_n"),
        ("naïve", "n_ˈeɪ_v"),
        ("DJ", "d_ˈiː_dʒ_eɪ"),
        ("wishes", "w_ˈɪ_ʃ_ɪ_z"),
        ("", ""),
        ("我", ""),
    ],
)
def test_letters_are_sounded_by_rule(word: str, phones: str) -> None:
    assert sounded(word) == phones


def test_the_rules_find_about_as_many_syllables_as_espeak(espeak: Espeak) -> None:
    words = sorted({word for line in golden("lrc_cases.json")["cases"][1]["parsed"] for word in line[1].split()})
    words += "silver rivers beneath yesterday morning shadows dancing forgotten promises hallelujah butterfly".split()

    def count(ipa: str, word: str) -> int:
        return sum(phone.is_nucleus for phone in english.phones([word], [ipa]))

    same = [
        count(spoken.ipa, word) == count(sounded(word), word)
        for word, spoken in zip(words, espeak.speak(words), strict=True)
    ]
    assert sum(same) / len(same) >= 0.9


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=14))
@settings(max_examples=150, deadline=None)
def test_any_word_has_phones_that_the_model_knows_and_one_stress_at_most(word: str) -> None:
    phones = english.phones([word], [sounded(word)])
    assert all(phone.symbol in IDS for phone in phones)
    assert sum(phone.stress == PRIMARY for phone in phones) <= 1
