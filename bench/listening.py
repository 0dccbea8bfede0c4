"""Open event streams in a process of its own that does nothing but read them, and notes when each event came.

    with listening(port, 200) as readers:
        …
    readers.end().seconds(sent)

Run as `python -m bench.listening` it opens them, says so, reads until its input ends, and writes down what it heard.
The clock is the system's monotonic one, which all processes share.
"""

from __future__ import annotations

import contextlib
import json
import re
import resource
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PATIENCE = 30.0  # seconds of silence that are too many while streams open
PATHS = ("/api/v1/events", "/events")
MARK = re.compile(rb"mark(\d+)")  # a word in a song's title by which an event is known again


@dataclass(slots=True)
class Heard:
    """What all readers heard: for each mark the moments it came, and how many events in all."""

    marks: dict[str, list[float]]
    events: int
    streams: int
    size: int  # bytes, once all were open
    worked: float

    def waits(self, sent: dict[int, float]) -> list[float]:
        """Return how long after it was sent each mark came to each reader."""
        return [
            moment - sent[int(mark)] for mark, moments in self.marks.items() for moment in moments if int(mark) in sent
        ]


@dataclass(slots=True)
class Readers:
    process: subprocess.Popen[str]
    heard: Heard | None = None

    def end(self) -> Heard:
        """Close every stream and return what was heard."""
        if self.heard is None:
            out, _ = self.process.communicate("", timeout=60)
            self.heard = Heard(**json.loads(out.splitlines()[-1]))
        return self.heard


@contextlib.contextmanager
def listening(port: int, streams: int, *, paths: tuple[str, ...] = PATHS) -> Iterator[Readers]:
    """Open so many streams, and wait until each has heard its beginning, a `reset`."""
    wish = json.dumps({"port": port, "streams": streams, "paths": paths})
    command = [sys.executable, "-m", "bench.listening", wish]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        readers = Readers(process)
        try:
            assert process.stdout
            if process.stdout.readline() != "all are open\n":
                raise RuntimeError("the streams could not be opened")
            yield readers
            readers.end()
        finally:
            if process.poll() is None:
                process.kill()


@dataclass(slots=True, eq=False)
class _Reader:
    socket: socket.socket
    rest: bytes = b""
    is_open: bool = False
    moments: dict[int, float] = field(default_factory=dict)


def _run(port: int, streams: int, paths: list[str]) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, streams + 64), hard), hard))
    events, opened, size, marks = 0, 0, 0, dict[str, list[float]]()
    with selectors.DefaultSelector() as selector:
        for number in range(streams):
            reader = _Reader(socket.create_connection(("127.0.0.1", port)))
            path = paths[number % len(paths)]
            reader.socket.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
            selector.register(reader.socket, selectors.EVENT_READ, reader)
        selector.register(sys.stdin, selectors.EVENT_READ, None)
        is_over = False
        while not is_over:
            ready = selector.select(PATIENCE)
            if not ready and opened < streams:
                raise SystemExit(f"only {opened} of {streams} streams have begun")
            for key, _ in ready:
                reader = key.data
                if reader is None:
                    is_over = not sys.stdin.buffer.read1(1)
                    continue
                piece = reader.socket.recv(1 << 18)
                now = time.monotonic()
                size += len(piece) if opened == streams else 0
                if not piece:
                    selector.unregister(reader.socket)
                    reader.socket.close()
                    continue
                text = reader.rest + piece
                whole, _, reader.rest = text.rpartition(b"\r\n\r\n")
                events += whole.count(b"event:")
                for found in set(MARK.findall(whole)):
                    if int(found) not in reader.moments:
                        reader.moments[int(found)] = now
                        marks.setdefault(found.decode(), []).append(now)
                if not reader.is_open and b"event: reset" in whole:
                    reader.is_open = True
                    opened += 1
                    if opened == streams:
                        sys.stdout.write("all are open\n")
                        sys.stdout.flush()
    told: dict[str, Any] = {
        "marks": marks,
        "events": events,
        "streams": streams,
        "size": size,
        "worked": time.process_time(),
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    _run(**json.loads(sys.argv[1]))
