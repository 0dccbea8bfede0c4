"""The trash: what lies in it, and how a song goes for good, so that a kill at any moment leaves nothing half gone.

    mark (committed)  ->  copies and sound deleted, the folder synced  ->  the row deleted (committed)

A marked song belongs to nobody: no verb finds it any more, and only this file knows it. Whatever ended in between is
finished at the next start or within the hour. The sound goes before its row, so none is ever left without one.
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Self

import structlog
from sqlalchemy import ColumnElement, delete, func, literal, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from musicgen_web.datadir import DataDir
from musicgen_web.db import Database
from musicgen_web.errors import Conflict, MusicGenError
from musicgen_web.library import tracks
from musicgen_web.library.audio import Formats
from musicgen_web.library.tracks import Page
from musicgen_web.models import LOCAL, Track, UtcTime, now

NOBODY = ""  # the owner of a song that is going for good
LOOK_SECONDS = 3_600.0
BATCH = 200  # songs marked, or rows deleted, in one transaction

Tell = Callable[[str, str], None]
"""Hears, after the commit, whose song went for good and its id."""

log = structlog.get_logger()


async def listing(session: AsyncSession, owner: str = LOCAL, *, before: str | None = None, limit: int = 40) -> Page:
    """Return a page of the trash, what was thrown away last comes first; `before` is the cursor of the page before."""
    thrown = tuple_(Track.deleted_at, Track.number)
    lying = select(Track).where(Track.owner == owner, Track.deleted_at.is_not(None))
    if before is not None:
        last = await tracks.find(session, before, owner, trashed=True)
        lying = lying.where(thrown < tuple_(literal(last.deleted_at, UtcTime), literal(last.number)))
    found = (await session.scalars(lying.order_by(Track.deleted_at.desc(), Track.number.desc()).limit(limit + 1))).all()
    shown = found[:limit]
    return Page(shown, shown[-1].id if len(found) > limit else None)


async def count(session: AsyncSession, owner: str = LOCAL) -> int:
    """Count the songs in the trash."""
    lying = select(func.count()).where(Track.owner == owner, Track.deleted_at.is_not(None))
    return await session.scalar(lying) or 0


class Trash:
    """Deletes for good: when somebody asks, and what has lain in the trash for so many `days`."""

    def __init__(self, db: Database, datadir: DataDir, formats: Formats, *, days: int, tell: Tell) -> None:
        self.days = days
        self._db, self._datadir, self._formats, self._tell = db, datadir, formats, tell
        self._bell = asyncio.Event()

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[Self]:
        """Finish what an earlier server began, before anything else looks at the files; then look once an hour."""
        await self._look()
        watching = asyncio.create_task(self._watch(), name="trash")
        try:
            yield self
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching

    async def remove(self, track_id: str, owner: str = LOCAL) -> None:
        """Delete one song of the trash for good. One that is not in the trash is not touched: Conflict."""
        async with self._db.begin() as session:
            track = await tracks.find(session, track_id, owner, trashed=None)
            if track.deleted_at is None:
                raise Conflict("This song is not in the trash.", recovery="Put it in the trash first.")
            await self._mark(session, Track.id == track_id, Track.owner == owner)
        self._bell.set()

    async def empty(self, until: datetime, owner: str = LOCAL) -> int:
        """Delete for good what was in the trash at a moment: what came later was not seen by who asked."""
        removed = await self._mark_all(Track.owner == owner, Track.deleted_at <= until)
        self._bell.set()
        return removed

    async def expire(self, moment: datetime) -> int:
        """Mark what has been in the trash for longer than it is kept."""
        return await self._mark_all(Track.owner != NOBODY, Track.deleted_at < moment - timedelta(days=self.days))

    async def finish(self) -> int:
        """Take away the sound of what is marked, and then its rows."""
        finished = 0
        while marked := await self._marked():
            for track_id in marked:
                await self._formats.forget(track_id)
            await asyncio.to_thread(self._datadir.remove_audio, marked)
            async with self._db.begin() as session:
                await session.execute(delete(Track).where(Track.id.in_(marked), Track.owner == NOBODY))
            finished += len(marked)
        return finished

    async def _mark_all(self, *which: ColumnElement[bool]) -> int:
        marked = 0
        async with self._db.read() as session:
            if not await session.scalar(select(Track.number).where(Track.deleted_at.is_not(None), *which).limit(1)):
                return 0  # most looks find nothing and write nothing
        while True:
            async with self._db.begin() as session:
                now_marked = await self._mark(session, *which)
            marked += now_marked
            if now_marked < BATCH:
                return marked

    async def _mark(self, session: AsyncSession, *which: ColumnElement[bool]) -> int:
        """Mark up to a batch of trashed songs. Writers take turns, so nothing changes between the two statements."""
        lying = select(Track.owner, Track.id).where(Track.deleted_at.is_not(None), *which).limit(BATCH)
        found = [(owner, track_id) for owner, track_id in await session.execute(lying)]
        marked = update(Track).where(Track.id.in_([track_id for _, track_id in found])).values(owner=NOBODY)
        await session.execute(marked, execution_options={"synchronize_session": False})
        for gone in found:
            self._db.on_commit(session, partial(self._tell, *gone))
        return len(found)

    async def _marked(self) -> Sequence[str]:
        async with self._db.read() as session:
            return (await session.scalars(select(Track.id).where(Track.owner == NOBODY).limit(BATCH))).all()

    async def _watch(self) -> None:
        while True:
            self._bell.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._bell.wait(), LOOK_SECONDS)
            await self._look()

    async def _look(self) -> None:
        """One look. What the disk refuses now is tried again at the next one."""
        try:
            expired, finished = await self.expire(now()), await self.finish()
        except MusicGenError as refusal:
            log.warning("trash.waits", code=refusal.code, reason=str(refusal))
        except Exception as error:
            log.error("trash.failed", error=repr(error), trace=traceback.format_exc())
        else:
            if finished:
                log.info("trash.emptied", songs=finished, expired=expired)
