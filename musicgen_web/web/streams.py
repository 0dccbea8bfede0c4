"""A message that many open streams send."""

from functools import cached_property

from litestar.response import ServerSentEventMessage


class SharedMessage(ServerSentEventMessage):
    """Encoded once, however many send it."""

    @cached_property
    def _encoded(self) -> bytes:
        return super().encode()

    def encode(self) -> bytes:
        return self._encoded
