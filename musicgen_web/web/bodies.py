"""JSON bodies: only `application/json`, only an object, whatever else is said in words."""

from __future__ import annotations

import json

from litestar import Request
from litestar.datastructures import State

from musicgen_web.errors import FieldError, InvalidRequest, UnsupportedType
from musicgen_web.web.security import SAFE_METHODS

MAX_BODY = 256 * 1024  # bytes: 10 000 characters of lyrics in any script, urlencoded, with room


async def refuse_other_kinds(request: Request[object, object, State]) -> None:
    """Refuse a body that is no JSON where none is read either: forms of other sites can send those."""
    if request.method not in SAFE_METHODS and "content-type" in request.headers:
        _expect_json(request)


async def json_object(request: Request[object, object, State]) -> dict[str, object]:
    """Read the body as one JSON object; an absent body is an empty one only where the caller says so itself."""
    _expect_json(request)
    body = await request.body()
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        place = f" near character {error.pos}" if isinstance(error, json.JSONDecodeError) else ""
        raise InvalidRequest([FieldError("body", f"This is not valid JSON{place}.")]) from None
    if not isinstance(value, dict):
        raise InvalidRequest([FieldError("body", "The body must be one JSON object.")])
    return value


def _expect_json(request: Request[object, object, State]) -> None:
    kind, _ = request.content_type
    if kind != "application/json":
        raise UnsupportedType(f"Content-Type {kind[:80]!r}")
