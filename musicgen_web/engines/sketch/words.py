"""The words of a song: its lines in the order they are sung, part by part, with their syllables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from diffrhythm.lrc import LyricLine
from diffrhythm.phonemes import Pronouncer, Pronunciation, english
from diffrhythm.phonemes.pronounce import singable
from diffrhythm.phonemes.segments import ENGLISH
from diffrhythm.phonemes.syllables import Syllable, of_pronunciation
from musicgen_web.engines.sketch.stanzas import Stanza, is_sung, parse, stanzas

_WORD = re.compile(r"\S+")
_PAUSES = frozenset(",.?!;:…—–")
UNSTRESSED, STRESSED = 0, 2
_VOWELLESS_SCHWA = frozenset({"ə", "ɚ", "l", "n", "ɪ"})


@dataclass(frozen=True, slots=True)
class Sung:
    """One syllable: its letters, its stress (0, 1, or 2: the word's main one), and what comes after it."""

    text: str
    stress: int
    is_light: bool = False  # an unstressed schwa: where words are too many it shares its neighbour's note
    ends_word: bool = False
    pauses: bool = False  # a comma or a stop follows


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number in the lyrics, its words as they are spoken, its LRC time in seconds, and its syllables."""

    number: int
    text: str
    time: float | None
    stanza: int
    syllables: tuple[Sung, ...]


@dataclass(frozen=True, slots=True)
class Unsung:
    """A line that is left out, and why."""

    number: int
    why: str
    is_broken: bool = False  # it cannot even be read


@dataclass(frozen=True, slots=True)
class Words:
    """What is sung, in the order of the song, and what is not. `pauses`: times at which the lyrics fall silent."""

    stanzas: tuple[Stanza, ...] = ()
    lines: tuple[Line, ...] = ()
    unsung: tuple[Unsung, ...] = ()
    pauses: tuple[float, ...] = ()


def read(text: str, pronouncer: Pronouncer) -> Words:
    """Read lyrics into lines and syllables; it never raises for what is written."""
    lyrics, broken = parse(text)
    found = stanzas(lyrics)
    texts = list(dict.fromkeys(line.text for stanza in found for line in stanza.lines))
    pronouncer.lines([*texts, *_words(texts)])  # in one go: espeak is asked once for all of them
    spoken = dict(zip(texts, pronouncer.lines(texts), strict=True))
    lines = [
        Line(line.number, _as_spoken(spoken[line.text]), line.time, index, _syllables(spoken[line.text], pronouncer))
        for index, stanza in enumerate(found)
        for line in stanza.lines
    ]
    unsung = [Unsung(number, why, is_broken=True) for number, why in broken.items()]
    unsung += [Unsung(line.number, "there is nothing to sing") for line in lyrics.lines if _is_silent(line)]
    unsung += [Unsung(line.number, "there is nothing to sing") for line in lines if not line.syllables]
    return Words(
        found,
        tuple(line for line in lines if line.syllables),
        tuple(sorted(unsung, key=lambda one: one.number)),
        tuple(line.time for line in lyrics.lines if not line.text and not line.section and line.time is not None),
    )


def _is_silent(line: LyricLine) -> bool:
    return line.section is None and bool(line.text) and not is_sung(line)


def _words(texts: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(word[0] for text in texts for word in _WORD.finditer(text)))


def _as_spoken(line: Pronunciation) -> str:
    """Write a line as it is said: numbers as words, without brackets, quotes and signs."""
    said = []
    for run in line.runs:
        if run.segment.language == ENGLISH:
            pieces = english.pieces(singable(run.segment.text), contracted=True)
            said.append(" ".join(" ".join(english.stretches(pieces)).split()))
        else:
            said.append("".join(word.text for word in run.words))
    return " ".join(said)


def _syllables(line: Pronunciation, pronouncer: Pronouncer) -> tuple[Sung, ...]:
    return tuple(_sung(line.text, of_pronunciation(line, pronouncer)))


def _sung(text: str, syllables: Sequence[Syllable]) -> Iterator[Sung]:
    for (start, end), group in groupby(syllables, key=lambda syllable: (syllable.start, syllable.end)):
        sharing = list(group)
        cuts = [start + (end - start) * place // len(sharing) for place in range(len(sharing) + 1)]
        for place, syllable in enumerate(sharing):
            is_last = place == len(sharing) - 1
            behind = text[end : end + 2].strip()
            ends_word = is_last and (end >= len(text) or not (text[end].isalnum() or text[end] in "'’"))
            letters = text[cuts[place] : cuts[place + 1]]
            pauses = ends_word and bool(_PAUSES & {*letters[-1:], *behind[:1]})
            is_light = syllable.stress == UNSTRESSED and syllable.nucleus in _VOWELLESS_SCHWA
            yield Sung(letters.strip(), syllable.stress, is_light, ends_word, pauses)
