"""The loop that gives waiting takes to free workers, and sees each one to its end.

A lane is an engine's line of takes and its slots: no lane waits for another. Each slot has one loop:

    claim (committed) -> the worker writes incoming/<claim>.part -> adopted as tracks/<id>.flac -> finish (committed)
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Self

import structlog

from musicgen_web.datadir import DataDir
from musicgen_web.db import Database
from musicgen_web.engines.base import EngineSpec
from musicgen_web.errors import DiskFull, Unavailable
from musicgen_web.figures import Figures
from musicgen_web.jobs.estimates import Estimates
from musicgen_web.jobs.events import Broadcaster
from musicgen_web.jobs.ledger import Claimed, Ledger
from musicgen_web.jobs.live import Live, Lives
from musicgen_web.jobs.making import AtWork, Maker, told
from musicgen_web.jobs.pool import Slot
from musicgen_web.models import COMPLETED, PENDING, Job

LOOK_SECONDS = 5.0  # an idle slot looks so often even when nobody wakes it
PAUSE_SECONDS = 0.5  # after a fault of ours or a database that refuses
LAST_WRITE_SECONDS = 3.0  # what the ends of stopped takes get to be written when the server leaves
START_SECONDS = 3.0  # how long the start waits for the database before it goes on without

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class EngineState:
    """How an engine is, for the pages and probes that ask."""

    name: str
    title: str
    device: str
    workers: int
    ready: int  # workers that are loaded, at work or not
    busy: int
    broken: int
    problem: str  # why a worker cannot work just now, in words

    @property
    def is_ready(self) -> bool:
        return self.ready > 0

    @property
    def is_broken(self) -> bool:
        return self.broken > 0


class Dispatcher:
    """Starts with `running()`; a commit that adds takes is followed by `wake`."""

    def __init__(
        self,
        db: Database,
        datadir: DataDir,
        events: Broadcaster,
        estimates: Estimates,
        engines: Sequence[EngineSpec],
        *,
        stall_seconds: float = 600.0,
        figures: Figures | None = None,
    ) -> None:
        self._events, self._figures = events, figures or Figures()
        self._leaving = asyncio.Event()
        self._lives = Lives()
        self._ledger = Ledger(db, events, self._lives, self._figures)
        self._maker = Maker(datadir, events, estimates, self._ledger, self._lives, self._leaving)
        self._engines = tuple(engines)
        threads = max(1, _cores() // max(1, sum(spec.workers for spec in engines)))
        self._slots = [
            Slot(spec, number, threads=spec.threads or threads, stall_seconds=stall_seconds)
            for spec in engines
            for number in range(1, spec.workers + 1)
        ]
        self._bells = {slot: asyncio.Event() for slot in self._slots}
        self._at_work: dict[str, AtWork] = {}
        self._loops: list[asyncio.Task[None]] = []
        self._leave_by = float("inf")
        self._sooner = asyncio.Event()
        self._drain: asyncio.Task[None] | None = None
        self._recovery: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Self]:
        """Take up what was left behind, start the workers, and leave no process when it is over."""
        self._recovery = asyncio.create_task(self._recover(), name="recovery")
        await asyncio.wait([self._recovery], timeout=START_SECONDS)
        for slot in self._slots:
            slot.on_ready = self._bells[slot].set
            slot.on_death = partial(self._figures.died, slot.spec.name)
            slot.start()
            name = f"{slot.spec.name} {slot.number}"
            self._loops.append(asyncio.create_task(self._serve(slot, self._recovery), name=name))
        try:
            yield self
        finally:
            await self.drain(0.0)

    def wake(self, engine: str | None = None) -> None:
        """Say, after the commit, that takes wait for this engine (None: for any)."""
        for slot, bell in self._bells.items():
            if engine in (None, slot.spec.name):
                bell.set()

    async def cancel(self, job: Job) -> None:
        """Stop what is at work for this job, after its cancellation was committed."""
        for at_work in list(self._at_work.values()):
            if at_work.work.job_id == job.id:
                at_work.is_cancelled = True
                at_work.slot.stop_take(at_work.work.claim)
        if job.is_final:
            self._lives.end(job.id)
        self._events.line(job.engine)

    async def drain(self, grace: float) -> None:
        """Claim nothing more, let running takes finish for so many seconds, put the others back, close the workers.

        Calling it again can only shorten the grace.
        """
        self._leave_by = min(self._leave_by, time.monotonic() + grace)
        self._sooner.set()
        if self._drain is None:
            self._leaving.set()
            self.wake()
            if self._recovery:
                self._recovery.cancel()
            self._drain = asyncio.create_task(self._leave(), name="drain")
        await asyncio.shield(self._drain)

    def live(self, job: Job) -> Live:
        """How far a job is."""
        live = self._lives.of(job.id) or Live(attempt=job.attempt)
        if job.status == PENDING:
            is_loading = not any(slot.is_loaded for slot in self._slots if slot.spec.name == job.engine)
            return Live("loading" if is_loading else "queued", live.fraction, attempt=live.attempt)
        if job.status == COMPLETED:
            return Live(live.stage, 1.0, live.total, live.total, live.detail, live.attempt, live.take)
        return live

    def at_work(self, engine: str) -> list[tuple[str, float, float]]:
        """What runs on this engine: the job's id, the song's seconds, and the seconds of work so far."""
        now = time.monotonic()
        running = [at_work for at_work in self._at_work.values() if at_work.work.engine == engine]
        return [(one.work.job_id, one.work.request.duration, now - one.since) for one in running]

    @property
    def is_leaving(self) -> bool:
        """Is the server stopping? Then nothing new is taken."""
        return self._leaving.is_set()

    def state(self) -> list[EngineState]:
        """How each engine is."""
        return [self._state(spec, [slot for slot in self._slots if slot.spec is spec]) for spec in self._engines]

    def _state(self, spec: EngineSpec, slots: Sequence[Slot]) -> EngineState:
        return EngineState(
            spec.name,
            spec.title,
            next((slot.device for slot in slots if slot.device != "unknown"), "unknown"),
            workers=len(slots),
            ready=sum(slot.is_loaded for slot in slots),
            busy=sum(slot.is_busy for slot in slots),
            broken=sum(slot.is_broken for slot in slots),
            problem=next((slot.problem for slot in slots if slot.problem), ""),
        )

    async def _serve(self, slot: Slot, recovery: asyncio.Task[None]) -> None:
        """The loop of one slot. Nothing ends it but leaving."""
        await asyncio.wait([recovery])
        bell = self._bells[slot]
        is_refused = False
        while not self._leaving.is_set():
            bell.clear()
            try:
                at_work = await self._claim(slot) if slot.is_ready else None
                is_refused = False
                if at_work:
                    await self._see_to(at_work)
                else:
                    await _rung(bell, LOOK_SECONDS)
            except (DiskFull, Unavailable) as refusal:
                if not is_refused:
                    log.warning("lane.waits", engine=slot.spec.name, code=refusal.code)
                is_refused = True
                await _rung(self._leaving, PAUSE_SECONDS)
            except Exception as error:
                log.error("lane.failed", engine=slot.spec.name, **told(error))
                await _rung(self._leaving, PAUSE_SECONDS)

    async def _recover(self) -> None:
        try:
            await self._ledger.recover()
        except Exception as error:
            log.error("recovery.failed", **told(error))

    async def _claim(self, slot: Slot) -> AtWork | None:
        at_work: list[AtWork] = []

        def note(work: Claimed) -> None:
            at_work.append(AtWork(work, slot, is_late=time.monotonic() >= self._leave_by))
            self._at_work[work.claim] = at_work[0]

        await self._ledger.claim(slot.spec.name, note)
        return at_work[0] if at_work else None

    async def _see_to(self, at_work: AtWork) -> None:
        try:
            await self._maker.see_to(at_work)
        finally:
            del self._at_work[at_work.work.claim]
            self.wake(at_work.work.engine)  # if the take waits again, another slot may be free

    async def _leave(self) -> None:
        loops = [loop for loop in self._loops if not loop.done()]
        while loops and (left := self._leave_by - time.monotonic()) > 0:
            self._sooner.clear()
            sooner = asyncio.create_task(self._sooner.wait())
            await asyncio.wait([*loops, sooner], timeout=left, return_when=asyncio.FIRST_COMPLETED)
            sooner.cancel()
            loops = [loop for loop in loops if not loop.done()]
        for at_work in self._at_work.values():
            at_work.is_late = True
            at_work.slot.stop_take(at_work.work.claim)
        if loops:
            _, stuck = await asyncio.wait(loops, timeout=LAST_WRITE_SECONDS)
            for loop in stuck:  # a database that refuses: the next start takes it up
                loop.cancel()
            await asyncio.gather(*stuck, return_exceptions=True)
        await asyncio.gather(*(slot.close() for slot in self._slots))


async def _rung(bell: asyncio.Event, seconds: float) -> None:
    """Wait for the bell, but no longer than so many seconds."""
    with suppress(TimeoutError):
        await asyncio.wait_for(bell.wait(), seconds)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
