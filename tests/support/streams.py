"""An open event stream as a browser or a script reads it: one event after the other, over a socket of its own."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

PATIENCE = 15.0  # seconds of silence that are too many


@dataclass(frozen=True, slots=True)
class Heard:
    """One message of a stream; a comment has neither event nor data."""

    event: str
    id: str | None
    data: str
    comment: str

    @property
    def json(self) -> Any:
        return json.loads(self.data)

    @property
    def number(self) -> int:
        assert self.id is not None, f"{self.event} has no id"
        return int(self.id.rpartition("-")[2])


class Stream:
    """Opened when made. `window`: the bytes the socket takes while nobody reads (None: as usual)."""

    def __init__(self, url: str, path: str = "/api/v1/events", *, after: str | None = None, window: int | None = None):
        host, _, port = url.removeprefix("http://").partition(":")
        self._connection = http.client.HTTPConnection(host, int(port), timeout=PATIENCE)
        self._connection.sock = socket.socket()
        self._connection.sock.settimeout(PATIENCE)
        if window is not None:
            self._connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        self._connection.sock.connect((host, int(port)))
        self._connection.request("GET", path, headers={} if after is None else {"Last-Event-ID": after})
        self._answer = self._connection.getresponse()
        assert self._answer.status == 200
        assert (self._answer.headers["Content-Type"] or "").startswith("text/event-stream")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None):
        self.close()

    def close(self) -> None:
        self._answer.close()
        self._connection.close()

    def next(self) -> Heard | None:
        """Return the next message, or None when the server has ended the stream."""
        fields: dict[str, list[str]] = {}
        while line := self._answer.readline():
            text = line.decode().rstrip("\r\n")
            if text:
                name, _, value = text.partition(":")
                fields.setdefault(name, []).append(value.removeprefix(" "))
            elif fields:
                found = {name: "\n".join(values) for name, values in fields.items()}
                return Heard(found.get("event", ""), found.get("id"), found.get("data", ""), found.get("", ""))
        return None

    def until(self, is_it: Callable[[Heard], object]) -> list[Heard]:
        """Read up to and including the one that is it."""
        heard: list[Heard] = []
        while message := self.next():
            heard.append(message)
            if is_it(message):
                return heard
        raise AssertionError(f"the stream ended after {[message.event for message in heard]}")

    def to_the_end(self) -> list[Heard]:
        """Read until the server ends the stream."""
        return list(iter(self.next, None))


def ends(job_id: str) -> Callable[[Heard], bool]:
    """Recognise the change that ends a job."""

    def is_it(heard: Heard) -> bool:
        return heard.event == "job" and heard.json["id"] == job_id and heard.json["finished_at"] is not None

    return is_it


class Listener:
    """A reader that keeps up: a thread that reads a stream from now on until it is ended or `is_last` comes."""

    def __init__(self, stream: Stream, is_last: Callable[[Heard], object]) -> None:
        self.heard: list[Heard] = []
        self._error: Exception | None = None
        self._stream, self._is_last = stream, is_last
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        try:
            self.heard = self._stream.until(self._is_last)
        except Exception as error:
            self._error = error

    def wait(self, seconds: float = PATIENCE) -> list[Heard]:
        self._thread.join(seconds)
        assert not self._thread.is_alive(), "the last event did not come"
        if self._error:
            raise self._error
        return self.heard
