"""A small house: a data directory, its database, and a dispatcher with real workers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from musicgen_web.datadir import DataDir
from musicgen_web.db import Database
from musicgen_web.engines.base import EngineSpec, SongRequest
from musicgen_web.jobs import queue
from musicgen_web.jobs.dispatcher import Dispatcher
from musicgen_web.jobs.estimates import Estimates
from musicgen_web.jobs.events import Broadcaster
from musicgen_web.library import tracks
from musicgen_web.migrate import migrate
from musicgen_web.models import LOCAL, Job, Track
from tests.support.engines import spec
from tests.support.waiting import until


@dataclass(slots=True)
class House:
    datadir: DataDir
    db: Database
    events: Broadcaster
    dispatcher: Dispatcher

    async def ask(self, request: SongRequest) -> str:
        """Accept a request as the web does, and return the job's id."""
        async with self.db.begin() as session:
            job, _ = await queue.enqueue(session, request)
        self.dispatcher.wake()
        return job.id

    async def job(self, job_id: str) -> Job:
        async with self.db.read() as session:
            return await queue.find(session, job_id)

    async def when(self, job_id: str, *statuses: str, seconds: float = 10.0) -> Job:
        """Return the job when it has one of these statuses (none: when it has ended)."""
        found: list[Job] = []

        async def look() -> bool:
            found[:] = [await self.job(job_id)]
            return found[0].status in statuses if statuses else found[0].is_final

        await until(look, seconds)
        return found[0]

    async def cancel(self, job_id: str) -> Job:
        async with self.db.begin() as session:
            job = await queue.cancel(session, job_id, LOCAL)
        await self.dispatcher.cancel(job)
        return job

    async def tracks(self, job_id: str) -> Sequence[Track]:
        async with self.db.read() as session:
            return await tracks.of_job(session, job_id)

    def files(self) -> set[str]:
        """Every file that makers of songs can leave behind, by its path in the data directory."""
        rooms = (self.datadir.incoming, self.datadir.tracks, self.datadir.lost_found)
        return {f"{room.name}/{path.name}" for room in rooms if room.exists() for path in room.iterdir()}


@asynccontextmanager
async def house(
    root: Path, *engines: EngineSpec, stall_seconds: float = 600.0, works: bool = True
) -> AsyncIterator[House]:
    """Open a house. `works`: start the dispatcher and wait until every worker is ready."""
    datadir = DataDir(root)
    datadir.make()
    migrate(datadir.database, datadir.backups)
    events = Broadcaster()
    async with Database(datadir.database) as db:
        dispatcher = Dispatcher(db, datadir, events, Estimates(), engines or (spec(),), stall_seconds=stall_seconds)
        here = House(datadir, db, events, dispatcher)
        if not works:
            yield here
            return
        async with dispatcher.running():
            await until(lambda: all(state.ready == state.workers for state in dispatcher.state()))
            yield here
