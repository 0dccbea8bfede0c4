"""Jobs and their takes."""

from __future__ import annotations

from typing import Annotated, TypedDict

from msgspec import Meta

from musicgen_web.engines.base import DEFAULT_GUIDANCE, DEFAULT_STEPS
from musicgen_web.errors import ENDS
from musicgen_web.models import PROCESSING
from musicgen_web.web.api.shapes.words import (
    MOMENT,
    Count,
    Cursor,
    Fraction,
    Id,
    Seconds,
    SeedNumber,
    Stage,
    Status,
    Time,
    one_of,
)
from musicgen_web.web.api.wishes import PROMPT


class Eta(TypedDict):
    """How long still, in seconds: a range from this server's own finished songs."""

    low: Count
    high: Count


class Failure(TypedDict):
    """How a take ended without a song."""

    code: Annotated[str, one_of(tuple(ENDS), "What programs can rely on.")]
    title: str
    detail: str
    recovery: Annotated[str, Meta(description="What a person can do.")]
    retryable: Annotated[bool, Meta(description="Whether asking again may help.")]


class Take(TypedDict):
    """One of the songs that a job asks for."""

    number: Annotated[int, Meta(ge=1)]
    status: Annotated[Status, Meta(examples=[PROCESSING])]
    track_id: Annotated[Id | None, Meta(description="The song, once the take is completed.")]
    error: Failure | None


class SongInputs(TypedDict):
    """The request as it was understood, with its defaults and its seed."""

    prompt: Annotated[str, Meta(examples=[PROMPT])]
    engine: Annotated[str, Meta(examples=["sketch"])]
    seed: SeedNumber
    lyrics: Annotated[str, Meta(examples=[""])]
    title: Annotated[str, Meta(examples=[""])]
    duration: Annotated[Seconds, Meta(examples=[30])]
    steps: Annotated[int, Meta(examples=[DEFAULT_STEPS])]
    guidance: Annotated[float, Meta(examples=[DEFAULT_GUIDANCE])]
    takes: Annotated[int, Meta(examples=[1])]


class Accepted(TypedDict):
    """A song request that was taken."""

    job_id: Id
    status: Status


class JobStatus(TypedDict):
    """How a job stands."""

    job_id: Id
    status: Annotated[Status, Meta(examples=[PROCESSING])]
    cancelling: Annotated[bool, Meta(description="Somebody cancelled it and a worker has yet to stop.")]
    progress: Annotated[
        Fraction, Meta(description="Of all its takes. Never goes back within an attempt.", examples=[0.42])
    ]
    stage: Annotated[Stage, Meta(examples=["composing"])]
    detail: Annotated[str, Meta(description="What is at work, in words; may be empty.", examples=["the melody"])]
    position: Annotated[Count | None, Meta(description="Takes before it in its engine's line; 0: it is next.")]
    eta_seconds: Annotated[Eta | None, Meta(examples=[{"low": 2, "high": 4}])]
    result_path: Annotated[
        str | None, Meta(description="Answers GET with the sound of the first finished take, and honours Range.")
    ]
    track_ids: Annotated[list[str], Meta(description="Grows as takes finish.", examples=[[]])]
    takes: list[Take]
    error: Annotated[Failure | None, Meta(description="Why it failed.")]
    created_at: Time
    started_at: Annotated[Time | None, Meta(examples=[MOMENT])]
    finished_at: Time | None
    attempt: Annotated[int, Meta(ge=1)]


class Address(TypedDict):
    """Where it is."""

    id: Id
    url: Annotated[str, Meta(description="Its address.", examples=["/api/v1/jobs/5f0c2b6f7d8e4f1a9b3c0d2e4f6a8b1c"])]


class Job(Address, JobStatus):
    """A job: how it stands, its address, and the request it came from."""

    request: SongInputs


class Jobs(TypedDict):
    """One page of jobs, newest first."""

    items: list[Job]
    next_cursor: Cursor
