"""One phone of a sung line: its symbol, how stressed it is, and whether a syllable is built on it."""

from __future__ import annotations

from dataclasses import dataclass

from diffrhythm.phonemes.marks import MARKS
from diffrhythm.phonemes.vocabulary import GAP

UNSTRESSED, SECONDARY, PRIMARY = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Phone:
    symbol: str
    stress: int = UNSTRESSED
    is_nucleus: bool = False

    @property
    def is_gap(self) -> bool:
        return self.symbol == GAP

    @property
    def is_mark(self) -> bool:
        return self.symbol in MARKS
