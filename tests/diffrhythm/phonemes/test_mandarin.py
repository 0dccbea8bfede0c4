"""Mandarin becomes the phones the model was trained with, its oddities included."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from diffrhythm.phonemes import Pronouncer, mandarin
from diffrhythm.phonemes.espeak import Espeak
from diffrhythm.phonemes.sandhi import sandhi
from tests.diffrhythm.phonemes.test_english import as_said_by_152

ROOT = Path(__file__).parents[3]


def test_every_line_has_the_phones_of_the_models_own_front_end(golden_mandarin: dict[str, Any], espeak: Espeak) -> None:
    asked: list[list[object]] = []
    answers = {(text, index): label for text, index, label in golden_mandarin.get("polyphone_calls", [])}

    def polyphone(text: str, index: int) -> str:
        asked.append([text, index, answers[text, index]])
        return answers[text, index]

    line = Pronouncer(espeak, golden_mandarin.get("lexicon_hits", {}), polyphone).line(golden_mandarin["text"])
    if "error" in golden_mandarin:  # its own program breaks off here
        assert line.refusal or line.ids
        return
    assert [phone for phone in golden_mandarin["phonemes"].split("|") if phone] == list(line.phones)
    assert as_said_by_152(golden_mandarin["token_ids"]) == as_said_by_152(line.ids)
    assert asked == golden_mandarin["polyphone_calls"]
    assert [[run.segment.text, run.segment.language] for run in line.runs] == golden_mandarin["segments"]


@pytest.mark.parametrize(
    ("tokens", "words"),
    [
        (["看", "一", "看"], ["看一看"]),
        (["听", "一", "听", "看", "一", "看"], ["听一听", "看一看"]),
        (["一", "天"], ["一天"]),
        (["我", "不", "去"], ["我", "不去"]),
        (["不", "不"], ["不不"]),
        (["好", "不"], ["好"]),
        (["花", "儿"], ["花儿"]),
        (["儿", "子"], ["儿", "子"]),
        (["一"], ["一"]),
        ([], []),
    ],
)
def test_words_whose_tones_change_together_are_joined(tokens: list[str], words: list[str]) -> None:
    assert mandarin.merged(tokens) == words


@pytest.mark.parametrize(
    ("word", "before", "after"),
    [
        ("美好", "ㄇㄟˇ ㄏㄠˇ", "ㄇㄟˊ ㄏㄠˇ"),
        ("展览馆", "ㄓㄢˇ ㄌㄢˇ ㄍㄨㄢˇ", "ㄓㄢˇˊ ㄌㄢˇˊ ㄍㄨㄢˇ"),
        ("不是", "ㄅㄨˋ ㄕˋ", "ㄅㄨˊ ㄕˋ"),
        ("不好", "ㄅㄨˋ ㄏㄠˇ", "ㄅㄨˋ ㄏㄠˇ"),
        ("好不好", "ㄏㄠˇ ㄅㄨˋ ㄏㄠˇ", "ㄏㄠˇ ㄅㄨ˙ ㄏㄠˇ"),
        ("不字", "ㄅㄨˋ ㄗˋ", "ㄅㄨˋ ㄗˋ"),
        ("不不", "ㄅㄨˋ ㄅㄨˋ", "ㄅㄨˋ ㄅㄨˋ"),
        ("一段", "ㄧ ㄉㄨㄢˋ", "ㄧˊ ㄉㄨㄢˋ"),
        ("一天", "ㄧ ㄊㄧㄢ", "ㄧˋ ㄊㄧㄢ"),
        ("看一看", "ㄎㄢˋ ㄧ ㄎㄢˋ", "ㄎㄢˋ ㄧ˙ ㄎㄢˋ"),
        ("第一天", "ㄉㄧˋ ㄧˋ ㄊㄧㄢ", "ㄉㄧˋ ㄧ ㄊㄧㄢ"),
        ("一月", "ㄧˋ ㄩㄝˋ", "ㄧ ㄩㄝˋ"),
        ("一百", "ㄧ ㄅㄞˇ", "ㄧˋ ㄅㄞˇ"),
        ("一万", "ㄧ ㄨㄢˋ", "ㄧˊ ㄨㄢˋ"),
        ("一九", "ㄧˋ ㄐㄧㄡˇ", "ㄧ ㄐㄧㄡˇ"),
        ("二十一", "ㄦˋ ㄕˊ ㄧˋ", "ㄦˋ ㄕˊ ㄧ"),
        ("统一", "ㄊㄨㄥˇ ㄧ", "ㄊㄨㄥˇ ㄧ"),
        ("花儿", "ㄏㄨㄚ ㄦˊ", "ㄏㄨㄚ ㄦ˙"),
        ("女儿", "ㄋㄩˇ ㄦˊ", "ㄋㄩˇ ㄦˊ"),
        ("儿", "ㄦˊ", "ㄦˊ"),
    ],
)
def test_tones_change_inside_a_word(word: str, before: str, after: str) -> None:
    assert sandhi(word, before.split()) == after.split()


def test_a_word_whose_reading_is_no_pinyin_is_said_whole_for_each_such_syllable() -> None:
    words = mandarin.words("中国", {"中国": "zhong1 guo"}, lambda text, index: "")
    assert [len(word.syllables) for word in words] == [3]


def test_jieba_is_read_when_han_is_first_met_and_leaves_no_file_behind(tmp_path: Path) -> None:
    program = (
        "import sys, diffrhythm.tokens; from diffrhythm.phonemes import Pronouncer; from pathlib import Path\n"
        "p = Pronouncer(); loud = {'jieba', 'pypinyin', 'numpy', 'onnxruntime', 'espeakng_loader', 'ctypes'}\n"
        "assert not loud & set(sys.modules)\n"
        "p.line('hello'); assert not loud & set(sys.modules); p.close()\n"
        "assert p.line('你好').ids; assert 'jieba' in sys.modules\n"
        f"assert not list(Path({str(tmp_path)!r}).iterdir())"
    )
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=ROOT,
        env={"TMPDIR": str(tmp_path), "TEMP": str(tmp_path), "SYSTEMROOT": "C:\\Windows"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
