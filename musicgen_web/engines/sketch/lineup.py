"""Tells who plays and who does not: asked for, there anyway, or refused; and how to say it otherwise."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from musicgen_web.engines.base import Correction, Heard
from musicgen_web.engines.sketch import names, vocabulary, wording
from musicgen_web.engines.sketch.band import chairs, chosen, is_among
from musicgen_web.engines.sketch.naming import names_a_style
from musicgen_web.engines.sketch.phrasing import Phrase
from musicgen_web.engines.sketch.restyling import steady
from musicgen_web.engines.sketch.style import Player, Style
from musicgen_web.engines.sketch.vocabulary.instruments import ROWS
from musicgen_web.engines.sketch.wishes import Reading, instruments_of

_ROLE_WORDS = {"drums": "drums", "bass": "bass", "lead": "lead", "pad": "pads", "chords": "keys"}
_CALLED = [  # what may be meant, and the first word for it; those that mean one thing only come first
    (meant, names.said(vocabulary.words(listed)[0]))
    for meant, listed in sorted(ROWS.items(), key=lambda row: len(row[0]))
    if not meant[0].startswith("role:")
]
_OFFERED = ("piano", "strings", "flute", "bells", "Rhodes", "vibes")
_MOST_OFFERED = 4  # instruments that may join
_MOST_RIVALS = 12  # that may take another's chair
_TOLD = 5  # of those who play besides


def plays(prompt: str, style: Style, reading: Reading, band: Sequence[Player]) -> Iterator[Heard]:
    """Tell who was asked for, one by one, and who plays besides."""
    free = [player for player in style.band if not is_among(player, reading.wishes.unwanted)]
    asked: dict[str, list[Phrase]] = {}
    for meant, found in _asked(reading).items():
        asked.setdefault(chosen(meant, free), []).extend(found)
    asked.pop("", None)  # nobody plays that
    named: set[str] = set()
    for one, found in asked.items():
        players = [player for player in band if is_among(player, frozenset({one}))] or [chairs()[one]] * (
            one in chairs()
        )
        text = names.listed(names.instruments(players)) or found[0].text
        named.update(names.instruments(players))
        spans = [phrase.at for phrase in found]
        words = [phrase.text for phrase in found]
        choices = [
            Correction(
                f"{word} instead",
                steady(wording.instead(prompt, {spans[0]: word} | dict.fromkeys(spans[1:], "")), reading, word, *words),
            )
            for word in _rivals(one, asked, free)
        ]
        choices.append(Correction("leave it out", steady(wording.without(prompt, spans), reading, *words)))
        yield Heard(kind="plays", name=one, text=text, is_said=True, corrections=tuple(choices))
    others = [name for name in names.instruments(band) if name not in named]
    if others:
        besides = [player for player in band if names.instrument(player.name) in others]
        text = names.listed(_shortened(others))
        yield Heard(
            kind="band", name="band", text=text, is_said=False, corrections=_band(prompt, reading, band, besides)
        )


def silent(prompt: str, reading: Reading) -> Iterator[Heard]:
    """Tell who was refused."""
    for word in reading.wishes.refused:
        spans = [one.at_with_no(reading.phrases) for one in reading.phrases if one.is_denied and one.text == word]
        again = Correction("let it play", wording.without(prompt, spans))
        yield Heard(kind="silent", name=word, text=names.refused(word), is_said=True, corrections=(again,))


def _rivals(one: str, asked: Collection[str], band: Sequence[Player]) -> list[str]:
    """Return the words for instruments that could have the same chair; none with a style in its name."""
    if one not in chairs():
        return []
    role = chairs()[one].role
    words = {meant[0]: word for meant, word in reversed(_CALLED) if chosen(meant, band) == meant[0]}
    return [
        word
        for name, word in words.items()
        if name not in asked and chairs()[name].role == role and not any(map(names_a_style, (word, *word.split())))
    ][:_MOST_RIVALS]


def _band(prompt: str, reading: Reading, band: Sequence[Player], besides: Sequence[Player]) -> tuple[Correction, ...]:
    leaving = dict.fromkeys(map(_refusing, besides))
    playing = {player.instrument for player in band}
    joining = [word for meant, word in _CALLED if word in _OFFERED and not playing & set(meant)]
    offered = sorted(joining, key=_OFFERED.index)[:_MOST_OFFERED]
    return (
        *(Correction(names.refused(word), wording.also(prompt, names.refused(word))) for word in leaving),
        *(Correction(f"{word} too", steady(wording.also(prompt, word), reading, word)) for word in offered),
    )


def _refusing(player: Player) -> str:
    """Return the word that refuses a player."""
    if player.role == "drums":
        return _ROLE_WORDS["drums"]
    word = next((word for meant, word in _CALLED if player.instrument in meant), "")
    return word or _ROLE_WORDS.get(player.role, player.role)


def _asked(reading: Reading) -> dict[tuple[str, ...], list[Phrase]]:
    """Gather the phrases that ask for the same instrument."""
    found: dict[tuple[str, ...], list[Phrase]] = {}
    for phrase in reading.phrases:
        meant = () if phrase.is_denied else instruments_of(phrase)
        if kept := tuple(one for one in meant if one not in reading.wishes.unwanted):
            found.setdefault(kept, []).append(phrase)
    return found


def _shortened(words: Sequence[str]) -> Sequence[str]:
    return words if len(words) <= _TOLD else [*words[: _TOLD - 1], "others"]
