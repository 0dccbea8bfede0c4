"""A run of Mandarin into phones: words by jieba, syllables by a lexicon, tones as they are spoken together."""

from __future__ import annotations

import re
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from diffrhythm.phonemes.bopomofo import to_phones
from diffrhythm.phonemes.hanzi_numbers import in_characters
from diffrhythm.phonemes.marks import MARKS, one_spelling
from diffrhythm.phonemes.pinyin import to_bopomofo
from diffrhythm.phonemes.sandhi import sandhi

POLYPHONES = frozenset(
    "丧中为乌乐了什仔令任会传佛供便倒假兴冠冲几分切划创剥勒区华单卜占卡卷厦参发只号同吐和喝圈地塞壳处奇奔好宁宿将少尽"
    "岗差巷帖干应度弹强当待得恶扁扇扎扫担挑据撒教散数斗晃曝曲更曾朝朴杆查校模横没泡济混漂炸熟燕片率畜的盛相省看着矫禁种"
    "称空答粘糊系累纤结给缝肖背脏舍色落蒙薄藏血行要观觉角解说调踏车转载还遂都重量钻铺长间降难露鲜"
)
"""Characters whose sound depends on the line. Alone, they are asked of `polyphone`, never of the lexicon."""

_NEITHER_HAN_NOR_MARK = re.compile(rf"[^\u4e00-\u9fff_{MARKS}]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LABEL = re.compile(r"\{(\w+)\}")

Polyphone = Callable[[str, int], str]
"""Say how the character at this index of the text sounds, as in `了{le5}`."""

_jieba_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it will be sung: its characters, and the phones of each of its syllables."""

    text: str
    syllables: tuple[tuple[str, ...], ...]


def words(segment: str, lexicon: Mapping[str, str], polyphone: Polyphone) -> tuple[Word, ...]:
    """Read a run of Mandarin. The words' characters in a row are the cleaned text, except for a lost 不 at its end."""
    text = cleaned(segment)
    return tuple(_read(text, lexicon, polyphone))


def cleaned(segment: str) -> str:
    """Write digits in characters and keep nothing but Han and marks."""
    return _NEITHER_HAN_NOR_MARK.sub("", one_spelling(in_characters(segment.strip())))


def _read(text: str, lexicon: Mapping[str, str], polyphone: Polyphone) -> Iterator[Word]:
    place = 0
    for word in merged(cut(text)):
        if _HAN.search(word):
            spoken = sandhi(word, _bopomofo(word, place, text, lexicon, polyphone))
            yield Word(word, tuple(to_phones(syllable) for syllable in spoken))
        else:
            yield Word(word, (tuple(word),))
        place += len(word)


def _bopomofo(word: str, place: int, text: str, lexicon: Mapping[str, str], polyphone: Polyphone) -> list[str]:
    pinyin = None if word in POLYPHONES else lexicon.get(word)
    if pinyin is not None:
        return [spelled for syllable in pinyin.split() for spelled in _spelled(syllable, word)]
    spoken = []
    for index, char in enumerate(word):
        if char in POLYPHONES:
            label = _LABEL.search(polyphone(text, place + index))
            pinyin = label[1] if label else None
        else:
            pinyin = lexicon.get(char)
        spoken.append((to_bopomofo(pinyin) if pinyin else None) or char)
    return spoken


def _spelled(syllable: str, word: str) -> list[str]:
    """Spell one syllable; where the table lacks it the whole word is said for it, as the model was trained."""
    spelled = to_bopomofo(syllable)
    return [spelled] if spelled else _by_pypinyin(word)


def _by_pypinyin(word: str) -> list[str]:
    from pypinyin import Style, lazy_pinyin

    return list(lazy_pinyin(word, style=Style.BOPOMOFO))


@cache
def _cutter() -> Callable[[str], list[str]]:
    with warnings.catch_warnings():
        for category in (SyntaxWarning, DeprecationWarning, UserWarning):  # old escapes, and pkg_resources
            warnings.simplefilter("ignore", category)
        import jieba

    tokenizer = jieba.Tokenizer()
    # not initialize(): that leaves a file where every user of the machine may write
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    cutting: Callable[[str], list[str]] = tokenizer.lcut
    return cutting


def cut(text: str) -> list[str]:
    """Cut a run of Han into words. The first call reads jieba's dictionary (about half a second)."""
    with _jieba_lock:
        return _cutter()(text)


def merged(tokens: Sequence[str]) -> list[str]:
    """Join the words whose tones change together: 看一看, 一 and 不 with what follows, 儿 with what it ends."""
    return _er_joined(_bu_joined(_yi_joined(tokens)))


def _yi_joined(tokens: Sequence[str]) -> list[str]:
    doubled: list[str] = []
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if token == "一" and 0 < place < len(tokens) - 1 and tokens[place - 1] == tokens[place + 1]:
            doubled[-1] = tokens[place - 1] + token + tokens[place + 1]
            place += 2
        else:
            doubled.append(token)
            place += 1
    joined: list[str] = []
    for token in doubled:
        if joined and joined[-1] == "一":
            joined[-1] += token
        else:
            joined.append(token)
    return joined


def _bu_joined(tokens: Sequence[str]) -> list[str]:
    joined: list[str] = []
    last = ""
    for token in tokens:
        last = last + token if last == "不" else token
        if last != "不":
            joined.append(last)
    return joined  # a 不 that ends the line is lost, as the model was trained


def _er_joined(tokens: Sequence[str]) -> list[str]:
    joined: list[str] = []
    for place, token in enumerate(tokens):
        if place > 0 and token == "儿" and joined:
            joined[-1] += token
        else:
            joined.append(token)
    return joined
