"""Methods that an address does not take, and files that are not there: told like every other refusal."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.support.site import site

TRACK = "/api/v1/tracks/nothing"


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(site(tmp_path))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as client:
        yield client


async def test_allow_lists_every_method_of_the_address(client: httpx.AsyncClient) -> None:
    for method, path, allowed in (
        ("OPTIONS", TRACK, "DELETE, GET, HEAD, OPTIONS, PATCH"),
        ("PUT", TRACK, "DELETE, GET, HEAD, OPTIONS, PATCH"),
        ("OPTIONS", "/api/v1/jobs", "GET, HEAD, OPTIONS, POST"),
        ("GET", "/generate", "OPTIONS, POST"),
        ("PUT", f"{TRACK}/audio.flac", "GET, HEAD, OPTIONS"),
        ("POST", "/static/app.css", "GET, HEAD"),
    ):
        answer = await client.request(method, path)
        assert (answer.status_code, answer.headers["allow"]) == (204 if method == "OPTIONS" else 405, allowed), path


@pytest.mark.parametrize(("method", "code"), [("GET", "NOT_FOUND"), ("POST", "METHOD_NOT_ALLOWED")])
async def test_a_file_that_is_not_there_is_a_problem_or_a_page(
    client: httpx.AsyncClient, method: str, code: str
) -> None:
    answer = await client.request(method, "/static/nothing.css")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == code
    page = await client.request(method, "/static/nothing.css", headers={"Accept": "text/html"})
    assert page.status_code == answer.status_code
    assert "<nav" in page.text
