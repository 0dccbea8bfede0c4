"""Nobody holds a connection for ever, and nobody fills the memory with a request's head."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
import uvicorn
from litestar.types import Receive, Scope, Send
from uvicorn.server import ServerState

from musicgen_web.web.connection import MAX_HEAD, Connection

SHORT = 0.1  # seconds of silence in these tests
SLOW = 0.3  # what the app takes to answer


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Read the whole body, think, answer."""
    while (await receive()).get("more_body"):
        pass
    await asyncio.sleep(SLOW)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok", "more_body": False})


@pytest.fixture
async def port(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    monkeypatch.setattr("musicgen_web.web.connection.SILENCE_SECONDS", SHORT)
    config = uvicorn.Config(app, http=Connection, log_config=None, lifespan="off")  # type: ignore[arg-type]
    config.load()
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(lambda: Connection(config, state, {}), "127.0.0.1", 0)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()


async def told(port: int, *pieces: bytes, pause: float = 0.0) -> bytes:
    """Send the pieces and return everything that comes until the server closes, be it in the middle of one."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answer = b""
    with suppress(ConnectionError):
        for piece in pieces:
            writer.write(piece)
            await asyncio.sleep(pause)
        async with asyncio.timeout(5):
            while piece := await reader.read(65_536):
                answer += piece
    writer.close()
    return answer


CLOSE = b"Host: a\r\nConnection: close\r\n"


@pytest.mark.parametrize("pieces", [(), (b"GET / HT",), (b"GET / HTTP/1.1\r\nHost: a\r\nX: ",), (b"\r\n",)])
async def test_half_a_head_is_not_waited_for(port: int, pieces: tuple[bytes, ...]) -> None:
    assert await told(port, *pieces) == b""


async def test_a_head_that_comes_in_drops_is_not_waited_for(port: int) -> None:
    drops = [b"GET / HTTP/1.1\r\n", *(b"x%d: 1\r\n" % number for number in range(20))]
    assert await told(port, *drops, pause=SHORT / 4) == b""


async def test_a_body_that_stops_is_not_waited_for(port: int) -> None:
    assert await told(port, b"POST / HTTP/1.1\r\n" + CLOSE + b"Content-Length: 9\r\n\r\nhalf") == b""


async def test_a_slow_body_that_goes_on_and_a_slow_answer_are_waited_for(port: int) -> None:
    head = b"POST / HTTP/1.1\r\n" + CLOSE + b"Content-Length: 6\r\n\r\n"
    answer = await told(port, head, *(b"x" for _ in range(6)), pause=SHORT / 2)
    assert answer.startswith(b"HTTP/1.1 200") and answer.endswith(b"ok")


@pytest.mark.parametrize("head", [b"GET /" + b"x" * MAX_HEAD * 9, b"GET / HTTP/1.1\r\n" + b"x: y\r\n" * MAX_HEAD])
async def test_a_head_without_end_is_refused_early(port: int, head: bytes) -> None:
    assert (await told(port, head))[:12] in (b"HTTP/1.1 400", b"")  # nothing, where more was on its way


async def test_a_connection_that_is_used_again_is_watched_again(port: int) -> None:
    whole = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    answer = await told(port, whole, b"", b"GET / HT", pause=SLOW + SHORT)
    assert answer.count(b"HTTP/1.1 200") == 1
