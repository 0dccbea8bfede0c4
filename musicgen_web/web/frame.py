"""What stands around every page: its token, its mood, what is on the way; and where a form leads without htmx."""

from typing import Any
from urllib.parse import SplitResult, urlsplit

from jinja2 import Environment
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import Headers, State
from litestar.response import Redirect
from litestar.types import Scope

from musicgen_web.errors import MusicGenError
from musicgen_web.web.security import csrf_token

MOODS = ("ink", "paper")
MOOD_COOKIE = "mg_mood"
VARY = {"vary": "HX-Request", "cache-control": "no-store"}

Asked = Request[object, object, State]
Context = dict[str, object]


def frame(request: Asked, page: str, *, making: int, seen: str) -> Context:
    """Return what layouts/base.html needs. `seen`: the newest event before the page's records were read."""
    csrf = csrf_token(request, request.app.state.secret)
    return {"page": page, "csrf": csrf, "mood": mood_of(request), "making": making, "seen": seen}


def problem_page(templates: Environment, secret: bytes, error: MusicGenError, scope: Scope) -> str:
    """Render an error for a person: a page, or the note that is laid over the page which htmx keeps."""
    if is_partial(scope):
        return templates.get_template("_problem.html").render(error=error)
    connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope)
    csrf = csrf_token(connection, secret)
    context = {"page": "problem", "csrf": csrf, "mood": mood_of(connection), "making": 0, "seen": ""}
    context["is_song"] = scope["path"].startswith("/tracks/")
    return templates.get_template("problem.html").render(error=error, **context)


def mood_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Return the chosen mood, or nothing: then the system decides."""
    mood = connection.cookies.get(MOOD_COOKIE, "")
    return mood if mood in MOODS else ""


def is_partial(scope: Scope) -> bool:
    """Whether htmx asked for a piece; while browsing it asks for whole pages and takes <main> out of them."""
    return Headers.from_scope(scope).get("hx-request-type") == "partial"


def back(request: Asked, otherwise: str) -> Redirect:
    """Lead to the page the form stood on, as long as it is one of ours."""
    came = split(request.headers.get("referer", ""))
    path = came.path + (f"?{came.query}" if came.query else "")
    ours = came.netloc == request.headers.get("host") and path.startswith("/") and not path.startswith("//")
    return Redirect(path if ours else otherwise, status_code=303, headers=VARY)


def split(address: str) -> SplitResult:
    """Take an address that a browser told apart; what is none has no parts."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


async def field(request: Asked, name: str) -> str:
    """Return one text field of the form that was sent."""
    value = (await request.form()).get(name)
    return value if isinstance(value, str) else ""
