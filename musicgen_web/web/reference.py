"""The API's own description: one document for programs, and the page of it for people."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.response import Template

from musicgen_web.db import Database
from musicgen_web.jobs.events import Broadcaster
from musicgen_web.web import cards
from musicgen_web.web.calls import reference
from musicgen_web.web.frame import VARY, Asked, frame
from musicgen_web.web.generate import NO_STORE
from musicgen_web.web.schema import Schema
from musicgen_web.web.told import SERVER, TOLD, Told


@get(
    "/openapi.json",
    tags=[SERVER],
    operation_id="getSchema",
    summary="This description",
    response_description="All calls of the API, as an OpenAPI 3.1 document.",
    opt={TOLD: Told(kinds=("application/json",))},
)
async def document(request: Asked, schema: NamedDependency[Schema]) -> Response[dict[str, Any]]:
    return Response(schema.of(request.app), headers=NO_STORE)


@get("/")
async def page(
    request: Asked, schema: NamedDependency[Schema], db: NamedDependency[Database], events: NamedDependency[Broadcaster]
) -> Template:
    seen = events.newest_id
    async with db.read() as session:
        making = await cards.making(session)
    told = reference(schema.of(request.app), str(request.base_url).rstrip("/"))
    context = frame(request, "schema", making=making, seen=seen) | {"api": told}
    return Template("schema/index.html", context=context, headers=VARY)


router = Router("/schema", route_handlers=[page, document])
