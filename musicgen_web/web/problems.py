"""The web's translator of errors: any exception becomes problem JSON (RFC 9457) for programs, or a page for people."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import structlog
from litestar import MediaType, Request, Response
from litestar.datastructures import Headers, State
from litestar.exceptions import HTTPException, ValidationException
from litestar.response.base import ASGIResponse
from litestar.serialization import encode_json
from litestar.types import Scope

from musicgen_web.errors import (
    FieldError,
    Forbidden,
    Internal,
    InvalidRequest,
    MethodNotAllowed,
    MusicGenError,
    NotFound,
    TooLarge,
    Unavailable,
    UnsupportedType,
)
from musicgen_web.web.api.shapes.problems import Problem, WrongField, WrongFields

PROBLEM_JSON = "application/problem+json"
JSON_PATHS = ("/api/", "/generate", "/status/", "/health", "/readyz", "/metrics", "/schema/")
HTTP_ERRORS: dict[int, type[MusicGenError]] = {
    403: Forbidden,
    404: NotFound,
    405: MethodNotAllowed,
    413: TooLarge,
    415: UnsupportedType,
    503: Unavailable,
}

LEFT = "client disconnected prematurely"  # Litestar's words when the asker leaves in the middle: no fault of ours
PLAIN_TYPES = {"int": "a whole number", "float": "a number", "bool": "true or false", "str": "text"}

Page = Callable[[MusicGenError, Scope], str]
"""Renders an error for a person: a whole page, or for htmx the partial that is shown over the page."""

log = structlog.get_logger()


class Problems:
    """Answers for errors. `page` renders those that a person reads."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def answer(self, error: MusicGenError, scope: Scope) -> ASGIResponse:
        """Return the answer for what met no route, or was refused at the door."""
        body, media_type, headers = self._told(error, scope)
        return ASGIResponse(body=body, media_type=media_type, status_code=error.status, headers=headers)

    def handle(self, request: Request[object, object, State], exception: Exception) -> Response[bytes]:
        """Litestar's exception handler for everything."""
        error = translated(exception)
        body, media_type, headers = self._told(error, request.scope)
        if isinstance(exception, HTTPException) and exception.headers and "allow" in exception.headers:
            headers["allow"] = exception.headers["allow"]
        return Response(body, media_type=media_type, status_code=error.status, headers=headers)

    def _told(self, error: MusicGenError, scope: Scope) -> tuple[bytes, str, dict[str, str]]:
        headers = {"cache-control": "no-store", "vary": "Accept, HX-Request"}
        if error.retry_after is not None:
            headers["retry-after"] = str(error.retry_after)
        if not wants_html(scope):
            return encode_json(problem_json(error)), PROBLEM_JSON, headers
        if Headers.from_scope(scope).get("hx-request-type") == "partial":
            headers |= {"hx-retarget": "#toasts", "hx-reswap": "beforeend"}
        return self.page(error, scope).encode("utf-8", "replace"), MediaType.HTML.value, headers


def translated(exception: Exception) -> MusicGenError:
    """Return our own error for any exception; what we did not expect is logged under an id that the answer names."""
    if isinstance(exception, MusicGenError):
        return exception
    if isinstance(exception, ValidationException):
        extra = exception.extra if isinstance(exception.extra, list) else []
        fields = [FieldError(str(item.get("key", "request")), plain(str(item.get("message", "")))) for item in extra]
        return InvalidRequest(fields or [FieldError("request", "This address takes other values.")])
    if isinstance(exception, HTTPException):
        if exception.detail == LEFT:
            return InvalidRequest([FieldError("body", "The body did not arrive whole.")])
        if exception.status_code in HTTP_ERRORS:
            return HTTP_ERRORS[exception.status_code]()
        if exception.status_code < 500:
            return InvalidRequest([FieldError("request", "The request cannot be read.")])
    number = secrets.token_hex(4)
    log.error("request.broke", id=number, exc_info=exception)
    return Internal(f"The fault has the number {number}; the server's log says more under it.")


def plain(message: str) -> str:
    """Say without the words of programmers what a value in an address should have been."""
    if not message.startswith("Expected "):
        return "This value cannot be used here."
    wish = message.removeprefix("Expected ").partition(", got ")[0]
    for type_name, words in PLAIN_TYPES.items():
        wish = wish.replace(f"`{type_name}`", words)
    for sign, words in ((" >= ", " of at least "), (" <= ", " of at most "), ("of length of", "with a length of")):
        wish = wish.replace(sign, words)
    return "This value cannot be used here." if "`" in wish else f"This must be {wish}."


def wants_html(scope: Scope) -> bool:
    """Whether a person reads the answer: a page's address, asked for by a browser or by htmx."""
    headers = Headers.from_scope(scope)
    if scope["path"].startswith(JSON_PATHS):
        return False
    return "hx-request" in headers or "text/html" in headers.get("accept", "")


def problem_json(error: MusicGenError) -> Problem | WrongFields:
    """Return the body of a problem document."""
    body: Problem = {
        "type": "about:blank",
        "title": error.title,
        "status": error.status,
        "code": error.public_code if isinstance(error, InvalidRequest) else error.code,
        "detail": error.detail or error.title,
        "recovery": error.advice,
    }
    if isinstance(error, InvalidRequest):
        return WrongFields(**body, errors=[field_json(field) for field in error.errors])
    return body


def field_json(error: FieldError) -> WrongField:
    told: WrongField = {"field": error.field, "message": error.message}
    return told if error.line is None else WrongField(**told, line=error.line)
