"""What is known of a job's future: how far it is, how many are before it, and how long it may still take.

The database knows the line, the dispatcher knows the running takes, the estimates know how long such songs took here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

from sqlalchemy.ext.asyncio import AsyncSession

from musicgen_web.jobs import queue
from musicgen_web.jobs.dispatcher import Dispatcher
from musicgen_web.jobs.estimates import Estimates
from musicgen_web.jobs.live import Live
from musicgen_web.models import COMPLETED, PENDING, Job
from musicgen_web.web.api.shapes.jobs import Eta


@dataclass(frozen=True, slots=True)
class Forecast:
    """`progress` is of the whole job (0–1), `position` counts takes before it.

    `eta` and `starts` are (low, high) in seconds: until it is ready, and until a waiting one begins.
    """

    progress: float
    stage: str
    detail: str = ""
    position: int | None = None
    eta: tuple[float, float] | None = None
    live: Live | None = None
    starts: tuple[float, float] | None = None

    @property
    def eta_json(self) -> Eta | None:
        return None if self.eta is None else {"low": round(self.eta[0]), "high": round(self.eta[1])}

    @classmethod
    def of(cls, job: Job, live: Live, *, position: int | None = None, eta: tuple[float, float] | None = None) -> Self:
        if job.status == COMPLETED:
            return cls(1.0, "saving", live=live)
        return cls(live.fraction, live.stage, live.detail, position, eta, live)


async def forecast(session: AsyncSession, job: Job, dispatcher: Dispatcher, estimates: Estimates) -> Forecast:
    """Return what is known of this job now."""
    live = dispatcher.live(job)
    if job.is_final:
        return Forecast.of(job, live)
    place = await queue.place(session, job)
    takes, seconds = place or (0, 0.0)
    eta = _eta(job, takes, seconds, dispatcher, estimates)
    known = Forecast.of(job, live, position=takes if place else None, eta=eta)
    if job.status != PENDING:
        return known
    return replace(known, starts=_starts(job, takes, seconds, dispatcher, estimates))


def _starts(
    job: Job, takes_before: int, seconds_before: float, dispatcher: Dispatcher, estimates: Estimates
) -> tuple[float, float] | None:
    """Add up what still runs and what waits before, over the lane's workers."""
    running = [(song_seconds, worked) for _, song_seconds, worked in dispatcher.at_work(job.engine)]
    return _span(job.engine, running, seconds_before, takes_before, _workers(job, dispatcher), estimates)


def _eta(
    job: Job, takes_before: int, seconds_before: float, dispatcher: Dispatcher, estimates: Estimates
) -> tuple[float, float] | None:
    """Add up the line: what still runs, what waits before, and the job's own takes, over the lane's workers."""
    own = [take.duration for take in job.takes if take.status == PENDING]
    running = [
        (song_seconds, worked)
        for job_id, song_seconds, worked in dispatcher.at_work(job.engine)
        if own or job_id == job.id
    ]
    seconds, songs = (seconds_before + sum(own), takes_before + len(own)) if own else (0.0, 0)
    return _span(job.engine, running, seconds, songs, _workers(job, dispatcher) if own else 1, estimates)


def _span(
    engine: str,
    running: Iterable[tuple[float, float]],
    seconds: float,
    songs: int,
    workers: int,
    estimates: Estimates,
) -> tuple[float, float] | None:
    """How long this takes: songs at work (their length, how long they were worked on) and `songs` waiting ones.

    Nothing where there is nothing to do, or where no song has told yet how long one takes.
    """
    low = high = 0.0
    for song_seconds, worked in running:
        known = estimates.range(engine, song_seconds)
        if known is None:
            return None
        low, high = low + max(0.0, known[0] - worked), high + max(0.0, known[1] - worked)
    if songs:
        known = estimates.range(engine, seconds, songs=songs)
        if known is None:
            return None
        low, high = low + known[0], high + known[1]
    return (low / workers, high / workers) if high else None


def _workers(job: Job, dispatcher: Dispatcher) -> int:
    return next(state.workers for state in dispatcher.state() if state.name == job.engine)
