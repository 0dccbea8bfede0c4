"""Changes a prompt's wording as a person would: words go, others take their place, and nothing is left dangling."""

from __future__ import annotations

import re
from collections.abc import Iterable

from musicgen_web.engines.sketch import vocabulary
from musicgen_web.engines.sketch.phrasing import Span

_GAP = "\0"
_STOPS = ",.;:!?()，。；、！？"
_ARTICLE = re.compile(r"(?<!\w)([Aa])n?(\s+)$")
_VOWEL = re.compile(r"[aeiou8]|11|18", re.IGNORECASE)  # how "eighties" begins, too
_LOOKS_BACK = 12  # characters
_BREAKS = " ,;，、；\t\n"  # what may go with a word that goes
_JOINS = frozenset({"and", "or", "nor", "&", "plus", "и", "или", "和", "或"})
_CHINESE_JOINS = "和与及或、"
_HANGS = (
    _JOINS
    | vocabulary.NO
    | {"with", "at", "in", "of", "by", "but", "a", "an", "the", "some", "about", "around", "featuring"}
)


def also(prompt: str, words: str) -> str:
    """Say something more."""
    said = prompt.rstrip(_BREAKS)
    return f"{said}, {words}" if said else words


def first(prompt: str, words: str) -> str:
    """Say something before everything else."""
    said = prompt.lstrip(_BREAKS)
    return f"{words}, {said}" if said else words


def without(prompt: str, spans: Iterable[Span]) -> str:
    """Take words out, and what would hang in the air without them."""
    return instead(prompt, {span: "" for span in spans})


def instead(prompt: str, words: dict[Span, str]) -> str:
    """Put other words in the place of some; none in the place of those that go."""
    pieces: list[str] = []
    last = 0
    for begin, end in sorted(words):
        if begin < last:
            continue  # it went with the one before
        before = prompt[last:begin]
        if not before and pieces and pieces[-1][-1:].isalnum():
            before = " "  # two names that stood together in Chinese
        pieces += [_agreeing(before, words[begin, end]), words[begin, end] or _GAP]
        last = end
    whole = "".join([*pieces, prompt[last:]]).split(_GAP)
    text = whole[0]
    for right in whole[1:]:
        text = _closed(text, right)
    return text.strip(_BREAKS) if len(whole) > 1 else text


def _closed(left: str, right: str) -> str:
    """Close the gap between two pieces."""
    was_apart = left[-1:].isspace() or right[:1].isspace()
    left, right = left.rstrip(), right.lstrip()
    if not right or right[0] in _STOPS:
        while (word := left.rpartition(" ")[2].lower()) in _HANGS:
            left = left[: len(left) - len(word)].rstrip()
        left = left.rstrip(_CHINESE_JOINS)
    if not left or left[-1] in _STOPS:
        bare = left.rstrip(_BREAKS)
        mark = "" if not bare else ", " if bare != left else " "
        return bare + mark + _unjoined(right).lstrip(_BREAKS)
    if right and right[0] in _STOPS:
        return left + right
    right = _unjoined(right)
    return _agreeing(left + " " * (was_apart and bool(right)), right) + right


def _agreeing(left: str, right: str) -> str:
    """Let an article agree with the word that follows it now: "a house song", "an ambient one"."""
    tail = left[-_LOOKS_BACK:]
    article = _ARTICLE.search(tail)
    if not article or not right:
        return left
    return left.removesuffix(tail) + tail[: article.end(1)] + "n" * bool(_VOWEL.match(right)) + article[2]


def _unjoined(right: str) -> str:
    word, _, rest = right.partition(" ")
    return rest if word.lower() in _JOINS else right
