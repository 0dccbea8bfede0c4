"""Says another style in a prompt: its name takes the place of the words that stood for the present one."""

from __future__ import annotations

from musicgen_web.engines.sketch import wording
from musicgen_web.engines.sketch.phrasing import Phrase, is_known
from musicgen_web.engines.sketch.style import all_styles
from musicgen_web.engines.sketch.wishes import Reading

_NAMES_A_STYLE = 3  # votes from which a word is a style's name; "rain" (1) may stay whatever is played


def restyled(prompt: str, reading: Reading, name: str) -> str:
    """Return the prompt with as few words changed as make it this style."""
    votes = {phrase: told for phrase in reading.phrases if (told := _votes(phrase))}
    gone = [one for one, told in votes.items() if max(told.values()) >= _NAMES_A_STYLE and name not in told]
    totals = {style.name: style.words.get(name, 0) for style in all_styles().values()}
    for told in votes.values():
        for style, number in told.items():
            totals[style] += number
    for phrase in gone:
        _take_back(votes.pop(phrase), totals)
    while rival := next((style for style, total in totals.items() if style != name and total >= totals[name]), ""):
        against = [phrase for phrase, told in votes.items() if rival in told]
        gone.append(max(against, key=lambda phrase: votes[phrase][rival] - votes[phrase].get(name, 0)))
        _take_back(votes.pop(gone[-1]), totals)
    gone.sort(key=lambda phrase: phrase.at)
    if not gone or is_known(f"{gone[0].before} {name}") or is_known(f"{name} {gone[0].after}"):
        return wording.first(
            wording.without(prompt, [phrase.at for phrase in gone]), name
        )  # "synth" + "pop" is another
    return wording.instead(prompt, {phrase.at: name if phrase is gone[0] else "" for phrase in gone})


def _take_back(told: dict[str, int], totals: dict[str, int]) -> None:
    for style, number in told.items():
        totals[style] -= number


def _votes(phrase: Phrase) -> dict[str, int]:
    if phrase.is_denied:
        return {}
    return {name: style.words[phrase.text] for name, style in all_styles().items() if phrase.text in style.words}
