"""The server itself: whether it is well, what it is made of, what it lacks."""

from __future__ import annotations

from typing import Annotated, TypedDict

from msgspec import Meta

from musicgen_web.limits import OK, PROBLEM, WARNING
from musicgen_web.web.api.shapes.words import Count, Seconds, Time, one_of

DEVICES = ("cpu", "cuda", "mps")
LACKS = ("engine", "software", "device", "weights")


class Queue(TypedDict):
    """Takes that wait and takes that are being made."""

    pending: Count
    processing: Count


class Health(TypedDict):
    """Whether the server is well."""

    status: Annotated[str, one_of(("healthy", "degraded"), "Degraded: no database, or a worker that does not start.")]
    model_loaded: Annotated[bool, Meta(description="Whether a worker of the pre-selected engine is ready.")]
    device: Annotated[str, one_of(("unknown", *DEVICES), "What that engine uses.")]
    engine: Annotated[str, Meta(description="The pre-selected one.")]
    version: str
    queue: Queue


class Alive(TypedDict):
    """The process lives."""

    status: Annotated[str, one_of(("ok",))]


class Readiness(TypedDict):
    """Whether work can be taken, and what is in the way."""

    status: Annotated[str, one_of(("ready", "not ready"))]
    checks: Annotated[dict[str, str], Meta(description="Database, disk and each engine's worker: `ok`, or a word.")]


class Workers(TypedDict):
    """An engine's worker processes."""

    count: Count
    ready: Annotated[Count, Meta(description="Loaded, at work or not.")]
    busy: Count
    broken: Annotated[Count, Meta(description="Died again and again without finishing a take.")]


class MissingFile(TypedDict):
    """A file of an engine's weights."""

    name: str
    size: Annotated[int, Meta(ge=0, description="Bytes, about.")]
    purpose: str


class Missing(TypedDict):
    """Something an engine lacks."""

    what: Annotated[str, one_of(LACKS)]
    words: str
    remedy: str
    command: Annotated[str | None, Meta(description="What to run, exactly.")]
    files: list[MissingFile]


class Engine(TypedDict):
    """What can turn a request into sound."""

    name: str
    title: str
    ready: bool
    device: Annotated[str, one_of(DEVICES)]
    problem: Annotated[str, Meta(description="Why a worker cannot work just now; empty where all is well.")]
    workers: Workers
    missing: list[Missing]


class Library(TypedDict):
    """What the library holds."""

    songs: Count
    seconds: Seconds


class Disk(TypedDict):
    """The disk that holds the songs, in bytes."""

    free: Count
    size: Count


class Finding(TypedDict):
    """One thing the doctor looked at."""

    name: str
    title: str
    status: Annotated[str, one_of((OK, WARNING, PROBLEM))]
    words: str
    note: str
    remedy: Annotated[str, Meta(description="What to do; empty where all is well.")]


class System(TypedDict):
    """How this server is. `queue`, `library` and `disk` are null while they cannot be read."""

    version: str
    device: Annotated[str, one_of(DEVICES, "What the machine has, whatever an engine uses.")]
    engine: Annotated[str, Meta(description="The pre-selected one.")]
    engines: list[Engine]
    queue: Queue | None
    library: Library | None
    disk: Disk | None
    versions: Annotated[dict[str, str | None], Meta(description="Python, SQLite, PyTorch, the operating system.")]
    findings: list[Finding]
    looked_at: Annotated[Time, Meta(description="At most ten seconds ago.")]
