"""Lay the phones of a spoken line onto its notes: the vowel begins on the note, consonants before it or at its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from musicgen_web.engines.sketch.voice.phones import LONGEST, Kind, Uttered, glides, onset_length, opens

EARLY = 0.012  # seconds a vowel begins before its note: the ear takes its middle for the beat
CONSONANTS_MOST = 0.55  # of the time between two vowels
KEPT, KEPT_SECONDS = 0.42, 0.07  # of a vowel's either end: only between them is it stretched
GLIDE_SECONDS, GLIDE_MOST, GLIDE_FROM = 0.16, 0.5, 0.42
OPEN_TO, OPEN_SECONDS = 0.6, 0.12
LEGATO = 0.09  # seconds: a shorter rest between two notes is sung over
SHORTEST = 0.03


@dataclass(frozen=True, slots=True)
class SungNote:
    """A note in seconds of the song."""

    start: float
    end: float
    pitch: float  # MIDI
    velocity: float
    word: int = 0  # of the line, from 0


@dataclass(frozen=True, slots=True)
class Laid:
    """A phone in its place: `knots` (seconds of the song, seconds of the speech), rising, with straight lines between.
    `velocity` of its note."""

    phone: Uttered
    knots: tuple[tuple[float, float], ...]
    velocity: float = 0.75

    @property
    def start(self) -> float:
        return self.knots[0][0]

    @property
    def end(self) -> float:
        return self.knots[-1][0]


@dataclass(frozen=True, slots=True)
class Nucleus:
    """A vowel with the consonants that lead to it and, in the last of a word or line, those that close it."""

    onset: tuple[Uttered, ...]
    vowel: Uttered
    coda: tuple[Uttered, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """The time of one vowel: from the note it begins on to where its last note ends."""

    start: float
    end: float
    velocity: float


def lay(phones: Sequence[Uttered], notes: Sequence[SungNote]) -> list[Laid]:
    """Return every sounding phone in its place, in order; none where there is no note or no vowel."""
    groups = nuclei(phones)
    if not groups or not notes:
        return []
    spans = matched([group.vowel.word for group in groups], notes)
    laid = _consonants(groups[0].onset, spans[0].start, _natural(groups[0].onset), spans[0].velocity)
    for place, (group, span) in enumerate(zip(groups, spans, strict=True)):
        following = groups[place + 1].onset if place + 1 < len(groups) else ()
        after = spans[place + 1] if place + 1 < len(spans) else None
        asked = _natural(group.coda) + _natural(following)
        room = max((after.start if after else span.end) - span.start, SHORTEST)
        scale = min(1.0, CONSONANTS_MOST * room / asked) if asked else 1.0
        onset = scale * _natural(following)
        end = span.end
        if after is not None:
            end = after.start - onset if after.start - span.end < LEGATO else min(span.end, after.start - onset)
        end = max(end, span.start + SHORTEST)
        coda = min(scale * _natural(group.coda), CONSONANTS_MOST * (end - span.start))
        laid.append(Laid(group.vowel, _stretched(group.vowel, span.start, end - coda), span.velocity))
        laid += _consonants(group.coda, end, coda, span.velocity)
        if after is not None:
            laid += _consonants(following, after.start, onset, after.velocity)
    return laid


def nuclei(phones: Sequence[Uttered]) -> list[Nucleus]:
    """Part the phones of a line into vowels with what belongs to them."""
    sounding = [phone for phone in phones if phone.kind is not Kind.PAUSE]
    places = [place for place, phone in enumerate(sounding) if phone.is_vowel]
    if not places:
        return []
    cuts = [0]
    for before, after in pairwise(places):
        cluster = tuple(sounding[before + 1 : after])
        cuts.append(after if after == before + 1 else after - onset_length(cluster, sounding[after]))
    cuts.append(len(sounding))
    return [
        Nucleus(tuple(sounding[start:place]), sounding[place], tuple(sounding[place + 1 : end]))
        for (start, end), place in zip(pairwise(cuts), places, strict=True)
    ]


def matched(words: Sequence[int], notes: Sequence[SungNote]) -> list[Span]:
    """Give each vowel, told by its word, its notes: one to one if they agree, else word by word as far as words go."""
    if len(words) == len(notes):
        return shared(len(words), notes)
    spans: list[Span] = []
    waiting_vowels, waiting_notes = 0, list[SungNote]()
    for word in range(max(*words, *(note.word for note in notes)) + 1):
        vowels, mine = words.count(word), [note for note in notes if note.word == word]
        if waiting_vowels and waiting_notes and vowels and mine:
            spans += shared(waiting_vowels, waiting_notes)
            waiting_vowels, waiting_notes = 0, []
        waiting_vowels, waiting_notes = waiting_vowels + vowels, waiting_notes + mine
    if not (waiting_vowels and waiting_notes) or len(spans) + waiting_vowels != len(words):
        return shared(len(words), notes)
    return spans + shared(waiting_vowels, waiting_notes)


def shared(count: int, notes: Sequence[SungNote]) -> list[Span]:
    """Give each of so many vowels its notes: one to one, else evenly; some share a note, or are held over several."""
    if count <= len(notes):
        firsts = [place * len(notes) // count for place in range(count)]
        lasts = [*firsts[1:], len(notes)]
        parts = [(notes[a].start, notes[b - 1].end, notes[a].velocity) for a, b in zip(firsts, lasts, strict=True)]
    else:
        owners = [place * len(notes) // count for place in range(count)]
        parts = []
        for place, owner in enumerate(owners):
            note, total = notes[owner], owners.count(owner)
            number = place - owners.index(owner)
            part = (note.end - note.start) / total
            parts.append((note.start + number * part, note.start + (number + 1) * part, note.velocity))
    return [Span(start - EARLY, end, velocity) for start, end, velocity in parts]


def _natural(consonants: Sequence[Uttered]) -> float:
    return sum(map(natural_length, consonants))


def natural_length(phone: Uttered) -> float:
    return min(max(phone.length, SHORTEST), LONGEST[phone.kind])


def _consonants(consonants: Sequence[Uttered], end: float, seconds: float, velocity: float) -> list[Laid]:
    """Lay consonants in a row so that the last ends at `end` and all together take so long."""
    if not consonants:
        return []
    scale = seconds / _natural(consonants)
    at = end - seconds
    laid = []
    for phone in consonants:
        length = scale * natural_length(phone)
        laid.append(Laid(phone, _kept(phone, at, at + length), velocity))
        at += length
    return laid


def _kept(phone: Uttered, start: float, end: float) -> tuple[tuple[float, float], ...]:
    """A burst or hiss keeps its pace and loses its beginning; what has a tone is taken whole, faster."""
    whole = phone.kind in (Kind.GLIDE, Kind.LIQUID, Kind.NASAL) or end - start > phone.length
    begin = phone.start if whole else phone.end - (end - start)
    return ((start, begin), (end, phone.end))


def _stretched(vowel: Uttered, start: float, end: float) -> tuple[tuple[float, float], ...]:
    first, last, natural = vowel.start, vowel.end, vowel.length
    length = end - start
    if length <= natural:
        return ((start, first), (end, last))
    kept = min(KEPT * natural, KEPT_SECONDS)
    if opens(vowel.symbol):
        lead = min(OPEN_TO * natural, OPEN_SECONDS)
        return ((start, first), (start + lead, first + OPEN_TO * natural), (end - kept, last - kept), (end, last))
    if glides(vowel.symbol):
        kept = min(0.7 * GLIDE_FROM * natural, KEPT_SECONDS)
        turn = end - min(GLIDE_SECONDS, GLIDE_MOST * length)
        return ((start, first), (start + kept, first + kept), (turn, first + GLIDE_FROM * natural), (end, last))
    return ((start, first), (start + kept, first + kept), (end - kept, last - kept), (end, last))
