"""The queue is two tables, and these are its verbs: everything that can happen to a job on its way.

    take   pending --claim--> processing --finish----------> completed
              ^                  |   |---fail (3rd, final)-> failed
              |---fail, put_back-|   |---cancelled---------> cancelled
              |---recover--------|   |---recover (5th)-----> failed, INTERRUPTED
              '---cancel-------------------------------------^

    job    ends when no take waits or runs: cancelled if that was asked for, else completed if any take is, else failed

A worker's result counts only for the claim it was given and while that is processing. An end never changes. Attempts
(of workers: three) and interruptions (deaths of the whole server: five) are counted apart. Order is `arrival`, the
database's own number: no clock has a say in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncSession

from musicgen_web.engines.base import Song, SongRequest
from musicgen_web.errors import Conflict, FieldError, Interrupted, InvalidRequest, NotFound, QueueFull, TakeCancelled
from musicgen_web.jobs.arrival import MAX_QUEUED, WAITING_COUNT, arrive
from musicgen_web.library import tracks
from musicgen_web.models import (
    CANCELLED,
    COMPLETED,
    FAILED,
    FINAL,
    LOCAL,
    PENDING,
    PROCESSING,
    Job,
    Take,
    new_id,
    now,
)
from musicgen_web.turns import writer_of

MAX_ATTEMPTS = 3
MAX_INTERRUPTIONS = 5
RETRY_AFTER = 30  # seconds, told with QUEUE_FULL

WAITING: dict[str, Any] = {"status": PENDING, "claim": None, "track_id": None, "started_at": None}


async def enqueue(
    session: AsyncSession,
    request: SongRequest,
    *,
    owner: str = LOCAL,
    key: str | None = None,
    fingerprint: str | None = None,
    limit: int = MAX_QUEUED,
) -> tuple[Job, bool]:
    """Put a request in line. Returns the job and whether it is new: a key seen before gives the job it made then."""
    arrival = arrive(writer_of(session), request, owner=owner, key=key, fingerprint=fingerprint, limit=limit)
    if arrival is None:
        return await known(session, owner=owner, key=key, fingerprint=fingerprint, limit=limit), False
    return arrival.record, True


async def known(session: AsyncSession, *, owner: str, key: str | None, fingerprint: str | None, limit: int) -> Job:
    """Tell why nothing new came into the line: the key has its job already, which is returned, or there is no room."""
    sought = select(Job).where(Job.owner == owner, Job.idempotency_key == key)
    job = None if key is None else await session.scalar(sought)
    if job is None:
        waiting = await session.scalar(WAITING_COUNT)
        raise QueueFull(f"{waiting} songs are waiting and {limit} may.", retry_after=RETRY_AFTER)
    if job.fingerprint != fingerprint:
        raise Conflict("This Idempotency-Key was used for another request.", recovery="Use a fresh key.")
    return job


async def claim(session: AsyncSession, engine: str) -> Take | None:
    """Give the oldest waiting take of this engine away, or None when nothing waits."""
    oldest = select(Take.arrival).where(Take.status == PENDING, Take.engine == engine).order_by(Take.arrival).limit(1)
    taken = (
        await session.execute(
            update(Take)
            .where(Take.arrival == oldest.scalar_subquery(), Take.status == PENDING)
            .values(
                status=PROCESSING,
                claim=new_id(),
                attempt=Take.attempt + 1,
                track_id=new_id(),
                started_at=now(),
            )
            .returning(Take.arrival, Take.job_number)
            .execution_options(synchronize_session=False)
        )
    ).one_or_none()
    if taken is None:
        return None
    job = await _settle(session, taken.job_number)
    return next(take for take in job.takes if take.arrival == taken.arrival)


async def finish(session: AsyncSession, claim: str, seconds: float, *, song: Song, size: int) -> Job | None:
    """End a take with its song, which enters the library. None: the take is not this claim's any more."""
    take = await _processing(session, claim)
    if take is None:
        return None
    await tracks.add(session, take, song, size=size, seconds=seconds)
    return await _leave(session, claim, {"status": COMPLETED, "seconds": seconds, "finished_at": now()})


async def fail(session: AsyncSession, claim: str, code: str, detail: str, *, final: bool) -> Job | None:
    """End a take without a song, or let it try again at its old place. None: not this claim's any more."""
    take = await _processing(session, claim)
    if take is None:
        return None
    if take.job.cancelling:
        return await cancelled(session, claim)
    if final or take.attempt >= MAX_ATTEMPTS:
        return await _leave(session, claim, _failed(code, detail))
    return await _leave(session, claim, WAITING)


async def put_back(session: AsyncSession, claim: str) -> Job | None:
    """Let a take wait again because the server stops: that costs it no attempt."""
    take = await _processing(session, claim)
    if take is None:
        return None
    if take.job.cancelling:
        return await cancelled(session, claim)
    return await _leave(session, claim, WAITING | {"attempt": Take.attempt - 1})


async def cancel(session: AsyncSession, job_id: str, owner: str = LOCAL) -> Job:
    """Stop a job: what waits is cancelled at once, what runs is asked to stop. A job that has ended stays as it is."""
    job = await find(session, job_id, owner)
    if job.is_final:
        return job
    await _update(session, _cancelled(), Take.job_number == job.number, Take.status == PENDING)
    await session.execute(
        update(Job)
        .where(Job.number == job.number, Job.status.not_in(FINAL))
        .values(cancelling=True)
        .execution_options(synchronize_session=False)
    )
    return await _settle(session, job.number)


async def cancelled(session: AsyncSession, claim: str) -> Job | None:
    """End a running take that has stopped. None: not this claim's any more."""
    return await _leave(session, claim, _cancelled())


async def recover(session: AsyncSession) -> list[Job]:
    """At the start: what the last server left processing waits again, unless servers died over it too often."""
    left = (await session.scalars(select(Take).where(Take.status == PROCESSING).order_by(Take.arrival))).all()
    for take in left:
        interruptions = take.interruptions + 1
        if take.job.cancelling:
            end = _cancelled()
        elif interruptions >= MAX_INTERRUPTIONS:
            end = _failed(Interrupted.code, f"The server went down {interruptions} times while making this song.")
        else:
            end = WAITING
        counts = {"attempt": max(take.attempt - 1, 0), "interruptions": interruptions}
        await _update(session, counts | end, Take.arrival == take.arrival, Take.status == PROCESSING)
    return [await _settle(session, number) for number in dict.fromkeys(take.job_number for take in left)]


async def retry(session: AsyncSession, job_id: str, owner: str = LOCAL, *, limit: int = MAX_QUEUED) -> Job:
    """Ask for the same again as a new job; the old one stays as it ended."""
    job = await find(session, job_id, owner)
    if not job.is_final:
        raise Conflict("It has not ended yet.", recovery="Wait for it, or cancel it first.")
    again, _ = await enqueue(session, job.request, owner=owner, limit=limit)
    return again


async def find(session: AsyncSession, job_id: str, owner: str = LOCAL) -> Job:
    """Return one's own job. Another person's is not there."""
    job = await session.scalar(select(Job).where(Job.id == job_id, Job.owner == owner))
    if job is None:
        raise NotFound("There is no such job.")
    return job


async def listing(
    session: AsyncSession, owner: str = LOCAL, *, before: str | None = None, limit: int = 30
) -> Sequence[Job]:
    """Return jobs, the newest first; `before` is the id of the last one already seen."""
    jobs = select(Job).where(Job.owner == owner).order_by(Job.number.desc()).limit(limit)
    if before is not None:
        number = await session.scalar(select(Job.number).where(Job.id == before, Job.owner == owner))
        if number is None:
            raise InvalidRequest([FieldError("cursor", "This cursor leads nowhere; start at the first page.")])
        jobs = jobs.where(Job.number < number)
    return (await session.scalars(jobs)).all()


async def active(session: AsyncSession, owner: str = LOCAL, *, limit: int | None = None) -> Sequence[Job]:
    """Return the jobs that have not ended, the oldest first."""
    jobs = select(Job).where(Job.status.in_((PENDING, PROCESSING)), Job.owner == owner)
    return (await session.scalars(jobs.order_by(Job.number).limit(limit))).all()


async def active_count(session: AsyncSession, owner: str = LOCAL) -> int:
    """Count the jobs that have not ended."""
    jobs = select(func.count()).select_from(Job).where(Job.status.in_((PENDING, PROCESSING)), Job.owner == owner)
    return await session.scalar(jobs) or 0


async def ended(session: AsyncSession, owner: str = LOCAL, limit: int = 20) -> Sequence[Job]:
    """Return the jobs that have ended, the newest first."""
    newest = [
        select(Job.number)
        .where(Job.status == status, Job.owner == owner)
        .order_by(Job.number.desc())
        .limit(limit)
        .subquery()
        .select()
        for status in FINAL
    ]
    jobs = select(Job).where(Job.number.in_(union_all(*newest))).order_by(Job.number.desc()).limit(limit)
    return (await session.scalars(jobs)).all()


async def place(session: AsyncSession, job: Job) -> tuple[int, float] | None:
    """Count the takes before its first waiting one in its engine's line, and their seconds of song: (0, 0.0) is next.

    None: nothing of it waits.
    """
    first = min((take.arrival for take in job.takes if take.status == PENDING), default=None)
    if first is None:
        return None
    before = Take.status == PENDING, Take.engine == job.engine, Take.arrival < first
    counted = select(func.count(), func.coalesce(func.sum(Take.duration), 0.0)).where(*before)
    takes, seconds = (await session.execute(counted)).one()
    return takes, seconds


async def line(session: AsyncSession, engine: str) -> tuple[int, float]:
    """Count the takes that wait in an engine's line, and add up their seconds of song."""
    waiting = select(func.count(), func.coalesce(func.sum(Take.duration), 0.0)).where(
        Take.status == PENDING, Take.engine == engine
    )
    takes, seconds = (await session.execute(waiting)).one()
    return takes, seconds


async def counts(session: AsyncSession) -> dict[str, int]:
    """Count the takes that wait and that run."""
    rows = await session.execute(
        select(Take.status, func.count()).where(Take.status.in_((PENDING, PROCESSING))).group_by(Take.status)
    )
    return {PENDING: 0, PROCESSING: 0} | {status: count for status, count in rows}


def _failed(code: str, detail: str) -> dict[str, Any]:
    return {
        "status": FAILED,
        "track_id": None,
        "error_code": code,
        "error_detail": detail or None,
        "finished_at": now(),
    }


def _cancelled() -> dict[str, Any]:
    return {"status": CANCELLED, "track_id": None, "error_code": TakeCancelled.code, "finished_at": now()}


async def _processing(session: AsyncSession, claim: str) -> Take | None:
    take = select(Take).where(Take.claim == claim, Take.status == PROCESSING)
    return await session.scalar(take.execution_options(populate_existing=True))


async def _leave(session: AsyncSession, claim: str, values: dict[str, Any]) -> Job | None:
    """Take a take out of the hands of its worker: the owner clause stands here, once for all."""
    number = await _update(session, values, Take.claim == claim, Take.status == PROCESSING)
    return None if number is None else await _settle(session, number)


async def _update(session: AsyncSession, values: dict[str, Any], *where: ColumnElement[bool]) -> int | None:
    """Change takes; returns the number of their job, None when there was no such take."""
    writer_of(session).memory.pop("waiting", None)  # one may wait again
    changed = await session.scalars(
        update(Take)
        .where(*where)
        .values(values)
        .returning(Take.job_number)
        .execution_options(synchronize_session=False)
    )
    return next(iter(changed.all()), None)


async def _settle(session: AsyncSession, number: int) -> Job:
    """Make the job say what its takes say, unless it has ended: that never changes."""
    fresh = select(Job).where(Job.number == number).execution_options(populate_existing=True)
    job = (await session.scalars(fresh)).one()
    if job.is_final:
        return job
    await session.execute(
        update(Job)
        .where(Job.number == number, Job.status.not_in(FINAL))
        .values(**_state(job))
        .execution_options(synchronize_session=False)
    )
    return (await session.scalars(fresh)).one()


def _state(job: Job) -> dict[str, Any]:
    statuses = {take.status for take in job.takes}
    if statuses == {PENDING}:
        return {"status": PENDING, "started_at": None}
    if statuses & {PENDING, PROCESSING}:
        return {"status": PROCESSING, "started_at": job.started_at or now()}
    asked = job.cancelling or CANCELLED in statuses
    end = CANCELLED if asked else COMPLETED if COMPLETED in statuses else FAILED
    return {"status": end, "cancelling": False, "finished_at": now()}
