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


class WeightFileError(DiffRhythmError):
    """A weight file is missing or is not what it should be: names the file, what was expected and what was found."""

    code = "MODEL_NOT_LOADED"
    recovery = "Download the model's files again, and check that the folder is the right one."

    def __init__(self, file: str, expected: str, found: str) -> None:
        super().__init__(f"{file}: expected {expected}, found {found}.")
        self.file, self.expected, self.found = file, expected, found


class UntrustedFileError(WeightFileError):
    """A file that can carry code is opened only when it is known to be the one that was trusted before."""

    recovery = (
        "If you know where this file comes from, open it once with trust_files=True; its size and hash are then "
        "recorded beside it. If a recorded file was replaced on purpose, remove its entry from that record first."
    )


class AudioError(DiffRhythmError):
    """Sound that cannot be used or kept: says what is wrong with it."""

    code = "INVALID_REQUEST"
    recovery = "Use a sound file of finite samples, one or two channels, at least 0.05 seconds long."


class SongFileError(DiffRhythmError):
    """A kept song's file cannot be read or written: names the file and what is wrong with it."""

    code = "INVALID_REQUEST"
    recovery = "Use the .npz file that was saved beside the song, together with its sound file."


class SpanError(DiffRhythmError):
    """A part of a song that was to be made again cannot be: names the part and what would fit."""

    code = "INVALID_REQUEST"
    recovery = "Name parts inside the song, each with its start before its end and none over another; -1 is its end."


class LatentError(DiffRhythmError):
    """Latents that cannot be a song: names the shape or the frame."""

    code = "INVALID_REQUEST"
    recovery = "Latents are finite numbers in the shape (frames, 64)."
