"""A SQLite connection that SQLAlchemy can await: only what may wait for the disk goes to a thread.

SQLAlchemy's aiosqlite dialect sees the interface of an aiosqlite connection. aiosqlite itself hands every cursor,
statement, fetch and close to a thread, which costs more than the statement. Here one statement is at most one hop.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self, TypeVar

T = TypeVar("T")
Row = tuple[object, ...]

WRITER = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA fullfsync = ON;
PRAGMA checkpoint_fullfsync = ON;
PRAGMA foreign_keys = ON;
PRAGMA journal_size_limit = 67108864;
"""
READER = """
PRAGMA query_only = ON;
PRAGMA wal_autocheckpoint = 0;
"""
BUSY_TIMEOUT = 5.0  # seconds
BEGIN = "BEGIN IMMEDIATE"  # a transaction that reads first and then writes fails where another has written meanwhile


class TransactionLost(sqlite3.OperationalError):
    """SQLite gave the whole transaction up by itself: nothing more may run until the next one begins."""


class Connection:
    """One connection. `waits(sql)` says which statements go to the thread; the others run where they are."""

    def __init__(self, raw: sqlite3.Connection, threads: ThreadPoolExecutor, waits: Callable[[str], bool]) -> None:
        self._connection = raw  # the name the dialect looks at
        self._threads = threads
        self.waits = waits

    @property
    def raw(self) -> sqlite3.Connection:
        return self._connection

    def cursor(self) -> Cursor:
        return Cursor(self, self.raw.cursor())

    def run(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Run one statement of the open transaction where we are, and read all its rows."""
        self.expect_transaction()
        return self.raw.execute(sql, parameters).fetchall()

    def expect_transaction(self) -> None:
        """Outside of a transaction SQLite would commit each statement by itself."""
        if not self.raw.in_transaction:
            raise TransactionLost("the transaction is gone")

    async def create_function(self, *args: Any, **options: Any) -> None:
        self.raw.create_function(*args, **options)

    async def begin(self) -> None:
        """Take the write lock. It is free unless another program works on the file: only then a thread waits for it."""
        self.raw.execute("PRAGMA busy_timeout = 0")
        try:
            self.raw.execute(BEGIN)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
        else:
            return
        finally:
            self.raw.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT * 1_000:.0f}")
        await self.in_thread(lambda: self.raw.execute(BEGIN))

    async def commit(self) -> None:
        if self.raw.in_transaction:
            await self.in_thread(self.raw.commit)

    async def rollback(self) -> None:
        if self.raw.in_transaction:
            self.raw.rollback()

    async def close(self) -> None:
        await self.in_thread(self.raw.close)

    def stop(self) -> None:
        self.raw.close()

    async def in_thread(self, call: Callable[[], T]) -> T:
        """Run it in the thread to its end, whoever is cancelled meanwhile: two threads never meet in one connection."""
        return await to_the_end(asyncio.get_running_loop().run_in_executor(self._threads, call))


class Cursor:
    """A cursor whose rows are all read by the hop that ran the statement."""

    arraysize = 1

    def __init__(self, owner: Connection, raw: sqlite3.Cursor) -> None:
        self._owner = owner
        self._raw = raw
        self._rows: list[Row] = []

    @property
    def description(self) -> Any:
        return self._raw.description

    @property
    def rowcount(self) -> int:
        return self._raw.rowcount

    @property
    def lastrowid(self) -> int | None:
        return self._raw.lastrowid

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, sql: str, parameters: Sequence[object] = ()) -> None:
        await self._run(sql, lambda: self._raw.execute(sql, parameters))

    async def executemany(self, sql: str, parameters: Sequence[Sequence[object]]) -> None:
        await self._run(sql, lambda: self._raw.executemany(sql, parameters))

    async def fetchall(self) -> list[Row]:
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        self._raw.close()

    async def _run(self, sql: str, run: Callable[[], sqlite3.Cursor]) -> None:
        if not sql.startswith(("BEGIN", "PRAGMA")):
            self._owner.expect_transaction()

        def read() -> list[Row]:
            run()
            return self._raw.fetchall() if self._raw.description else []

        self._rows = await self._owner.in_thread(read) if self._owner.waits(sql) else read()


def open_writer(path: Path, threads: ThreadPoolExecutor) -> Connection:
    """Open the one connection that writes. Its statements touch memory only; the commit waits for the disk."""
    return Connection(_open(path, WRITER), threads, lambda sql: False)


def open_reader(path: Path, threads: ThreadPoolExecutor) -> Connection:
    """Open a connection that cannot write; a plain BEGIN does nothing until the first statement reads."""
    return Connection(_open(path, READER), threads, lambda sql: sql != "BEGIN")


def _open(path: Path, pragmas: str) -> sqlite3.Connection:
    address = f"{path.absolute().as_uri()}?mode=rw"  # never creates: only a migration makes a database
    raw = sqlite3.connect(address, uri=True, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False)
    try:
        raw.executescript(pragmas)
    except sqlite3.Error:
        raw.close()
        raise
    return raw


async def to_the_end(awaitable: Awaitable[T]) -> T:
    """Wait for it even when cancelled, and only then be cancelled."""
    future = asyncio.ensure_future(awaitable)
    cancelled: asyncio.CancelledError | None = None
    while not future.done():
        try:
            await asyncio.shield(future)
        except asyncio.CancelledError as error:
            cancelled = error
        except Exception:  # told below, by result()
            break
    if cancelled is not None:
        if not future.cancelled():
            future.exception()  # seen: nobody is left to hear it
        raise cancelled
    return future.result()
