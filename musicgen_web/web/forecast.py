"""What is known of a job's future: how far it is, how many are before it, and how long it may still take.

The database knows the line, the dispatcher knows the running takes, the estimates know how long such songs took here.
"""

from __future__ import annotations

from dataclasses import dataclass
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
    """`progress` is of the whole job (0–1), `position` counts takes before it, `eta` is (low, high) in seconds."""

    progress: float
    stage: str
    detail: str = ""
    position: int | None = None
    eta: tuple[float, float] | None = None
    live: Live | None = None

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
    return Forecast.of(job, live, position=takes if place else None, eta=eta)


def _eta(
    job: Job, takes_before: int, seconds_before: float, dispatcher: Dispatcher, estimates: Estimates
) -> tuple[float, float] | None:
    """Add up the line: what still runs, what waits before, and the job's own takes, over the lane's workers."""
    own = [take.duration for take in job.takes if take.status == PENDING]
    waiting = sum(own)
    low = high = 0.0
    for job_id, song_seconds, worked in dispatcher.at_work(job.engine):
        if waiting or job_id == job.id:
            known = estimates.range(job.engine, song_seconds)
            if known is None:
                return None
            low, high = low + max(0.0, known[0] - worked), high + max(0.0, known[1] - worked)
    if own:
        known = estimates.range(job.engine, seconds_before + waiting, songs=takes_before + len(own))
        if known is None:
            return None
        low, high = low + known[0], high + known[1]
    workers = next(state.workers for state in dispatcher.state() if state.name == job.engine) if waiting else 1
    return (low / workers, high / workers) if high else None
