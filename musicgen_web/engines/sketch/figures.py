"""Reads what a prompt says in figures and letters: a tempo in beats per minute, a key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from musicgen_web.engines.sketch import vocabulary
from musicgen_web.engines.sketch.phrasing import Span

SLOWEST, FASTEST = 30.0, 260.0  # beats per minute that are taken as they are written
_LIKELY = (50.0, 220.0)  # what "around 90" may mean where nothing says of what

_NUMBER = r"([1-9]\d{1,2}(?:[.,]\d{1,2})?)"
_STROKES = r"уд(?:ар\w*)?\.?(?:\s?(?:/|в)\s?мин\w*)?(?!\w)"
_UNIT = rf"(?:bpm|бпм|beats? (?:per|a) minute|beats?/min|{_STROKES}|拍每分钟?|拍/分钟?|节拍|拍(?!子))"
_TO = r"\s*(?:-|–|to|до|到|至)\s*"
_OF = r"\s*(?:of|is|at|:|：|=|为|是)?\s*(?:about|around|около|примерно|大约|约)?\s*"
_ABOUT = r"(?:around|about|circa|roughly|at|~|≈|около|примерно|大约|约)\s*"
_TEMPO = re.compile(
    rf"(?:{_NUMBER}{_TO})?{_NUMBER}[\s-]*{_UNIT}"
    rf"|(?:bpm|tempo|бпм|темп\w{{0,3}}|速度|每分钟){_OF}(?:{_NUMBER}{_TO})?{_NUMBER}(?!\d)(?:\s*{_UNIT})?"
    rf"|(?P<about>(?<!\w){_ABOUT}){_NUMBER}(?=\s*(?:$|[.,;)，。；]))",
    re.IGNORECASE,
)


def _any_form(mode: str) -> str:
    """Return a pattern for a mode's name; of a Russian one the vocabulary keeps the stem."""
    return r"\s+".join(re.escape(word) + r"\w*" * ("а" <= word[0] <= "я") for word in mode.split())


_MODE = "|".join(map(_any_form, sorted(vocabulary.MODES, key=len, reverse=True)))
_SHARP, _FLAT = r"#|♯|[\s-]?sharp\b", r"b(?![a-z])|♭|[\s-]?flat\b"
_NAMED = rf"(?i:(?:({_SHARP})|({_FLAT}))?[\s-]*({_MODE})(?!\w)(?!\s+keys?\b))"
_ARTICLE_OR_KEY = rf"(?<=in )a|(?<=of )a|a(?=(?i:\s?(?:{_MODE})\s*(?:$|[,.;])))|a(?=[#♯♭])"
_APART = r"(?<![^\W\u4e00-\u9fff])"  # no letter before, unless it is a Chinese one
_KEY = re.compile(rf"{_APART}(?:(?:(升)|(降))\s*)?([A-Gb-g]|{_ARTICLE_OR_KEY})" + _NAMED)
_KEY_SHORT = re.compile(
    r"\b(?:in|key(?: of|:)?|key is)\s+(?:the key of\s+)?"
    r"()()([A-G])(#|♯)?(b|♭)?(m?)(?=\s*(?:$|[^\w\s'’]|and\b|with\b|at\b|\d))"
)
_RUSSIAN_KEY = re.compile(
    rf"\b()()(до|ре|ми|фа|соль|ля|си)([\s-]диез)?([\s-]бемоль)?[\s-]+({_MODE})(?!\w)", re.IGNORECASE
)
_LETTERS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11,
            "до": 0, "ре": 2, "ми": 4, "фа": 5, "соль": 7, "ля": 9, "си": 11}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is said: its pitch class, and its mode if that is said, too."""

    tonic: int
    mode: str | None
    at: Span


@dataclass(frozen=True, slots=True)
class Tempo:
    """A tempo as it is said, in beats per minute."""

    bpm: float
    at: Span


def tempos_in(text: str) -> list[Tempo]:
    """Find every tempo that is said in numbers; of a range, its middle."""
    found = []
    for match in _TEMPO.finditer(text):
        numbers = [float(number.replace(",", ".")) for number in _numbers(match)]
        bpm = sum(numbers) / len(numbers)
        if match["about"] and not _LIKELY[0] <= bpm <= _LIKELY[1]:
            continue
        while bpm > FASTEST:
            bpm /= 2
        while bpm < SLOWEST:
            bpm *= 2
        found.append(Tempo(bpm, match.span()))
    return found


def keys_in(text: str) -> list[Key]:
    """Find every key that is said, those with a mode first."""
    return [_key(match) for pattern in (_KEY, _RUSSIAN_KEY, _KEY_SHORT) for match in pattern.finditer(text)]


def blanked(text: str, spans: Sequence[Span]) -> str:
    """Take out what was understood; everything else keeps its place."""
    for begin, end in spans:
        text = text[:begin] + " " * (end - begin) + text[end:]
    return text


def _numbers(match: re.Match[str]) -> Iterator[str]:
    return (number for number in match.groups() if number and number[0].isdigit())


def _key(match: re.Match[str]) -> Key:
    raised, lowered = bool(match[1] or match[4]), bool(match[2] or match[5])
    named = match[6].lower()
    mode = vocabulary.MODES.get(vocabulary.key(named)) or ("minor" if named == "m" else None)
    return Key((_LETTERS[match[3].lower()] + raised - lowered) % 12, mode, match.span())
