"""Cuts a prompt into the phrases the band knows and the words between them, each with its place and its "no"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from musicgen_web.engines.sketch import vocabulary
from musicgen_web.engines.sketch.style import all_styles

_WORD = re.compile(r"(?<![#&'’+/-])[\w#&'’+/-]*\w|&")  # a run of signs is looked at once, from its beginning
_CLAUSE = re.compile(r"[,.;:!?()\n，。；、！？]+")
_LONGEST_PHRASE = 3  # words
_REACH = 3  # unknown words a "no" reaches over: "no loud rock drums"


Span = tuple[int, int]  # characters of the prompt, from and to


@dataclass(frozen=True, slots=True)
class Phrase:
    """One word or known phrase of the prompt, with what stands beside it. `no`: the word that denies it."""

    text: str
    is_denied: bool
    before: str
    after: str
    at: Span
    no: Span | None = None


def spaced(prompt: str) -> tuple[str, Sequence[int]]:
    """Put spaces round Chinese words, which are written without; and tell where each character stood."""
    text: list[str] = []
    places: list[int] = []
    last = 0
    for word in _chinese().finditer(prompt):
        text += [prompt[last : word.start()], " ", word[0], " "]
        places += [*range(last, word.start()), word.start(), *range(*word.span()), word.end()]
        last = word.end()
    if not text:
        return prompt, range(len(prompt))
    return "".join(text) + prompt[last:], [*places, *range(last, len(prompt))]


def phrases(text: str) -> Iterator[Phrase]:
    """Cut a prompt into known phrases and single words, each with whether a "no" stands before it."""
    lower = text.lower()
    if len(lower) != len(text):  # a few letters have a small form of two characters: places must stay
        lower = "".join(small if len(small := sign.lower()) == 1 else sign for sign in text)
    for begin, end in _clauses(lower):
        found = list(_WORD.finditer(lower, begin, end))
        yield from _phrases_of([word[0] for word in found], [word.span() for word in found])


def _phrases_of(words: list[str], spans: list[Span]) -> Iterator[Phrase]:
    reach = 0  # how many more words the last "no" reaches
    no: Span | None = None
    index = 0
    while index < len(words):
        size = _known_length(words, index)
        phrase = " ".join(words[index : index + size])
        end = index + size
        if phrase in vocabulary.NO or phrase.endswith(("n't", "n’t")):
            reach, no = _REACH + 1, spans[index]
        elif phrase == "but" or phrase == "with":
            reach = 0
        else:
            is_known = phrase in _known()
            is_denied = reach > 0 and is_known
            before, after = words[index - 1] if index else "", words[end] if end < len(words) else ""
            at = (spans[index][0], spans[end - 1][1])
            yield Phrase(phrase, is_denied, before, after, at, no if is_denied else None)
            goes_on = is_known and _goes_on(words, end)
            reach = _REACH if reach and goes_on else 0 if is_known else max(0, reach - 1)
        index = end


def _clauses(text: str) -> Iterator[Span]:
    begin = 0
    for gap in _CLAUSE.finditer(text):
        yield begin, gap.start()
        begin = gap.end()
    yield begin, len(text)


def _goes_on(words: list[str], end: int) -> bool:
    """Whether a "no" also means what follows: "no drums or bass", "no drums and bass" at the end of a clause."""
    if end >= len(words):
        return False
    if words[end] in vocabulary.ALSO_NO or "/" in words[end]:
        return True
    return words[end] in {"and", "&"} and end + 1 + _known_length(words, end + 1) == len(words)


def _known_length(words: list[str], index: int) -> int:
    for size in range(_LONGEST_PHRASE, 1, -1):
        if index + size <= len(words) and " ".join(words[index : index + size]) in _known():
            return size
    return 1


def is_known(word: str) -> bool:
    """Whether a word or phrase says something to the band."""
    return word in _known()


@cache
def _known() -> frozenset[str]:
    style_words = {word for style in all_styles().values() for word in style.words}
    return frozenset(style_words).union(
        vocabulary.INSTRUMENTS, vocabulary.MOODS, vocabulary.MODES, vocabulary.VOICES, vocabulary.WORDLESS
    )


@cache
def _chinese() -> re.Pattern[str]:
    words = [word for word in _known() | vocabulary.NO | vocabulary.ONLY if "\u4e00" <= word[:1] <= "\u9fff"]
    return re.compile("|".join(sorted(map(re.escape, words), key=len, reverse=True)))
