"""A job comes into the line: the one verb that comes in crowds, so it is prepared statements and plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.sqlite import insert

from musicgen_web.engines.base import SongRequest
from musicgen_web.models import LOCAL, PENDING, Base, Job, Take, new_id, now
from musicgen_web.prepared import Prepared
from musicgen_web.turns import Writer

MAX_QUEUED = 10_000  # takes

NEW_JOB: dict[str, Any] = {"status": PENDING, "cancelling": False, "started_at": None, "finished_at": None}
NEW_TAKE: dict[str, Any] = {
    "status": PENDING,
    "claim": None,
    "attempt": 0,
    "interruptions": 0,
    "track_id": None,
    "error_code": None,
    "error_detail": None,
    "seconds": None,
    "started_at": None,
    "finished_at": None,
}
JOB, TAKE = Base.metadata.tables["job"], Base.metadata.tables["take"]
ENQUEUE = Prepared(
    insert(JOB).on_conflict_do_nothing(index_elements=[JOB.c.owner, JOB.c.idempotency_key]).returning(JOB.c.number),
    JOB.c.keys()[1:],
)
ENQUEUE_TAKE = Prepared(insert(TAKE).returning(TAKE.c.arrival), TAKE.c.keys()[1:])
WAITING_COUNT = select(func.count()).select_from(TAKE).where(TAKE.c.status == PENDING)
COUNT = Prepared(WAITING_COUNT)


class Arrival:
    """A job that has just come into the line, as its rows say. To make records of them is dear, and few need those."""

    def __init__(self, job: Mapping[str, Any], takes: Sequence[Mapping[str, Any]]) -> None:
        self._job, self._takes = job, takes
        self.id: str = job["id"]
        self.status: str = job["status"]
        self.engine: str = job["engine"]
        self.request: SongRequest = job["request"]

    @cached_property
    def record(self) -> Job:
        """The job as the database would tell it."""
        return Job(**self._job, takes=[Take(**take) for take in self._takes])


def record_of(job: Job | Arrival) -> Job:
    return job if isinstance(job, Job) else job.record


def arrive(
    writer: Writer,
    request: SongRequest,
    *,
    owner: str = LOCAL,
    key: str | None = None,
    fingerprint: str | None = None,
    limit: int = MAX_QUEUED,
) -> Arrival | None:
    """Put a request in line. None, and nothing is written: there is no room, or the key has its job already."""
    if not _has_room(writer, request.takes, limit):
        return None
    job = NEW_JOB | {
        "id": new_id(),
        "owner": owner,
        "idempotency_key": key,
        "fingerprint": fingerprint,
        "request": request,
        "engine": request.engine,
        "created_at": now(),
    }
    numbers = writer.run(ENQUEUE, job)
    if not numbers:
        return None
    job["number"] = numbers[0][0]
    wish = NEW_TAKE | {"job_number": job["number"], "engine": request.engine, "duration": request.duration}
    takes: list[dict[str, Any]] = []
    for place in range(1, request.takes + 1):
        take = wish | {"number": place}
        ((take["arrival"],),) = writer.run(ENQUEUE_TAKE, take)
        takes.append(take)
    writer.memory["waiting"] += request.takes
    return Arrival(job, takes)


def _has_room(writer: Writer, takes: int, limit: int) -> bool:
    """Whether so many takes more may wait. To count is to walk along the line, so the count is remembered.

    What is remembered may be too many (a claim), so a refusal counts anew.
    """
    memory = writer.memory
    if "waiting" not in memory or memory["waiting"] + takes > limit:
        ((memory["waiting"],),) = writer.run(COUNT)
    return bool(memory["waiting"] + takes <= limit)
