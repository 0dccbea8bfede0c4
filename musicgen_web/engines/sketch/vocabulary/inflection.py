"""Finds a word in any of its forms: Russian words by their stem, everything else as it is written.

The endings are those of Russian declension (Zaliznyak's grammatical dictionary): adjectives in all genders and cases,
nouns, and adverbs in -o. Both sides are cut the same way, what somebody types and what the vocabulary lists, so a stem
need not be a real one; it only has to be the same for all forms.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TypeVar

_SHORTEST_CUT = 5  # letters of a word that may be inflected; shorter ones are listed form by form
_SHORTEST_STEM = 3
_ENDINGS = sorted(
    (
        "ый ий ой ая яя ое ее ые ие ого его ому ему ым им ом ем ую юю ою ею ых их ыми ими "  # adjectives
        "а я у ю ы и е о ь ам ям ами ями ах ях ов ев ей ью ия ию ии ием иям иями иях"  # nouns, adverbs
    ).split(),
    key=len,
    reverse=True,
)

Meaning = TypeVar("Meaning")


@lru_cache(maxsize=4_096)
def stem(word: str) -> str:
    """Return what all forms of a Russian word have in common; other words stay whole."""
    if not "а" <= word[:1] <= "ё":
        return word
    word = word.replace("ё", "е")
    if len(word) >= _SHORTEST_CUT:
        for ending in _ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
                return word.removesuffix(ending)
    return word


def key(phrase: str) -> str:
    """Return what a phrase is looked up by."""
    return " ".join(map(stem, phrase.split()))


def words(text: str) -> list[str]:
    """Split a list of phrases at its commas."""
    return [word.strip() for word in text.split(",")]


def table(rows: Mapping[Meaning, str]) -> dict[str, Meaning]:
    """Turn "meaning: its words" into "word: its meaning"; where two rows share a word, the first has it."""
    found: dict[str, Meaning] = {}
    for meaning, listed in rows.items():
        for word in words(listed):
            found.setdefault(key(word), meaning)
    return found
