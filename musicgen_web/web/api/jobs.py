"""/api/v1/jobs: ask for songs, watch, cancel, retry."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Annotated

from litestar import Request, Response, Router, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from musicgen_web.db import Database
from musicgen_web.errors import Conflict, QueueFull
from musicgen_web.jobs import queue
from musicgen_web.jobs.arrival import record_of
from musicgen_web.jobs.dispatcher import Dispatcher
from musicgen_web.jobs.estimates import Estimates
from musicgen_web.jobs.events import Broadcaster, Closed, JobChanged, Reset
from musicgen_web.models import LOCAL, Job
from musicgen_web.web import asking
from musicgen_web.web.api.paging import Cursor, Limit
from musicgen_web.web.api.resources import job_json
from musicgen_web.web.api.shapes import jobs as shapes
from musicgen_web.web.api.wishes import SongWish
from musicgen_web.web.forecast import forecast
from musicgen_web.web.generate import ASKING, NO_STORE, IdempotencyKey, accept
from musicgen_web.web.house import House
from musicgen_web.web.told import JOBS, READS, TOLD, WRITES, Told

LOCATION = "The job's address."
JobAnswer = Response[shapes.Job]


async def _answer(
    db: Database, job: Job, dispatcher: Dispatcher, estimates: Estimates, *, status_code: int = 200
) -> JobAnswer:
    async with db.read() as session:
        body = job_json(job, await forecast(session, job, dispatcher, estimates))
    headers = NO_STORE | ({"location": f"/api/v1/jobs/{job.id}"} if status_code == 202 else {})
    return Response(body, status_code=status_code, headers=headers)


@post(
    "/",
    status_code=202,
    tags=[JOBS],
    operation_id="createJob",
    summary="Ask for a song",
    response_description="The job, kept and in line.",
    opt={TOLD: Told(body=SongWish, adds={"Location": LOCATION}, refuses=ASKING)},
)
async def create(
    request: Request[object, object, State],
    house: NamedDependency[House],
    db: NamedDependency[Database],
    dispatcher: NamedDependency[Dispatcher],
    events: NamedDependency[Broadcaster],
    estimates: NamedDependency[Estimates],
    key: IdempotencyKey = None,
) -> JobAnswer:
    """The same as `/generate`, with the whole job as the answer."""
    job = await accept(request, key, house, db, dispatcher, events)
    return await _answer(db, record_of(job), dispatcher, estimates, status_code=202)


@get(
    "/",
    tags=[JOBS],
    operation_id="listJobs",
    summary="The jobs",
    response_description="One page of them, newest first.",
    opt={TOLD: Told(refuses=READS)},
)
async def listing(
    db: NamedDependency[Database],
    dispatcher: NamedDependency[Dispatcher],
    estimates: NamedDependency[Estimates],
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Response[shapes.Jobs]:
    """Finished, failed and cancelled ones too."""
    async with db.read() as session:
        found = await queue.listing(session, LOCAL, before=cursor, limit=limit + 1)
        shown = found[:limit]
        items = [job_json(job, await forecast(session, job, dispatcher, estimates)) for job in shown]
    next_cursor = shown[-1].id if len(found) > limit else None
    return Response(shapes.Jobs(items=items, next_cursor=next_cursor), headers=NO_STORE)


@get(
    "/{job_id:str}",
    tags=[JOBS],
    operation_id="getJob",
    summary="One job",
    response_description="The job as it is now.",
    opt={TOLD: Told(refuses=READS)},
)
async def one(
    job_id: FromPath[str],
    db: NamedDependency[Database],
    dispatcher: NamedDependency[Dispatcher],
    events: NamedDependency[Broadcaster],
    estimates: NamedDependency[Estimates],
    wait: Annotated[float, QueryParameter(ge=0, le=60, description="Seconds to wait for its end.")] = 0.0,
) -> JobAnswer:
    """With `wait` the answer comes when the job has ended, or after so many seconds."""
    with events.watch(LOCAL) as inbox:
        async with db.read() as session:
            job = await queue.find(session, job_id, LOCAL)
        with suppress(TimeoutError):
            async with asyncio.timeout(wait):
                while not job.is_final and not isinstance(heard := await inbox.get(), Closed):
                    if isinstance(heard, JobChanged) and heard.about.id == job_id:
                        job = heard.job
                    elif isinstance(heard, Reset):
                        async with db.read() as session:
                            job = await queue.find(session, job_id, LOCAL)
    return await _answer(db, job, dispatcher, estimates)


@post(
    "/{job_id:str}/cancel",
    status_code=200,
    tags=[JOBS],
    operation_id="cancelJob",
    summary="Cancel a job",
    response_description="The job; `cancelling` while a worker has yet to stop.",
    opt={TOLD: Told(refuses=WRITES)},
)
async def cancel(
    job_id: FromPath[str],
    db: NamedDependency[Database],
    dispatcher: NamedDependency[Dispatcher],
    events: NamedDependency[Broadcaster],
    estimates: NamedDependency[Estimates],
) -> JobAnswer:
    """Waiting takes are cancelled at once, a running one within two seconds. Finished takes stay; a job that has ended
    stays as it ended."""
    job = await asking.cancel(db, dispatcher, events, job_id)
    return await _answer(db, job, dispatcher, estimates)


@post(
    "/{job_id:str}/retry",
    status_code=202,
    tags=[JOBS],
    operation_id="retryJob",
    summary="Ask for the same again",
    response_description="The new job. The old one stays as it ended.",
    opt={TOLD: Told(adds={"Location": LOCATION}, refuses=(*WRITES, Conflict, QueueFull))},
)
async def retry(
    job_id: FromPath[str],
    house: NamedDependency[House],
    db: NamedDependency[Database],
    dispatcher: NamedDependency[Dispatcher],
    events: NamedDependency[Broadcaster],
    estimates: NamedDependency[Estimates],
) -> JobAnswer:
    """A new job from the same request and seed. Only of a job that has ended."""
    job = await asking.retry(db, dispatcher, events, job_id, limit=house.max_queued)
    return await _answer(db, job, dispatcher, estimates, status_code=202)


router = Router("/jobs", route_handlers=[create, listing, one, cancel, retry])
