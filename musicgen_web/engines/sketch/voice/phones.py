"""What a phone is to a singer: whether it is held, how it is made, and how long it may last before a vowel."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache


class Kind(StrEnum):
    VOWEL = "vowel"
    GLIDE = "glide"
    LIQUID = "liquid"
    NASAL = "nasal"
    BUZZ = "buzz"  # a voiced fricative
    SOFT_STOP = "soft stop"  # a voiced one
    STOP = "stop"
    HISS = "hiss"  # a voiceless fricative
    AFFRICATE = "affricate"
    PAUSE = "pause"


LONGEST = {
    Kind.GLIDE: 0.085,
    Kind.LIQUID: 0.085,
    Kind.NASAL: 0.09,
    Kind.BUZZ: 0.09,
    Kind.SOFT_STOP: 0.08,
    Kind.STOP: 0.11,
    Kind.HISS: 0.13,
    Kind.AFFRICATE: 0.13,
}
"""Seconds a consonant keeps of its natural length."""

VOICELESS = frozenset({Kind.STOP, Kind.HISS, Kind.AFFRICATE, Kind.PAUSE})
CONSONANTS = frozenset(LONGEST)

_VOWELS = "aeiouyæøœɐɑɒɔəɚɛɜɝɪʊʌɵɨʉɯɤᵻʏɘɞ"
_SYLLABIC = "\u0329"
_STRESS = re.compile(r"[ˈˌ]")
_NO_LETTER = re.compile(r"[\Wˈˌː]")
_FIRST = {
    **dict.fromkeys("jwɥɰʲ", Kind.GLIDE),
    **dict.fromkeys("ɹlɾrɫɭʎʁɻɽʀ", Kind.LIQUID),
    **dict.fromkeys("mnŋɲɳɱɴ", Kind.NASAL),
    **dict.fromkeys("vðzʒʐʑɣβɦʝ", Kind.BUZZ),
    **dict.fromkeys("bdɡgɟɖ", Kind.SOFT_STOP),
    **dict.fromkeys("ptkcqʔʈ", Kind.STOP),
    **dict.fromkeys("fθsʃɕxhçʂχħɸɬ", Kind.HISS),
}
_FRICATIVES = frozenset("sʃɕʂfzʒʑʐ")
_ONSETS = frozenset(
    "pl bl kl ɡl fl sl pɹ bɹ tɹ dɹ kɹ ɡɹ fɹ θɹ ʃɹ sp st sk sm sn sw tw dw kw ɡw θw pj bj kj fj vj mj hj nj tj dj lj sf "
    "spl spɹ stɹ skɹ skw skj spj stj".split()
)
"""The clusters an English syllable may begin with, beside every single consonant but ŋ."""


@dataclass(frozen=True, slots=True)
class Uttered:
    """One phone of a spoken line, in seconds of the speech; `stress` 0, 1 or 2 (the word's main one)."""

    symbol: str
    start: float
    end: float
    stress: int = 0
    begins_word: bool = False
    word: int = 0  # of the line, from 0

    @property
    def kind(self) -> Kind:
        return kind_of(self.symbol)

    @property
    def length(self) -> float:
        return self.end - self.start

    @property
    def is_vowel(self) -> bool:
        return self.kind is Kind.VOWEL


@lru_cache(maxsize=1_024)
def kind_of(symbol: str) -> Kind:
    plain = _STRESS.sub("", symbol)
    if not plain.strip("_:;,.?! "):
        return Kind.PAUSE
    if plain[0] in _VOWELS or _SYLLABIC in plain:
        return Kind.VOWEL
    kind = _FIRST.get(plain[0], Kind.GLIDE)
    if kind in (Kind.STOP, Kind.SOFT_STOP) and len(plain) > 1 and plain[1] in _FRICATIVES:
        return Kind.AFFRICATE if kind is Kind.STOP else Kind.BUZZ
    return kind


def stress_of(symbol: str) -> int:
    return 2 if "ˈ" in symbol else 1 if "ˌ" in symbol else 0


@lru_cache(maxsize=1_024)
def glides(symbol: str) -> bool:
    """Whether a vowel moves from one colour to another."""
    return len(_NO_LETTER.sub("", symbol)) > 1 and _SYLLABIC not in symbol


@lru_cache(maxsize=1_024)
def opens(symbol: str) -> bool:
    """Whether a vowel that glides begins with the short one, as Mandarin's `iɛ`: then the second is held."""
    plain = _NO_LETTER.sub("", symbol)
    return glides(symbol) and plain[0] in "iuy" and plain[1] in _VOWELS and plain[1] != "ə"


def onset_length(cluster: tuple[Uttered, ...], vowel: Uttered) -> int:
    """Say how many of the consonants between two vowels belong to the second: from the word on, else as many as may."""
    for place in range(len(cluster) - 1, -1, -1):
        if cluster[place].begins_word:
            return len(cluster) - place
    if vowel.begins_word:
        return 0
    for place in range(len(cluster)):
        if may_begin(tuple(phone.symbol for phone in cluster[place:])):
            return len(cluster) - place
    return 0


def may_begin(symbols: tuple[str, ...]) -> bool:
    if len(symbols) == 1:
        return symbols[0][0] != "ŋ"
    return "".join(symbols).replace("ɾ", "t") in _ONSETS
