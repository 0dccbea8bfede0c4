"""Tells what the band would make of a prompt, and how to say it otherwise. Quick, and without numpy: the page asks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from musicgen_web.engines.base import Correction, Heard, Understanding
from musicgen_web.engines.sketch import names, vocabulary, wording
from musicgen_web.engines.sketch.band import CHAIRS, chosen, is_among, seat
from musicgen_web.engines.sketch.blends import style_for
from musicgen_web.engines.sketch.metre import METRES
from musicgen_web.engines.sketch.phrasing import Phrase, Span, is_known
from musicgen_web.engines.sketch.restyling import restyled
from musicgen_web.engines.sketch.style import Player, Style, all_styles
from musicgen_web.engines.sketch.theory import key_name
from musicgen_web.engines.sketch.wishes import FASTEST, SLOWEST, Reading, read_closely, tempos

_KEYS = ((0, "major"), (7, "major"), (9, "minor"), (2, "minor"))  # offered to whoever has none in mind
_LET = "let it choose"
_BENDS = (("calmer", "calm"), ("livelier", "energetic"), ("brighter", "bright"), ("darker", "dark"))
_ROLE_WORDS = {"drums": "drums", "bass": "bass", "lead": "lead", "pad": "pads", "chords": "keys"}
_ASKED_BY = {  # the word that asks for one instrument and no other
    meant[0]: "Rhodes" if word == "rhodes" else word
    for word, meant in reversed(vocabulary.INSTRUMENTS.items())
    if len(meant) == 1 and not meant[0].startswith("role:")
}
_OFFERED = 4  # instruments that may join
_TOLD = 5  # of those who play besides


def understand(prompt: str) -> Understanding:
    """Return what the band hears in a prompt and what it assumes where nothing is said."""
    reading = read_closely(prompt)
    style = style_for(reading.wishes)
    band = seat(style, reading.wishes)
    heard = (
        _style(prompt, reading),
        _tempo(prompt, reading, style),
        _key(prompt, reading),
        _metre(prompt, style, reading),
        *_plays(prompt, style, reading, band),
        *_silent(prompt, reading),
        _mood(prompt, reading),
        *_voice(prompt, reading),
    )
    return Understanding(heard, tuple(_unknown(prompt, reading)))


def _style(prompt: str, reading: Reading) -> Heard:
    own = reading.wishes.style
    others = [name for name in all_styles() if name != own]
    is_said = any(own in _votes(phrase) for phrase in reading.phrases)
    choices = [Correction(name, restyled(prompt, reading, name)) for name in others]
    return Heard(kind="style", name="style", text=own, is_said=is_said, corrections=tuple(choices))


def _tempo(prompt: str, reading: Reading, style: Style) -> Heard:
    bpm = reading.wishes.bpm
    lowest, middle, highest = tempos(reading.wishes, style)
    half = (style.tempo[1] - style.tempo[0]) / 2
    low, high = max(lowest, middle - half), min(highest, middle + half)
    steps = [bpm * factor for factor in (0.85, 0.93, 1.07, 1.15)] if bpm else [low, *_between(low, high), high]
    exact = dict.fromkeys(names.tempo(round(step)) for step in steps if SLOWEST <= round(step) <= FASTEST)
    choices = [Correction(words, _said(prompt, reading.tempo, words)) for words in exact if words != _words(bpm)]
    if reading.tempo:
        choices.append(Correction(_LET, wording.without(prompt, [reading.tempo])))
    text = _words(bpm) or f"{round(low)}–{names.tempo(round(high))}"
    return Heard(kind="tempo", name="tempo", text=text, is_said=bpm is not None, corrections=tuple(choices))


def _key(prompt: str, reading: Reading) -> Heard:
    tonic, mode = reading.wishes.tonic, reading.wishes.mode
    moded = (
        [] if reading.key else [one for one in reading.phrases if one.text in vocabulary.MODES and not one.is_denied]
    )
    spans = [reading.key] if reading.key else [_with_key(prompt, one.at) for one in moded]
    offers = [] if tonic is None else [(tonic, other) for other in ("major", "minor")]
    own = (tonic, mode)
    keys = [names.key(key_name(*key), key[1]) for key in dict.fromkeys([*offers, *_KEYS]) if key != own]
    choices = [Correction(key, _in_key(prompt, spans, key)) for key in keys]
    if spans:
        choices.append(Correction(_LET, wording.without(prompt, spans)))
    if tonic is not None:
        text = names.key(key_name(tonic, mode), mode) if mode else key_name(tonic, "major")
    else:
        text = f"a {mode} key" if mode else "a key of its own"
    is_said = tonic is not None or mode is not None
    return Heard(kind="key", name="key", text=text, is_said=is_said, corrections=tuple(choices))


def _metre(prompt: str, style: Style, reading: Reading) -> Heard:
    own = reading.wishes.metre or style.metre
    choices = [Correction(words, _said(prompt, reading.metre, words)) for words in METRES if words != own]
    return Heard(kind="metre", name="metre", text=own, is_said=reading.metre is not None, corrections=tuple(choices))


def _plays(prompt: str, style: Style, reading: Reading, band: Sequence[Player]) -> Iterator[Heard]:
    """Tell who was asked for, one by one, and who plays besides."""
    free = [player for player in style.band if not is_among(player, reading.wishes.unwanted)]
    asked = {chosen(meant, free): found for meant, found in _asked(reading).items()}
    named: set[str] = set()
    for one, found in asked.items():
        players = [player for player in band if is_among(player, frozenset({one}))] or [CHAIRS[one]] * (one in CHAIRS)
        text = " and ".join(names.instruments(players)) or found[0].text
        named.update(names.instruments(players))
        spans = [phrase.at for phrase in found]
        choices = [
            Correction(f"{word} instead", wording.instead(prompt, {spans[0]: word} | dict.fromkeys(spans[1:], "")))
            for word in _rivals(one, asked)
        ]
        choices.append(Correction("leave it out", wording.without(prompt, spans)))
        yield Heard(kind="plays", name=one, text=text, is_said=True, corrections=tuple(choices))
    others = [name for name in names.instruments(band) if name not in named]
    if others:
        besides = [player for player in band if names.instrument(player.name) in others]
        yield Heard(
            kind="band",
            name="band",
            text=_listed(_shortened(others)),
            is_said=False,
            corrections=_band(prompt, band, besides),
        )


def _rivals(one: str, asked: Collection[str]) -> list[str]:
    """Return the words for instruments that could have the same chair."""
    if one not in CHAIRS:
        return []
    role = CHAIRS[one].role
    return [_ASKED_BY[name] for name in CHAIRS if name in _ASKED_BY and name not in asked and CHAIRS[name].role == role]


def _band(prompt: str, band: Sequence[Player], besides: Sequence[Player]) -> tuple[Correction, ...]:
    leaving = dict.fromkeys(
        _ASKED_BY.get(player.instrument, _ROLE_WORDS.get(player.role, player.role)) for player in besides
    )
    joining = [word for one, word in _ASKED_BY.items() if not any(player.instrument == one for player in band)]
    offered = [word for word in ("piano", "strings", "flute", "bells", "Rhodes", "vibes") if word in joining]
    return (
        *(Correction(names.refused(word), wording.also(prompt, names.refused(word))) for word in leaving),
        *(Correction(f"{word} too", wording.also(prompt, word)) for word in offered[:_OFFERED]),
    )


def _silent(prompt: str, reading: Reading) -> Iterator[Heard]:
    refused = [phrase for phrase in reading.phrases if phrase.is_denied]
    for word in reading.wishes.refused:
        spans = []
        for phrase in [one for one in refused if one.text == word]:
            is_alone = sum(other.no == phrase.no for other in refused) == 1
            spans.append((phrase.no[0], phrase.at[1]) if is_alone and phrase.no else phrase.at)
        again = Correction("let it play", wording.without(prompt, spans))
        yield Heard(kind="silent", name=word, text=names.refused(word), is_said=True, corrections=(again,))


def _mood(prompt: str, reading: Reading) -> Heard:
    said: dict[str, list[Span]] = {}
    for phrase in reading.phrases:
        if phrase.text in vocabulary.MOODS and not phrase.is_denied:
            said.setdefault(phrase.text, []).append(phrase.at)
    choices = [Correction(f"not {word}", wording.without(prompt, spans)) for word, spans in said.items()]
    choices += [Correction(label, wording.also(prompt, word)) for label, word in _BENDS if word not in said]
    text = _listed(list(said)) or "no mood in particular"
    return Heard(kind="mood", name="mood", text=text, is_said=bool(said), corrections=tuple(choices))


def _voice(prompt: str, reading: Reading) -> Iterator[Heard]:
    voice = reading.wishes.voice
    if voice is None:
        return
    said = [one for one in reading.phrases if one.text in vocabulary.VOICES | vocabulary.WORDLESS]
    spans = [(one.no[0], one.at[1]) if one.no else one.at for one in said]
    text = "without a voice" if voice == "none" else "no one to sing it yet"
    choices = (Correction("say nothing of a voice", wording.without(prompt, spans)),)
    yield Heard(kind="voice", name="voice", text=text, is_said=True, corrections=choices)


def _asked(reading: Reading) -> dict[tuple[str, ...], list[Phrase]]:
    """Gather the phrases that ask for the same instrument."""
    found: dict[tuple[str, ...], list[Phrase]] = {}
    for phrase in reading.phrases:
        meant = () if phrase.is_denied else vocabulary.INSTRUMENTS.get(phrase.text, ())
        if kept := tuple(one for one in meant if one not in reading.wishes.unwanted):
            found.setdefault(kept, []).append(phrase)
    return found


def _unknown(prompt: str, reading: Reading) -> Iterator[str]:
    """Return the runs of words that nothing was made of, without the small words at their ends."""
    runs: list[list[Phrase]] = [[]]
    for phrase in reading.phrases:
        is_apart = runs[-1] and prompt[runs[-1][-1].at[1] : phrase.at[0]].strip()
        if not _is_unknown(phrase, reading):
            runs.append([])
        elif is_apart:
            runs.append([phrase])
        else:
            runs[-1].append(phrase)
    for run in runs:
        telling = [phrase for phrase in run if phrase.text not in vocabulary.SMALL]
        if telling:
            yield prompt[telling[0].at[0] : telling[-1].at[1]]


def _is_unknown(phrase: Phrase, reading: Reading) -> bool:
    is_metre = reading.metre is not None and phrase.at[0] < reading.metre[1] and phrase.at[1] > reading.metre[0]
    return not (is_known(phrase.text) or is_metre or phrase.text in vocabulary.ONLY)


def _votes(phrase: Phrase) -> frozenset[str]:
    if phrase.is_denied:
        return frozenset()
    return frozenset(name for name, style in all_styles().items() if phrase.text in style.words)


def _said(prompt: str, span: Span | None, words: str) -> str:
    return wording.instead(prompt, {span: words}) if span else wording.also(prompt, words)


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


def _shortened(words: Sequence[str]) -> Sequence[str]:
    return words if len(words) <= _TOLD else [*words[: _TOLD - 1], "others"]


def _listed(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
