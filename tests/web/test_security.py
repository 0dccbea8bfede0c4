"""Who may come in, who may change things, and what every answer carries, whatever the headers look like."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from litestar.types import Receive, Scope, Send

from musicgen_web.web.problems import Problems
from musicgen_web.web.security import Door

BODY = b"the whole body"
SECRET = "s" * 43


async def inside(scope: Scope, receive: Receive, send: Send) -> None:
    """Say which session came in, and which range was asked for."""
    headers = dict(scope["headers"])
    told = [
        (b"content-type", b"text/html"),
        (b"content-length", str(len(BODY)).encode()),
        (b"x-session", scope["state"]["session"].encode()),
        (b"x-method", scope["method"].encode()),  # type: ignore[typeddict-item]
        (b"x-range", headers.get(b"range", b"none")),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": told})
    await send({"type": "http.response.body", "body": BODY, "more_body": False})


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    door = Door(inside, Problems(lambda error, scope: error.title), allowed_hosts=(), any_address=False, max_body=1_000)
    transport = httpx.ASGITransport(door)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as client:
        yield client


@pytest.mark.parametrize(
    "cookies",
    [
        f"mg_session={SECRET}",
        f'mg_session="{SECRET}"',
        f'prefs={{"a":1,"b":[2]}}; mg_session={SECRET}',
        f"bare; foo bar=1;mg_session={SECRET} ; a[b]=x@y",
        f"mg_session=evil; mg_session={SECRET}",
    ],
)
async def test_a_session_is_known_beside_cookies_of_other_programs(client: httpx.AsyncClient, cookies: str) -> None:
    answer = await client.get("/", headers={"Cookie": cookies})
    assert answer.headers["x-session"] == SECRET
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("cookies", [f"my_mg_session={SECRET}", f"mg_session={SECRET}x", "mg_session=", "", "=;;="])
async def test_what_we_cannot_have_given_is_no_session(client: httpx.AsyncClient, cookies: str) -> None:
    answer = await client.get("/", headers={"Cookie": cookies})
    assert answer.headers["x-session"] in answer.headers["set-cookie"] and answer.headers["x-session"] != SECRET


@pytest.mark.parametrize("origin", ["http://localhost:8000", "https://localhost:8000", "HTTP://LOCALHOST:8000"])
async def test_our_own_pages_may_change_things(client: httpx.AsyncClient, origin: str) -> None:
    assert (await client.post("/", headers={"Origin": origin})).status_code == 200


@pytest.mark.parametrize(
    "origin", ["", "null", "http://[", "http://[::1", "file://", "http://localhost", "//localhost:8000"]
)
async def test_an_origin_that_is_not_ours_is_refused_even_when_it_is_none(
    client: httpx.AsyncClient, origin: str
) -> None:
    assert (await client.post("/", headers={"Origin": origin})).status_code == 403


async def test_head_is_get_without_the_body_and_without_ranges(client: httpx.AsyncClient) -> None:
    answer = await client.head("/", headers={"Range": "bytes=0-1"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(BODY))
    assert (answer.headers["x-method"], answer.headers["x-range"]) == ("GET", "none")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
