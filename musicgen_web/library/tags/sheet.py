"""The sheet that goes with a song: all that is written into a copy, as one value that has a digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self

from musicgen_web.library.covers import EDITION as COVER_EDITION
from musicgen_web.library.covers import Picture

RECEIPT = "RECEIPT"  # the name of our own field
EDITION = "1"  # part of every digest: raise it when the same sheet is written differently


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What a copy says. Empty means: not said. `date` is an ISO day, `bpm` whole, `key` as in "Bbm".

    `synced` holds (seconds, line) in the order of time, `picture` what the cover is drawn from; `receipt` is JSON.
    Text has no NUL and is always valid UTF-8.
    """

    title: str
    artist: str
    date: str
    picture: Picture
    bpm: int = 0
    key: str = ""
    lyrics: str = ""
    synced: Sequence[tuple[float, str]] = ()
    comment: str = ""
    receipt: str = ""

    @property
    def lrc(self) -> str:
        """The synced lines as LRC, the way Vorbis comments have them; no line, no text."""
        return "\n".join(f"[{_stamp(seconds)}]{line}" for seconds, line in self.synced)

    @property
    def digest(self) -> str:
        """Name the sheet: two copies of a song with the same digest are the same file."""
        return hashlib.sha256(f"{EDITION} {COVER_EDITION} ".encode() + self.to_bytes()).hexdigest()[:16]

    def to_bytes(self) -> bytes:
        """Write it down for the child process."""
        return json.dumps(self, default=_fields, separators=(",", ":")).encode("ascii")

    @classmethod
    def from_bytes(cls, written: bytes) -> Self:
        """Read what `to_bytes` wrote."""
        told = json.loads(written)
        told["synced"] = [(seconds, line) for seconds, line in told["synced"]]
        told["picture"]["sections"] = [tuple(section) for section in told["picture"]["sections"]]
        return cls(**told | {"picture": Picture(**told["picture"])})


def _fields(record: Sheet | Picture) -> dict[str, object]:
    return {field.name: getattr(record, field.name) for field in fields(record)}


def _stamp(seconds: float) -> str:
    minutes, hundredths = divmod(int(seconds * 100 + 1e-6), 6_000)
    return f"{minutes:02}:{hundredths // 100:02}.{hundredths % 100:02}"
