"""A run of English into phones: abbreviations, numbers and marks first, then espeak, then the model's own spelling."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from diffrhythm.phonemes.marks import MARKS, one_spelling, only_words_and_marks
from diffrhythm.phonemes.number_words import in_words
from diffrhythm.phonemes.phone import PRIMARY, SECONDARY, UNSTRESSED, Phone
from diffrhythm.phonemes.vocabulary import GAP

ABBREVIATIONS: tuple[tuple[str, str], ...] = (
    ("mrs", "misess"),
    ("mr", "mister"),
    ("dr", "doctor"),
    ("st", "saint"),
    ("co", "company"),
    ("jr", "junior"),
    ("maj", "major"),
    ("gen", "general"),
    ("drs", "doctors"),
    ("rev", "reverend"),
    ("lt", "lieutenant"),
    ("hon", "honorable"),
    ("sgt", "sergeant"),
    ("capt", "captain"),
    ("esq", "esquire"),
    ("ltd", "limited"),
    ("col", "colonel"),
    ("ft", "fort"),
    ("etc", "et cetera"),
    ("btw", "by the way"),
)
_ABBREVIATIONS = [(re.compile(rf"\b{short}\b", re.IGNORECASE), long) for short, long in ABBREVIATIONS]

RESPELLINGS: tuple[tuple[str, str], ...] = (
    ("t|ɹ", "tɹ"),
    ("d|ɹ", "dɹ"),
    ("t|s", "ts"),
    ("d|z", "dz"),
    ("ɪ|ɹ", "ɪɹ"),
    ("ɐ", "ɚ"),
    ("ᵻ", "ɪ"),
    ("əl", "l"),
    ("x", "k"),
    ("ɬ", "l"),
    ("ʔ", "t"),
    ("n̩", "n"),
    ("oː|ɹ", "oːɹ"),
)
"""espeak's phones, alone or in pairs within a word, and what the model calls them: in this order."""

_PIECES = re.compile(rf"[{MARKS}]|[^{MARKS}]+")
_INNER_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")
_LETTER_APOSTROPHE = "\u02bc"  # counts as a letter, so it parts no word
_GAP_AFTER = frozenset("p⁼ʰmftnlkxʃs`ɹaoəɛɪeɑʊŋiuɥwæjː")  # a run that ends so is followed by a gap
_VOWELS = frozenset("aeiouyæøœɐɑɒɔəɚɛɜɪʊʌᵻ")
_SYLLABIC = "\u0329"
_LANGUAGE = re.compile(r"\([a-z-]+\)")
_STRESSES = {"ˈ": PRIMARY, "ˌ": SECONDARY}
_NORTH = frozenset("ɔːɹ ˌɔːɹ fɔːɹ fˌɔːɹ nɔːɹ nˌɔːɹ nˈɔːɹ wˈɔːɹ wˈɔːɹz".split())  # or, for, nor, war; not ore and four
_FORCE = re.compile(
    r"ɔː(?=_?ɹ(?:_[zi])?_*$)"  # more, floors, story; in two phones before a vowel, as in "more of"
    r"|(?:(?<=[pk]_)|(?<=[pk]_[ˈˌ]))ɔː(?=ɹ_t)"  # port, court
    r"|(?:(?<=[kfs]_)|(?<=[kfs]_[ˈˌ]))ɔː(?=ɹ_s)"  # course, force, source
    r"|(?:(?<=[bh]_)|(?<=[bh]_[ˈˌ]))ɔː(?=ɹ_d)"  # board, hoard
)
_NOT_SPOKEN = str.maketrans("", "", "ˈˌ'-")


@lru_cache(maxsize=4_096)
def pieces(segment: str, *, contracted: bool = False) -> tuple[str, ...]:
    """Clean a run of English and part it into marks and stretches of words; espeak is to say the stretches.

    The model learned "don't" as "don", a mark and "t"; `contracted` leaves it one word, as everybody says it.
    """
    text = segment.strip()
    for short, long in _ABBREVIATIONS:
        text = short.sub(long, text)
    text = one_spelling(in_words(text))
    if contracted:
        text = _INNER_APOSTROPHE.sub(_LETTER_APOSTROPHE, text)
    return tuple(_PIECES.findall(only_words_and_marks(text)))


def stretches(parts: Iterable[str]) -> list[str]:
    """List what of these pieces is to be said."""
    return [part.replace(_LETTER_APOSTROPHE, "'") for part in parts if part not in MARKS]


def phones(parts: Sequence[str], ipa: Iterable[str]) -> list[Phone]:
    """Put what was said for each stretch and the marks between them together, in the model's spelling."""
    spoken = iter(ipa)
    found: list[Phone] = []
    for part in parts:
        found += [Phone(part)] if part in MARKS else _stretch(next(spoken))
    if found and found[-1].symbol[-1] in _GAP_AFTER:
        found.append(Phone(GAP))
    for old, new in RESPELLINGS:
        found = _respelled(found, old, new)
    return found


def _stretch(ipa: str) -> Iterator[Phone]:
    """Read espeak's IPA: words parted by spaces, phones by underscores, stress marks before what they stress."""
    is_first = True
    for word in _LANGUAGE.sub("", ipa).split():
        symbols = [symbol for symbol in _as_in_force(word).split("_") if symbol.translate(_NOT_SPOKEN)]
        if symbols and not is_first:
            yield Phone(GAP)
        is_first = is_first and not symbols
        yield from map(_phone, symbols)


def _as_in_force(word: str) -> str:
    """Give "more" and "story" their oː back: espeak 1.52 says them with the vowel of "or", the model learned 1.51."""
    return word if word.replace("_", "") in _NORTH else _FORCE.sub("oː", word)


@lru_cache(maxsize=1_024)
def _phone(spoken: str) -> Phone:
    stress = max((_STRESSES[mark] for mark in spoken if mark in _STRESSES), default=UNSTRESSED)
    symbol = spoken.translate(_NOT_SPOKEN)
    return Phone(symbol, stress, symbol[0] in _VOWELS or _SYLLABIC in symbol)


def _respelled(found: list[Phone], old: str, new: str) -> list[Phone]:
    first, _, second = old.partition("|")
    kept: list[Phone] = []
    for phone in found:
        if second and kept and kept[-1].symbol == first and phone.symbol == second:
            before = kept.pop()
            kept.append(Phone(new, max(before.stress, phone.stress), before.is_nucleus or phone.is_nucleus))
        elif not second and phone.symbol == first:
            kept.append(Phone(new, phone.stress, phone.is_nucleus))
        else:
            kept.append(phone)
    return kept
