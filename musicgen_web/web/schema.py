"""The API as one OpenAPI 3.1 document, read off the handlers: their signatures, what they wear (`told.py`), and the
shapes of what comes and goes (`api/wishes.py`, `api/shapes/`). Made at the first request and kept."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, get_args

import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.params import HeaderParameter, QueryParameter
from litestar.response import Response
from litestar.routes import HTTPRoute
from litestar.types import Method
from litestar.typing import FieldDefinition

from musicgen_web import __version__
from musicgen_web.errors import (
    Forbidden,
    Internal,
    InvalidRequest,
    MusicGenError,
    NotFound,
    TooLarge,
    UnsupportedType,
    WrongHost,
)
from musicgen_web.library.audio import FORMATS
from musicgen_web.web import refusals
from musicgen_web.web.api import wishes
from musicgen_web.web.api.shapes import jobs, news, problems, server, tracks
from musicgen_web.web.forms import ABSENT
from musicgen_web.web.house import House
from musicgen_web.web.samples import sample
from musicgen_web.web.security import SAFE_METHODS
from musicgen_web.web.told import TAGS, Told, told_of

Call = tuple[str, Method, HTTPRouteHandler, Told]
Node = dict[str, Any]
"""A piece of the document: JSON."""

METHODS = ("GET", "HEAD", "POST", "PATCH", "DELETE")
REF = "#/components/schemas/{name}"
PLACES = {
    "job_id": "The id that the answer to the request gave.",
    "track_id": "A track's id: a job's `track_ids`, or from the library.",
    "format": "The format of the sound.",
}
ABOUT = (
    "JSON in, JSON out, snake_case, times in ISO 8601 UTC. Every GET answers HEAD too. Answers are not for keeping "
    "(`no-store`) unless they say so. Fields may be added to what is answered; none goes and none changes. What is "
    "refused is told as a problem document (RFC 9457) with two members more: `code`, which programs can rely on, "
    "and `recovery`, which says what a person can do."
)
SHAPES = {
    kind.__name__: kind
    for module in (wishes, jobs, tracks, news, server, problems)
    for kind in vars(module).values()
    if isinstance(kind, type)
}
AUDIO = re.compile(rf"/audio\.({'|'.join(FORMATS)})$")


class Schema:
    """The document of one running application."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._made: Node | None = None

    def of(self, app: Litestar) -> Node:
        if self._made is None:
            self._made = document(app, self._house)
        return self._made


def document(app: Litestar, house: House) -> Node:
    """Return the whole document. The engines that may be asked for are this server's."""
    schemas: Node = {}
    responses: Node = {}
    paths: Node = {}
    for path, method, handler, told in sorted(_calls(app), key=_place):
        operation = _operation(path, method, handler, told, schemas, responses)
        paths.setdefault(path, {})[method.lower()] = operation
    engine = schemas["SongWish"]["properties"]["engine"]
    engine["anyOf"][0]["enum"] = ["auto", *dict.fromkeys([*(spec.name for spec in house.engines), *ABSENT])]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "MusicGen Local",
            "version": __version__,
            "description": ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": words} for name, words in TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "responses": dict(sorted(responses.items())),
        },
    }


def _calls(app: Litestar) -> Iterator[Call]:
    """Find what programs call. The formats of a sound are one path."""
    found = set()
    for route in app.routes:
        if not isinstance(route, HTTPRoute):
            continue
        for handler in route.route_handlers:
            told = told_of(handler.opt)
            if told is None:
                continue
            path = AUDIO.sub("/audio.{format}", route.path_format)
            for method in handler.http_methods:
                if (path, method) not in found:
                    found.add((path, method))
                    yield path, method, handler, told


def _place(call: Call) -> tuple[int, str, int]:
    path, method, handler, _ = call
    return list(TAGS).index(next(iter(handler.tags or ()))), path, METHODS.index(method)


def _operation(
    path: str, method: Method, handler: HTTPRouteHandler, told: Told, schemas: Node, responses: Node
) -> Node:
    operation: Node = {
        "tags": list(handler.tags or ()),
        "operationId": handler.operation_id,
        "summary": handler.summary,
        "description": " ".join((handler.fn.__doc__ or "").split()) or handler.response_description,
    }
    parameters = [*_places(path), *_asked(handler)]
    parameters += [_header(name, words) | {"name": name, "in": "header"} for name, words in told.hears.items()]
    if parameters:
        operation["parameters"] = parameters
    if told.body is not None:
        operation["requestBody"] = {"required": True, "content": _json(told.body, schemas, brief=True)}
    operation["responses"] = _answers(handler, told, schemas)
    kinds: dict[int, list[type[MusicGenError]]] = {}
    for kind in (*_usual(method, parameters, told), *told.refuses):
        kinds.setdefault(kind.status, []).append(kind)
    for status, refused in kinds.items():
        words = refusals.codes(refused, told.body)
        key = "-".join(words)
        responses[key] = refusals.response(refused, words, schema_of(refusals.shape(refused), schemas))
        operation["responses"][str(status)] = {"$ref": f"#/components/responses/{key}"}
    if method == "HEAD":
        operation["operationId"] = f"head{str(handler.operation_id).removeprefix('get')}"
        operation["summary"] += ", without the bytes"
        for answer in operation["responses"].values():
            answer.pop("content", None)
    operation["responses"] = dict(sorted(operation["responses"].items()))
    if told.events:
        operation["x-events"] = {event: schema_of(shape, schemas) for event, shape in told.events.items()}
    return operation


def _usual(method: str, parameters: list[Node], told: Told) -> Iterator[type[MusicGenError]]:
    """What follows from how a call looks."""
    yield WrongHost
    yield Internal
    if method not in SAFE_METHODS:
        yield from (Forbidden, TooLarge, UnsupportedType)
    if told.body is not None or any(parameter["in"] == "query" for parameter in parameters):
        yield InvalidRequest
    if any(parameter["name"].endswith("_id") for parameter in parameters):
        yield NotFound


def _places(path: str) -> Iterator[Node]:
    for name in re.findall(r"\{(\w+)\}", path):
        schema = {"type": "string", "enum": list(FORMATS)} if name == "format" else {"type": "string"}
        yield {"name": name, "in": "path", "required": True, "description": PLACES[name], "schema": schema}


def _asked(handler: HTTPRouteHandler) -> Iterator[Node]:
    """The query and header parameters of the handler's signature."""
    for name, field in handler.parsed_fn_signature.parameters.items():
        asked = field.kwarg_definition
        if isinstance(asked, QueryParameter | HeaderParameter):
            place = "query" if isinstance(asked, QueryParameter) else "header"
            schema = _limited(field, asked)
            yield {"name": asked.name or name, "in": place, "description": asked.description, "schema": schema}


def _limited(field: FieldDefinition, asked: QueryParameter | HeaderParameter) -> Node:
    kind = next((part for part in get_args(field.annotation) if part is not type(None)), field.annotation)
    limits = {"minimum": asked.ge, "maximum": asked.le, "maxLength": asked.max_length}
    default = {} if field.default is None else {"default": field.default}
    set_limits = {name: limit for name, limit in limits.items() if limit is not None}
    return msgspec.json.schema(kind) | set_limits | default | (asked.schema_extra or {})


def _answers(handler: HTTPRouteHandler, told: Told, schemas: Node) -> Node:
    """The answers that are no problem."""
    good: Node = {"description": handler.response_description}
    shape = _shape(handler.parsed_fn_signature.return_type)
    if told.kinds:
        good["content"] = {kind: {"schema": {"type": "string"}} if kind[:5] != "audio" else {} for kind in told.kinds}
    elif shape is not None:
        good["content"] = _json(shape, schemas)
    headers = {} if handler.status_code == 204 else {"Cache-Control": "`no-store`", **told.adds}
    if headers:
        good["headers"] = {name: _header(name, words) for name, words in headers.items()}
    answers: Node = {str(handler.status_code): good}
    for status, also in told.also.items():
        answer: Node = {"description": also.words}
        if also.kinds or also.shape:
            answer["content"] = {kind: {} for kind in also.kinds} or _json(also.shape, schemas)
        if also.headers:
            answer["headers"] = {name: _header(name, words) for name, words in also.headers.items()}
        answers[str(status)] = answer
    return answers


def _shape(answer: FieldDefinition) -> object:
    return answer.inner_types[0].annotation if answer.origin is Response else None


def _header(name: str, words: str) -> Node:
    return {"description": words, "schema": {"type": "string"}}


def _json(shape: object, schemas: Node, *, brief: bool = False) -> Node:
    schema = schema_of(shape, schemas)
    return {"application/json": {"schema": schema, "example": sample(schema, schemas, brief=brief)}}


def schema_of(shape: object, schemas: Node) -> Node:
    """Return the reference to a shape; its schema and those it needs are put among the others."""
    (reference,), needed = msgspec.json.schema_components([shape], ref_template=REF)
    schemas.update({name: _in_order(name, schema) for name, schema in needed.items() if name not in schemas})
    return reference


def _in_order(name: str, schema: Node) -> Node:
    """Put the fields in the order they are written in, and leave out the title, which says the name again."""
    given = schema.get("properties", {})
    fields: Mapping[str, object] = SHAPES[name].__annotations__
    ordered = {field: given[field] for field in fields if field in given}
    told = {key: value for key, value in schema.items() if key not in ("title", "properties")}
    return told | {"properties": ordered} if ordered else told
