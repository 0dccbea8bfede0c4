"""Cuts a prompt into the phrases the band knows and the words between them, each with its place and its "no"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from musicgen_web.engines.sketch import vocabulary
from musicgen_web.engines.sketch.style import all_styles

_WORD = re.compile(r"(?<![#&'’+/-])[\w#&'’+/-]*\w|&")  # a run of signs is looked at once, from its beginning
_PIECE = re.compile(r"[^/+-]+")
_CLAUSE = re.compile(r"[,.;:!?()\n，。；：、！？（）]+")
_LONGEST_PHRASE = 3  # words
_REACH = 3  # unknown words a "no" reaches over: "no huge orchestral drums"
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


Span = tuple[int, int]  # characters of the prompt, from and to


@dataclass(frozen=True, slots=True)
class Phrase:
    """One word or known phrase of the prompt, with what stands beside it.

    `key`: what the vocabulary has it by; `text`: as it is written, in small letters; `no`: the word that denies it.
    """

    key: str
    text: str
    is_denied: bool
    before: str
    after: str
    at: Span
    is_known: bool
    no: Span | None = None

    def at_with_no(self, phrases: Iterable[Phrase]) -> Span:
        """Return where it stands, with the "no" before it unless others need that, too."""
        is_alone = self.no is not None and sum(other.no == self.no for other in phrases) == 1
        return (self.no[0], self.at[1]) if self.no and is_alone else self.at


def spaced(prompt: str) -> tuple[str, Sequence[int]]:
    """Put spaces round Chinese words, which are written without, and round Latin ones between Chinese; and tell where
    each character stood."""
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
        spans = list(_words(lower, begin, end))
        yield from _phrases_of([lower[slice(*span)] for span in spans], spans)


def is_known(word: str) -> bool:
    """Whether a word or phrase says something to the band."""
    return vocabulary.key(word) in _known()


def _phrases_of(words: list[str], spans: list[Span]) -> Iterator[Phrase]:
    keys = [vocabulary.key(word) for word in words]
    reach = 0  # how many more words the last "no" reaches
    no, index = 0, 0
    while index < len(words):
        size, key = _known_from(keys, index)
        end = index + size
        if key in vocabulary.NO or words[index].endswith(("n't", "n’t")):
            reach, no = _REACH + 1, index
        elif key == "but" or key == "with":
            reach = 0
        else:
            is_known = key in _known()
            is_denied = reach > 0 and is_known
            before, after = words[index - 1] if index else "", words[end] if end < len(words) else ""
            at = (spans[index][0], spans[end - 1][1])
            text = " ".join(words[index:end])
            yield Phrase(key, text, is_denied, before, after, at, is_known, spans[no] if is_denied else None)
            goes_on = is_known and (_goes_on(keys, end) or _is_of(key, keys, end, words[no]))
            reach = _REACH if reach and goes_on else 0 if is_known else max(0, reach - 1)
        index = end


def _clauses(text: str) -> Iterator[Span]:
    begin = 0
    for gap in _CLAUSE.finditer(text):
        yield begin, gap.start()
        begin = gap.end()
    yield begin, len(text)


def _words(text: str, begin: int, end: int) -> Iterator[Span]:
    """Find the words; one that nobody knows comes in pieces, if some of them are known: "jazz-tinged"."""
    for word in _WORD.finditer(text, begin, end):
        pieces = [] if _is_part(word[0]) else [piece.span() for piece in _PIECE.finditer(text, *word.span())]
        if len(pieces) > 1 and any(_holds_known(text, pieces[at:]) for at in range(len(pieces))):
            yield from pieces
        else:
            yield word.span()


def _holds_known(text: str, pieces: Sequence[Span]) -> bool:
    """Whether the first of these pieces is known, by itself or with the next: "lo" in "jazz-lo-fi"."""
    begin = pieces[0][0]
    return any(is_known(word := text[begin:end]) or word in vocabulary.NO for _, end in pieces[:_LONGEST_PHRASE])


def _goes_on(keys: list[str], end: int) -> bool:
    """Whether a "no" also means what follows: "no drums or bass", "no drums and bass" at the end of a clause."""
    if end >= len(keys):
        return False
    if keys[end] in vocabulary.ALSO_NO or "/" in keys[end]:
        return True
    return keys[end] in {"and", "&"} and end + 1 + _known_from(keys, end + 1)[0] == len(keys)


def _is_of(key: str, keys: list[str], end: int, no: str) -> bool:
    """Whether a refused word only tells of what kind the next one is, which is the one refused: "no loud drums"."""
    if end >= len(keys) or no in vocabulary.NOT or not (key in vocabulary.MOODS or key in vocabulary.QUALIFIERS):
        return False
    following = _known_from(keys, end)[1]
    return any(following in nouns for nouns in (vocabulary.INSTRUMENTS, vocabulary.DRUMS, vocabulary.VOICES))


def _known_from(keys: list[str], index: int) -> tuple[int, str]:
    """Return how many words from this one on are a known phrase, the longest there is, and what it is known by."""
    for size in range(min(_LONGEST_PHRASE, len(keys) - index), 1, -1):
        for between in (" ", "-"):  # "lo fi" is "lo-fi"
            phrase = between.join(keys[index : index + size])
            if phrase in _known():
                return size, phrase
    return 1, keys[index] if index < len(keys) else ""


def _is_part(word: str) -> bool:
    return word in vocabulary.NO or vocabulary.key(word) in _parts()


@cache
def _known() -> frozenset[str]:
    style_words = {vocabulary.key(word) for style in all_styles().values() for word in style.words}
    return frozenset(style_words).union(
        vocabulary.INSTRUMENTS, vocabulary.MOODS, vocabulary.MODES, vocabulary.VOICES, vocabulary.PEOPLE,
        vocabulary.DRUMS, vocabulary.METRE_WORDS, vocabulary.PACES, vocabulary.ERAS, vocabulary.QUALIFIERS,
    )  # fmt: skip


@cache
def _parts() -> frozenset[str]:
    """Return every word that stands in a known phrase."""
    return frozenset(word for phrase in _known() for word in (phrase, *phrase.split()))


@cache
def _chinese() -> re.Pattern[str]:
    spoken = {word for style in all_styles().values() for word in style.words} | _known()
    words = [word for word in spoken | vocabulary.NO | vocabulary.ONLY if _CHINESE.search(word)]
    latin = r"(?<=[\u4e00-\u9fff])\d*[a-z][a-z&'’-]*|(?<!\w)\d*[a-z][a-z&'’-]*(?=[\u4e00-\u9fff])"
    return re.compile("|".join([*sorted(map(re.escape, words), key=len, reverse=True), latin]), re.IGNORECASE)
