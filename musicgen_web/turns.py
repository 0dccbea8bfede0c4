"""One body's turn at the database: how it waits, what it writes with, and when it hears of the end.

`db.py` gives the turns, one after the other, and commits together what arrived together.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from musicgen_web.prepared import Prepared
from musicgen_web.sqlite import Connection, Row

T = TypeVar("T")

NO_VALUES: Mapping[str, Any] = MappingProxyType({})


class Turn(Generic[T]):
    """One body's way through the writer: what is told after its commit, and its result, which is there after it."""

    __slots__ = ("callbacks", "committed", "result")

    def __init__(self) -> None:
        self.committed: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self.callbacks: list[Callable[[], None]] = []
        self.result: T

    def succeed(self) -> None:
        """Tell whoever still waits that it is on the disk."""
        if not self.committed.done():
            self.committed.set_result(self.result)

    def fail(self, error: Exception) -> None:
        _fail(self.committed, error)
        self.callbacks.clear()


class Visit(Turn[None]):
    """The turn of a body that runs in its own task: granted, left (and whether there is something to commit)."""

    __slots__ = ("granted", "left")

    def __init__(self) -> None:
        super().__init__()
        self.result = None
        self.granted: asyncio.Future[None] = self.committed.get_loop().create_future()
        self.left: asyncio.Future[bool] = self.committed.get_loop().create_future()

    def fail(self, error: Exception) -> None:
        _fail(self.granted, error)
        super().fail(error)


class Errand(Turn[T]):
    """The turn of a body that the writer runs itself."""

    __slots__ = ("body",)

    def __init__(self, body: Callable[[Writer], T]) -> None:
        super().__init__()
        self.body = body


AnyTurn = Visit | Errand[Any]


class Writer:
    """What a body has in its hands: the connection, its turn, and a memory of what bodies before it have found out.

    Nobody else writes: what is remembered stays true until a body changes it. It is forgotten when one is taken back.
    """

    __slots__ = ("_connection", "_turn", "memory")

    def __init__(self, connection: Connection, turn: Turn[Any], memory: dict[str, Any]) -> None:
        self._connection, self._turn, self.memory = connection, turn, memory

    def run(self, statement: Prepared, values: Mapping[str, Any] = NO_VALUES) -> list[Row]:
        """Run one statement in the body's savepoint, in place."""
        return self._connection.run(statement.sql, statement.parameters(values))

    def on_commit(self, callback: Callable[[], None]) -> None:
        """Call it right after this body's commit, in order, before anybody who waits for the commit wakes."""
        self._turn.callbacks.append(callback)


def writer_of(session: AsyncSession) -> Writer:
    """Return what a body of `begin()` shares with the functions given to `write`: both write in the same way."""
    writer: Writer = session.info["writer"]
    return writer


def _fail(future: asyncio.Future[Any], error: Exception) -> None:
    """Tell whoever still waits; a waiter that was cancelled has cancelled its future."""
    if not future.done():
        future.set_exception(error)
        future.exception()  # seen: it may be that nobody waits for this one
