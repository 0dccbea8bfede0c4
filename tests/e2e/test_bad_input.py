"""Hostile and mistaken requests get an answer that names every wrong field; nothing is stored, nothing breaks."""

from __future__ import annotations

import json
import socket
import time

import pytest

from musicgen_web.server import BACKSTOP_SECONDS
from tests.support.server import Server

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("body", "fields", "code"),
    [
        ({"prompt": ""}, ["prompt"], "INVALID_PROMPT"),
        ({"prompt": "x" * 2_001}, ["prompt"], "INVALID_PROMPT"),
        ({}, ["prompt"], "INVALID_PROMPT"),
        ({"prompt": "x", "duration": 0}, ["duration"], "INVALID_REQUEST"),
        ({"prompt": "x", "duration": 1e9}, ["duration"], "INVALID_REQUEST"),
        ({"prompt": "x", "duration": "x"}, ["duration"], "INVALID_REQUEST"),
        ({"prompt": "x", "engine": "orchestra"}, ["engine"], "INVALID_REQUEST"),
        ({"prompt": "x", "colour": 1}, ["colour"], "INVALID_REQUEST"),
        ({"prompt": "x", "lyrics": "[00:10.00]a\n[00:99.99]b"}, ["lyrics"], "INVALID_LYRICS"),
        ({"prompt": "", "duration": -1, "takes": 9}, ["prompt", "duration", "takes"], "INVALID_REQUEST"),
    ],
)
def test_every_wrong_field_is_named_and_nothing_is_stored(
    shared: Server, body: dict[str, object], fields: list[str], code: str
) -> None:
    before = shared.get("/api/v1/jobs").json["items"]
    answer = shared.ask("POST", "/generate", body)
    assert answer.status == 422
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert [error["field"] for error in answer.json["errors"]] == fields
    assert answer.json["code"] == code and answer.json["recovery"]
    assert shared.get("/api/v1/jobs").json["items"] == before


def test_a_broken_line_of_the_lyrics_is_named(shared: Server) -> None:
    answer = shared.ask("POST", "/generate", {"prompt": "x", "lyrics": "[00:10.00]a\n[00:99.99]b"})
    assert answer.json["errors"][0]["line"] == 2


@pytest.mark.parametrize(
    "body",
    [b"{", b"", b"[]", b"null", b"\xff\xfe", b'{"prompt": "\\ud800"}', b'{"prompt": "a\\u0000b"}', b"[" * 100_000,
     b'{"prompt": "x", "\\ud800": 1}',
     b'{"prompt": "x", "duration": NaN}', b'{"prompt": "x", "seed": ' + b"9" * 5_000 + b"}"],
)  # fmt: skip
def test_bodies_that_are_no_request_are_refused_in_words(shared: Server, body: bytes) -> None:
    answer = shared.ask("POST", "/generate", body, JSON)
    assert answer.status == 422 and answer.json["errors"][0]["message"]


@pytest.mark.parametrize("path", ["/generate", "/api/v1/jobs"])
def test_a_body_of_a_megabyte_is_too_large(shared: Server, path: str) -> None:
    answer = shared.ask("POST", path, {"prompt": "x", "lyrics": "x" * 1_000_000})
    assert (answer.status, answer.json["code"]) == (413, "TOO_LARGE")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_another_kind_of_content_is_refused(shared: Server, kind: str) -> None:
    answer = shared.ask("POST", "/generate", b"prompt=x", {"Content-Type": kind})
    assert (answer.status, answer.json["code"]) == (415, "UNSUPPORTED_TYPE")


@pytest.mark.parametrize("path", ["jobs/x/cancel", "jobs/x/retry", "tracks/x/restore"])
def test_where_no_body_is_read_only_json_or_nothing_may_come(shared: Server, path: str) -> None:
    asked = shared.ask("POST", f"/api/v1/{path}", b"x=1", {"Content-Type": "text/plain"})
    assert (asked.status, asked.json["code"]) == (415, "UNSUPPORTED_TYPE")
    for body in ({}, None):
        assert shared.ask("POST", f"/api/v1/{path}", body).status == 404


@pytest.mark.parametrize("path", ["/", "/queue", "/library", "/health", "/healthz", "/api/v1/jobs", "/api/v1/tracks"])
def test_what_can_be_had_can_be_asked_about(shared: Server, path: str) -> None:
    asked = shared.ask("HEAD", path)
    assert (asked.status, asked.body) == (200, b"")
    assert int(asked.headers["content-length"]) > 0


def test_who_leaves_in_the_middle_is_no_fault_of_the_servers(server: Server) -> None:
    head = f"POST /generate HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Type: application/json\r\n"
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", server.port)) as half:
            half.sendall(f"{head}Content-Length: 100\r\n\r\n{{".encode())
    with socket.create_connection(("127.0.0.1", server.port)) as half:
        half.sendall(f"{head}Content-Length: 100\r\n\r\n{{".encode())
        assert server.get("/healthz").status == 200
        began = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - began < BACKSTOP_SECONDS
    assert '"level": "error"' not in server.said()


def test_an_engine_that_is_absent_is_said_with_the_way_out(shared: Server) -> None:
    answer = shared.ask("POST", "/generate", {"prompt": "x", "engine": "diffrhythm"})
    assert (answer.status, answer.json["code"]) == (503, "MODEL_NOT_LOADED")
    assert "sketch" in answer.json["recovery"]


@pytest.mark.parametrize(
    "path",
    ["/status/nothing", "/api/v1/jobs/nothing", "/api/v1/tracks/nothing", "/tracks/nothing/audio.flac", "/api/v1/x",
     "/api/v1/tracks/nothing/audio.xyz", "/tracks/..%2f..%2fetc%2fpasswd/audio.flac", "/static/../pyproject.toml"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(shared: Server, path: str) -> None:
    answer = shared.get(path)
    assert answer.status == 404
    assert "Traceback" not in answer.text and "/musicgen_web" not in answer.text


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "192.168.1.7", "", "a b"]
)
def test_a_name_that_is_not_ours_is_not_answered(shared: Server, host: str) -> None:
    answer = shared.get("/health", Host=host)
    assert (answer.status, answer.json["code"]) == (421, "WRONG_HOST")


@pytest.mark.parametrize("host", ["localhost", "localhost:1", "127.0.0.1:99", "[::1]:8000", "LOCALHOST."])
def test_the_port_and_the_case_of_a_name_are_not_compared(shared: Server, host: str) -> None:
    assert shared.get("/health", Host=host).status == 200


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://localhost.evil.example"]
)
def test_another_site_changes_nothing(shared: Server, origin: str) -> None:
    for path in ("/generate", "/api/v1/jobs", "/jobs"):
        answer = shared.ask("POST", path, {"prompt": "x"}, JSON | {"Origin": origin})
        assert answer.status == 403


def test_a_proxy_that_hides_the_name_is_told_what_to_pass_on(shared: Server) -> None:
    answer = shared.ask("POST", "/generate", {"prompt": "x"}, JSON | {"Origin": "https://music.example"})
    assert "'https://music.example'" in answer.json["detail"] and f"127.0.0.1:{shared.port}" in answer.json["detail"]
    assert "Host" in answer.json["recovery"]


def test_a_form_without_its_token_is_refused(shared: Server) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Origin": shared.url}
    assert shared.ask("POST", "/jobs", b"prompt=x&duration=5", kind).status == 403


def test_the_same_key_is_the_same_job_and_another_body_a_conflict(shared: Server) -> None:
    key = {"Idempotency-Key": "one"}
    first = shared.ask("POST", "/generate", {"prompt": "x", "duration": 5}, key)
    again = shared.ask("POST", "/generate", {"prompt": "x", "duration": 5.0}, key)
    other = shared.ask("POST", "/generate", {"prompt": "y", "duration": 5}, key)
    assert first.json["job_id"] == again.json["job_id"]
    assert (other.status, other.json["code"]) == (409, "CONFLICT")


def test_a_method_that_is_not_there_is_said(shared: Server) -> None:
    answer = shared.ask("DELETE", "/generate")
    assert (answer.status, answer.json["code"]) == (405, "METHOD_NOT_ALLOWED")
    assert "POST" in answer.headers["allow"]


def test_every_answer_carries_the_security_headers(shared: Server) -> None:
    for path in ("/", "/health", "/nothing", "/api/v1/tracks/nothing"):
        headers = shared.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_a_problem_is_a_page_for_people_and_json_for_programs(shared: Server) -> None:
    page = shared.get("/tracks/nothing", Accept="text/html")
    assert page.status == 404 and page.headers["content-type"].startswith("text/html")
    assert json.loads(shared.get("/api/v1/tracks/nothing", Accept="text/html").body)["code"] == "NOT_FOUND"
