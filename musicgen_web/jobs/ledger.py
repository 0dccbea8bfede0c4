"""What the dispatcher writes: every claim and every end, committed first and then told to the pages."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from musicgen_web.db import Database
from musicgen_web.engines.base import Song, SongRequest
from musicgen_web.errors import ENDS, DiskFull, Internal, Unavailable
from musicgen_web.figures import CANCELLED, PUT_BACK, Figures
from musicgen_web.jobs import queue
from musicgen_web.jobs.events import Broadcaster
from musicgen_web.jobs.live import Lives
from musicgen_web.library import tracks
from musicgen_web.models import FINAL, Job, Track

RETRY_SECONDS = 0.5  # between two tries of a write that the database refuses

T = TypeVar("T")
Write = Callable[[AsyncSession], Awaitable[T]]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """One attempt at one take."""

    claim: str
    track_id: str
    number: int
    attempt: int
    request: SongRequest
    job_id: str
    owner: str
    engine: str


class Ledger:
    """The dispatcher's writes. An end must be written, so it is tried until the database takes it."""

    def __init__(self, db: Database, events: Broadcaster, lives: Lives, figures: Figures) -> None:
        self._db, self._events, self._lives, self._figures = db, events, lives, figures

    async def claim(self, engine: str, note: Callable[[Claimed], None]) -> Claimed | None:
        """Claim the oldest waiting take. `note` is called with the commit: before anybody can cancel the claim."""
        async with self._db.begin() as session:
            take = await queue.claim(session, engine)
            if take is None or take.claim is None or take.track_id is None:
                return None
            job = take.job
            request = job.request.take(take.number)
            work = Claimed(
                claim=take.claim,
                track_id=take.track_id,
                number=take.number,
                attempt=take.attempt,
                request=request,
                job_id=job.id,
                owner=job.owner,
                engine=engine,
            )

            def committed() -> None:
                note(work)
                self._lives.begin(
                    job.id,
                    work.claim,
                    take=work.number,
                    attempt=work.attempt,
                    takes=len(job.takes),
                    ended=_ended(job),
                )
                self._tell(job)

            self._db.on_commit(session, committed)
        return work

    async def finish(self, work: Claimed, song: Song, *, seconds: float, size: int) -> bool:
        """Put the song into the library; False when the claim had lost its take."""

        async def write(session: AsyncSession) -> bool:
            job = await queue.finish(session, work.claim, seconds, song=song, size=size)
            made = await tracks.of_job(session, work.job_id, work.owner)
            kept = [track for track in made if track.id == work.track_id]
            self._settle(session, work, job, kept)
            return bool(kept)  # also when an earlier try was written after all

        is_kept = await self.insist(write)
        if is_kept:
            self._figures.finished(work.engine, seconds)
        return is_kept

    async def fail(self, work: Claimed, code: str, detail: str, *, final: bool) -> None:
        """Note a failed attempt; the take is tried again unless it is final or was its last."""
        known = code if code in ENDS else Internal.code
        await self._end(work, lambda session: queue.fail(session, work.claim, known, detail, final=final))
        self._figures.ended(work.engine, known)

    async def put_back(self, work: Claimed) -> None:
        """Give the take back unharmed: it waits again and the attempt does not count."""
        await self._end(work, lambda session: queue.put_back(session, work.claim))
        self._figures.ended(work.engine, PUT_BACK)

    async def cancelled(self, work: Claimed) -> None:
        await self._end(work, lambda session: queue.cancelled(session, work.claim))
        self._figures.ended(work.engine, CANCELLED)

    async def recover(self) -> None:
        """Take up what an earlier server left behind."""

        async def write(session: AsyncSession) -> list[Job]:
            jobs = await queue.recover(session)
            for job in jobs:
                self._db.on_commit(session, partial(self._tell, job))
            return jobs

        for job in await self.insist(write):
            log.info("job.recovered", job=job.id, status=job.status)

    async def insist(self, write: Write[T]) -> T:
        """Write until the database takes it: a full disk may be emptied."""
        refusals = 0
        while True:
            try:
                async with self._db.begin() as session:
                    written = await write(session)
            except (DiskFull, Unavailable) as refusal:
                if not refusals:
                    log.warning("database.refuses", code=refusal.code)
                refusals += 1
                await asyncio.sleep(RETRY_SECONDS)
            else:
                if refusals:
                    log.info("database.accepts", refusals=refusals)
                return written

    async def _end(self, work: Claimed, verb: Write[Job | None]) -> None:
        async def write(session: AsyncSession) -> None:
            self._settle(session, work, await verb(session), [])

        await self.insist(write)

    def _settle(self, session: AsyncSession, work: Claimed, job: Job | None, kept: list[Track]) -> None:
        """Once committed: the claim is over, and everybody hears how its job stands."""

        def committed() -> None:
            if job is None:  # the take had been given to somebody else
                self._lives.end(work.job_id)
                return
            self._lives.leave(work.job_id, work.claim, ended=_ended(job))
            self._tell(job, kept)

        self._db.on_commit(session, committed)

    def _tell(self, job: Job, kept: list[Track] | None = None) -> None:
        if job.is_final:
            self._lives.end(job.id)
        self._events.changed(job.owner, job, kept or [])
        self._events.line(job.engine)


def _ended(job: Job) -> int:
    return sum(take.status in FINAL for take in job.takes)
