"""Every way the model's library says no: each error has a code, and words for the person who can change something.

DiffRhythmError
├── LyricsError              INVALID_LYRICS     the lyrics cannot be read
├── InvalidRequestError      INVALID_REQUEST    a value that the model cannot take; `field` names it
│   ├── DeviceError                             a device or dtype that is unknown, or not here
│   ├── AudioError                              sound that cannot be used or kept
│   └── SongFileError                           a kept song that cannot be read
├── ModelNotLoadedError      MODEL_NOT_LOADED   weights are absent
│   └── CheckpointError                         a weight file is there and is not what it should be
│       └── UntrustedFileError                  it can carry code, and is not known to be the one that was trusted
└── OutOfMemoryError         OUT_OF_MEMORY      it does not fit; `recovery` names what would
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

SHOWN = 6  # problems that a message names; the error has all of them


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a text, in words; `line` counts from 1."""

    line: int
    message: str


class DiffRhythmError(Exception):
    code: ClassVar[str] = "INTERNAL"
    recovery: str = "Try again."


class LyricsError(DiffRhythmError):
    """The lyrics cannot be read: `problems` names every broken line."""

    code = "INVALID_LYRICS"
    recovery = "Correct the lines named here. A timed line looks like this: [00:10.50]Lanterns drift across the bay"

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(" ".join(f"Line {problem.line}: {problem.message}" for problem in problems))
        self.problems = tuple(problems)


class InvalidRequestError(DiffRhythmError):
    """A value that the model cannot take: `field` names it, the message says what was expected and what was found."""

    code = "INVALID_REQUEST"
    recovery = "Change the value named here."

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field


class DeviceError(InvalidRequestError):
    """A device or a dtype that nobody knows, or that this machine does not have."""

    recovery = "Name a device that is here, such as cpu, or leave the choice to auto."


class ModelNotLoadedError(DiffRhythmError):
    """The weights are not here."""

    code = "MODEL_NOT_LOADED"
    recovery = "Fetch the model's files, or name the folder that holds them."


class CheckpointError(ModelNotLoadedError):
    """A weight file is not what it should be. `problems` has everything that was found, the message the first of it."""

    recovery = "Fetch the file again. If it came from somewhere else, check that it is the file this model needs."

    def __init__(self, path: Path, expected: str, found: Sequence[str]) -> None:
        more = f"; and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        super().__init__(f"{path}: expected {expected}; found {'; '.join(found[:SHOWN])}{more}.")
        self.path = path
        self.problems = tuple(found)


class OutOfMemoryError(DiffRhythmError):
    """It does not fit into the memory of the device; `recovery` names what would."""

    code = "OUT_OF_MEMORY"
    recovery = "Ask for a shorter song, or for fewer takes at once."

    def __init__(self, message: str, recovery: str = "") -> None:
        super().__init__(message)
        self.recovery = recovery or self.recovery


class NotFiniteError(DiffRhythmError):
    """The network answered with something that is no number: half precision overflowed."""

    recovery = "Load the model in float32 or bfloat16 (torch_dtype), or ask for less guidance."


class UntrustedFileError(CheckpointError):
    """A file that can carry code is opened only when it is known to be the one that was trusted before."""

    recovery = (
        "If you know where this file comes from, open it once with trust_files=True; its size and hash are then "
        "recorded beside it. If a recorded file was replaced on purpose, remove its entry from that record first."
    )


class AudioError(InvalidRequestError):
    """Sound that cannot be used or kept: says what is wrong with it."""

    recovery = "Use a sound file of finite samples, at least 0.05 seconds long."

    def __init__(self, message: str) -> None:
        super().__init__("audio", message)


class SongFileError(InvalidRequestError):
    """A kept song's file cannot be read: names the file and what is wrong with it."""

    recovery = "Use the .npz file that was saved beside the song, together with its sound file."

    def __init__(self, message: str) -> None:
        super().__init__("song", message)
