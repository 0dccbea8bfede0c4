"""What programs should know of a call beyond what its signature says: a handler wears it as `opt={TOLD: Told(…)}`.

The schema is made of both (`web/schema.py`); a handler without it is a page and is not in the schema.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from musicgen_web.errors import DiskFull, MusicGenError, Unavailable

TOLD = "told"
Refusals = tuple[type[MusicGenError], ...]
READS: Refusals = (Unavailable,)
WRITES: Refusals = (Unavailable, DiskFull)

CALLS, JOBS, TRACKS, EVENTS, SERVER = "Three calls", "Jobs", "Tracks", "Events", "Server"
TAGS = {
    CALLS: "Ask for a song, look how it stands, see that the server is well: what most scripts need.",
    JOBS: "A job is one request on its way: one to eight takes, each of which becomes a track.",
    TRACKS: "The library: finished songs, what is known of them, and their sound.",
    EVENTS: "Hear of every change as it happens, instead of asking again and again.",
    SERVER: "How the server is, for people, probes and Prometheus.",
}


@dataclass(frozen=True, slots=True)
class Also:
    """One more answer that is no problem: its words, the shape of its JSON (None: no body), further headers."""

    words: str
    shape: object = None
    kinds: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """`body`: what is sent. `hears`: request headers that are read elsewhere. `adds`: headers of the answer. `kinds`:
    the media types of an answer that is no JSON. `also`: further answers. `refuses`: what this call alone may say no
    with; what follows from the method, the path and the parameters is added by itself. `events`: of a stream."""

    body: type | None = None
    hears: Mapping[str, str] = field(default_factory=dict)
    adds: Mapping[str, str] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()
    also: Mapping[int, Also] = field(default_factory=dict)
    refuses: Refusals = ()
    events: Mapping[str, object] = field(default_factory=dict)


def told_of(opt: Mapping[str, object]) -> Told | None:
    """Return what a handler wears, or nothing where it is a page."""
    return cast(Told | None, opt.get(TOLD))
