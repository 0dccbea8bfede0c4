"""Signs in a line that are not sung as they are read, and how the line can be written instead."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from diffrhythm.phonemes.marks import MARKS, one_spelling

_SPOKEN = {"&": "and", "@": "at", "+": "plus", "=": "equals", "€": "euros"}  # signs that people read out
_APOSTROPHES = frozenset("`´′")
_DASHES = frozenset("—–―")
_QUIET = frozenset("|~^<>`´′")  # left out, and nobody would read them
_BETWEEN = re.compile(r"(?<=[^\W_])[^\w\s]+(?=[^\W_])")


@dataclass(frozen=True, slots=True)
class Note:
    """What is wrong with the writing of one line: where (columns from 0), and the line as it could be written."""

    kind: str
    severity: str
    start: int
    end: int
    message: str
    repaired: str


def notes(words: str) -> Iterator[Note]:
    """Say what in a line will not be sung as it is written."""
    if lost := [place for place, sign in enumerate(words) if _is_lost(words, place, sign)]:
        yield _lost(words, lost)
    if joined := [found for found in _BETWEEN.finditer(words) if not _joins_nothing(words, found)]:
        repaired = _BETWEEN.sub(lambda found: found[0] if _joins_nothing(words, found) else _parted(found[0]), words)
        message = f"“{joined[0][0]}” is left out, and what stands around it becomes one word."
        yield Note("joined", "hint", joined[0].start(), joined[-1].end(), message, repaired)


def _lost(words: str, places: list[int]) -> Note:
    """Speak of signs that people read as words, and of pictures: both are left out."""
    signs = list(dict.fromkeys(words[place] for place in places))
    pieces = [f" {_SPOKEN.get(sign, '')} " if place in places else sign for place, sign in enumerate(words)]
    return Note(
        "characters",
        "warning" if set(signs) & set(_SPOKEN) else "hint",
        places[0],
        places[-1] + 1,
        f"{' '.join(signs)} {'is' if len(signs) == 1 else 'are'} not sung. Write words instead, or leave it out.",
        re.sub(r" +", " ", "".join(pieces)).strip(),
    )


def _is_lost(words: str, place: int, sign: str) -> bool:
    if sign in _SPOKEN:
        return True
    if sign.isalnum() or sign in _QUIET or (sign in "$£" and words[place + 1 : place + 2].isdigit()):
        return False
    return sign != "\t" and unicodedata.category(sign) in ("Sm", "Sc", "Sk", "So", "Co", "Cn", "Cc", "Cs")


def _joins_nothing(words: str, found: re.Match[str]) -> bool:
    """A mark parts words, Mandarin has no gaps, 1/2 and 50% are read, an accent joins nothing; a lost sign is told."""
    before, after = words[found.start() - 1], words[found.end()]
    if any(sign in MARKS for sign in one_spelling(found[0])):
        return True
    if "\u4e00" <= before <= "\u9fa5" or "\u4e00" <= after <= "\u9fa5":
        return True
    if before.isdigit() and (found[0] == "%" or (found[0] == "/" and after.isdigit())):
        return True
    return all(sign in _SPOKEN or (unicodedata.category(sign)[0] in "MS" and sign not in _QUIET) for sign in found[0])


def _parted(signs: str) -> str:
    if set(signs) <= _APOSTROPHES:
        return "'"
    return ", " if set(signs) & _DASHES else " "
