"""A crowd of clients in a process of its own: raw HTTP/1.1 over kept connections, as cheap as Python can be.

    crowd(port, [request(port, "GET", "/queue")], clients=4, answers=1000) -> Waits

Run as `python -m bench.load` it reads what to do from its standard input and writes the waits to its output.
"""

from __future__ import annotations

import base64
import json
import selectors
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.report import share

ROOT = Path(__file__).parents[1]
PATIENCE = 60.0  # seconds without any answer that end the run


@dataclass(slots=True)
class Waits:
    """What a crowd saw: seconds of each answer, statuses, and the seconds and processor seconds of the whole."""

    seconds: list[float]
    statuses: dict[str, int]
    took: float
    worked: float

    @property
    def rate(self) -> float:
        return len(self.seconds) / self.took

    def ms(self, part: float) -> float:
        return 1_000 * share(self.seconds, part)

    @property
    def is_well(self) -> bool:
        return all(status in ("200", "201", "202", "204") for status in self.statuses)


def request(port: int, method: str, path: str, body: object = None) -> bytes:
    """Return the bytes of one request, as a browser or a script would send it."""
    data = b"" if body is None else json.dumps(body).encode()
    head = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Accept: */*"]
    if body is not None:
        head += ["Content-Type: application/json", f"Content-Length: {len(data)}"]
    return "\r\n".join([*head, "", ""]).encode() + data


def crowd(port: int, requests: Sequence[bytes], *, clients: int, answers: int) -> Waits:
    """Let so many clients ask, each again as soon as it was answered, until there are so many answers."""
    wish = {"port": port, "clients": clients, "answers": answers}
    wish["requests"] = [base64.b64encode(one).decode() for one in requests]
    ran = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        input=json.dumps(wish),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise RuntimeError(f"the crowd left: {ran.stderr[-2000:]}")
    waits = Waits(**json.loads(ran.stdout))
    if not waits.is_well:
        raise RuntimeError(f"the answers were {waits.statuses}")
    return waits


@dataclass(slots=True, eq=False)
class _Client:
    socket: socket.socket
    begun: float = 0.0
    read: bytearray = field(default_factory=bytearray)

    def answered(self) -> int | None:
        """Return the status once the whole answer is there."""
        end = self.read.find(b"\r\n\r\n")
        if end < 0:
            return None
        head = bytes(self.read[:end]).lower()
        place = head.find(b"\r\ncontent-length:")
        if place < 0:
            size = 0
            if not head.startswith(b"http/1.1 204"):
                raise RuntimeError(f"an answer without a length: {head[:300]!r}")
        else:
            size = int(head[place + 17 :].split(b"\r\n", 1)[0])
        if len(self.read) < end + 4 + size:
            return None
        self.read.clear()
        return int(head[9:12])


def _run(port: int, requests: Sequence[bytes], clients: int, answers: int) -> dict[str, Any]:
    seconds: list[float] = []
    statuses: Counter[int] = Counter()
    with selectors.DefaultSelector() as selector:
        sent = 0
        begun = time.perf_counter()
        for _ in range(min(clients, answers)):
            client = _Client(socket.create_connection(("127.0.0.1", port)))
            client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(client.socket, selectors.EVENT_READ, client)
            client.begun = time.perf_counter()
            client.socket.sendall(requests[sent % len(requests)])
            sent += 1
        while len(seconds) < answers:
            ready = selector.select(PATIENCE)
            if not ready:
                raise RuntimeError(f"no answer for {PATIENCE:g} s")
            for key, _ in ready:
                client = key.data
                piece = client.socket.recv(1 << 18)
                if not piece:
                    raise RuntimeError("the server closed a connection")
                client.read += piece
                status = client.answered()
                if status is None:
                    continue
                now = time.perf_counter()
                seconds.append(now - client.begun)
                statuses[status] += 1
                if sent < answers:
                    client.begun = now
                    client.socket.sendall(requests[sent % len(requests)])
                    sent += 1
        took = time.perf_counter() - begun
        for key in list(selector.get_map().values()):
            key.data.socket.close()
    return {
        "seconds": seconds,
        "statuses": {str(status): count for status, count in statuses.items()},
        "took": took,
        "worked": time.process_time(),
    }


if __name__ == "__main__":
    asked = json.loads(sys.stdin.read())
    asked["requests"] = [base64.b64decode(one) for one in asked["requests"]]
    sys.stdout.write(json.dumps(_run(**asked)))
