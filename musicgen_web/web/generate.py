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
from musicgen_web.errors import FieldError, InvalidRequest, MusicGenError
from musicgen_web.jobs import queue
from musicgen_web.jobs.dispatcher import Dispatcher
from musicgen_web.jobs.estimates import Estimates
from musicgen_web.jobs.events import Broadcaster
from musicgen_web.models import LOCAL, Job
from musicgen_web.web import asking
from musicgen_web.web.api.resources import status_json
from musicgen_web.web.bodies import json_object
from musicgen_web.web.forecast import forecast
from musicgen_web.web.forms import check, key_problem
from musicgen_web.web.house import House

NO_STORE = {"cache-control": "no-store"}
ENOUGH_DISK = 64 * 1024 * 1024  # bytes below which /readyz says the disk is full


async def accept(
    request: Request[object, object, State],
    key: str | None,
    house: House,
    db: Database,
    dispatcher: Dispatcher,
    events: Broadcaster,
) -> Job:
    """Read a JSON song request and enqueue it: what /generate and /api/v1/jobs share."""
    if key is not None and (message := key_problem(key)):
        raise InvalidRequest([FieldError("Idempotency-Key", message)])
    checked = check(await json_object(request), house.engines, house.engine)
    if checked.request is None:
        raise InvalidRequest(list(checked.errors))
    return await asking.ask(
        db, dispatcher, events, checked.request, key=key, fingerprint=checked.fingerprint, limit=house.max_queued
    )


@post("/generate", status_code=200)
async def generate(
    request: Request[object, object, State],
    house: NamedDependency[House],
    db: NamedDependency[Database],
    dispatcher: NamedDependency[Dispatcher],
    events: NamedDependency[Broadcaster],
    key: Annotated[str | None, HeaderParameter(name="Idempotency-Key")] = None,
) -> Response[dict[str, str]]:
    job = await accept(request, key, house, db, dispatcher, events)
    return Response({"job_id": job.id, "status": job.status}, headers=NO_STORE)


@get("/status/{job_id:str}")
async def status(
    job_id: FromPath[str],
    db: NamedDependency[Database],
    dispatcher: NamedDependency[Dispatcher],
    estimates: NamedDependency[Estimates],
) -> Response[dict[str, object]]:
    async with db.read() as session:
        job = await queue.find(session, job_id, LOCAL)
        return Response(status_json(job, await forecast(session, job, dispatcher, estimates)), headers=NO_STORE)


@get("/health")
async def health(
    house: NamedDependency[House], db: NamedDependency[Database], dispatcher: NamedDependency[Dispatcher]
) -> Response[dict[str, object]]:
    lanes = {state.name: state for state in dispatcher.state()}
    try:
        async with db.read() as session:
            counts: dict[str, int] | None = await queue.counts(session)
    except MusicGenError:
        counts = None
    is_well = counts is not None and not any(lane.is_broken for lane in lanes.values())
    lane = lanes[house.engine]
    body: dict[str, object] = {
        "status": "healthy" if is_well else "degraded",
        "model_loaded": lane.is_ready,
        "device": lane.device,
        "engine": house.engine,
        "version": __version__,
        "queue": counts or {"pending": 0, "processing": 0},
    }
    return Response(body, headers=NO_STORE)


@get("/healthz")
async def healthz() -> Response[dict[str, str]]:
    return Response({"status": "ok"}, headers=NO_STORE)


@get("/readyz")
async def readyz(
    db: NamedDependency[Database], dispatcher: NamedDependency[Dispatcher], datadir: NamedDependency[DataDir]
) -> Response[dict[str, object]]:
    checks = {"database": "ok", "disk": await asyncio.to_thread(_disk, datadir)}
    try:
        async with db.read() as session:
            await queue.counts(session)
    except MusicGenError as error:
        checks["database"] = error.title
    for lane in dispatcher.state():
        checks[f"worker {lane.name}"] = "broken" if lane.is_broken else "ok" if lane.is_ready else "loading"
    is_ready = all(word == "ok" for word in checks.values())
    body: dict[str, object] = {"status": "ready" if is_ready else "not ready", "checks": checks}
    return Response(body, status_code=200 if is_ready else 503, headers=NO_STORE)


def _disk(datadir: DataDir) -> str:
    try:
        if shutil.disk_usage(datadir.root).free < ENOUGH_DISK:
            return "full"
        try_to_write(datadir.incoming)
    except OSError:
        return "cannot be written"
    return "ok"
