"""The asset table: every static file in memory, joined, named by its content, and compressed once at the start."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import brotli
import rcssmin
import rjsmin
from litestar import asgi
from litestar.datastructures import Headers
from litestar.enums import ScopeType
from litestar.exceptions import MethodNotAllowedException, NotFoundException
from litestar.handlers import ASGIRouteHandler
from litestar.types import HTTPScope, Receive, Scope, Send

SHEETS = (
    "tokens", "base", "form", "lyrics", "job", "track", "library", "song", "player", "empty", "toast", "system",
)  # fmt: skip
SCRIPTS = (
    "live", "browse", "rove", "player", "media", "lyrics", "score", "desk", "draft", "words", "pick", "menus", "keys",
    "mood",
)  # fmt: skip
APART_SHEETS, APART_SCRIPTS = ("schema",), ("copy",)  # of one page alone, so that the others stay light
HTMX = "vendor/htmx-4.0.1.min.js"
ALONE = ("icons.svg", "favicon.svg", "fonts/alegreya-400-latin.woff2")
TYPES = {".js": "text/javascript", ".woff2": "font/woff2", ".svg": "image/svg+xml", ".css": "text/css"}
FOREVER = b"public, max-age=31536000, immutable"
SQUEEZED = (".css", ".js", ".svg")


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent: plain and, where that pays, compressed."""

    name: str  # "app.3f9c1a2b4d.css"
    kind: str
    etag: str
    plain: bytes
    gzip: bytes | None
    brotli: bytes | None

    def best(self, accepted: str) -> tuple[bytes, str]:
        """Return the smallest form that the browser can read, and that form's name."""
        codings = {
            coding.strip()
            for coding, _, weight in (part.partition(";") for part in accepted.lower().split(","))
            if weight.strip() not in ("q=0", "q=0.0")
        }
        if self.brotli is not None and "br" in codings:
            return self.brotli, "br"
        if self.gzip is not None and "gzip" in codings:
            return self.gzip, "gzip"
        return self.plain, ""


@dataclass(frozen=True, slots=True)
class Assets:
    """All of them, by the name in the address and by the name that templates use."""

    by_name: Mapping[str, Asset]
    names: Mapping[str, str]  # "app.css" -> "app.3f9c1a2b4d.css"

    def url(self, name: str) -> str:
        """Return the address of an asset. A name nobody knows is a KeyError, not a dead link."""
        return f"/static/{self.names[name]}"


def load_assets(folder: Path) -> Assets:
    """Read the static files and join style sheets and scripts. Reads the disk once; keeps everything."""
    assets: dict[str, Asset] = {}
    names: dict[str, str] = {}

    def add(name: str, content: bytes) -> None:
        asset = _asset(name, content)
        assets[asset.name] = asset
        names[name] = asset.name

    for path in ALONE:
        add(path.rsplit("/", 1)[-1], (folder / path).read_bytes())
    add("events-worker.js", _script(folder, "events-worker").encode())
    add("app.css", _joined_sheets(folder, SHEETS, lambda name: names[name]))
    add("app.js", _joined_scripts(folder, SCRIPTS, with_htmx=True))
    add("schema.css", _joined_sheets(folder, APART_SHEETS, lambda name: names[name]))
    add("copy.js", _joined_scripts(folder, APART_SCRIPTS))
    return Assets(assets, names)


def _joined_sheets(folder: Path, sheets: Iterable[str], address: Callable[[str], str]) -> bytes:
    text = "\n".join((folder / "css" / f"{name}.css").read_text("utf-8") for name in sheets)
    text = re.sub(r"url\(\.\./(?:\w+/)*([\w.-]+)\)", lambda match: f"url({address(match[1])})", text)
    return str(rcssmin.cssmin(text)).encode()


def _joined_scripts(folder: Path, scripts: Iterable[str], *, with_htmx: bool = False) -> bytes:
    """Join htmx and our scripts into one file, so that none of them can arrive without the other."""
    parts = [(folder / HTMX).read_text("utf-8").rstrip()] if with_htmx else []
    parts += [f'(() => {{\n"use strict";\n{_script(folder, name)}\n}})();' for name in scripts]
    return ";\n".join(parts).encode()


def _script(folder: Path, name: str) -> str:
    return str(rjsmin.jsmin((folder / "js" / f"{name}.js").read_text("utf-8"))).strip()


def _asset(name: str, content: bytes) -> Asset:
    digest = hashlib.sha256(content).hexdigest()[:12]
    stem, _, suffix = name.rpartition(".")
    kind = TYPES.get(f".{suffix}") or mimetypes.guess_type(name)[0] or "application/octet-stream"
    squeeze = f".{suffix}" in SQUEEZED
    return Asset(
        name=f"{stem}.{digest}.{suffix}",
        kind=f"{kind}; charset=utf-8" if squeeze else kind,
        etag=f'"{digest}"',
        plain=content,
        gzip=gzip.compress(content, 9, mtime=0) if squeeze else None,
        brotli=brotli.compress(content, quality=9) if squeeze else None,
    )


def static_route(assets: Assets) -> ASGIRouteHandler:
    """Return the route that serves the table under /static/."""

    @asgi("/static", is_mount=True, copy_scope=True)
    async def static(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == ScopeType.HTTP
        name = scope["path"].rstrip("/").rsplit("/", 1)[-1]  # mounts get a slash at the end
        asset = assets.by_name.get(name)
        if scope["method"] not in ("GET", "HEAD"):
            raise MethodNotAllowedException(headers={"allow": "GET, HEAD"})
        if asset is None:
            raise NotFoundException
        await _serve(asset, scope, send)

    return static


async def _serve(asset: Asset, scope: HTTPScope, send: Send) -> None:
    headers = Headers.from_scope(scope)
    body, coding = asset.best(headers.get("accept-encoding", ""))
    etag = f'{asset.etag[:-1]}-{coding}"' if coding else asset.etag
    answer = {b"etag": etag.encode(), b"cache-control": FOREVER, b"vary": b"accept-encoding"}
    if etag in [tag.strip().removeprefix("W/") for tag in headers.get("if-none-match", "").split(",")]:
        await _answer(send, 304, answer, b"")
        return
    answer[b"content-type"] = asset.kind.encode()
    if coding:
        answer[b"content-encoding"] = coding.encode()
    await _answer(send, 200, answer, body, silent=scope["method"] == "HEAD")


async def _answer(send: Send, status: int, headers: dict[bytes, bytes], body: bytes, *, silent: bool = False) -> None:
    if status != 304:
        headers[b"content-length"] = str(len(body)).encode()
    await send({"type": "http.response.start", "status": status, "headers": list(headers.items())})
    await send({"type": "http.response.body", "body": b"" if silent else body, "more_body": False})
