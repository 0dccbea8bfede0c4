"""The syllables of a line, with their phones, stress and the letters they stand for: for whoever sings or times."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate, groupby, pairwise

from diffrhythm.phonemes.marks import MARKS
from diffrhythm.phonemes.phone import PRIMARY, UNSTRESSED, Phone
from diffrhythm.phonemes.pronounce import Pronouncer, Pronunciation, Run
from diffrhythm.phonemes.segments import ENGLISH
from diffrhythm.phonemes.vocabulary import GAP, IDS, TONES

_ONSETS = frozenset(
    "p b t d k ɡ f v θ ð s z ʃ ʒ h tʃ dʒ m n j w ɹ l tɹ dɹ "
    "p,ɹ p,l b,ɹ b,l k,ɹ k,l ɡ,ɹ ɡ,l f,ɹ f,l θ,ɹ ʃ,ɹ s,l s,w s,m s,n s,p s,t s,k t,w d,w k,w ɡ,w "
    "p,j b,j k,j f,j v,j m,j h,j s,tɹ s,p,ɹ s,p,l s,k,ɹ s,k,w s,k,j s,p,j s,t,j n,j t,j d,j".split()
)
"""What an English syllable may begin with; of the consonants between two vowels the second takes as many as it may."""

_WORD = re.compile(r"\S+")
_LEADING = re.compile(r"(?:[cpstw]h|\w)?$", re.IGNORECASE)  # the consonant that leads to the next vowel
_VOWEL_LETTERS = re.compile(r"[aeiouy]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Syllable:
    """One syllable. `stress` is 0, 1 or 2 (the word's main one; in Mandarin every toned syllable has 2).

    `start` and `end` are the letters of the line it stands for; in English where inside a word is a good guess.
    """

    phones: tuple[str, ...]
    stress: int
    start: int
    end: int

    @property
    def nucleus(self) -> str:
        """The phone that is held when it is sung long."""
        return max(reversed(self.phones), key=lambda phone: (phone[0] in "aeiouyæɐɑɒɔəɚɛɜɪʊʌɥ", len(phone)))


def syllables(text: str, pronouncer: Pronouncer) -> tuple[Syllable, ...]:
    """Part a line into syllables; none where nothing of it is sung."""
    return of_pronunciation(pronouncer.line(text), pronouncer)


def of_pronunciation(line: Pronunciation, pronouncer: Pronouncer) -> tuple[Syllable, ...]:
    """Part a line that is already pronounced."""
    found: list[Syllable] = []
    for run in line.runs:
        found += _english(line, run, pronouncer) if run.segment.language == ENGLISH else _mandarin(run)
    return tuple(found)


def _english(line: Pronunciation, run: Run, pronouncer: Pronouncer) -> Iterator[Syllable]:
    groups = _groups(run.phones)
    is_as_written = line.text.startswith(run.segment.text, run.segment.start)
    text, offset = (run.segment.text, run.segment.start) if is_as_written else (line.text, 0)
    written = list(_WORD.finditer(text))
    counts = [_count(spoken) for spoken in pronouncer.lines([word[0] for word in written])]
    owners = _shared(counts, len(groups))
    spans = [
        (offset + word.start() + start, offset + word.start() + end)
        for place, word in enumerate(written)
        for start, end in _letters(word[0], owners.count(place))
    ]
    for group, (start, end) in zip(groups, spans, strict=True):
        symbols = tuple(phone.symbol for phone in group)
        yield Syllable(symbols, max(phone.stress for phone in group), start, end)


def _groups(phones: Sequence[Phone]) -> list[list[Phone]]:
    """Group phones into syllables; a word without a vowel goes with the syllable before it, or else after it."""
    groups: list[list[Phone]] = []
    waiting: list[Phone] = []
    for is_pause, run in groupby(phones, key=lambda phone: phone.is_gap or phone.is_mark):
        if is_pause:
            continue
        word = list(run)
        if any(phone.is_nucleus for phone in word):
            groups += _parted([*waiting, *word])
            waiting = []
        elif groups:
            groups[-1] += word
        else:
            waiting += word
    return [*groups, waiting] if waiting else groups


def _parted(word: list[Phone]) -> list[list[Phone]]:
    """Part one word: the consonants between two vowels go to the second as far as English can begin so."""
    nuclei = [place for place, phone in enumerate(word) if phone.is_nucleus]
    cuts = [0]
    for before, nucleus in pairwise(nuclei):
        cut = nucleus
        while cut - 1 > before and _may_begin(word[cut - 1 : nucleus]):
            cut -= 1
        cuts.append(cut)
    return [word[start:end] for start, end in pairwise([*cuts, len(word)])]


def _may_begin(consonants: Sequence[Phone]) -> bool:
    symbols = ["t" if phone.symbol == "ɾ" else phone.symbol for phone in consonants]
    return ",".join(symbols) in _ONSETS


def _count(line: Pronunciation) -> int:
    return sum(len(_groups(run.phones)) for run in line.runs)


def _shared(counts: Sequence[int], total: int) -> list[int]:
    """Say for each of the line's syllables which written word it belongs to, given what each word has alone.

    Said together words may have other syllables than alone; then they are shared out evenly.
    """
    if sum(counts) == total:
        return [place for place, count in enumerate(counts) for _ in range(count)]
    ends = list(accumulate(counts if sum(counts) else [1] * len(counts)))
    return [bisect_right(ends, (place + 0.5) / total * ends[-1]) for place in range(total)]


def _letters(word: str, parts: int) -> list[tuple[int, int]]:
    """Cut a word into so many parts where its spelling shows as many vowels; else each part is the whole word."""
    vowels = list(_VOWEL_LETTERS.finditer(word))
    if parts < 2 or len(vowels) < parts:
        return [(0, len(word))] * parts
    between = [(word[before.end() : after.start()], after.start()) for before, after in pairwise(vowels[:parts])]
    cuts = [start - len(found[0]) for letters, start in between if (found := _LEADING.search(letters))]
    return list(pairwise([0, *cuts, len(word)]))


def _mandarin(run: Run) -> Iterator[Syllable]:
    spoken = "".join(word.text for word in run.words)
    places = _places(run.segment.text, spoken)
    start = 0
    for word in run.words:
        for number, symbols in enumerate(word.syllables):
            sung = tuple(symbol for symbol in symbols if symbol in IDS and symbol not in (GAP, *MARKS))
            if sung:
                first, last = places[start + number * len(word.text) // len(word.syllables)]
                stress = PRIMARY if sung[-1].endswith(TONES) else UNSTRESSED
                yield Syllable(sung, stress, run.segment.start + first, run.segment.start + last)
        start += len(word.text)


def _places(written: str, spoken: str) -> list[tuple[int, int]]:
    """Find for each character that is said what was written for it: itself, or the digits it was read from."""
    places = [(0, 0)] * len(spoken)
    for kind, start, end, first, last in SequenceMatcher(None, written, spoken, autojunk=False).get_opcodes():
        for place in range(first, last):
            places[place] = (start + place - first, start + place - first + 1) if kind == "equal" else (start, end)
    return places
