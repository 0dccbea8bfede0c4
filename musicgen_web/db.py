"""The database: one writer that commits together what arrived together, and readers that cannot write.

    begin()  ->  a turn in the queue  ->  its savepoint in the open batch  ->  COMMIT of the batch  ->  begin() returns

Bodies run one after the other on the one connection that writes, so a body must do nothing but database work. While a
batch is being committed (synced to disk) the next one gathers. A batch that fails to commit fails for everyone in it.

A body is either what stands in `async with db.begin() as session`, with all that an ORM session can do, or a function
given to `db.write(body)`: that one the writer runs by itself, on the bare connection, at a tenth of the cost.
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
from typing import Any, Self, TypeVar

import structlog
from sqlalchemy import URL, event
from sqlalchemy.engine import Connection as SyncConnection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from musicgen_web.errors import DiskFull, MusicGenError, Unavailable
from musicgen_web.migrate import LITTLE_SPACE
from musicgen_web.sqlite import Connection, TransactionLost, open_reader, open_writer
from musicgen_web.turns import AnyTurn, Errand, Visit, Writer, writer_of

T = TypeVar("T")

log = structlog.get_logger()

READERS = 4
BATCH_SECONDS = 0.05  # a batch older than this takes nobody more in

FULL = {sqlite3.SQLITE_FULL}
REFUSED = {
    sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_PERM,
}  # fmt: skip


class Database:
    """The database of one data directory. Use as `async with Database(path) as db`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._turns: deque[AnyTurn] = deque()
        self._arrived = asyncio.Event()
        self._holder: asyncio.Task[object] | None = None
        self._memory: dict[str, Any] = {}  # what bodies tell later ones; forgotten when anything is taken back
        self.on_batch: Callable[[int], None] = lambda writes: None  # hears how many writes were committed together
        self._closing = True

    async def __aenter__(self) -> Self:
        self._write_thread = ThreadPoolExecutor(1, thread_name_prefix="db-write")
        self._read_threads = ThreadPoolExecutor(READERS, thread_name_prefix="db-read")
        self._writers = _engine(self.path, partial(open_writer, self.path, self._write_thread), 1)
        self._readers = _engine(self.path, partial(open_reader, self.path, self._read_threads), READERS)

        @event.listens_for(self._readers.sync_engine, "begin")  # the writer's transactions begin in its loop
        def start(connection: SyncConnection) -> None:
            connection.exec_driver_sql("BEGIN")

        try:
            self._connection = await self._writers.connect()
        except DBAPIError as error:
            self._stop_threads()
            raise self._in_words(error) from error
        self._driver = await _driver(self._connection)
        self._raw = self._driver.raw
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
        visit = await self._enter()
        session = self._session(visit)
        kept = False
        try:  # no await below reaches the loop: statements run in place, so nothing here can be cancelled half-way
            await session.connection()  # its savepoint begins: what `writer_of` writes belongs to it too
            yield session
            await session.commit()
            kept = True
        except (DBAPIError, sqlite3.Error) as error:
            if (refusal := self._refusal(error)) is not None:
                raise refusal from error
            raise
        finally:
            with suppress(SQLAlchemyError):  # a transaction that SQLite gave up has no savepoint to go back to
                await session.close()  # takes back what was not committed
            self._holder = None
            if not kept:
                self._memory.clear()
            visit.left.set_result(kept)
        await visit.committed

    async def write(self, body: Callable[[Writer], T]) -> T:
        """Write by a function: the same savepoint, batch and wait, without a session and without a switch of tasks.

        Nobody can be let in while it runs, nor can it be cancelled: it is called when its turn comes, or not at all.
        """
        errand = Errand(body)
        self._line_up(errand)
        return await errand.committed

    def on_commit(self, session: AsyncSession, callback: Callable[[], None]) -> None:
        """Call it right after this body's commit, in order, before anybody who waits for the commit wakes."""
        writer_of(session).on_commit(callback)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Read one consistent state. Writing through it is an error."""
        session = AsyncSession(self._readers, expire_on_commit=False, autoflush=False)
        try:
            yield session
        except DBAPIError as error:
            if (refusal := self._refusal(error)) is not None:
                raise refusal from error
            raise
        finally:
            await session.close()

    def _line_up(self, turn: AnyTurn) -> None:
        if self._closing:
            raise Unavailable("the database is closed")
        if self._holder is not None and self._holder is asyncio.current_task():
            raise RuntimeError("a write inside begin() would wait for itself")
        self._turns.append(turn)
        self._arrived.set()

    async def _enter(self) -> Visit:
        visit = Visit()
        self._line_up(visit)
        try:
            await visit.granted
        except asyncio.CancelledError:
            if not visit.granted.cancelled():  # granted and cancelled at the same moment
                visit.left.set_result(False)
            raise
        self._holder = asyncio.current_task()
        return visit

    def _session(self, visit: Visit) -> AsyncSession:
        return AsyncSession(
            self._connection,
            join_transaction_mode="create_savepoint",
            expire_on_commit=False,
            info={"writer": Writer(self._driver, visit, self._memory)},
        )

    async def _write(self) -> None:
        """The writer: begin, let in who waits, commit, tell them; until closed and nobody waits."""
        while True:
            while not self._turns:
                if self._closing:
                    return
                self._arrived.clear()
                await self._arrived.wait()
            batch: list[AnyTurn] = []
            try:
                await self._run_batch(batch)
            except Exception as error:  # whatever it was: they must hear it, and the next batch must run
                log.error("database.batch_failed", bodies=len(batch), error=repr(error))
                await self._roll_back()
                for turn in batch:
                    turn.fail(self._in_words(error))

    async def _run_batch(self, batch: list[AnyTurn]) -> None:
        loop = asyncio.get_running_loop()
        try:
            await self._driver.begin()
        except sqlite3.Error:
            batch.extend(self._turns)  # none of them can have a turn now
            self._turns.clear()
            raise
        deadline = loop.time() + BATCH_SECONDS
        while self._turns and (not batch or loop.time() < deadline):
            turn = self._turns.popleft()
            if await (self._do(turn) if isinstance(turn, Errand) else self._receive(turn)):
                batch.append(turn)
            self._driver.expect_transaction()
        await self._driver.commit()
        if self._connection.in_transaction():
            await self._connection.commit()  # SQLAlchemy hears that its transaction is over
        if batch:
            self.on_batch(len(batch))
        for turn in batch:
            for callback in turn.callbacks:
                try:
                    callback()
                except Exception:
                    log.exception("database.callback_failed")
        for turn in batch:
            turn.succeed()

    async def _receive(self, visit: Visit) -> bool:
        """Let a body in and wait until it leaves; whether there is something of it to commit."""
        if not self._connection.in_transaction():
            try:
                await self._connection.begin()  # SQLAlchemy hears of the transaction when its first session comes
            except SQLAlchemyError as error:
                visit.fail(self._in_words(error))
                raise
        if visit.granted.cancelled():
            return False
        visit.granted.set_result(None)
        return await visit.left

    async def _do(self, errand: Errand[Any]) -> bool:
        """Run a body in a savepoint of its own; whether there is something of it to commit."""
        if errand.committed.cancelled():
            return False
        run = self._driver.run
        try:
            run("SAVEPOINT body")
            errand.result = errand.body(Writer(self._driver, errand, self._memory))
            run("RELEASE body")
        except Exception as error:
            self._memory.clear()
            errand.fail(self._refusal(error) or error)
            if self._raw.in_transaction:
                run("ROLLBACK TO body")  # should that fail, so does the batch: nothing half-written is committed
                run("RELEASE body")
            return False
        await asyncio.sleep(0)  # many of them do not keep the loop from everybody else
        return True

    async def _roll_back(self) -> None:
        self._memory.clear()
        with suppress(SQLAlchemyError, sqlite3.Error):
            await self._connection.rollback()
        with suppress(sqlite3.Error):
            if self._raw.in_transaction:
                self._raw.rollback()

    def _refusal(self, error: BaseException) -> MusicGenError | None:
        """Say it in words where it is the disk or the database that refuses, and no fault of the body."""
        cause = error.orig if isinstance(error, DBAPIError) else error
        if isinstance(cause, TransactionLost) or _code(cause) in FULL | REFUSED:
            return self._in_words(error)
        return None

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


def _engine(path: Path, connect: Callable[[], Connection], size: int) -> AsyncEngine:
    async def create() -> Connection:
        return await asyncio.to_thread(connect)

    return create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(path)),
        async_creator=create,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=size,
        max_overflow=0,
        hide_parameters=True,  # an error that is logged must not quote what somebody wrote
    )


async def _driver(connection: AsyncConnection) -> Connection:
    driver = (await connection.get_raw_connection()).driver_connection
    assert isinstance(driver, Connection)
    return driver
