"""Which styles a prompt names: the one that leads, the one that colours it, and how they are joined in its words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from musicgen_web.engines.sketch import vocabulary
from musicgen_web.engines.sketch.phrasing import Phrase, Span
from musicgen_web.engines.sketch.style import all_styles

NAMES_A_STYLE = 3  # votes from which a word is a style's name; "rain" (1) may stay whatever is played
_BESIDES = 2  # votes of "80s", "epic" or "808", which may be said of every style

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
    """Whether a phrase tells a mood."""
    return phrase.key in vocabulary.MOODS and not phrase.is_denied


def named(text: str, phrases: Sequence[Phrase]) -> tuple[Named, ...]:
    """Find the phrases that name a style, in their order."""
    return tuple(
        Named(style, phrase.at, _is_colour(text, phrase.at) or _is_first_of_two(text, phrases[index:]))
        for index, phrase in enumerate(phrases)
        if (style := name_in(phrase))
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


def with_links(text: str, found: tuple[Named, ...], kept: str | None) -> Iterator[Span]:
    """Yield where the names of all styles but one are said, each with what joins it to the next: " meets jazz"."""
    joints = _joints(text, found)
    last = 0
    for index, one in enumerate(found):
        if one.style == kept:
            continue
        begin, end = joints[index].around
        if joints[index].follows:
            begin = min(begin, found[index - 1].at[1])
        elif index + 1 < len(found) and found[index + 1].style == kept and joints[index + 1].follows:
            end = max(end, found[index + 1].at[0])
        yield max(begin, last), end
        last = end


def links(text: str, found: tuple[Named, ...]) -> Iterator[Span]:
    """Yield what stands round the names and says how they are joined: "with a touch of"."""
    for index, (one, joint) in enumerate(zip(found, _joints(text, found), strict=True)):
        yield joint.around[0], one.at[0]
        yield one.at[1], joint.around[1]
        if joint.follows:
            yield found[index - 1].at[1], one.at[0]


@dataclass(frozen=True, slots=True)
class _Joint:
    """How a name hangs together with what stands beside it."""

    around: Span  # with "a touch of" before it and "elements" after it
    follows: bool  # it is joined to the name before it


@lru_cache(maxsize=4)
def _joints(text: str, found: tuple[Named, ...]) -> tuple[_Joint, ...]:
    ends = (0, *(one.at[1] for one in found))
    return tuple(
        _Joint(_around(text, one.at), index > 0 and _JOINED.fullmatch(text, ends[index], one.at[0]) is not None)
        for index, one in enumerate(found)
    )


def _around(text: str, at: Span) -> Span:
    touch = _BEFORE.search(text, max(0, at[0] - _LOOKS_BACK), at[0])
    tinge = _TINGE.match(text, at[1])
    return touch.start() if touch else at[0], tinge.end() if tinge else at[1]


def _is_first_of_two(text: str, phrases: Sequence[Phrase]) -> bool:
    """Whether another name follows at once, or after an instrument or a mood: the last word of a compound is what the
    thing is, in all three languages: "jazz house", "jazz piano house", "爵士浩室"."""
    for one, other in pairwise(phrases):
        if other.is_denied or not _COMPOUND.fullmatch(text, one.at[1], other.at[0]):
            return False
        if name_in(other):
            return True
        if not (other.key in vocabulary.INSTRUMENTS or other.key in vocabulary.MOODS or other.key in vocabulary.ERAS):
            return False
    return False


def _is_colour(text: str, at: Span) -> bool:
    return _around(text, at) != at


@cache
def _index() -> Mapping[str, Mapping[str, int]]:
    """Return the words of all styles by what they are looked up by."""
    index: dict[str, dict[str, int]] = {}
    for style in all_styles().values():
        for word, weight in style.words.items():
            key = vocabulary.key(word)
            told = index.setdefault(key, {})
            told[style.name] = max(told.get(style.name, 0), min(weight, _BESIDES) if _says_more(key) else weight)
    return index


def _says_more(key: str) -> bool:
    """Whether a word is an instrument's, a mood's, a voice's or a time's as well: such a one names no style."""
    return any(
        key in words
        for words in (vocabulary.ERAS, vocabulary.INSTRUMENTS, vocabulary.DRUMS, vocabulary.VOICES, vocabulary.MOODS)
    )
