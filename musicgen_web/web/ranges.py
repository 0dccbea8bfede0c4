"""A file as an answer that players can seek in: 200, 206, 304 and 416, for GET and HEAD."""

from __future__ import annotations

import asyncio
import os
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import quote

from litestar.types import HTTPScope, Receive, Scope, Send

from musicgen_web.errors import NotFound

PIECE = 256 * 1024  # bytes that are read in a thread at a time
MAX_NAME = 180  # bytes of a file name, well below what file systems take

_RANGE = re.compile(r"bytes=\s*([0-9]*)\s*-\s*([0-9]*)\s*", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[/\\:*?"<>|]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.IGNORECASE)


class RangedFile:
    """An ASGI app that answers with one file. A handler returns it; the answer's headers come from the asker's.

    `etag` is a hash of the content: it must change when the bytes do. `name` is how the file is called when it is
    kept; `download` says whether the browser is to keep it rather than play it. One range is answered with that range,
    several at once with the whole file (RFC 9110 allows it; players never ask so). Shared caches are to keep nothing.
    """

    def __init__(
        self, path: Path, *, media_type: str, etag: str, name: str = "", download: bool = False, max_age: int = 3_600
    ) -> None:
        self._path = path
        self._etag = f'"{etag}"'
        self._headers = {
            "content-type": media_type,
            "etag": self._etag,
            "accept-ranges": "bytes",
            "cache-control": f"private, max-age={max_age}",
            "content-disposition": content_disposition(name or path.name, download=download),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; NotFound, before anything is sent, when the file is not there."""
        method = cast(HTTPScope, scope)["method"]
        with self._opened() as file:
            size = os.fstat(file.fileno()).st_size
            status, start, length = self._chosen(method, _asked(scope["headers"]), size)
            headers = self._answered(status, start, length, size)
            await send({"type": "http.response.start", "status": status, "headers": headers})
            if method == "HEAD" or length == 0:
                await send({"type": "http.response.body", "body": b"", "more_body": False})
            else:
                file.seek(start)
                await _stream(file, length, receive, send)

    def _opened(self) -> BinaryIO:
        """Open on the loop: it takes microseconds, and a thread whose asker was cancelled would lose the handle."""
        try:
            return self._path.open("rb")
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
            raise NotFound("The file is missing from the disk.") from error

    def _chosen(self, method: str, asked: dict[str, str], size: int) -> tuple[int, int, int]:
        """Decide on the status, the first byte and the number of bytes."""
        if _names(asked.get("if-none-match", ""), self._etag):
            return 304, 0, 0
        if method != "GET" or asked.get("if-range", self._etag).strip() != self._etag:
            return 200, 0, size
        return _range(asked.get("range", ""), size)

    def _answered(self, status: int, start: int, length: int, size: int) -> list[tuple[bytes, bytes]]:
        headers = dict(self._headers)
        if status == 206:
            headers["content-range"] = f"bytes {start}-{start + length - 1}/{size}"
        if status == 416:
            del headers["content-type"], headers["content-disposition"]
            headers["content-range"] = f"bytes */{size}"
        if status == 304:
            del headers["content-type"]
        else:
            headers["content-length"] = str(length)
        return [(name.encode("ascii"), value.encode("ascii")) for name, value in headers.items()]


def content_disposition(name: str, *, download: bool) -> str:
    """Write the header that says how a file is called: plain letters for old readers, all of them by RFC 5987."""
    name = safe_name(name)
    plain = safe_name(unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii"))
    kind = "attachment" if download else "inline"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def safe_name(name: str) -> str:
    """Make a file name that every system takes, with its ending kept: no paths, no marks that hide or turn the text."""
    visible = "".join(letter for letter in name if letter.isspace() or unicodedata.category(letter)[0] != "C")
    stem, dot, ending = " ".join(_FORBIDDEN.sub("-", visible).split()).rpartition(".")
    if not dot or len(ending) > 8:
        stem, dot, ending = f"{stem}{dot}{ending}", "", ""
    stem = stem.strip(" .") or "song"
    if _RESERVED.match(stem):
        stem = f"{stem}-"
    room = MAX_NAME - len(f"{dot}{ending}".encode())
    return f"{stem.encode()[:room].decode(errors='ignore').rstrip(' .')}{dot}{ending}".rstrip(" .")


def _asked(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return the headers that decide, by lower-case name; one sent twice counts as a list."""
    asked: dict[str, str] = {}
    for name, value in headers:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        if key in {"range", "if-range", "if-none-match"}:
            asked[key] = f"{asked[key]}, {text}" if key in asked else text
    return asked


def _names(listed: str, etag: str) -> bool:
    """Ask whether If-None-Match names this content; for a copy already held, a weak mark is as good as a strong one."""
    marks = [mark.strip().removeprefix("W/") for mark in listed.split(",")]
    return "*" in marks or etag in marks


def _range(asked: str, size: int) -> tuple[int, int, int]:
    """Read one `bytes=first-last`; what is not one range, or makes no sense, is as if nothing was asked."""
    match = _RANGE.fullmatch(asked.strip())
    if not match or match.groups() == ("", ""):
        return 200, 0, size
    first, last = (_number(digits) if digits else None for digits in match.groups())
    if first is None:
        start, end = max(size - (last or 0), 0), size - 1
    elif last is not None and last < first:
        return 200, 0, size
    else:
        start, end = first, size - 1 if last is None else min(last, size - 1)
    if start >= size:
        return 416, 0, 0
    return 206, start, end - start + 1


def _number(digits: str) -> int:
    """Read a number that may be absurdly long: past a thousand million million bytes only its size matters."""
    return int(digits) if len(digits) <= 15 else int(digits.lstrip("0")[:16] or "0")


async def _stream(file: BinaryIO, length: int, receive: Receive, send: Send) -> None:
    """Send that many bytes from where the file stands; stop when nobody reads them any more."""
    gone = asyncio.create_task(_disconnected(receive))
    try:
        while length > 0 and not gone.done():
            piece = await asyncio.to_thread(file.read, min(PIECE, length))
            if not piece:
                raise EOFError(f"{file.name} became shorter while it was sent")
            length -= len(piece)
            await send({"type": "http.response.body", "body": piece, "more_body": length > 0})
    finally:
        gone.cancel()  # no await: a cancelled answer must still end


async def _disconnected(receive: Receive) -> None:
    """Return when the reader is gone; a server keeps taking what is sent to nobody."""
    while (await receive())["type"] != "http.disconnect":
        pass
