"""Any line gets an answer: how it is sung, or why it is not and what to write instead."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diffrhythm.phonemes import Pronouncer
from diffrhythm.phonemes.espeak import Espeak, Spoken
from diffrhythm.phonemes.syllables import of_pronunciation
from diffrhythm.phonemes.vocabulary import PHONES


class Counting(Espeak):
    """Counts what it is asked."""

    asked = 0

    def speak(self, texts: list[str]) -> list[Spoken]:  # type: ignore[override]
        self.asked += len(texts)
        return super().speak(texts)


@pytest.mark.parametrize("text", ["", " ", "\t\u3000"])
def test_a_blank_line_is_a_pause(text: str, pronouncer: Pronouncer) -> None:
    line = pronouncer.line(text)
    assert line.is_silent and line.refusal is None and line.notices == ()


@pytest.mark.parametrize(
    ("text", "code", "suggestion"),
    [
        ("...", "no_words", ""),
        ("🎵🎶", "no_words", ""),
        ("$", "no_words", ""),
        ("_", "no_words", ""),
        ("こんにちは", "foreign_script", "konnichiha"),
        ("안녕 1", "foreign_script", "annyeong 1"),
        ("Привет", "foreign_script", "Privet"),
        ("مرحبا", "foreign_script", None),
        ("𠀀𠀁", "rare_character", None),
    ],
)
def test_a_line_without_words_to_sing_is_refused_with_a_suggestion(
    text: str, code: str, suggestion: str | None, pronouncer: Pronouncer
) -> None:
    line = pronouncer.line(text)
    assert line.refusal and (line.refusal.code, line.refusal.suggestion) == (code, suggestion)
    assert line.ids == () and line.runs == ()
    if suggestion is not None:
        assert pronouncer.line(suggestion).refusal is None


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("123", "one hundred twenty-three"),
        ("1, 2, 3, 4!", "one, two, three, four!"),
        ("3,2,1", "three, two, one"),
        ("12,000", "twelve thousand"),
        ("$0.99", "ninety-nine cents"),
        ("100%", "one hundred percent"),
        ("+1", "one"),
        ("１２３", "one hundred twenty-three"),
        ("ＡＢＣ", "ABC"),
        ("é", "e"),
    ],
)
def test_digits_alone_are_sung_in_english_and_wide_letters_as_letters(
    text: str, same: str, pronouncer: Pronouncer
) -> None:
    assert pronouncer.line(text).refusal is None
    assert pronouncer.line(text).phones == pronouncer.line(same).phones


@pytest.mark.parametrize(
    ("text", "codes", "suggestion"),
    [
        ("Привет hello", ["spelled_out"], "Privet hello"),
        ("カップ 我", ["left_out"], "kappu 我"),
        ("我𠀀", ["rare_character"], None),
        ("ＡＢＣ你好", ["left_out"], "ABC你好"),
        ("ｆｕｌｌ on", ["spelled_out"], "full on"),
        ("é我", ["left_out"], None),
        ("naïve café", [], None),
        ("好不", ["swallowed"], None),
        ("hello 你好", [], None),
    ],
)
def test_a_line_that_is_not_sung_as_written_says_so(
    text: str, codes: list[str], suggestion: str | None, pronouncer: Pronouncer
) -> None:
    line = pronouncer.line(text)
    assert line.ids and [notice.code for notice in line.notices] == codes
    assert [notice.suggestion for notice in line.notices] == [suggestion] * len(codes)


def test_rules_that_stand_in_are_told_and_not_remembered() -> None:
    gone = Pronouncer(Espeak(lambda: None))
    line = gone.line("love me 爱 do")
    assert [notice.code for notice in line.notices] == ["by_rule"]
    assert line.phones[:3] == ("l", "ʌ", "v") and all(phone in PHONES for phone in line.phones)
    with Espeak() as back:
        gone.espeak = back
        assert gone.line("love me 爱 do").notices == ()


def test_the_models_own_files_are_used_where_they_are_and_read_with_the_first_han(
    espeak: Espeak, tmp_path: Path
) -> None:
    assert Pronouncer.in_folder(tmp_path, espeak).line("你好").ids == Pronouncer(espeak).line("你好").ids
    (tmp_path / "chinese_lexicon.txt").write_text("再见\tma1 ma1", encoding="utf-8")
    reader = Pronouncer.in_folder(tmp_path, espeak)
    (tmp_path / "chinese_lexicon.txt").write_text("你好\tma1 ma2\n爱\tma4", encoding="utf-8")
    assert reader.line("oh").ids
    assert reader.line("你好爱着雨").phones == ("m", "a→", "m", "a↑", "m", "a↓", "ts`⁼", "ə", "ɥ↓↑")


def test_a_line_is_asked_once_and_the_new_ones_together() -> None:
    with Counting() as espeak:
        pronouncer = Pronouncer(espeak)
        first = pronouncer.lines(["one, two", "three", "three", "你好"])
        assert espeak.asked == 3
        assert pronouncer.lines(["three", "four", "one, two"])[0] is first[1]
        assert espeak.asked == 4


def test_threads_share_one_pronouncer(espeak: Espeak) -> None:
    texts = ["let's go 出发", "Silver rivers run", "一天一天又一天", "1,234 miles"]
    expected = [line.ids for line in Pronouncer(espeak).lines(texts)]
    shared, together = Pronouncer(espeak), threading.Barrier(4)

    def read(turn: int) -> bool:
        together.wait(timeout=10)
        return [shared.line(text).ids for text in texts[turn:] + texts[:turn]] == expected[turn:] + expected[:turn]

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(read, range(4)))


LETTERS = st.sampled_from("abe 'ohA你好不一儿的了0123456789年.,-%$/é…かカ한Жβ🎵\u0301\u200d\t\n\x00")


@given(st.one_of(st.text(max_size=500), st.text(LETTERS, max_size=500)))
@settings(max_examples=120, deadline=None)
def test_no_text_breaks_it_and_its_syllables_lie_within_the_line(text: str) -> None:
    pronouncer = Pronouncer(SHARED)
    line = pronouncer.line(text)
    assert all(0 <= number < 363 for number in line.ids)
    assert not (line.refusal and line.ids)
    assert line.ids or line.refusal or line.runs or not text.strip()
    for syllable in of_pronunciation(line, pronouncer):
        assert 0 <= syllable.start <= syllable.end <= len(text) and syllable.phones


@pytest.mark.parametrize("text", ["9" * 500, "'" * 500, " " * 499 + "a", "a" * 500, "一" * 500, "不" * 500, "1/" * 250])
def test_the_longest_lines_are_read_in_a_moment(text: str, pronouncer: Pronouncer) -> None:
    line = pronouncer.line(text)
    assert line.ids or line.refusal or line.runs


SHARED = Espeak()


@pytest.fixture(scope="module", autouse=True)
def _close_shared() -> object:
    yield
    SHARED.close()
