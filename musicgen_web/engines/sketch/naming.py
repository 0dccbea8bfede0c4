"""Which styles a prompt names: the one that leads, the one that colours it, and how they are joined in its words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from musicgen_web.engines.sketch import vocabulary
from musicgen_web.engines.sketch.phrasing import Phrase, Span
from musicgen_web.engines.sketch.style import all_styles

NAMES_A_STYLE = 3  # votes from which a word is a style's name; "rain" (1) may stay whatever is played
_OF_A_TIME = 2  # votes of "80s" or "retro", which may be said of every style

_TOUCH = (
    r"(?:touch|touches|hint|hints|dash|bit|pinch|splash|spice|shade|flavou?r|elements?|influences?|"
    r"нотк\w+|оттенк\w+|элемент\w+|влияни\w+|примес\w+|щепотк\w+)"
)
_FEW = (
    rf"(?:(?:an?|the|some|slight|little|лёгк\w+|легк\w+|немного)\s+|(?:一点|一些|些许)\s*)*(?:{_TOUCH}\s*(?:of\s+)?)?"
)
_AND = (
    r"(?:with|and|&|\+|x|×|meets|plus|into|over|crossed with|mixed with|blended with|и|с|со|плюс|"
    r"带有?|和|与|加上?|混合?|遇上|遇见)"
)
_COMPOUND = re.compile(r"[\s-]*(?:风格的?|味的?|的)?[\s-]*")
_TINGE = re.compile(
    rf"[\s-]*(?:{_TOUCH}|influenced|tinged|inspired|infused|flavou?red|styled?|feel|vibes?|元素|色彩|味道|气息)(?!\w)",
    re.IGNORECASE,
)
_JOINED = re.compile(rf"(?:{_TINGE.pattern})?[\s,，-]*(?:{_AND}\s*)?{_FEW}(?:风格的?|味的?|的)?[\s-]*", re.IGNORECASE)
_BEFORE = re.compile(rf"(?:^|(?<=\W))(?:an?\s+)?{_TOUCH}\s*(?:of\s+)?$|(?:一点|一些|些许)\s*$", re.IGNORECASE)
_LOOKS_BACK = 40  # characters


@dataclass(frozen=True, slots=True)
class Named:
    """A phrase that names a style."""

    style: str
    at: Span
    is_colour: bool  # it only colours another: "a touch of jazz", the first word of "jazz house"


def votes(phrase: Phrase) -> Mapping[str, int]:
    """Return what a phrase says for each style."""
    return {} if phrase.is_denied else _index().get(phrase.key, {})


def votes_of(words: str) -> Mapping[str, int]:
    """Return what a word or phrase of the vocabulary says for each style."""
    return _index().get(vocabulary.key(words.lower()), {})


def names_a_style(words: str) -> bool:
    """Whether a word of the vocabulary would name a style."""
    return max(votes_of(words).values(), default=0) >= NAMES_A_STYLE


def name_in(phrase: Phrase) -> str | None:
    """Return the style a phrase names; of several, the one it names most clearly."""
    told = votes(phrase)
    best = max(told, key=lambda style: told[style], default=None)
    return best if best and told[best] >= NAMES_A_STYLE else None


def is_mood(phrase: Phrase) -> bool:
    """Whether a phrase tells a mood, and does not name a style: a lullaby is slow by itself."""
    return phrase.key in vocabulary.MOODS and not phrase.is_denied and name_in(phrase) is None


def named(text: str, phrases: Sequence[Phrase]) -> tuple[Named, ...]:
    """Find the phrases that name a style, in their order."""
    found = [(style, phrase.at) for phrase in phrases if (style := name_in(phrase))]
    return tuple(
        Named(style, at, _is_colour(text, at) or any(_is_head(text, at, other) for other in found[index + 1 :][:1]))
        for index, (style, at) in enumerate(found)
    )


def leading(found: Sequence[Named], phrases: Sequence[Phrase], default: str) -> tuple[str, str | None]:
    """Return the style whose tempo and groove a song has, and the one that lends it harmony and colours, if any."""
    if not found:
        totals: dict[str, int] = {}
        for phrase in phrases:
            for style, number in votes(phrase).items():
                totals[style] = totals.get(style, 0) + number
        return max(totals, key=lambda style: totals[style], default=default), None
    first = next((one.style for one in found if not one.is_colour), found[0].style)
    return first, next((one.style for one in found if one.style != first), None)


def with_links(text: str, found: Sequence[Named], kept: str | None) -> Iterator[Span]:
    """Yield where the names of all styles but one are said, each with what joins it to the next: " meets jazz"."""
    last = 0
    for index, one in enumerate(found):
        if one.style == kept:
            continue
        begin, end = one.at
        before, after = found[index - 1] if index else None, found[index + 1] if index + 1 < len(found) else None
        if before and _is_joined(text, before, one):
            begin = before.at[1]
        elif after and after.style == kept and _is_joined(text, one, after):
            end = after.at[0]
        if tinge := _TINGE.match(text, end):
            end = tinge.end()
        if touch := _BEFORE.search(text, max(0, begin - _LOOKS_BACK), begin):
            begin = touch.start()
        yield max(begin, last), end
        last = end


def links(text: str, found: Sequence[Named]) -> Iterator[Span]:
    """Yield what stands round the names and says how they are joined: "with a touch of"."""
    for one, other in pairwise(found):
        if _is_joined(text, one, other):
            yield one.at[1], other.at[0]
    for one in found:
        if tinge := _TINGE.match(text, one.at[1]):
            yield tinge.span()
        if touch := _BEFORE.search(text, max(0, one.at[0] - _LOOKS_BACK), one.at[0]):
            yield touch.span()


def _is_joined(text: str, one: Named, other: Named) -> bool:
    return _JOINED.fullmatch(text, one.at[1], other.at[0]) is not None


def _is_head(text: str, at: Span, other: tuple[str, Span]) -> bool:
    """Whether the next name follows at once: the last word of a compound is what the thing is."""
    return _COMPOUND.fullmatch(text, at[1], other[1][0]) is not None


def _is_colour(text: str, at: Span) -> bool:
    return bool(_TINGE.match(text, at[1]) or _BEFORE.search(text, max(0, at[0] - _LOOKS_BACK), at[0]))


@cache
def _index() -> Mapping[str, Mapping[str, int]]:
    """Return the words of all styles by what they are looked up by."""
    index: dict[str, dict[str, int]] = {}
    for style in all_styles().values():
        for word, weight in style.words.items():
            key = vocabulary.key(word)
            told = index.setdefault(key, {})
            told[style.name] = max(
                told.get(style.name, 0), min(weight, _OF_A_TIME) if key in vocabulary.ERAS else weight
            )
    return index
