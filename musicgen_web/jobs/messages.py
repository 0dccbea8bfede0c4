"""What crosses the pipe between the server and a worker: small frozen records, never sound and never exceptions."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from musicgen_web.engines.base import Progress, Song, SongRequest


@dataclass(frozen=True, slots=True)
class Work:
    """Make this song at this path. `claim` names the attempt in every answer."""

    claim: str
    request: SongRequest
    path: Path


@dataclass(frozen=True, slots=True)
class Stop:
    """The song of this claim is no longer wanted."""

    claim: str


@dataclass(frozen=True, slots=True)
class Quit:
    """Leave at once."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The engine is loaded; the next song can begin."""

    device: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The engine could not be loaded; the worker leaves."""

    code: str
    detail: str
    trace: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """The newest progress of a claim."""

    claim: str
    progress: Progress


@dataclass(frozen=True, slots=True)
class Done:
    """The song stands at the path it was asked for."""

    claim: str
    song: Song


@dataclass(frozen=True, slots=True)
class Failed:
    """The engine gave up on this song. `detail` is for people, `trace` for the log."""

    claim: str
    code: str
    detail: str
    trace: str = ""


@dataclass(frozen=True, slots=True)
class Stopped:
    """The song was given up because it was no longer wanted."""

    claim: str


@dataclass(frozen=True, slots=True)
class Died:
    """The worker died under this song. Told by the parent, never sent."""

    claim: str
    code: str
    detail: str


Order = Work | Stop | Quit
Answer = Ready | Refused | Step | Done | Failed | Stopped
Outcome = Done | Failed | Stopped | Died
