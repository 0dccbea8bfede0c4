"""What the event stream tells, by the name of the event."""

from __future__ import annotations

from typing import Annotated, TypedDict

from msgspec import Meta

from musicgen_web.models import PROCESSING
from musicgen_web.web.api.shapes.jobs import Job
from musicgen_web.web.api.shapes.tracks import Track
from musicgen_web.web.api.shapes.words import Count, Fraction, Id, Stage, one_of

FATES = ("changed", "trashed", "restored", "removed")


class TrackNews(TypedDict):
    """What became of a track."""

    id: Id
    what: Annotated[str, one_of(FATES)]
    track: Annotated[Track | None, Meta(description="Null once it is removed for good.")]


class ProgressNews(TypedDict):
    """The newest progress of a job at work; news in between may be skipped."""

    id: Id
    status: Annotated[str, one_of((PROCESSING,))]
    progress: Fraction
    stage: Stage
    detail: str
    done: Annotated[Count, Meta(description="Steps done of the take at work.")]
    total: Annotated[Count, Meta(description="Its steps; 0 while not known.")]
    attempt: Count


class LineNews(TypedDict):
    """Positions in the lines of these engines may be others now."""

    engines: list[str]


class Snapshot(TypedDict):
    """What is being made now: the first jobs of the line, and how many follow."""

    jobs: list[Job]
    more: Count


NEWS = {"job": Job, "track": TrackNews, "progress": ProgressNews, "line": LineNews, "reset": Snapshot}
"""Event to the shape of its data."""
