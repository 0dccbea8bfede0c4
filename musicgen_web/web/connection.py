"""One HTTP connection that nobody can hold for ever: a request that comes too slowly or has too long a head is refused.

uvicorn waits without end for the rest of a request and keeps whatever comes of its head.
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD = 64 * 1024  # bytes of a request's first line and headers
SILENCE_SECONDS = 30.0  # for a whole head, and between two pieces of a body


class Connection(HttpToolsProtocol):
    """uvicorn's connection with a clock from its first moment to the end of each request."""

    _clock: asyncio.TimerHandle | None = None
    _head_size: int | None = None  # of the head that is coming; None: none is

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wind()

    def connection_lost(self, exc: Exception | None) -> None:
        self._unwind()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        is_between = self.cycle is None or self.cycle.response_complete
        if is_between and self._clock is None:
            self._wind()
        super().data_received(data)
        if self._head_size is not None:
            self._head_size += len(data)
            if self._head_size > MAX_HEAD and not self.transport.is_closing():
                self.send_400_response("The head of this request is too long.")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head_size = 0

    def on_headers_complete(self) -> None:
        self._head_size = None
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._wind()
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._unwind()
        super().on_message_complete()

    def _wind(self) -> None:
        self._unwind()
        self._clock = self.loop.call_later(SILENCE_SECONDS, self._too_slow)

    def _unwind(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _too_slow(self) -> None:
        self._clock = None
        self.transport.close()
