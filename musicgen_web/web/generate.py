"""The three calls that scripts already know (generate, status, health), and the probes beside them."""

from __future__ import annotations

import asyncio
import shutil
from typing import Annotated

from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter

from musicgen_web import __version__
from musicgen_web.datadir import DataDir, try_to_write
from musicgen_web.db import Database
from musicgen_web.errors import Conflict, FieldError, InvalidRequest, ModelNotLoaded, MusicGenError, QueueFull
from musicgen_web.jobs import queue
from musicgen_web.jobs.arrival import Arrival
from musicgen_web.jobs.dispatcher import Dispatcher
from musicgen_web.jobs.estimates import Estimates
from musicgen_web.jobs.events import Broadcaster
from musicgen_web.models import LOCAL, Job
from musicgen_web.web import asking
from musicgen_web.web.api.resources import queue_json, status_json
from musicgen_web.web.api.shapes.jobs import Accepted, JobStatus
from musicgen_web.web.api.shapes.server import Alive, Health, Readiness
from musicgen_web.web.api.wishes import MAX_KEY, SongWish
from musicgen_web.web.bodies import json_object
from musicgen_web.web.forecast import forecast
from musicgen_web.web.forms import check, key_problem
from musicgen_web.web.house import House
from musicgen_web.web.told import CALLS, READS, SERVER, TOLD, WRITES, Also, Refusals, Told

NO_STORE = {"cache-control": "no-store"}
ASKING: Refusals = (*WRITES, Conflict, QueueFull, ModelNotLoaded)
IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        description="Sent twice with the same body it makes one job; with another body it is a conflict. "
        "Kept as long as the job.",
        schema_extra={"minLength": 1, "maxLength": MAX_KEY, "pattern": "^[ -~]+$"},  # as forms.key_problem checks it
    ),
]
ENOUGH_DISK = 64 * 1024 * 1024  # bytes below which /readyz says the disk is full


async def accept(
    request: Request[object, object, State],
    key: str | None,
    house: House,
    db: Database,
    dispatcher: Dispatcher,
    events: Broadcaster,
) -> Job | Arrival:
    """Read a JSON song request and enqueue it: what /generate and /api/v1/jobs share."""
    if key is not None and (message := key_problem(key)):
        raise InvalidRequest([FieldError("Idempotency-Key", message)])
    checked = check(await json_object(request), house.engines, house.engine)
    if checked.request is None:
        raise InvalidRequest(list(checked.errors))
    fingerprint = checked.fingerprint if key else None  # nobody compares it without a key
    return await asking.ask(
        db, dispatcher, events, checked.request, key=key, fingerprint=fingerprint, limit=house.max_queued
    )


@post(
    "/generate",
    status_code=200,
    tags=[CALLS],
    operation_id="generate",
    summary="Ask for a song",
    response_description="The request is kept: a job will be made of it, however often the server is restarted.",
    opt={TOLD: Told(body=SongWish, refuses=ASKING)},
)
async def generate(
    request: Request[object, object, State],
    house: NamedDependency[House],
    db: NamedDependency[Database],
    dispatcher: NamedDependency[Dispatcher],
    events: NamedDependency[Broadcaster],
    key: IdempotencyKey = None,
) -> Response[Accepted]:
    """Ask with no more than a prompt; everything else has a default. The answer comes at once, the song when it is
    made: look at `/status/{job_id}`, or open the event stream."""
    job = await accept(request, key, house, db, dispatcher, events)
    return Response(Accepted(job_id=job.id, status=job.status), headers=NO_STORE)


@get(
    "/status/{job_id:str}",
    tags=[CALLS],
    operation_id="getStatus",
    summary="How a job stands",
    response_description="The job as it is now.",
    opt={TOLD: Told(refuses=READS)},
)
async def status(
    job_id: FromPath[str],
    db: NamedDependency[Database],
    dispatcher: NamedDependency[Dispatcher],
    estimates: NamedDependency[Estimates],
) -> Response[JobStatus]:
    """Poll as often as once a second. `result_path` appears with the first finished take."""
    async with db.read() as session:
        job = await queue.find(session, job_id, LOCAL)
        return Response(status_json(job, await forecast(session, job, dispatcher, estimates)), headers=NO_STORE)


@get(
    "/health",
    tags=[CALLS],
    operation_id="getHealth",
    summary="Whether the server is well",
    response_description="Always, while the process lives.",
    opt={TOLD: Told()},
)
async def health(
    house: NamedDependency[House], db: NamedDependency[Database], dispatcher: NamedDependency[Dispatcher]
) -> Response[Health]:
    """For people and scripts. Probes of an orchestrator ask `/healthz` and `/readyz`."""
    lanes = {state.name: state for state in dispatcher.state()}
    try:
        async with db.read() as session:
            counts: dict[str, int] | None = await queue.counts(session)
    except MusicGenError:
        counts = None
    is_well = counts is not None and not any(lane.is_broken for lane in lanes.values())
    lane = lanes[house.engine]
    body: Health = {
        "status": "healthy" if is_well else "degraded",
        "model_loaded": lane.is_ready,
        "device": lane.device,
        "engine": house.engine,
        "version": __version__,
        "queue": queue_json(counts or {}),
    }
    return Response(body, headers=NO_STORE)


@get(
    "/healthz",
    tags=[SERVER],
    operation_id="getHealthz",
    summary="Probe: the process lives",
    response_description="It lives.",
    opt={TOLD: Told()},
)
async def healthz() -> Response[Alive]:
    return Response(Alive(status="ok"), headers=NO_STORE)


@get(
    "/readyz",
    tags=[SERVER],
    operation_id="getReadyz",
    summary="Probe: work can be taken",
    response_description="Workers, disk and database are ready.",
    opt={TOLD: Told(also={503: Also("Not ready, with the reason.", Readiness)})},
)
async def readyz(
    db: NamedDependency[Database], dispatcher: NamedDependency[Dispatcher], datadir: NamedDependency[DataDir]
) -> Response[Readiness]:
    checks = {"database": "ok", "disk": await asyncio.to_thread(_disk, datadir)}
    try:
        async with db.read() as session:
            await queue.counts(session)
    except MusicGenError as error:
        checks["database"] = error.title
    for lane in dispatcher.state():
        checks[f"worker {lane.name}"] = "broken" if lane.is_broken else "ok" if lane.is_ready else "loading"
    is_ready = all(word == "ok" for word in checks.values())
    body: Readiness = {"status": "ready" if is_ready else "not ready", "checks": checks}
    return Response(body, status_code=200 if is_ready else 503, headers=NO_STORE)


def _disk(datadir: DataDir) -> str:
    try:
        if shutil.disk_usage(datadir.root).free < ENOUGH_DISK:
            return "full"
        try_to_write(datadir.incoming)
    except OSError:
        return "cannot be written"
    return "ok"
