"""Reads wishes out of a prompt: style, tempo, key, instruments wanted and unwanted, mood."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from musicgen_web.engines.sketch import vocabulary
from musicgen_web.engines.sketch.style import all_styles

DEFAULT_STYLE = "pop"
SLOWEST, FASTEST = 30.0, 260.0  # beats per minute that are taken as they are written

_NUMBER = r"([1-9]\d{1,2}(?:[.,]\d{1,2})?)"
_TEMPO_UNIT = r"(?:bpm|beats? per minute|beats?/min|уд(?:аров)?\.?\s?(?:/|в)\s?мин\w*|拍|节拍)"
_TEMPO = re.compile(
    rf"(?:{_NUMBER}\s*(?:-|–|to)\s*)?{_NUMBER}[\s-]*{_TEMPO_UNIT}|(?:bpm|tempo|темп)\s*(?:of|is|at|:|=)?\s*{_NUMBER}",
    re.IGNORECASE,
)
_METRE = re.compile(r"\b([2-4])/4\b|\b(waltz|вальс)\b|圆舞曲", re.IGNORECASE)
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
_WORD = re.compile(r"[\w#&'’+/-]*\w|&")
_CLAUSE = re.compile(r"[,.;:!?()\n，。；、！？]+")
_LONGEST_PHRASE = 3  # words
_REACH = 3  # unknown words a "no" reaches over: "no loud rock drums"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a prompt asks for. `wanted` and `unwanted` hold instruments, or roles as "role:drums"; `refused` the words.

    `tempo`, `brightness` and `energy` are leanings from −1 to 1.
    """

    style: str = DEFAULT_STYLE
    bpm: float | None = None
    tonic: int | None = None
    mode: str | None = None
    beats_per_bar: int = 4
    wanted: tuple[tuple[str, ...], ...] = ()
    unwanted: frozenset[str] = frozenset()
    refused: tuple[str, ...] = ()
    is_alone: bool = False  # only the wanted instruments play
    tempo: float = 0.0
    brightness: float = 0.0
    energy: float = 0.0
    voice: bool | None = None


def read(prompt: str) -> Wishes:
    """Read the wishes of a prompt; what it does not say stays open."""
    text = _spaced(prompt)
    bpm, text = _tempo(text)
    tonic, mode, text = _key(text)
    metre = _METRE.search(text)
    beats = 4 if not metre else int(metre[1] or 3)
    return _from_words(Wishes(bpm=bpm, tonic=tonic, mode=mode, beats_per_bar=beats), list(_phrases(text)))


@dataclass(frozen=True, slots=True)
class Phrase:
    """One word or known phrase of the prompt, with what stands beside it."""

    text: str
    is_denied: bool
    before: str
    after: str


def _from_words(wishes: Wishes, phrases: list[Phrase]) -> Wishes:
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
                wishes = replace(wishes, voice=False)
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
        if phrase.text in vocabulary.VOICES | vocabulary.WORDLESS and wishes.voice is not False:
            wishes = replace(wishes, voice=phrase.text in vocabulary.VOICES)
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


def _phrases(text: str) -> Iterator[Phrase]:
    """Cut a prompt into known phrases and single words, each with whether a "no" stands before it."""
    for clause in _CLAUSE.split(text.lower()):
        words = _WORD.findall(clause)
        reach = 0  # how many more words the last "no" reaches
        index = 0
        while index < len(words):
            size = _known_length(words, index)
            phrase = " ".join(words[index : index + size])
            end = index + size
            if phrase in vocabulary.NO or phrase.endswith(("n't", "n’t")):
                reach = _REACH + 1
            elif phrase == "but" or phrase == "with":
                reach = 0
            else:
                is_known = phrase in _known()
                after = words[end] if end < len(words) else ""
                yield Phrase(phrase, reach > 0 and is_known, words[index - 1] if index else "", after)
                goes_on = is_known and _goes_on(words, end)
                reach = _REACH if reach and goes_on else 0 if is_known else max(0, reach - 1)
            index = end


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


@cache
def _known() -> frozenset[str]:
    style_words = {word for style in all_styles().values() for word in style.words}
    return frozenset(style_words).union(
        vocabulary.INSTRUMENTS, vocabulary.MOODS, vocabulary.MODES, vocabulary.VOICES, vocabulary.WORDLESS
    )


def _spaced(prompt: str) -> str:
    """Put spaces round Chinese words, which are written without."""
    chinese = [word for word in _known() | vocabulary.NO | vocabulary.ONLY if "\u4e00" <= word[:1] <= "\u9fff"]
    if not any(word in prompt for word in chinese):
        return prompt
    pattern = "|".join(sorted(map(re.escape, chinese), key=len, reverse=True))
    return re.sub(f"({pattern})", r" \1 ", prompt)


def _tempo(text: str) -> tuple[float | None, str]:
    match = _TEMPO.search(text)
    if not match:
        return None, text
    numbers = [float(number.replace(",", ".")) for number in match.groups() if number]
    bpm = sum(numbers) / len(numbers)
    while bpm > FASTEST:
        bpm /= 2
    while bpm < SLOWEST:
        bpm *= 2
    return bpm, text[: match.start()] + " " + text[match.end() :]


def _key(text: str) -> tuple[int | None, str | None, str]:
    for pattern in (_KEY, _RUSSIAN_KEY, _KEY_SHORT):
        if match := pattern.search(text):
            tonic = (_LETTERS[match[1].lower()] + bool(match[2]) - bool(match[3])) % 12
            named = match[4].lower()
            mode = vocabulary.MODES.get(named) or ("minor" if named == "m" else None)
            return tonic, mode, text[: match.start()] + " " + text[match.end() :]
    return None, None, text


def _leaning(values: list[float]) -> float:
    """Add up what several words lean to; the strongest word counts fully, the others bend it."""
    if not values:
        return 0.0
    strongest = max(values, key=abs)
    return max(-1.0, min(1.0, strongest + 0.3 * (sum(values) - strongest)))
