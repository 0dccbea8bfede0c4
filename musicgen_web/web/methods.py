"""The header Allow: every method that an address takes, in answers to OPTIONS and to a method it does not take."""

from __future__ import annotations

from litestar import Litestar
from litestar.datastructures import MutableScopeHeaders
from litestar.routes import HTTPRoute
from litestar.types import Message, Scope


async def tell_all_methods(message: Message, scope: Scope) -> None:
    """Complete what the framework lists: one handler of several, and never HEAD, which the door answers."""
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders(message)
    listed = headers.get("allow")
    if listed is None:
        return
    app: Litestar = scope["litestar_app"]
    methods: set[str] = set(listed.split(", "))
    for route in app.routes:
        if isinstance(route, HTTPRoute) and route.path_format == scope.get("path_template"):
            methods |= route.methods
    headers["allow"] = ", ".join(sorted(methods | {"HEAD"} if "GET" in methods else methods))
