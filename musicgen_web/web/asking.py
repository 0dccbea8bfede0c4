"""Accept a song request: one transaction, then wake the lane. Every door (page, script, API) comes through here."""

from __future__ import annotations

from musicgen_web.db import Database
from musicgen_web.engines.base import SongRequest
from musicgen_web.errors import Unavailable
from musicgen_web.jobs import queue
from musicgen_web.jobs.arrival import Arrival, arrive
from musicgen_web.jobs.dispatcher import Dispatcher
from musicgen_web.jobs.events import Broadcaster
from musicgen_web.models import LOCAL, Job
from musicgen_web.turns import Writer


async def ask(
    db: Database,
    dispatcher: Dispatcher,
    events: Broadcaster,
    request: SongRequest,
    *,
    key: str | None = None,
    fingerprint: str | None = None,
    limit: int,
) -> Job | Arrival:
    """Enqueue the request, or return the job that the same key made before. Raises QueueFull, Conflict, DiskFull."""
    _refuse_when_leaving(dispatcher)
    key = key or None

    def put(writer: Writer) -> Arrival | None:
        arrival = arrive(writer, request, owner=LOCAL, key=key, fingerprint=fingerprint, limit=limit)
        if arrival is not None:
            writer.on_commit(lambda: events.changed(LOCAL, arrival))
            writer.on_commit(lambda: dispatcher.wake(arrival.engine))  # also when nobody waits for the answer any more
        return arrival

    arrival = await db.write(put)
    if arrival is None:
        async with db.read() as session:
            return await queue.known(session, owner=LOCAL, key=key, fingerprint=fingerprint, limit=limit)
    return arrival


async def cancel(db: Database, dispatcher: Dispatcher, events: Broadcaster, job_id: str) -> Job:
    """Cancel what waits at once, and tell the workers of what runs. Cancelling an ended job changes nothing."""
    async with db.begin() as session:
        is_over = (await queue.find(session, job_id, LOCAL)).is_final
        job = await queue.cancel(session, job_id, LOCAL)
        if not is_over:
            db.on_commit(session, lambda: events.changed(LOCAL, job))
    await dispatcher.cancel(job)
    return job


async def retry(db: Database, dispatcher: Dispatcher, events: Broadcaster, job_id: str, *, limit: int) -> Job:
    """Ask for the same song again: a new job; the old one stays as it ended."""
    _refuse_when_leaving(dispatcher)
    async with db.begin() as session:
        job = await queue.retry(session, job_id, LOCAL, limit=limit)
        db.on_commit(session, lambda: events.changed(LOCAL, job))
    dispatcher.wake(job.engine)
    return job


def _refuse_when_leaving(dispatcher: Dispatcher) -> None:
    if dispatcher.is_leaving:
        raise Unavailable("The server is stopping.", retry_after=10)
