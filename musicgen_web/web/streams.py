"""The way of every event stream: its beginning, its pings, what was missed, and its end. What is sent is the caller's.

A message is made once for all readers of an event, and encoded once.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import cached_property, partial

from litestar.response import ServerSentEvent, ServerSentEventMessage

from musicgen_web.errors import MusicGenError
from musicgen_web.jobs.events import (
    Broadcaster,
    Closed,
    Heard,
    JobChanged,
    LineMoved,
    Ping,
    Progressed,
    Reset,
    TrackChanged,
    once,
)
from musicgen_web.models import LOCAL

RETRY_MS = 1_000

News = JobChanged | TrackChanged | Progressed | LineMoved | Reset


class SharedMessage(ServerSentEventMessage):
    """Encoded once, however many send it."""

    @cached_property
    def _encoded(self) -> bytes:
        return super().encode()

    def encode(self) -> bytes:
        return self._encoded


Make = Callable[[News], Awaitable[SharedMessage | None]]
"""Makes the message of one event, or nothing where this kind of reader has nothing to learn."""


def streamed(events: Broadcaster, known: str | None, form: str, make: Make) -> ServerSentEvent:
    """Tell everything after the event `known` (None: a snapshot first). Messages are kept on the event as `form`."""

    async def messages() -> AsyncIterator[ServerSentEventMessage]:
        with events.watch(LOCAL, known) as inbox:
            yield ServerSentEventMessage(None, comment="MusicGen Local", retry=RETRY_MS)
            heard: Heard = inbox.start if known is None else await inbox.get()
            while not isinstance(heard, Closed):
                if isinstance(heard, Ping):
                    yield ServerSentEventMessage(None, comment="still here")
                else:
                    try:
                        message = await once(heard.memo, form, partial(make, heard))
                    except MusicGenError:  # the database refuses: the reader comes back and is told what it missed
                        return
                    if message is not None:
                        yield message
                heard = await inbox.get()

    return ServerSentEvent(messages())
