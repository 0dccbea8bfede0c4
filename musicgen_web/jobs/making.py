"""One claim's way: from the worker's file into the library, or back into the line, or to its end in words."""

from __future__ import annotations

import asyncio
import time
import traceback
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from musicgen_web.datadir import DataDir
from musicgen_web.engines.base import Progress, Song
from musicgen_web.errors import DiskFull, Internal, OutOfMemory, Unavailable
from musicgen_web.jobs.estimates import Estimates
from musicgen_web.jobs.events import Broadcaster
from musicgen_web.jobs.ledger import Claimed, Ledger
from musicgen_web.jobs.live import Lives
from musicgen_web.jobs.messages import Died, Done, Failed, Outcome, Stopped
from musicgen_web.jobs.pool import Slot

log = structlog.get_logger()


@dataclass(slots=True)
class AtWork:
    """A claim in the hands of a slot."""

    work: Claimed
    slot: Slot
    is_cancelled: bool = False
    is_late: bool = False  # the server leaves and waits for it no longer
    since: float = field(default_factory=time.monotonic)


class Maker:
    """Sees claims to their ends, whatever happens."""

    def __init__(
        self,
        datadir: DataDir,
        events: Broadcaster,
        estimates: Estimates,
        ledger: Ledger,
        lives: Lives,
        leaving: asyncio.Event,
    ) -> None:
        self._datadir, self._events, self._estimates = datadir, events, estimates
        self._ledger, self._lives, self._leaving = ledger, lives, leaving

    async def see_to(self, at_work: AtWork) -> None:
        """Make the song and write how it went."""
        work = at_work.work
        try:
            await self._make(at_work)
        except Exception as error:
            log.error("take.broke", **_facts(work), **told(error))
            await self._discard(work)
            words = f"The song could not be brought into the library; the log has it under {work.claim[:8]}."
            await self._ledger.fail(work, Internal.code, words, final=True)

    async def _make(self, at_work: AtWork) -> None:
        work, slot, begun = at_work.work, at_work.slot, time.monotonic()
        outcome: Outcome = Stopped(work.claim)
        if slot.is_ready and not at_work.is_cancelled and not at_work.is_late:  # may have changed since the claim
            path = self._datadir.part(work.claim)
            outcome = await slot.run(work.request, path, work.claim, lambda progress: self._report(work, progress))
        if at_work.is_cancelled:
            await self._discard(work)
            await self._ledger.cancelled(work)
            log.info("take.cancelled", **_facts(work))
        elif isinstance(outcome, Done):
            await self._keep(work, outcome.song, time.monotonic() - begun)
        else:
            await self._discard(work)
            await self._give_up(work, outcome)

    async def _give_up(self, work: Claimed, outcome: Failed | Stopped | Died) -> None:
        match outcome:
            case Failed():
                log.warning("take.failed", code=outcome.code, trace=outcome.trace, **_facts(work))
                is_final = (
                    outcome.code != OutOfMemory.code
                )  # memory may be there the next time, the rest repeats itself
                await self._ledger.fail(work, outcome.code, outcome.detail, final=is_final)
            case Died() if not self._leaving.is_set():
                log.warning("take.lost", code=outcome.code, cause=outcome.detail, **_facts(work))
                await self._ledger.fail(work, outcome.code, outcome.detail, final=False)
            case _:  # never begun, stopped because the server leaves, or died with it
                await self._ledger.put_back(work)
                log.info("take.put_back", **_facts(work))

    async def _keep(self, work: Claimed, song: Song, seconds: float) -> None:
        """Bring the song safely into the library: first the file, then the row."""
        try:
            audio = await asyncio.to_thread(self._datadir.adopt, work.claim, work.track_id)
            size = (await asyncio.to_thread(audio.stat)).st_size
        except (DiskFull, Unavailable) as refusal:
            log.error("take.not_kept", code=refusal.code, **_facts(work))
            await self._discard(work)
            await self._ledger.fail(work, refusal.code, "The song could not be written to the disk.", final=True)
            return
        if await self._ledger.finish(work, song, seconds=seconds, size=size):
            self._estimates.record(work.engine, song.duration, seconds)
            log.info("take.finished", seconds=round(seconds, 2), **_facts(work))
        else:
            with suppress(DiskFull, Unavailable):  # else the next start does it
                await asyncio.to_thread(self._datadir.set_aside, audio)
            log.warning("take.set_aside", **_facts(work))

    def _report(self, work: Claimed, progress: Progress) -> None:
        live = self._lives.step(work.job_id, work.claim, progress)
        if live:
            self._events.progress(work.owner, work.job_id, live)

    async def _discard(self, work: Claimed) -> None:
        """Delete what was half written; what cannot be deleted now is swept at the next start."""
        with suppress(OSError):
            await asyncio.to_thread(self._datadir.part(work.claim).unlink, missing_ok=True)


def told(error: Exception) -> dict[str, str]:
    """An error for the log, without its words: they may quote what somebody wrote."""
    return {"error": type(error).__name__, "trace": "".join(traceback.format_tb(error.__traceback__))}


def _facts(work: Claimed) -> dict[str, str | int]:
    return {
        "job": work.job_id,
        "take": work.number,
        "attempt": work.attempt,
        "engine": work.engine,
        "reference": work.claim[:8],
    }
