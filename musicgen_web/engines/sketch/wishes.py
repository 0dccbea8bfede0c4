"""Reads wishes out of a prompt: style, tempo, key, metre, instruments wanted and unwanted, mood, era, voice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from musicgen_web.engines.sketch import vocabulary
from musicgen_web.engines.sketch.figures import FASTEST, SLOWEST, blanked, keys_in, tempos_in
from musicgen_web.engines.sketch.metre import paced
from musicgen_web.engines.sketch.naming import Named, is_mood, leading, named
from musicgen_web.engines.sketch.phrasing import Phrase, Span, phrases, spaced
from musicgen_web.engines.sketch.style import Style

__all__ = ["DEFAULT_STYLE", "FASTEST", "SLOWEST", "Reading", "Wishes", "read", "read_closely", "singer", "tempos"]

DEFAULT_STYLE = "pop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a prompt asks for. `wanted` and `unwanted` hold instruments, or roles as "role:drums"; `refused` the words.

    `tempo`, `brightness` and `energy` are leanings from −1 to 1.
    """

    style: str = DEFAULT_STYLE
    blend: str | None = None  # a second style, which lends its harmony and colours
    bpm: float | None = None  # counted beats, in 6/8 dotted quarters
    pace: tuple[int, int] | None = None  # the same from, to: "andante"
    tonic: int | None = None
    mode: str | None = None
    metre: str | None = None  # "3/4", one of METRES
    wanted: tuple[tuple[str, ...], ...] = ()
    unwanted: frozenset[str] = frozenset()
    refused: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()  # how the names of drums begin that do not play: "snare"
    is_alone: bool = False  # only the wanted instruments play
    tempo: float = 0.0
    brightness: float = 0.0
    energy: float = 0.0
    era: str | None = None  # "80s", "vintage", "modern", one of ERAS
    voice: str | None = None  # "none", "any", "high", "low" or "choir"


@dataclass(frozen=True, slots=True)
class Reading:
    """The wishes of a prompt and where in it they are said. `named`: the phrases that name a style, in its words."""

    wishes: Wishes
    phrases: tuple[Phrase, ...]
    named: tuple[Named, ...]
    tempo: tuple[Span, ...]
    key: tuple[Span, ...]
    metre: tuple[Span, ...]


def read(prompt: str) -> Wishes:
    """Read the wishes of a prompt; what it does not say stays open."""
    return read_closely(prompt).wishes


def read_closely(prompt: str) -> Reading:
    """Read the wishes of a prompt and remember where each is said."""
    text, places = spaced(prompt)
    tempos = tempos_in(text)
    text = blanked(text, [one.at for one in tempos])
    keys = keys_in(text)
    text = blanked(text, [one.at for one in keys])
    heard = tuple(phrases(text))
    styles = named(text, heard)
    paces = [one for one in heard if one.key in vocabulary.PACES and not one.is_denied]
    metres = [one for one in heard if one.key in vocabulary.METRE_WORDS and not one.is_denied]
    metres.sort(key=lambda one: not one.text[0].isdigit())  # "a waltz in 4/4": the figures
    style, blend = leading(styles, heard, DEFAULT_STYLE)
    wishes = Wishes(
        style=style,
        blend=blend,
        bpm=tempos[0].bpm if tempos else None,
        pace=vocabulary.PACES[paces[0].key] if paces and not tempos else None,
        tonic=keys[0].tonic if keys else None,
        mode=keys[0].mode if keys else None,
        metre=vocabulary.METRE_WORDS[metres[0].key] if metres else None,
        era=next((vocabulary.ERAS[one.key] for one in heard if one.key in vocabulary.ERAS and not one.is_denied), None),
        voice=_voice(heard),
    )
    spoken = [one.at for one in tempos] + [one.at for one in paces], [one.at for one in keys], [o.at for o in metres]
    return Reading(
        _from_words(wishes, heard),
        tuple(replace(one, at=_place(one.at, places), no=one.no and _place(one.no, places)) for one in heard),
        tuple(replace(one, at=_place(one.at, places)) for one in styles),
        *(tuple(_place(span, places) for span in sorted(spans)) for spans in spoken),
    )


def tempos(wishes: Wishes, style: Style) -> tuple[float, float, float]:
    """Return the slowest tempo, the one leant to and the fastest, in counted beats a minute, where none is said."""
    if wishes.pace:
        slow, fast = wishes.pace
        return slow, slow + (0.5 + 0.5 * wishes.tempo) * (fast - slow), fast
    low, high = paced(style.tempo, style.metre, wishes.metre or style.metre)
    reach = 0.12 * (high - low) + 0.2 * low * max(0.0, abs(wishes.tempo) - 0.5)
    lean = 0.5 + 0.5 * wishes.tempo
    return low - reach, low - reach + lean * (high - low + 2 * reach), high + reach


def singer(wishes: Wishes, style: Style) -> str:
    """Return who sings the words, if there are any: "high", "low", "choir", or "none"."""
    return style.singer if wishes.voice in (None, "any") else str(wishes.voice)


def instruments_of(phrase: Phrase) -> tuple[str, ...]:
    """Return what a phrase may ask for, the likeliest first; who wants one drum wants the drummer."""
    return vocabulary.INSTRUMENTS.get(phrase.key) or ("role:drums",) * (phrase.key in vocabulary.DRUMS)


def _from_words(wishes: Wishes, heard: Sequence[Phrase]) -> Wishes:
    wanted: dict[tuple[str, ...], None] = {}
    unwanted: set[str] = set()
    refused: dict[str, None] = {}
    left_out: dict[str, None] = {}
    for phrase in heard:
        instruments = instruments_of(phrase)
        if phrase.is_denied and phrase.key in vocabulary.DRUMS:
            left_out |= dict.fromkeys(vocabulary.DRUMS[phrase.key])
            refused[phrase.text] = None
        elif instruments and phrase.is_denied:
            unwanted.update(instruments)
            refused[phrase.text] = None
        elif instruments:
            wanted[instruments] = None
            if phrase.before in vocabulary.ONLY or phrase.after in vocabulary.ONLY - {"solo", "соло"}:
                wishes = replace(wishes, is_alone=True)
        elif phrase.key in vocabulary.MODES and not phrase.is_denied and not wishes.mode:
            wishes = replace(wishes, mode=vocabulary.MODES[phrase.key])
    moods = [vocabulary.MOODS[phrase.key] for phrase in heard if is_mood(phrase)]
    tempo, brightness, energy = (_leaning([mood[axis] for mood in moods]) for axis in range(3))
    return replace(
        wishes,
        wanted=tuple(kept for meant in wanted if (kept := tuple(one for one in meant if one not in unwanted))),
        unwanted=frozenset(unwanted),
        refused=tuple(refused),
        left_out=tuple(left_out),
        tempo=tempo,
        brightness=brightness,
        energy=energy,
    )


def _voice(heard: Iterable[Phrase]) -> str | None:
    """Read who sings: a certain voice rather than any, and nobody where one is refused and no other asked for."""
    said = [(vocabulary.VOICES[one.key], one.is_denied) for one in heard if one.key in vocabulary.VOICES]
    asked = [voice for voice, is_denied in said if not is_denied]
    if "none" in asked or ("any", True) in said:
        return "none"
    if certain := [voice for voice in asked if voice != "any"]:
        return certain[0]
    if "any" in asked:
        people = (vocabulary.PEOPLE[one.key] for one in heard if one.key in vocabulary.PEOPLE and not one.is_denied)
        return next(people, "any")
    return "none" if any(voice in ("high", "low") for voice, _ in said) else None


def _place(span: Span, places: Sequence[int]) -> Span:
    return places[span[0]], places[span[1] - 1] + 1


def _leaning(values: list[float]) -> float:
    """Add up what several words lean to; the strongest word counts fully, the others bend it."""
    if not values:
        return 0.0
    strongest = max(values, key=abs)
    return max(-1.0, min(1.0, strongest + 0.3 * (sum(values) - strongest)))
