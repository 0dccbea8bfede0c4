"""/api/v1/system: how this server is, for programs."""

from __future__ import annotations

from dataclasses import asdict

from litestar import Response, get
from litestar.di import NamedDependency

from musicgen_web import __version__
from musicgen_web.db import Database
from musicgen_web.doctor import versions
from musicgen_web.jobs.dispatcher import Dispatcher
from musicgen_web.jobs.estimates import Estimates
from musicgen_web.parts import Missing
from musicgen_web.web.api.resources import time_json
from musicgen_web.web.checkup import Checkup
from musicgen_web.web.generate import NO_STORE
from musicgen_web.web.house import House
from musicgen_web.web.overview import EngineReport, Overview, overview


@get("/system")
async def system(
    house: NamedDependency[House],
    db: NamedDependency[Database],
    dispatcher: NamedDependency[Dispatcher],
    estimates: NamedDependency[Estimates],
    checkup: NamedDependency[Checkup],
) -> Response[dict[str, object]]:
    return Response(system_json(await overview(house, db, dispatcher, estimates, checkup)), headers=NO_STORE)


def system_json(found: Overview) -> dict[str, object]:
    """Return the whole of it; `queue`, `library` and `disk` are null where they cannot be read."""
    disk, library = found.seen.disk, found.library
    return {
        "version": __version__,
        "device": found.seen.report.graphics.device,
        "engine": found.engine,
        "engines": [engine_json(engine) for engine in found.engines],
        "queue": found.counts,
        "library": None if library is None else {"songs": library[0], "seconds": library[1]},
        "disk": None if disk is None else {"free": disk[0], "size": disk[1]},
        "versions": versions(),
        "findings": [asdict(finding) for finding in found.seen.report.findings],
        "looked_at": time_json(found.seen.at),
    }


def engine_json(engine: EngineReport) -> dict[str, object]:
    state = engine.state
    return {
        "name": state.name,
        "title": state.title,
        "ready": engine.is_ready,
        "device": state.device,
        "problem": state.problem,
        "workers": {"count": state.workers, "ready": state.ready, "busy": state.busy, "broken": state.broken},
        "missing": [missing_json(lack) for lack in engine.missing],
    }


def missing_json(lack: Missing) -> dict[str, object]:
    files = [{"name": file.name, "size": file.size, "purpose": file.purpose} for file in lack.files]
    return {
        "what": lack.what,
        "words": lack.words,
        "remedy": lack.remedy,
        "command": lack.command or None,
        "files": files,
    }
