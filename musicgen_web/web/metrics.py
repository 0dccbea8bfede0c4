"""GET /metrics: the server's figures for Prometheus, and the counting of answers."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from musicgen_web.db import Database
from musicgen_web.errors import Forbidden, MusicGenError
from musicgen_web.figures import Figures
from musicgen_web.jobs.dispatcher import Dispatcher
from musicgen_web.jobs.events import Broadcaster
from musicgen_web.models import STATUSES, Job, Take, Track
from musicgen_web.web.generate import NO_STORE
from musicgen_web.web.told import SERVER, TOLD, Told

PASSED_ON = ("forwarded", "x-forwarded-for", "x-real-ip")  # a proxy stands between: who asks may be anywhere
PROBES = ("/health", "/healthz", "/readyz", "/metrics")
CALLS = ("/api/", "/generate", "/status/", "/schema/")


class Meter:
    """Counts what the application answers."""

    def __init__(self, app: ASGIApp, figures: Figures) -> None:
        self.app, self.figures = app, figures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        route = route_class(scope["path"])

        async def send_counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.figures.answered(route, message["status"])
            await send(message)

        await self.app(scope, receive, send_counted)


def route_class(path: str) -> str:
    """Return which kind of address it is: few, whatever is asked for."""
    if path in ("/events", "/api/v1/events"):
        return "stream"
    if path.startswith("/static"):
        return "static"
    if path in PROBES:
        return "probe"
    if "/audio." in path:
        return "audio"
    return "api" if path.startswith(CALLS) else "page"


@get(
    "/metrics",
    tags=[SERVER],
    operation_id="getMetrics",
    summary="Figures for Prometheus",
    response_description="The figures, in Prometheus' text format.",
    opt={TOLD: Told(kinds=(CONTENT_TYPE_LATEST,), refuses=(Forbidden,))},
)
async def metrics(
    request: Request[object, object, State],
    figures: NamedDependency[Figures],
    db: NamedDependency[Database],
    dispatcher: NamedDependency[Dispatcher],
    events: NamedDependency[Broadcaster],
) -> Response[bytes]:
    """Tell the figures, to this machine alone. What the database does not tell just now is left out."""
    if not _is_near(request):
        raise Forbidden("Figures are told to this machine alone.", recovery="Ask from the machine the server runs on.")
    for gauge in (figures.jobs, figures.takes, figures.tracks, figures.workers):
        gauge.clear()
    engines = [state.name for state in dispatcher.state()]
    try:
        async with db.read() as session:
            jobs, takes, kept, trashed = await _counted(session)
    except MusicGenError:
        pass
    else:
        for status in STATUSES:
            figures.jobs.labels(status).set(jobs.get(status, 0))
            for engine in {*engines, *(name for name, _ in takes)}:
                figures.takes.labels(engine, status).set(takes.get((engine, status), 0))
        figures.tracks.labels("library").set(kept)
        figures.tracks.labels("trash").set(trashed)
    for lane in dispatcher.state():
        for state, workers in (("ready", lane.ready), ("busy", lane.busy), ("broken", lane.broken)):
            figures.workers.labels(lane.name, state).set(workers)
    figures.streams.set(events.open_streams)
    return Response(figures.text(), headers=NO_STORE | {"content-type": CONTENT_TYPE_LATEST})


async def _counted(session: AsyncSession) -> tuple[Mapping[str, int], Mapping[tuple[str, str], int], int, int]:
    """Count jobs by status, takes by engine and status, tracks in the library and in the trash."""
    jobs = await session.execute(select(Job.status, func.count()).group_by(Job.status))
    takes = await session.execute(select(Take.engine, Take.status, func.count()).group_by(Take.engine, Take.status))
    tracks, trashed = (await session.execute(select(func.count(), func.count(Track.deleted_at)))).one()
    return (
        {status: count for status, count in jobs},
        {(engine, status): count for engine, status, count in takes},
        tracks - trashed,
        trashed,
    )


def _is_near(request: Request[object, object, State]) -> bool:
    """Whether it was asked from this machine, by somebody on it."""
    if request.client is None or any(name in request.headers for name in PASSED_ON):
        return False
    try:
        address = ipaddress.ip_address(request.client.host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)  # what a socket for both families calls 127.0.0.1
    return (mapped or address).is_loopback
