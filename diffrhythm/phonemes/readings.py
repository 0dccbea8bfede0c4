"""Readings of Mandarin words by pypinyin: what stands in where the model's own lexicon and network are absent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from diffrhythm.phonemes.pinyin import to_bopomofo

_CITED = {"一": "yi1", "不": "bu4"}  # their tones follow from the word, later


class ReadingLexicon(Mapping[str, str]):
    """Behaves as the lexicon does, `word` to `pin1 yin1`, for every word whose characters have a known sound."""

    def __getitem__(self, word: str) -> str:
        found = read(word)
        if len(found) != len(word) or any(to_bopomofo(syllable) is None for syllable in found):
            raise KeyError(word)
        return " ".join(_CITED.get(char, syllable) for char, syllable in zip(word, found, strict=True))

    def __iter__(self) -> Iterator[str]:
        return iter(())  # it has no list: words are read as they are met

    def __len__(self) -> int:
        return 0


class WithReadings(Mapping[str, str]):
    """A lexicon that also knows how each character it lacks sounds by itself."""

    def __init__(self, lexicon: Mapping[str, str]) -> None:
        self._lexicon = lexicon
        self._readings = ReadingLexicon()

    def __getitem__(self, word: str) -> str:
        known = self._lexicon.get(word)
        if known is None and len(word) == 1:
            return self._readings[word]
        if known is None:
            raise KeyError(word)
        return known

    def __iter__(self) -> Iterator[str]:
        return iter(self._lexicon)

    def __len__(self) -> int:
        return len(self._lexicon)


def read_in_context(text: str, index: int) -> str:
    """Say how one character sounds in its line, as the network of the model would: `了{le5}`."""
    found = read(text)
    return f"{text[index]}{{{found[index] if len(found) == len(text) else ''}}}"


@lru_cache(maxsize=4_096)
def read(text: str) -> tuple[str, ...]:
    """Read a text character by character: pinyin with a tone digit, or the character itself."""
    from pypinyin import Style, lazy_pinyin

    # errors: what has no reading comes back character by character, so that places stay right
    syllables = lazy_pinyin(text, style=Style.TONE3, neutral_tone_with_five=True, errors=list)  # type: ignore[arg-type]
    return tuple(syllables)
