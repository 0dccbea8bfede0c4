"""Says another style in a prompt: its name takes the place of the words that stood for the present one."""

from __future__ import annotations

from musicgen_web.engines.sketch import names, wording
from musicgen_web.engines.sketch.naming import votes_of, with_links
from musicgen_web.engines.sketch.phrasing import Span, is_known
from musicgen_web.engines.sketch.wishes import Reading, read


def restyled(prompt: str, reading: Reading, name: str) -> str:
    """Return the prompt with as few words changed as make it this one style."""
    others = list(with_links(prompt, reading.named, name))
    if any(one.style == name for one in reading.named):
        return wording.without(prompt, others)
    if not others:
        return wording.first(prompt, name)
    place = reading.named[0].at
    if _would_join(reading, place, name):
        return wording.first(wording.without(prompt, others), name)
    rest = {span: "" for span in others if span[0] >= place[1] or span[1] <= place[0]}
    return wording.instead(prompt, {(min(place[0], others[0][0]), max(place[1], others[0][1])): name} | rest)


def swapped(prompt: str, reading: Reading) -> str:
    """Let the two styles of a blend change places."""
    first, second = reading.wishes.style, str(reading.wishes.blend)
    words: dict[Span, str] = {}
    for one in reading.named:
        other = second if one.style == first else first
        words[one.at] = "" if other in words.values() else other
    return wording.instead(prompt, words)


def steady(prompt: str, reading: Reading, *changed: str) -> str:
    """Name the style in a corrected prompt where the words that changed would change it: "808" is a word for trap."""
    if not any(votes_of(word) for word in changed):
        return prompt
    wishes, now = reading.wishes, read(prompt)
    if (now.style, now.blend) == (wishes.style, wishes.blend):
        return prompt
    return wording.first(prompt, names.blend(wishes.style, wishes.blend) if wishes.blend else wishes.style)


def _would_join(reading: Reading, place: Span, name: str) -> bool:
    """Whether the name and its new neighbours would be something else: "synth" and "pop"."""
    phrase = next(phrase for phrase in reading.phrases if phrase.at == place)
    beside = ([phrase.before, name] if phrase.before else []), ([name, phrase.after] if phrase.after else [])
    return any(words and is_known(" ".join(words)) for words in beside)
