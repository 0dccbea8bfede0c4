"""/api/v1/jobs: ask for songs, watch, cancel, retry."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Annotated

from litestar import Request, Response, Router, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, QueryParameter

from musicgen_web.db import Database
from musicgen_web.jobs import queue
from musicgen_web.jobs.dispatcher import Dispatcher
from musicgen_web.jobs.estimates import Estimates
from musicgen_web.jobs.events import Broadcaster, Closed, JobChanged, Reset
from musicgen_web.models import LOCAL, Job
from musicgen_web.web import asking
from musicgen_web.web.api.resources import job_json
from musicgen_web.web.forecast import forecast
from musicgen_web.web.generate import NO_STORE, accept
from musicgen_web.web.house import House

JobAnswer = Response[dict[str, object]]


async def _answer(
    db: Database, job: Job, dispatcher: Dispatcher, estimates: Estimates, *, status_code: int = 200
) -> JobAnswer:
    async with db.read() as session:
        body = job_json(job, await forecast(session, job, dispatcher, estimates))
    headers = NO_STORE | ({"location": f"/api/v1/jobs/{job.id}"} if status_code == 202 else {})
    return Response(body, status_code=status_code, headers=headers)


@post("/", status_code=202)
async def create(
    request: Request[object, object, State],
    house: NamedDependency[House],
    db: NamedDependency[Database],
    dispatcher: NamedDependency[Dispatcher],
    events: NamedDependency[Broadcaster],
    estimates: NamedDependency[Estimates],
    key: Annotated[str | None, HeaderParameter(name="Idempotency-Key")] = None,
) -> JobAnswer:
    job = await accept(request, key, house, db, dispatcher, events)
    return await _answer(db, job, dispatcher, estimates, status_code=202)


@get("/")
async def listing(
    db: NamedDependency[Database],
    dispatcher: NamedDependency[Dispatcher],
    estimates: NamedDependency[Estimates],
    cursor: Annotated[str | None, QueryParameter(max_length=64)] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=100)] = 20,
) -> JobAnswer:
    async with db.read() as session:
        found = await queue.listing(session, LOCAL, before=cursor, limit=limit + 1)
        shown = found[:limit]
        items = [job_json(job, await forecast(session, job, dispatcher, estimates)) for job in shown]
    next_cursor = shown[-1].id if len(found) > limit else None
    return Response({"items": items, "next_cursor": next_cursor}, headers=NO_STORE)


@get("/{job_id:str}")
async def one(
    job_id: FromPath[str],
    db: NamedDependency[Database],
    dispatcher: NamedDependency[Dispatcher],
    events: NamedDependency[Broadcaster],
    estimates: NamedDependency[Estimates],
    wait: Annotated[float, QueryParameter(ge=0, le=60)] = 0.0,
) -> JobAnswer:
    """One job; with `wait`, answer when it has ended or after so many seconds."""
    with events.watch(LOCAL) as inbox:
        async with db.read() as session:
            job = await queue.find(session, job_id, LOCAL)
        with suppress(TimeoutError):
            async with asyncio.timeout(wait):
                while not job.is_final and not isinstance(heard := await inbox.get(), Closed):
                    if isinstance(heard, JobChanged) and heard.job.id == job_id:
                        job = heard.job
                    elif isinstance(heard, Reset):
                        async with db.read() as session:
                            job = await queue.find(session, job_id, LOCAL)
    return await _answer(db, job, dispatcher, estimates)


@post("/{job_id:str}/cancel", status_code=200)
async def cancel(
    job_id: FromPath[str],
    db: NamedDependency[Database],
    dispatcher: NamedDependency[Dispatcher],
    events: NamedDependency[Broadcaster],
    estimates: NamedDependency[Estimates],
) -> JobAnswer:
    job = await asking.cancel(db, dispatcher, events, job_id)
    return await _answer(db, job, dispatcher, estimates)


@post("/{job_id:str}/retry", status_code=202)
async def retry(
    job_id: FromPath[str],
    house: NamedDependency[House],
    db: NamedDependency[Database],
    dispatcher: NamedDependency[Dispatcher],
    events: NamedDependency[Broadcaster],
    estimates: NamedDependency[Estimates],
) -> JobAnswer:
    job = await asking.retry(db, dispatcher, events, job_id, limit=house.max_queued)
    return await _answer(db, job, dispatcher, estimates, status_code=202)


router = Router("/jobs", route_handlers=[create, listing, one, cancel, retry])
