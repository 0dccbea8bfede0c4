"""The door: which names we answer to, who may change things, and the headers every answer carries.

`Door` wraps the whole application, so that it also covers what no route matches. Host rule and Origin check keep other
web sites out even on loopback (DNS rebinding, cross-site requests); page forms carry a token of their session besides.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import secrets
from collections.abc import Collection
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from litestar.datastructures import Headers, State
from litestar.enums import HttpMethod, ScopeType

from musicgen_web.errors import Forbidden, MusicGenError, TooLarge, WrongHost
from musicgen_web.web.problems import Problems

if TYPE_CHECKING:
    from litestar import Request
    from litestar.connection import ASGIConnection
    from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

COOKIE = "mg_session"
FIELD = "csrf"
MAX_READ_AWAY = 8 * 1024 * 1024  # bytes
SALT = 16  # characters before the signature
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
        "connect-src 'self'; font-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}

DRESS = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
OURS = frozenset(name for name, _ in DRESS)

_SESSION = re.compile(rf'(?:^|;)\s*{COOKIE}="?([A-Za-z0-9_-]{{43}})"?\s*(?:;|$)')
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?")


class Door:
    """Refuse foreign hosts and origins, give each browser a session, and put the security headers on every answer."""

    def __init__(
        self, app: ASGIApp, problems: Problems, *, allowed_hosts: Collection[str], any_address: bool, max_body: int
    ) -> None:
        self.app = app
        self.problems = problems
        self.allowed_hosts = frozenset(allowed_hosts)
        self.any_address = any_address
        self.max_body = max_body  # bytes
        self._is_ours = lru_cache(maxsize=64)(self._answers_to)  # it is asked as the same few, again and again

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)  # the lifespan
            return
        headers = Headers.from_scope(scope)
        known = session_of(headers)
        scope["state"] = scope.get("state") or {}
        scope["state"]["session"] = known or secrets.token_urlsafe(32)

        is_head = scope["method"] == "HEAD"

        async def send_dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = [header for header in message["headers"] if header[0].lower() not in OURS]
                if known is None and _is_page(answer):
                    cookie = f"{COOKIE}={scope['state']['session']}; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000"
                    answer.append((b"set-cookie", cookie.encode()))
                message["headers"] = answer + DRESS
                await send(message)
                if is_head:
                    await send({"type": "http.response.body", "body": b"", "more_body": False})
            elif not is_head:
                await send(message)

        refusal = self._refusal(scope["method"], headers)
        if refusal is None and declared_size(headers) > self.max_body:
            await _read_away(receive)
            refusal = TooLarge()
        if refusal is None:
            await self.app(_as_get(scope) if is_head else scope, receive, send_dressed)
        else:
            await self.problems.answer(refusal, scope)(scope, receive, send_dressed)

    def _refusal(self, method: str, headers: Headers) -> MusicGenError | None:
        host = headers.get("host", "")
        if len(headers.getall("host", [])) != 1 or not self._is_ours(host):
            return WrongHost(f"Host {host[:100]!r}")
        if method in SAFE_METHODS:
            return None
        origin = headers.get("origin")
        if origin is not None and origin.lower() not in (f"http://{host.lower()}", f"https://{host.lower()}"):
            return Forbidden(
                f"A page at {origin[:100]!r} sent it, and this server was asked as {host[:100]!r}.",
                recovery="Load the page again and send it from there. Behind a proxy: let it pass on the Host header "
                "unchanged, with its port.",
            )
        if origin is None and headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return Forbidden("The request came from another site.")
        return None

    def _answers_to(self, host: str) -> bool:
        """Rebinding needs a name: addresses are safe where others may reach us, names only where they are listed."""
        match = _HOST.fullmatch(host)
        if match is None:
            return False
        name = match[1].strip("[]").lower().rstrip(".")
        if name == "localhost" or name.endswith(".localhost") or name in self.allowed_hosts:
            return True
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return False
        return self.any_address or address.is_loopback


def _is_page(headers: Collection[tuple[bytes, bytes]]) -> bool:
    return any(name.lower() == b"content-type" and value.startswith(b"text/html") for name, value in headers)


def _as_get(scope: HTTPScope) -> HTTPScope:
    """HEAD is a GET whose body stays here; a range is for GET alone."""
    headers = [(name, value) for name, value in scope["headers"] if name.lower() != b"range"]
    return {**scope, "method": HttpMethod.GET, "headers": headers}


def declared_size(headers: Headers) -> int:
    """Return how many bytes of body are announced; what is no number is somebody else's to refuse."""
    size = headers.get("content-length", "")
    return int(size) if size.isascii() and size.isdigit() and len(size) < 16 else 0


async def _read_away(receive: Receive) -> None:
    """Take in a body that is too large, up to a limit: who is still sending does not hear the answer."""
    taken = 0
    while taken < MAX_READ_AWAY:
        message = await receive()
        if message["type"] != "http.request" or not message.get("more_body", False):
            return
        taken += len(message["body"])


def session_of(headers: Headers) -> str | None:
    """Return the browser's session secret, or nothing where it has none that we could have given.

    Looked for, not parsed: other programs on this host set cookies of any shape, and browsers send us those too.
    """
    found = _SESSION.search(headers.get("cookie", ""))
    return found[1] if found else None


def csrf_token(connection: ASGIConnection[Any, Any, Any, State], secret: bytes) -> str:
    """Return a token for page forms of one browser session: a salt and an HMAC of both.

    It is another one on every page, so that nothing can be learned of it from how well pages compress.
    """
    session: str = connection.scope["state"]["session"]
    return _signed(secrets.token_hex(SALT // 2), session, secret)


def _signed(salt: str, session: str, secret: bytes) -> str:
    return salt + hmac.new(secret, f"{salt}{session}".encode(), hashlib.sha256).hexdigest()


async def check_csrf(request: Request[Any, Any, State]) -> None:
    """Refuse a page form without a token of its own session: a `before_request` of every page that changes things."""
    if request.method in SAFE_METHODS:
        return
    sent = (await request.form()).get(FIELD)
    token = sent.encode("utf-8", "replace") if isinstance(sent, str) else b""
    salt = token[:SALT].decode("utf-8", "replace")
    known = _signed(salt, request.scope["state"]["session"], request.app.state.secret)
    if not hmac.compare_digest(token, known.encode()):
        raise Forbidden("The form's token belongs to another browser session.")
