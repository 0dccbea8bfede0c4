"""How much there is to sing in a line: the sounds the model needs frames for, and the syllables a listener hears."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Remark:
    """What the front end says about a line; `suggestion` is the whole line as it could be written instead."""

    severity: str
    message: str
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """One line as it will be sung: how many phones it has, without the one that ends it, and how many syllables."""

    phones: int
    syllables: int
    remarks: tuple[Remark, ...] = ()

    @property
    def tokens(self) -> int:
        """Frames it takes: one for each phone, and one for the end of the line."""
        return self.phones + 1 if self.phones else 0


SILENT = Reading(0, 0)
Reader = Callable[[Sequence[str]], Sequence[Reading]]


def counted(count_phones: Callable[[str], int], count_syllables: Callable[[str], int]) -> Reader:
    """Make a reader of two counters."""
    return lambda lines: [Reading(count_phones(line), count_syllables(line)) for line in lines]
