"""How Mandarin syllables change their tone inside a word. The oddities are those the model was trained with."""

from __future__ import annotations

_NUMERALS = "零一二三四五六七八九十"
_PAUSES = "：，；。？！“”‘’':,;.?!()（）【】[]-~`、 "
_FULL_ER = frozenset({"女儿", "老儿", "男儿", "少儿", "小儿"})
_DAYS = "月日号"


def sandhi(word: str, syllables: list[str]) -> list[str]:
    """Change the tones of a word's syllables (in bopomofo, tone mark last)."""
    changed = _third_tones(word, list(syllables))
    if len(changed) != len(word):  # a word the lexicon could not spell: its syllables stand for no character
        return changed
    for rule in (_bu, _yi, _er):
        changed = rule(word, changed)
    return changed


def _third_tones(word: str, syllables: list[str]) -> list[str]:
    third = [syllable.endswith("ˇ") for syllable in syllables]
    if len(word) == 3 and len(third) == 3 and all(third):
        return [syllables[0] + "ˊ", syllables[1] + "ˊ", syllables[2]]  # added, not put in its place: as trained
    if len(word) == 2 and len(third) == 2 and all(third):
        return [syllables[0][:-1] + "ˊ", syllables[1]]
    return syllables


def _bu(word: str, syllables: list[str]) -> list[str]:
    if set(word) == {"不"} or word == "不字":
        return syllables
    if len(word) == 3 and word[1] == "不" and syllables[1].startswith("ㄅㄨ"):
        return [syllables[0], "ㄅㄨ˙", syllables[2]]
    return [
        "ㄅㄨˊ" if own == "不" and after.endswith("ˋ") else syllable
        for own, syllable, after in zip(word, syllables, [*syllables[1:], ""], strict=True)
    ]


def _yi(word: str, syllables: list[str]) -> list[str]:
    def toned(place: int, tone: str) -> str:
        return syllables[place][:1] + tone

    if "一" not in word:
        return syllables
    if any(char.isnumeric() for char in word if char != "一"):
        return [_counted(word, syllables, place) for place in range(len(word))]
    if len(word) == 3 and word[1] == "一" and word[0] == word[2]:
        return [syllables[0], toned(1, "˙"), syllables[2]]
    if word.startswith("第一"):
        return [syllables[0], toned(1, ""), *syllables[2:]]
    if word.startswith("一") and word[1:2] and word[1] in _DAYS:
        return [toned(0, ""), *syllables[1:]]
    changed = list(syllables)
    for place in range(len(word) - 1):
        if word[place] == "一" and syllables[place + 1].endswith("ˋ"):
            changed[place] = toned(place, "ˊ")
        elif word[place] == "一" and word[place + 1] not in _PAUSES:
            changed[place] = toned(place, "ˋ")
    return changed


def _counted(word: str, syllables: list[str], place: int) -> str:
    """Say 一 within a number: as a digit, unless it begins the word before something else than a digit."""
    if word[place] != "一":
        return syllables[place]
    if place == 0 and word[1] not in _NUMERALS:
        return syllables[0][:1] + ("ˊ" if syllables[1].endswith(("ˋ", "˙")) else "ˋ")
    return syllables[place][:1]


def _er(word: str, syllables: list[str]) -> list[str]:
    if len(word) > 1 and word.endswith("儿") and word not in _FULL_ER:
        return [*syllables[:-1], "ㄦ˙"]
    return syllables
