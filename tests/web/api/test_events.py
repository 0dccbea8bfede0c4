"""The stream of JSON, as a program reads it."""

from __future__ import annotations

import json
import socket

from musicgen_web.web.api.events import SHOWN
from tests.support.server import Server


def beginning(server: Server) -> list[dict[str, str]]:
    """Read the stream up to its first event that has data, as blocks of {field: value}."""
    text = ""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as stream:
        stream.sendall(f"GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode())
        while not ("data:" in text and text.endswith("\r\n\r\n\r\n")):
            text += stream.recv(65536).decode()
    lines = [line for line in text.split("\r\n\r\n", 1)[1].splitlines() if not line.strip().isalnum()]
    blocks = "\n".join(lines).split("\n\n")
    return [dict(line.split(": ", 1) for line in block.splitlines() if ": " in line) for block in blocks if block]


def test_it_begins_with_a_snapshot_and_no_empty_message_before(shared: Server) -> None:
    for _ in range(3):
        shared.submit(duration=285)
    told = [block for block in beginning(shared) if "data" in block]
    assert [block["event"] for block in told] == ["reset"]
    snapshot = json.loads(told[0]["data"])
    assert len(snapshot["jobs"]) == 3 and snapshot["more"] == 0


def test_a_long_line_is_told_in_part(shared: Server) -> None:
    for _ in range(SHOWN):
        shared.submit(duration=285)
    snapshot = json.loads(next(block["data"] for block in beginning(shared) if "data" in block))
    assert len(snapshot["jobs"]) == SHOWN and snapshot["more"] >= 1
