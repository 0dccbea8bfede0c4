"""The database: one writer that commits together what arrived together, and readers that cannot write.

    begin()  ->  a turn in the queue  ->  its savepoint in the open batch  ->  COMMIT of the batch  ->  begin() returns

Bodies run one after the other on the one connection that writes, so a body must do nothing but database work. While a
batch is being committed (synced to disk) the next one gathers. A batch that fails to commit fails for everyone in it.
"""

from __future__ import annotations

import asyncio
import errno
import shutil
import sqlite3
from collections import deque
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Self

import structlog
from sqlalchemy import URL, event
from sqlalchemy.engine import Connection as SyncConnection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from musicgen_web.errors import DiskFull, MusicGenError, Unavailable
from musicgen_web.migrate import LITTLE_SPACE
from musicgen_web.sqlite import Connection, TransactionLost, open_reader, open_writer

log = structlog.get_logger()

READERS = 4
BATCH_SECONDS = 0.05  # a batch older than this takes nobody more in

FULL = {sqlite3.SQLITE_FULL}
REFUSED = {
    sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_PERM,
}  # fmt: skip


class Turn:
    """One body's way through the writer: granted, left (with what broke the transaction, if it did), committed."""

    __slots__ = ("callbacks", "committed", "granted", "left")

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.granted: asyncio.Future[None] = loop.create_future()
        self.left: asyncio.Future[bool] = loop.create_future()  # whether there is something of it to commit
        self.committed: asyncio.Future[None] = loop.create_future()
        self.callbacks: list[Callable[[], None]] = []

    def refuse(self, error: MusicGenError) -> None:
        """Tell whoever still waits; a waiter that was cancelled has cancelled its future."""
        for future in (self.granted, self.committed):
            if not future.done():
                future.set_exception(error)
                future.exception()  # seen: it may be that nobody waits for this one
        self.callbacks.clear()


class Database:
    """The database of one data directory. Use as `async with Database(path) as db`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._turns: deque[Turn] = deque()
        self._arrived = asyncio.Event()
        self._holder: asyncio.Task[object] | None = None
        self._batch: dict[str, Any] = {}  # what the bodies of one batch tell each other, by `session.info["batch"]`
        self.on_batch: Callable[[int], None] = lambda writes: None  # hears how many writes were committed together
        self._closing = True

    async def __aenter__(self) -> Self:
        self._write_thread = ThreadPoolExecutor(1, thread_name_prefix="db-write")
        self._read_threads = ThreadPoolExecutor(READERS, thread_name_prefix="db-read")
        self._writers = _engine(self.path, partial(open_writer, self.path, self._write_thread), 1, "BEGIN IMMEDIATE")
        self._readers = _engine(self.path, partial(open_reader, self.path, self._read_threads), READERS, "BEGIN")
        try:
            self._connection = await self._writers.connect()
        except DBAPIError as error:
            self._stop_threads()
            raise self._in_words(error) from error
        self._raw = await _raw(self._connection)
        self._closing = False
        self._writer = asyncio.create_task(self._write(), name="db-writer")
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._closing = True
        self._arrived.set()
        await self._writer
        await self._readers.dispose()
        await self._connection.close()
        await self._writers.dispose()
        self._stop_threads()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        """Write: a savepoint in the writer's open batch. Leaving waits until the batch is on the disk."""
        turn = await self._enter()
        session = self._session(turn)
        kept = False
        try:  # no await below reaches the loop: statements run in place, so nothing here can be cancelled half-way
            yield session
            await session.commit()
            kept = True
        except DBAPIError as error:
            if isinstance(error.orig, TransactionLost) or _code(error.orig) in FULL | REFUSED:
                raise self._in_words(error) from error
            raise
        finally:
            with suppress(SQLAlchemyError):  # a transaction that SQLite gave up has no savepoint to go back to
                await session.close()  # takes back what was not committed
            self._holder = None
            turn.left.set_result(kept)
        await turn.committed

    def on_commit(self, session: AsyncSession, callback: Callable[[], None]) -> None:
        """Call it right after this body's commit, in order, before anybody who waits for the commit wakes."""
        turn: Turn = session.info["turn"]
        turn.callbacks.append(callback)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Read one consistent state. Writing through it is an error."""
        session = AsyncSession(self._readers, expire_on_commit=False, autoflush=False)
        try:
            yield session
        except DBAPIError as error:
            if _code(error.orig) in FULL | REFUSED:
                raise self._in_words(error) from error
            raise
        finally:
            await session.close()

    async def _enter(self) -> Turn:
        if self._closing:
            raise Unavailable("the database is closed")
        task = asyncio.current_task()
        if self._holder is not None and self._holder is task:
            raise RuntimeError("begin() inside begin() would wait for itself")
        turn = Turn()
        self._turns.append(turn)
        self._arrived.set()
        try:
            await turn.granted
        except asyncio.CancelledError:
            if not turn.granted.cancelled():  # granted and cancelled at the same moment
                turn.left.set_result(False)
            raise
        self._holder = task
        return turn

    def _session(self, turn: Turn) -> AsyncSession:
        return AsyncSession(
            self._connection,
            join_transaction_mode="create_savepoint",
            expire_on_commit=False,
            info={"turn": turn, "batch": self._batch},
        )

    async def _write(self) -> None:
        """The writer: begin, let in who waits, commit, tell them; until closed and nobody waits."""
        while True:
            while not self._turns:
                if self._closing:
                    return
                self._arrived.clear()
                await self._arrived.wait()
            batch: list[Turn] = []
            try:
                await self._run_batch(batch)
            except Exception as error:  # whatever it was: they must hear it, and the next batch must run
                log.error("database.batch_failed", bodies=len(batch), error=repr(error))
                await self._roll_back()
                for turn in batch:
                    turn.refuse(self._in_words(error))

    async def _run_batch(self, batch: list[Turn]) -> None:
        loop = asyncio.get_running_loop()
        try:
            transaction = await self._connection.begin()
        except DBAPIError:
            batch.extend(self._turns)  # none of them can have a turn now
            self._turns.clear()
            raise
        self._batch = {}
        deadline = loop.time() + BATCH_SECONDS
        while self._turns and (not batch or loop.time() < deadline):
            turn = self._turns.popleft()
            if turn.granted.cancelled():
                continue
            turn.granted.set_result(None)
            if await turn.left:
                batch.append(turn)
            if not self._raw.in_transaction:
                raise TransactionLost("the transaction is gone")
        await transaction.commit()
        if batch:
            self.on_batch(len(batch))
        for turn in batch:
            for callback in turn.callbacks:
                try:
                    callback()
                except Exception:
                    log.exception("database.callback_failed")
        for turn in batch:
            if not turn.committed.done():
                turn.committed.set_result(None)

    async def _roll_back(self) -> None:
        with suppress(SQLAlchemyError, sqlite3.Error):
            await self._connection.rollback()
        with suppress(sqlite3.Error):
            if self._raw.in_transaction:
                self._raw.rollback()

    def _in_words(self, error: BaseException) -> MusicGenError:
        """Say what the disk said, for people."""
        cause = error.orig if isinstance(error, DBAPIError) else error
        full = _code(cause) in FULL or (isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT))
        if full or self._has_little_space():
            return DiskFull("Nothing was saved.")
        return Unavailable("The database cannot be written or read at the moment; nothing was saved.")

    def _has_little_space(self) -> bool:
        with suppress(OSError):
            return shutil.disk_usage(self.path.parent).free < LITTLE_SPACE
        return False

    def _stop_threads(self) -> None:
        self._write_thread.shutdown()
        self._read_threads.shutdown()


def _code(error: BaseException | None) -> int | None:
    """The primary code of a SQLite error: the extended ones carry it in their low byte."""
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else int(code) & 0xFF


def _engine(path: Path, connect: Callable[[], Connection], size: int, begin: str) -> AsyncEngine:
    async def create() -> Connection:
        return await asyncio.to_thread(connect)

    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(path)),
        async_creator=create,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=size,
        max_overflow=0,
        hide_parameters=True,  # an error that is logged must not quote what somebody wrote
    )

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: SyncConnection) -> None:
        connection.exec_driver_sql(begin)

    return engine


async def _raw(connection: AsyncConnection) -> sqlite3.Connection:
    driver = (await connection.get_raw_connection()).driver_connection
    assert isinstance(driver, Connection)
    return driver.raw
