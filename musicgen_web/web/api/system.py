"""/api/v1/system: how this server is, for programs."""

from __future__ import annotations

from litestar import Response, get
from litestar.di import NamedDependency

from musicgen_web import __version__
from musicgen_web.db import Database
from musicgen_web.doctor import Finding, versions
from musicgen_web.jobs.dispatcher import Dispatcher
from musicgen_web.jobs.estimates import Estimates
from musicgen_web.parts import Missing
from musicgen_web.web.api.resources import queue_json, time_json
from musicgen_web.web.api.shapes import server as shapes
from musicgen_web.web.api.shapes.server import Engine, System
from musicgen_web.web.checkup import Checkup
from musicgen_web.web.generate import NO_STORE
from musicgen_web.web.house import House
from musicgen_web.web.overview import EngineReport, Overview, overview
from musicgen_web.web.told import SERVER, TOLD, Told


@get(
    "/system",
    tags=[SERVER],
    operation_id="getSystem",
    summary="How this server is",
    response_description="All of it; what the doctor saw is at most ten seconds old.",
    opt={TOLD: Told()},
)
async def system(
    house: NamedDependency[House],
    db: NamedDependency[Database],
    dispatcher: NamedDependency[Dispatcher],
    estimates: NamedDependency[Estimates],
    checkup: NamedDependency[Checkup],
) -> Response[System]:
    """Engines and what they lack, the machine, the queue, the library, the disk, and the doctor's findings."""
    return Response(system_json(await overview(house, db, dispatcher, estimates, checkup)), headers=NO_STORE)


def system_json(found: Overview) -> System:
    """Return the whole of it; `queue`, `library` and `disk` are null where they cannot be read."""
    disk, library = found.seen.disk, found.library
    return {
        "version": __version__,
        "device": found.seen.report.graphics.device,
        "engine": found.engine,
        "engines": [engine_json(engine) for engine in found.engines],
        "queue": None if found.counts is None else queue_json(found.counts),
        "library": None if library is None else {"songs": library[0], "seconds": library[1]},
        "disk": None if disk is None else {"free": disk[0], "size": disk[1]},
        "versions": versions(),
        "findings": [finding_json(finding) for finding in found.seen.report.findings],
        "looked_at": time_json(found.seen.at),
    }


def engine_json(engine: EngineReport) -> Engine:
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


def finding_json(finding: Finding) -> shapes.Finding:
    return {
        "name": finding.name,
        "title": finding.title,
        "status": finding.status,
        "words": finding.words,
        "note": finding.note,
        "remedy": finding.remedy,
    }


def missing_json(lack: Missing) -> shapes.Missing:
    files: list[shapes.MissingFile] = [
        {"name": file.name, "size": file.size, "purpose": file.purpose} for file in lack.files
    ]
    return {
        "what": lack.what,
        "words": lack.words,
        "remedy": lack.remedy,
        "command": lack.command or None,
        "files": files,
    }
