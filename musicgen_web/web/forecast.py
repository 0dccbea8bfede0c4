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
from musicgen_web.models import COMPLETED, FINAL, PENDING, PROCESSING, Job


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
    def eta_json(self) -> dict[str, int] | None:
        return None if self.eta is None else {"low": round(self.eta[0]), "high": round(self.eta[1])}

    @classmethod
    def of(cls, job: Job, live: Live | None, *, position: int | None = None, eta: tuple[float, float] | None = None) -> Self:
        """Put together what is known. Stage words are `queued` before the first take and `saving` after the last."""
        if job.status == COMPLETED:
            return cls(1.0, "saving")
        if live is not None:
            return cls(live.fraction, live.stage, live.detail, position, eta, live)
        ended = sum(take.status in FINAL for take in job.takes)
        return cls(ended / max(len(job.takes), 1), "queued" if job.status == PENDING else "loading", "", position, eta)


async def forecast(session: AsyncSession, job: Job, dispatcher: Dispatcher, estimates: Estimates) -> Forecast:
    """Return what is known of this job now."""
    live = dispatcher.live(job.id)
    if job.is_final:
        return Forecast.of(job, None)
    position = await queue.position(session, job)
    before = await queue.ahead(session, job) if position else 0.0
    return Forecast.of(job, live, position=position, eta=_eta(job, before, dispatcher, estimates))


def _eta(job: Job, before: float, dispatcher: Dispatcher, estimates: Estimates) -> tuple[float, float] | None:
    """Add up the line: what runs now, what waits before this job, and the job's own takes, over the lane's workers."""
    waiting = sum(take.duration for take in job.takes if take.status == PENDING)
    own = any(take.status == PROCESSING for take in job.takes)
    running = [live for live in dispatcher.running_takes(job.engine) if not own or live.job_id == job.id or waiting]
    song_seconds = before + waiting + sum(live.duration * (1 - live.fraction) for live in running)
    if song_seconds == 0:
        return None
    known = estimates.range(job.engine, song_seconds)
    workers = dispatcher.workers(job.engine) if before or waiting else 1
    return None if known is None else (known[0] / workers, known[1] / workers)
