"""Every way the model's library says no: each error has a code, and words for the person who can change something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a text, in words; `line` counts from 1."""

    line: int
    message: str


class DiffRhythmError(Exception):
    code: ClassVar[str] = "INTERNAL"
    recovery: ClassVar[str] = "Try again."


class LyricsError(DiffRhythmError):
    """The lyrics cannot be read: `problems` names every broken line."""

    code = "INVALID_LYRICS"
    recovery = "Correct the lines named here. A timed line looks like this: [00:10.50]Lanterns drift across the bay"

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(" ".join(f"Line {problem.line}: {problem.message}" for problem in problems))
        self.problems = tuple(problems)
