"""Tells what the band would make of a prompt, and how to say it otherwise. Quick, and without numpy: the page asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from musicgen_web.engines.base import Correction, Heard, Understanding
from musicgen_web.engines.sketch import names, vocabulary, wording
from musicgen_web.engines.sketch.band import seat
from musicgen_web.engines.sketch.blends import style_for
from musicgen_web.engines.sketch.lineup import plays, silent
from musicgen_web.engines.sketch.metre import METRES
from musicgen_web.engines.sketch.naming import is_mood, links, votes, votes_of
from musicgen_web.engines.sketch.phrasing import Phrase, Span
from musicgen_web.engines.sketch.restyling import restyled, steady, swapped
from musicgen_web.engines.sketch.style import Style, all_styles
from musicgen_web.engines.sketch.theory import key_name
from musicgen_web.engines.sketch.wishes import FASTEST, SLOWEST, Reading, read_closely, singer, tempos

_KEYS = ((0, "major"), (7, "major"), (9, "minor"), (2, "minor"))  # offered to whoever has none in mind
_LET = "let it choose"
_BENDS = (("calmer", "calm"), ("livelier", "energetic"), ("brighter", "bright"), ("darker", "dark"))
_ERAS = ("60s", "70s", "80s", "90s", "vintage", "modern")
_SINGS = {"high": "a high voice", "low": "a low voice", "choir": "a choir", "none": "no voice"}
_SUNG_BY = {"high": "high voice", "low": "low voice", "choir": "choir", "none": "instrumental"}  # the words that ask


def understand(prompt: str) -> Understanding:
    """Return what the band hears in a prompt and what it assumes where nothing is said."""
    reading = read_closely(prompt)
    style = style_for(reading.wishes)
    band = seat(style, reading.wishes)
    heard = (
        *_era(prompt, reading),
        _style(prompt, reading),
        _tempo(prompt, reading, style),
        _key(prompt, reading),
        _metre(prompt, style, reading),
        *plays(prompt, style, reading, band),
        *silent(prompt, reading),
        _mood(prompt, reading),
        _voice(prompt, style, reading),
    )
    return Understanding(heard, tuple(_unknown(prompt, reading)))


def _era(prompt: str, reading: Reading) -> Iterator[Heard]:
    own = reading.wishes.era
    said = [one for one in reading.phrases if one.key in vocabulary.ERAS and not one.is_denied]
    if own is None:
        return
    first, *others = [one.at for one in said]
    rest = dict.fromkeys(others, "")
    words = [one.text for one in said]
    choices = [
        Correction(era, steady(wording.instead(prompt, {first: era} | rest), reading, era, *words))
        for era in _ERAS
        if era != own
    ]
    gone = wording.without(prompt, [first, *others])
    choices.append(Correction("no time in particular", steady(gone, reading, *words)))
    yield Heard(kind="era", name="era", text=own, is_said=True, corrections=tuple(choices))


def _style(prompt: str, reading: Reading) -> Heard:
    own, second = reading.wishes.style, reading.wishes.blend
    is_said = bool(reading.named) or any(own in votes(phrase) for phrase in reading.phrases)
    choices = []
    if second:
        choices.append(Correction(names.blend(second, own), swapped(prompt, reading)))
    firsts = [own, second] if second else []
    others = [name for name in all_styles() if name not in (own, second)]
    choices += [Correction(name, restyled(prompt, reading, name)) for name in [*firsts, *others]]
    text = names.blend(own, second) if second else own
    return Heard(kind="style", name="style", text=text, is_said=is_said, corrections=tuple(choices))


def _tempo(prompt: str, reading: Reading, style: Style) -> Heard:
    bpm, pace = reading.wishes.bpm, reading.wishes.pace
    lowest, middle, highest = tempos(reading.wishes, style)
    half = (pace[1] - pace[0] if pace else style.tempo[1] - style.tempo[0]) / 2
    low, high = max(lowest, middle - half), min(highest, middle + half)
    steps = [bpm * factor for factor in (0.85, 0.93, 1.07, 1.15)] if bpm else [low, *_between(low, high), high]
    exact = dict.fromkeys(names.tempo(round(step)) for step in steps if SLOWEST <= round(step) <= FASTEST)
    choices = [Correction(words, _said(prompt, reading.tempo, words)) for words in exact if words != _words(bpm)]
    if reading.tempo:
        choices.append(Correction(_LET, wording.without(prompt, reading.tempo)))
    text = _words(bpm) or f"{round(low)}–{names.tempo(round(high))}"
    return Heard(kind="tempo", name="tempo", text=text, is_said=bool(reading.tempo), corrections=tuple(choices))


def _key(prompt: str, reading: Reading) -> Heard:
    tonic, mode = reading.wishes.tonic, reading.wishes.mode
    moded = [one for one in reading.phrases if one.key in vocabulary.MODES and not one.is_denied]
    spans = [*reading.key, *(_with_key(prompt, one.at) for one in moded)]
    offers = [] if tonic is None else [(tonic, other) for other in ("major", "minor")]
    own = (tonic, mode)
    keys = [names.key(key_name(*key), key[1]) for key in dict.fromkeys([*offers, *_KEYS]) if key != own]
    choices = [Correction(key, _in_key(prompt, spans, key)) for key in keys]
    if spans:
        choices.append(Correction(_LET, wording.without(prompt, spans)))
    if tonic is not None:
        text = names.key(key_name(tonic, mode), mode) if mode else key_name(tonic, "major")
    else:
        text = f"{'an' if mode[0] in 'aeiou' else 'a'} {mode} key" if mode else "a key of its own"
    is_said = tonic is not None or mode is not None
    return Heard(kind="key", name="key", text=text, is_said=is_said, corrections=tuple(choices))


def _metre(prompt: str, style: Style, reading: Reading) -> Heard:
    own = reading.wishes.metre or style.metre
    # a word that speaks for a style stays, as "waltz" does: figures beside it are what counts
    spans = [span for span in reading.metre if not votes_of(prompt[slice(*span)])]
    choices = [Correction(words, _said(prompt, spans, words)) for words in METRES if words != own]
    return Heard(kind="metre", name="metre", text=own, is_said=bool(reading.metre), corrections=tuple(choices))


def _mood(prompt: str, reading: Reading) -> Heard:
    said: dict[str, list[Span]] = {}
    for phrase in reading.phrases:
        if is_mood(phrase):
            said.setdefault(phrase.text, []).append(phrase.at)
    choices = [
        Correction(f"not {word}", steady(wording.without(prompt, spans), reading, word)) for word, spans in said.items()
    ]
    choices += [
        Correction(label, steady(wording.also(prompt, word), reading, word))
        for label, word in _BENDS
        if word not in said
    ]
    text = names.listed(list(said)) or "no mood in particular"
    return Heard(kind="mood", name="mood", text=text, is_said=bool(said), corrections=tuple(choices))


def _voice(prompt: str, style: Style, reading: Reading) -> Heard:
    voice, sings = reading.wishes.voice, singer(reading.wishes, style)
    said = [one for one in reading.phrases if one.key in vocabulary.VOICES]
    if said:
        said += [one for one in reading.phrases if one.key in vocabulary.PEOPLE and not one.is_denied]
    words = [one.text for one in said]
    gone = wording.without(prompt, [one.at_with_no(reading.phrases) for one in said])
    choices = []
    for other, asking in _SUNG_BY.items():
        if other == sings and voice != "any":
            continue
        if said and not any(one.is_denied for one in said):
            first, *rest = [one.at for one in said]
            changed = wording.instead(prompt, {first: asking} | dict.fromkeys(rest, ""))
        else:
            changed = wording.also(gone, asking)
        choices.append(Correction(_SINGS[other], steady(changed, reading, asking, *words)))
    if said:
        choices.append(Correction("say nothing of a voice", steady(gone, reading, *words)))
    text = "no voice: an instrument takes the tune" if sings == "none" else _SINGS[sings]
    text = text if voice else f"{text} for any words"
    return Heard(kind="voice", name="voice", text=text, is_said=voice is not None, corrections=tuple(choices))


def _unknown(prompt: str, reading: Reading) -> Iterator[str]:
    """Return the runs of words that nothing was made of, without the small words at their ends."""
    joining = list(links(prompt, reading.named))
    runs: list[list[Phrase]] = [[]]
    for phrase in reading.phrases:
        is_apart = runs[-1] and prompt[runs[-1][-1].at[1] : phrase.at[0]].strip()
        if _is_heard(phrase) or any(begin <= phrase.at[0] and phrase.at[1] <= end for begin, end in joining):
            runs.append([])
        elif is_apart:
            runs.append([phrase])
        else:
            runs[-1].append(phrase)
    for run in runs:
        telling = [phrase for phrase in run if phrase.text not in vocabulary.SMALL]
        if telling:
            yield prompt[telling[0].at[0] : telling[-1].at[1]]


def _is_heard(phrase: Phrase) -> bool:
    return phrase.is_known or phrase.text in vocabulary.ONLY


def _said(prompt: str, spans: Sequence[Span], words: str) -> str:
    """Say something in the place of what was said of it, or besides."""
    if not spans:
        return wording.also(prompt, words)
    return wording.instead(prompt, {spans[0]: words} | dict.fromkeys(spans[1:], ""))


def _in_key(prompt: str, spans: Sequence[Span], key: str) -> str:
    if not spans:
        return wording.also(prompt, f"in {key}")
    said, *others = spans
    has_in = prompt[: said[0]].lower().split()[-1:] == ["in"]
    return wording.instead(prompt, {said: key if has_in else f"in {key}"} | dict.fromkeys(others, ""))


def _with_key(prompt: str, span: Span) -> Span:
    """Take in the words round a mode: "a minor key", "in a major key"."""
    begin, end = span
    for after in (" keys", " key"):
        if prompt[end : end + len(after)].lower() == after:
            end += len(after)
            break
    for before in ("in a ", "a "):
        if end > span[1] and prompt[max(0, begin - len(before)) : begin].lower() == before:
            begin -= len(before)
            break
    return begin, end


def _between(low: float, high: float) -> tuple[float, float]:
    return low + (high - low) / 3, low + (high - low) * 2 / 3


def _words(bpm: float | None) -> str:
    return names.tempo(bpm) if bpm else ""
