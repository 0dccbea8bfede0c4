"""Reads wishes out of a prompt: style, tempo, key, instruments wanted and unwanted, mood."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import overload

from musicgen_web.engines.sketch import vocabulary
from musicgen_web.engines.sketch.metre import paced
from musicgen_web.engines.sketch.phrasing import Phrase, Span, phrases, spaced
from musicgen_web.engines.sketch.style import Style, all_styles

DEFAULT_STYLE = "pop"
SLOWEST, FASTEST = 30.0, 260.0  # beats per minute that are taken as they are written

_NUMBER = r"([1-9]\d{1,2}(?:[.,]\d{1,2})?)"
_TEMPO_UNIT = r"(?:bpm|beats? per minute|beats?/min|уд(?:аров)?\.?\s?(?:/|в)\s?мин\w*|拍|节拍)"
_TEMPO = re.compile(
    rf"(?:{_NUMBER}\s*(?:-|–|to)\s*)?{_NUMBER}[\s-]*{_TEMPO_UNIT}|(?:bpm|tempo|темп)\s*(?:of|is|at|:|=)?\s*{_NUMBER}",
    re.IGNORECASE,
)
_METRE = re.compile(r"\b([2-4]/4|6/8)\b|\b(waltz|вальс)\b|圆舞曲", re.IGNORECASE)
_MODE = "|".join(sorted(vocabulary.MODES, key=len, reverse=True))
_SHARP, _FLAT = r"#|♯|[\s-]?sharp\b", r"b(?![a-z])|♭|[\s-]?flat\b"
_NAMED = rf"(?i:(?:({_SHARP})|({_FLAT}))?[\s-]*({_MODE})(?!\w)(?!\s+keys?\b))"
_ARTICLE_OR_KEY = rf"(?<=in )a|(?<=of )a|a(?=(?i:\s?(?:{_MODE})\s*(?:$|[,.;])))|a(?=[#♯♭])"
_KEY = re.compile(rf"\b([A-Gb-g]|{_ARTICLE_OR_KEY})" + _NAMED)
_KEY_SHORT = re.compile(
    r"\b(?:in|key(?: of|:)?|key is)\s+(?:the key of\s+)?"
    r"([A-G])(#|♯)?(b|♭)?(m?)(?=\s*(?:$|[^\w\s'’]|and\b|with\b|at\b|\d))"
)
_RUSSIAN_KEY = re.compile(rf"\b(до|ре|ми|фа|соль|ля|си)(-диез)?(-бемоль)?[\s-]+({_MODE})\b", re.IGNORECASE)
_LETTERS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11,
            "до": 0, "ре": 2, "ми": 4, "фа": 5, "соль": 7, "ля": 9, "си": 11}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a prompt asks for. `wanted` and `unwanted` hold instruments, or roles as "role:drums"; `refused` the words.

    `tempo`, `brightness` and `energy` are leanings from −1 to 1.
    """

    style: str = DEFAULT_STYLE
    bpm: float | None = None  # counted beats, in 6/8 dotted quarters
    tonic: int | None = None
    mode: str | None = None
    metre: str | None = None  # "3/4", one of METRES
    wanted: tuple[tuple[str, ...], ...] = ()
    unwanted: frozenset[str] = frozenset()
    refused: tuple[str, ...] = ()
    is_alone: bool = False  # only the wanted instruments play
    tempo: float = 0.0
    brightness: float = 0.0
    energy: float = 0.0
    voice: str | None = None  # "none", "any", "high", "low" or "choir"


@dataclass(frozen=True, slots=True)
class Reading:
    """The wishes of a prompt and where in it they are said."""

    wishes: Wishes
    phrases: tuple[Phrase, ...]
    tempo: Span | None
    key: Span | None
    metre: Span | None


def read(prompt: str) -> Wishes:
    """Read the wishes of a prompt; what it does not say stays open."""
    return read_closely(prompt).wishes


def read_closely(prompt: str) -> Reading:
    """Read the wishes of a prompt and remember where each is said."""
    text, places = spaced(prompt)
    bpm, tempo, text = _tempo(text)
    tonic, mode, key, text = _key(text)
    metre = _METRE.search(text)
    told = (metre[1] or "3/4") if metre else None
    heard = tuple(phrases(text))
    wishes = _from_words(Wishes(bpm=bpm, tonic=tonic, mode=mode, metre=told), heard)
    if len(text) != len(prompt):
        heard = tuple(replace(one, at=_place(one.at, places), no=_place(one.no, places)) for one in heard)
    return Reading(wishes, heard, _place(tempo, places), _place(key, places), _place(metre and metre.span(), places))


def tempos(wishes: Wishes, style: Style) -> tuple[float, float, float]:
    """Return the slowest tempo, the one leant to and the fastest, in counted beats a minute, where none is said."""
    low, high = paced(style.tempo, style.metre, wishes.metre or style.metre)
    reach = 0.12 * (high - low) + 0.2 * low * max(0.0, abs(wishes.tempo) - 0.5)
    lean = 0.5 + 0.5 * wishes.tempo
    return low - reach, low - reach + lean * (high - low + 2 * reach), high + reach


def _from_words(wishes: Wishes, phrases: Sequence[Phrase]) -> Wishes:
    votes: dict[str, int] = {}
    wanted: dict[tuple[str, ...], None] = {}
    unwanted: set[str] = set()
    refused: dict[str, None] = {}
    moods: list[tuple[float, float, float]] = []
    for phrase in phrases:
        instruments = vocabulary.INSTRUMENTS.get(phrase.text)
        if phrase.is_denied:
            if instruments:
                unwanted.update(instruments)
                refused[phrase.text] = None
            elif phrase.text in vocabulary.VOICES:
                wishes = replace(wishes, voice="none")
            continue
        for style in all_styles().values():
            if phrase.text in style.words:
                votes[style.name] = votes.get(style.name, 0) + style.words[phrase.text]
        if instruments:
            wanted[instruments] = None
            if phrase.before in vocabulary.ONLY or phrase.after in vocabulary.ONLY - {"solo", "соло"}:
                wishes = replace(wishes, is_alone=True)
        if phrase.text in vocabulary.MOODS:
            moods.append(vocabulary.MOODS[phrase.text])
        if phrase.text in vocabulary.MODES and not wishes.mode:
            wishes = replace(wishes, mode=vocabulary.MODES[phrase.text])
        if phrase.text in vocabulary.VOICES | vocabulary.WORDLESS and wishes.voice != "none":
            wishes = replace(wishes, voice="any" if phrase.text in vocabulary.VOICES else "none")
    tempo, brightness, energy = (_leaning([mood[axis] for mood in moods]) for axis in range(3))
    return replace(
        wishes,
        style=max(votes, key=lambda name: votes[name]) if votes else DEFAULT_STYLE,
        wanted=tuple(kept for meant in wanted if (kept := tuple(one for one in meant if one not in unwanted))),
        unwanted=frozenset(unwanted),
        refused=tuple(refused),
        tempo=tempo,
        brightness=brightness,
        energy=energy,
    )


@overload
def _place(span: Span, places: Sequence[int]) -> Span: ...
@overload
def _place(span: Span | None, places: Sequence[int]) -> Span | None: ...
def _place(span: Span | None, places: Sequence[int]) -> Span | None:
    return span and (places[span[0]], places[span[1] - 1] + 1)


def _blanked(text: str, span: Span) -> str:
    """Take out what was understood; everything else keeps its place."""
    return text[: span[0]] + " " * (span[1] - span[0]) + text[span[1] :]


def _tempo(text: str) -> tuple[float | None, Span | None, str]:
    match = _TEMPO.search(text)
    if not match:
        return None, None, text
    numbers = [float(number.replace(",", ".")) for number in match.groups() if number]
    bpm = sum(numbers) / len(numbers)
    while bpm > FASTEST:
        bpm /= 2
    while bpm < SLOWEST:
        bpm *= 2
    return bpm, match.span(), _blanked(text, match.span())


def _key(text: str) -> tuple[int | None, str | None, Span | None, str]:
    for pattern in (_KEY, _RUSSIAN_KEY, _KEY_SHORT):
        if match := pattern.search(text):
            tonic = (_LETTERS[match[1].lower()] + bool(match[2]) - bool(match[3])) % 12
            named = match[4].lower()
            mode = vocabulary.MODES.get(named) or ("minor" if named == "m" else None)
            return tonic, mode, match.span(), _blanked(text, match.span())
    return None, None, None, text


def _leaning(values: list[float]) -> float:
    """Add up what several words lean to; the strongest word counts fully, the others bend it."""
    if not values:
        return 0.0
    strongest = max(values, key=abs)
    return max(-1.0, min(1.0, strongest + 0.3 * (sum(values) - strongest)))
