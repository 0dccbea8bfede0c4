"""The application: parts are built once, handed over by name, started on entering and stopped on leaving."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import structlog
from litestar import Litestar, Router
from litestar.config.compression import CompressionConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.routes import HTTPRoute
from litestar.types import Receive, Scope, Send

from musicgen_web.bundle import bundled
from musicgen_web.datadir import DataDir, sweep
from musicgen_web.db import Database
from musicgen_web.doctor import Patient
from musicgen_web.engines.base import EngineSpec
from musicgen_web.figures import Figures
from musicgen_web.jobs.dispatcher import Dispatcher
from musicgen_web.jobs.estimates import Estimates
from musicgen_web.jobs.events import Broadcaster
from musicgen_web.library import tracks
from musicgen_web.library.audio import Formats
from musicgen_web.library.trash import Trash
from musicgen_web.settings import Settings
from musicgen_web.web import audio, generate, lint, pieces, presets, reference, songs, system, understood
from musicgen_web.web import jobs as job_pages
from musicgen_web.web import library as library_pages
from musicgen_web.web import live as live_pages
from musicgen_web.web import tracks as track_pages
from musicgen_web.web import trash as trash_pages
from musicgen_web.web.api import events as api_events
from musicgen_web.web.api import jobs as api_jobs
from musicgen_web.web.api import system as api_system
from musicgen_web.web.api import tracks as api_tracks
from musicgen_web.web.assets import load_assets, static_route
from musicgen_web.web.bodies import MAX_BODY, refuse_other_kinds
from musicgen_web.web.checkup import Checkup
from musicgen_web.web.frame import problem_page
from musicgen_web.web.house import House
from musicgen_web.web.methods import tell_all_methods
from musicgen_web.web.metrics import Meter, metrics
from musicgen_web.web.problems import Problems
from musicgen_web.web.schema import Schema
from musicgen_web.web.security import Door
from musicgen_web.web.templating import environment, template_config

NEVER_SQUEEZED = [r"/events$", r"/audio\.", r"^/static", r"\.zip$"]  # streams must not wait, sound does not shrink

log = structlog.get_logger()


class Site:
    """The whole application as one ASGI callable, with what its server needs to stop it."""

    def __init__(
        self, door: Door, dispatcher: Dispatcher, events: Broadcaster, figures: Figures, *, address: str
    ) -> None:
        self.door, self.dispatcher, self.events, self.address = door, dispatcher, events, address
        self.meter = Meter(door, figures)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.meter(scope, receive, send)

    async def stop(self, grace_seconds: float) -> None:
        """Take no new work, let running takes finish or put them back, then end every stream."""
        try:
            await self.dispatcher.drain(grace_seconds)
        finally:
            self.events.close()


def create_site(settings: Settings, datadir: DataDir, engines: Sequence[EngineSpec]) -> Site:
    """Build all parts. Nothing runs and nothing is opened before the lifespan begins."""
    db, events, estimates = Database(datadir.database), Broadcaster(), Estimates()
    figures = Figures()
    db.on_batch = figures.committed
    dispatcher = Dispatcher(
        db, datadir, events, estimates, engines, stall_seconds=settings.job_stall_seconds, figures=figures
    )
    formats = Formats(datadir.cache)
    trash = Trash(
        db,
        datadir,
        formats,
        days=settings.trash_days,
        tell=lambda owner, gone: events.track(owner, None, gone, "removed"),
    )
    assets = load_assets(bundled("static"))
    templates = environment(assets)
    checkup = Checkup(
        Patient(settings=settings, is_serving=True),
        is_built_in=any(engine.name == "diffrhythm" for engine in engines),
    )
    house = House(
        engines=tuple(engines),
        engine=engines[0].name if settings.engine == "auto" else settings.engine,
        max_queued=settings.max_queued,
        trash_days=settings.trash_days,
    )

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        async with db, trash.watched():
            async with db.read() as session:
                known = await tracks.ids(session)
                await estimates.load(session, [engine.name for engine in engines])
            await asyncio.to_thread(sweep, datadir, known)
            async with dispatcher.running():
                yield
                events.close()
            await formats.close()

    parts: dict[str, object] = {
        "house": house, "datadir": datadir, "db": db, "dispatcher": dispatcher, "events": events,
        "estimates": estimates, "formats": formats, "trash": trash, "figures": figures, "templates": templates,
        "checkup": checkup, "schema": Schema(house),
    }  # fmt: skip
    problems = Problems(partial(problem_page, templates, datadir.secret()))
    app = Litestar(
        route_handlers=[
            songs.router, understood.router, lint.router, presets.router, job_pages.router, library_pages.router,
            track_pages.router, trash_pages.router, live_pages.router, static_route(assets), audio.for_pages,
            audio.for_programs, pieces.router, system.system, metrics, reference.router,
            generate.generate, generate.status, generate.health, generate.healthz, generate.readyz,
            Router(
                "/api/v1",
                route_handlers=[api_jobs.router, api_tracks.router, api_events.stream, api_system.system],
                before_request=refuse_other_kinds,
            ),
        ],
        dependencies={name: _provided(part) for name, part in parts.items()},
        lifespan=[lifespan],
        template_config=template_config(templates),
        exception_handlers={Exception: problems.handle},
        before_send=[tell_all_methods],
        request_max_body_size=MAX_BODY,
        compression_config=CompressionConfig(backend="gzip", gzip_compress_level=6, exclude=NEVER_SQUEEZED),
        state=State({"secret": datadir.secret()}),
        openapi_config=None,
        logging_config=None,
        pdb_on_exception=False,
    )  # fmt: skip
    _resolve_one_by_one(app)
    door = Door(
        app,
        problems,
        allowed_hosts=settings.allowed_hosts,
        any_address=not settings.is_loopback,
        max_body=MAX_BODY,
    )
    return Site(door, dispatcher, events, figures, address=settings.address)


def _provided(part: object) -> Provide:
    """Hand one part to every handler that asks for it by name."""

    def give() -> Any:
        return part

    return Provide(give, sync_to_thread=False)


def _resolve_one_by_one(app: Litestar) -> None:
    """Let a handler's parts be handed over in turn: the framework starts a task for each, and ours never wait."""
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for _, model in route.route_handler_map.values():
                model.dependency_batches = [{one} for batch in model.dependency_batches for one in batch]
