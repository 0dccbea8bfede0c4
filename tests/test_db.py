"""The writer: together, in order, all or nothing, and never stuck."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from musicgen_web.db import Database
from musicgen_web.errors import DiskFull, QueueFull, Unavailable
from musicgen_web.migrate import migrate, revisions
from musicgen_web.prepared import Prepared
from musicgen_web.sqlite import Connection
from musicgen_web.turns import Writer, writer_of


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(tmp_path) as db:
        yield db


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of two megabytes."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(folder)], capture_output=True, text=True, check=False
    )
    if mount.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mount.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def open_database(folder: Path) -> Database:
    migrate(folder / "musicgen.db", folder / "backups")
    return Database(folder / "musicgen.db")


async def put(session: AsyncSession, name: str, size: int = 0) -> None:
    await session.execute(
        text(
            "INSERT INTO job (id, owner, request, engine, status, cancelling, created_at) "
            "VALUES (:id, 'anna', :request, 'sketch', 'pending', 0, '')"
        ),
        {"id": name, "request": "x" * size},
    )


ADD = Prepared(
    text("INSERT INTO job (id, owner, request, engine, status, cancelling, created_at) "
         "VALUES (:id, 'anna', '', 'sketch', 'pending', 0, '')")
)  # fmt: skip


def add(writer: Writer, name: str) -> None:
    writer.run(ADD, {"id": name})


async def test_an_error_does_not_quote_what_was_to_be_written(db: Database) -> None:
    with pytest.raises(IntegrityError) as caught:
        async with db.begin() as session:
            await put(session, "one", size=40)
            await put(session, "one", size=40)
    assert "xxxx" not in str(caught.value)


async def names(db: Database) -> list[str]:
    async with db.read() as session:
        return list((await session.scalars(text("SELECT id FROM job ORDER BY number"))).all())


def count_commits(db: Database) -> list[str]:
    """Note every COMMIT that SQLite runs from now on."""
    commits: list[str] = []
    db._raw.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None)
    return commits


async def test_what_was_written_is_there_for_every_reader_once_begin_is_left(db: Database) -> None:
    async with db.begin() as session:
        await put(session, "a")
        assert await names(db) == []
    assert await names(db) == ["a"]


async def test_bodies_that_arrive_together_are_committed_together(db: Database) -> None:
    commits = count_commits(db)

    async def write(name: str) -> None:
        async with db.begin() as session:
            await put(session, name)

    await asyncio.gather(*(write(str(number)) for number in range(20)))
    assert len(await names(db)) == 20
    assert len(commits) < 5


async def test_a_batch_that_grows_old_takes_nobody_more_in(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("musicgen_web.db.BATCH_SECONDS", 1e-9)
    commits = count_commits(db)

    async def write(name: str) -> None:
        async with db.begin() as session:
            await put(session, name)

    await asyncio.gather(*(write(str(number)) for number in range(5)))
    assert len(commits) == 5


async def test_callbacks_run_in_order_after_the_commit_and_before_anybody_wakes(db: Database) -> None:
    told: list[str] = []

    async def write(name: str) -> None:
        async with db.begin() as session:
            await put(session, name)
            db.on_commit(session, lambda: told.append(f"{name} is kept"))
        told.append(f"{name} wakes")

    await asyncio.gather(write("a"), write("b"))
    assert told == ["a is kept", "b is kept", "a wakes", "b wakes"]


async def test_a_callback_that_fails_harms_nobody(db: Database) -> None:
    told: list[str] = []
    async with db.begin() as session:
        db.on_commit(session, lambda: told.append(str(1 / 0)))
        db.on_commit(session, lambda: told.append("second"))
    assert told == ["second"]


async def test_a_body_that_fails_takes_back_only_its_own(db: Database) -> None:
    told: list[str] = []

    async def fail() -> None:
        async with db.begin() as session:
            await put(session, "lost")
            db.on_commit(session, lambda: told.append("lost"))
            raise QueueFull

    async def write() -> None:
        async with db.begin() as session:
            await put(session, "kept")

    first, second = await asyncio.gather(fail(), write(), return_exceptions=True)
    assert isinstance(first, QueueFull)
    assert second is None
    assert await names(db) == ["kept"]
    assert told == []


async def test_a_clash_of_keys_is_told_as_it_is(db: Database) -> None:
    async with db.begin() as session:
        await put(session, "a")
    with pytest.raises(IntegrityError):
        async with db.begin() as session:
            await put(session, "a")
    assert await names(db) == ["a"]


async def test_functions_and_sessions_write_in_the_order_they_came_and_in_one_batch(db: Database) -> None:
    commits = count_commits(db)
    told: list[str] = []

    def errand(name: str) -> Callable[[Writer], str]:
        def body(writer: Writer) -> str:
            add(writer, name)
            writer.on_commit(lambda: told.append(f"{name} is kept"))
            return name.upper()

        return body

    async def session(name: str) -> str:
        async with db.begin() as session:
            await put(session, name)
            db.on_commit(session, lambda: told.append(f"{name} is kept"))
        return name

    results = await asyncio.gather(db.write(errand("a")), session("b"), db.write(errand("c")), session("d"))
    assert results == ["A", "b", "C", "d"]
    assert await names(db) == ["a", "b", "c", "d"]
    assert told == [f"{name} is kept" for name in "abcd"]
    assert len(commits) == 1


async def test_a_function_that_fails_half_way_takes_back_only_its_own(db: Database) -> None:
    told: list[str] = []

    def fail(writer: Writer) -> None:
        add(writer, "lost")
        writer.on_commit(lambda: told.append("lost"))
        raise QueueFull

    def clash(writer: Writer) -> None:
        add(writer, "lost, too")
        add(writer, "first")

    results = await asyncio.gather(
        db.write(lambda writer: add(writer, "first")),
        db.write(fail),
        db.write(clash),
        write_one(db, "between"),
        db.write(lambda writer: add(writer, "last")),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [
        type(None),
        QueueFull,
        sqlite3.IntegrityError,
        type(None),
        type(None),
    ]
    assert await names(db) == ["first", "between", "last"]
    assert told == []


async def test_what_a_session_writes_as_functions_do_is_taken_back_with_it(db: Database) -> None:
    with pytest.raises(QueueFull):
        async with db.begin() as session:
            add(writer_of(session), "lost")
            raise QueueFull
    assert await names(db) == []


async def test_a_function_whose_caller_has_gone_before_its_turn_is_not_called(db: Database) -> None:
    called: list[str] = []
    async with db.begin() as session:
        gone = asyncio.create_task(db.write(lambda writer: called.append("gone")))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        await put(session, "a")
    await db.write(lambda writer: add(writer, "b"))
    assert (called, await names(db)) == ([], ["a", "b"])


async def test_a_batch_that_fails_to_commit_fails_for_functions_too_and_is_forgotten(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    def body(writer: Writer) -> None:
        add(writer, "lost")
        writer.memory["waiting"] = 1
        writer.on_commit(lambda: told.append("lost"))

    async def refuse(self: Connection) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    with monkeypatch.context() as patch:
        patch.setattr(Connection, "commit", refuse)
        results = await asyncio.gather(db.write(body), write_one(db, "lost, too"), return_exceptions=True)
    assert [type(result) for result in results] == [Unavailable, Unavailable]
    assert await db.write(lambda writer: dict(writer.memory)) == {}
    assert (told, await names(db)) == ([], [])


async def test_what_bodies_remember_outlives_the_batch_until_one_is_taken_back(db: Database) -> None:
    def fail(writer: Writer) -> None:
        raise QueueFull

    await db.write(lambda writer: writer.memory.update(waiting=3))
    assert await db.write(lambda writer: dict(writer.memory)) == {"waiting": 3}
    with pytest.raises(QueueFull):
        await db.write(fail)
    assert await db.write(lambda writer: dict(writer.memory)) == {}


async def test_functions_that_the_database_refuses_hear_it_in_words(db: Database) -> None:
    db._raw.execute("PRAGMA query_only = ON")
    with pytest.raises(Unavailable):
        await db.write(lambda writer: add(writer, "lost"))
    db._raw.execute("PRAGMA query_only = OFF")
    await db.write(lambda writer: add(writer, "after"))
    assert await names(db) == ["after"]


async def test_a_function_sent_from_inside_a_session_is_an_error_and_not_a_wait_for_oneself(db: Database) -> None:
    with pytest.raises(RuntimeError, match="wait for itself"):
        async with db.begin():
            await db.write(lambda writer: None)


async def test_a_begin_waits_for_another_program_and_the_loop_goes_on(db: Database, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "musicgen.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        writing = asyncio.create_task(write_one(db, "a"))
        for _ in range(3):
            await asyncio.sleep(0)
        assert not writing.done()
        other.execute("ROLLBACK")
        await writing
    assert await names(db) == ["a"]


async def test_text_that_cannot_be_encoded_fails_its_body_alone(db: Database) -> None:
    async def write(name: str) -> None:
        async with db.begin() as session:
            await put(session, name)

    results = await asyncio.gather(write("a"), write("\ud800"), write("b"), return_exceptions=True)
    assert [type(result) for result in results] == [type(None), UnicodeEncodeError, type(None)]
    assert await names(db) == ["a", "b"]


async def test_a_body_cancelled_half_way_is_taken_back_and_the_writer_goes_on(db: Database) -> None:
    inside = asyncio.Event()

    async def hang() -> None:
        async with db.begin() as session:
            await put(session, "lost")
            inside.set()
            await asyncio.Event().wait()

    async def write() -> None:
        async with db.begin() as session:
            await put(session, "kept")

    hanging = asyncio.create_task(hang())
    await inside.wait()
    waiting = asyncio.create_task(write())
    hanging.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hanging
    await waiting
    assert await names(db) == ["kept"]


async def test_one_cancelled_at_any_moment_leaves_all_or_nothing_and_a_writer_that_goes_on(db: Database) -> None:
    async def write(name: str) -> None:
        async with db.begin() as session:
            await put(session, name)
            await put(session, f"{name}, too")

    for ticks in range(12):  # from before the turn, over the begin and the body, to the wait for the commit
        task = asyncio.create_task(write(f"{ticks}"))
        for _ in range(ticks):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await write(f"after {ticks}")
    kept = await names(db)
    assert all(f"after {ticks}" in kept for ticks in range(12))
    assert all((f"{ticks}" in kept) == (f"{ticks}, too" in kept) for ticks in range(12))


async def test_one_cancelled_while_the_disk_syncs_is_kept(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    syncing, synced = asyncio.Event(), asyncio.Event()
    in_thread = Connection.in_thread

    async def commit_slowly(self: Connection, call: Callable[[], object]) -> object:
        if call == self.raw.commit:
            syncing.set()
            await synced.wait()
        return await in_thread(self, call)

    monkeypatch.setattr(Connection, "in_thread", commit_slowly)
    task = asyncio.create_task(write_one(db, "kept"))
    await syncing.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await names(db) == []
    synced.set()
    await write_one(db, "next")
    assert await names(db) == ["kept", "next"]


async def test_a_transaction_that_sqlite_gave_up_fails_for_all_in_it_and_commits_nothing_bit_by_bit(
    db: Database,
) -> None:
    async def write(name: str, spoil: bool = False) -> None:
        async with db.begin() as session:
            await put(session, name)
            if spoil:
                db._raw.execute("ROLLBACK")
                with pytest.raises(DBAPIError):
                    await put(session, "outside")

    results = await asyncio.gather(write("first"), write("spoiler", spoil=True), return_exceptions=True)
    assert [type(result) for result in results] == [Unavailable, Unavailable]
    assert await names(db) == []
    await write("next")
    assert await names(db) == ["next"]


async def test_a_full_database_is_said_and_gets_well_by_itself(db: Database) -> None:
    async with db.begin() as session:
        await put(session, "before")
    (pages,) = db._raw.execute("PRAGMA page_count").fetchone()
    db._raw.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(DiskFull):
        async with db.begin() as session:
            await put(session, "lost", size=100_000)
    db._raw.execute("PRAGMA max_page_count = 1000000")
    async with db.begin() as session:
        await put(session, "after", size=100_000)
    assert await names(db) == ["before", "after"]


async def test_a_full_disk_is_said_loses_nothing_acknowledged_and_is_over_when_there_is_space(small_disk: Path) -> None:
    acknowledged = []
    async with open_database(small_disk) as db:
        with pytest.raises(DiskFull):
            for number in range(10_000):
                async with db.begin() as session:
                    await put(session, f"song {number}", size=20_000)
                acknowledged.append(f"song {number}")
        assert await names(db) == acknowledged
        filler = small_disk / "filler"
        with pytest.raises(OSError, match="No space"):
            filler.write_bytes(b"x" * 4_000_000)
        results = await asyncio.gather(
            *(write_one(db, f"lost {number}") for number in range(5)), return_exceptions=True
        )
        assert {type(result) for result in results} <= {DiskFull, type(None)}
        assert DiskFull in {type(result) for result in results}
        remount = await asyncio.create_subprocess_exec("mount", "-o", "remount,size=8m", str(small_disk))
        assert await remount.wait() == 0
        before = await names(db)
        assert before[: len(acknowledged)] == acknowledged
        await write_one(db, "after")
        assert await names(db) == [*before, "after"]
    async with Database(small_disk / "musicgen.db") as db:
        assert await names(db) == [*before, "after"]


async def write_one(db: Database, name: str) -> None:
    async with db.begin() as session:
        await put(session, name, size=20_000)


async def test_a_disk_turned_read_only_is_said_and_is_over_when_it_is_writable_again(db: Database) -> None:
    db._raw.execute("PRAGMA query_only = ON")
    with pytest.raises(Unavailable):
        await write_one(db, "lost")
    db._raw.execute("PRAGMA query_only = OFF")
    await write_one(db, "after")
    assert await names(db) == ["after"]


async def test_a_begin_that_fails_is_told_to_all_who_wait(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("musicgen_web.sqlite.BUSY_TIMEOUT", 0.001)
    with closing(sqlite3.connect(tmp_path / "musicgen.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        results = await asyncio.gather(write_one(db, "a"), write_one(db, "b"), return_exceptions=True)
        assert [type(result) for result in results] == [Unavailable, Unavailable]
        other.execute("ROLLBACK")
    await write_one(db, "c")
    assert await names(db) == ["c"]


async def test_begin_inside_begin_is_an_error_and_not_a_wait_for_oneself(db: Database) -> None:
    with pytest.raises(RuntimeError, match="wait for itself"):
        async with db.begin(), db.begin():
            pass
    await write_one(db, "after")
    assert await names(db) == ["after"]


async def test_readers_cannot_write(db: Database) -> None:
    with pytest.raises(Unavailable):
        async with db.read() as session:
            await put(session, "a")
    assert await names(db) == []


async def test_a_cancelled_read_leaves_its_place_to_others(db: Database) -> None:
    async def read_slowly() -> None:
        async with db.read() as session:
            await session.execute(
                text(
                    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 300000) SELECT sum(i) FROM n"
                )
            )

    for _ in range(3):
        readers = [asyncio.create_task(read_slowly()) for _ in range(6)]
        await asyncio.sleep(0.01)
        for reader in readers:
            reader.cancel()
        await asyncio.gather(*readers, return_exceptions=True)
    assert await asyncio.wait_for(names(db), 5) == []


async def test_the_writer_syncs_every_commit_and_keeps_foreign_keys(db: Database) -> None:
    def setting(name: str) -> object:
        return db._raw.execute(f"PRAGMA {name}").fetchone()[0]

    assert (setting("journal_mode"), setting("synchronous"), setting("foreign_keys")) == ("wal", 2, 1)
    assert setting("busy_timeout") == 5000


async def test_closing_lets_those_finish_who_wait_and_refuses_who_comes_later(tmp_path: Path) -> None:
    db = open_database(tmp_path)
    async with db:
        writes = [asyncio.create_task(write_one(db, str(number))) for number in range(5)]
        await asyncio.sleep(0)
    await asyncio.gather(*writes)
    with pytest.raises(Unavailable):
        await write_one(db, "late")
    async with db:
        assert len(await names(db)) == 5


async def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        async with Database(tmp_path / "missing.db"):
            pass
    assert not (tmp_path / "missing.db").exists()


WRITE_FOR_EVER = """
import asyncio, sys
from pathlib import Path
from sqlalchemy import text
from musicgen_web.db import Database

async def write(db, writer):
    number = 0
    while True:
        name = f"{writer}-{number}"
        async with db.begin() as session:
            await session.execute(text("INSERT INTO job (id, owner, request, engine, status, cancelling, created_at) "
                                       "VALUES (:id, 'anna', '', 'sketch', 'pending', 0, '')"), {"id": name})
        print(name, flush=True)
        number += 1

async def main():
    async with Database(Path(sys.argv[1])) as db:
        await asyncio.gather(*(write(db, writer) for writer in range(4)))

asyncio.run(main())
"""


async def test_what_was_acknowledged_outlives_a_kill_of_the_process(tmp_path: Path) -> None:
    path = tmp_path / "musicgen.db"
    migrate(path, tmp_path / "backups")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        WRITE_FOR_EVER,
        str(path),
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    )
    assert process.stdout is not None
    told = [await process.stdout.readline() for _ in range(200)]
    process.kill()
    told += (await process.stdout.read()).splitlines(keepends=True)
    await process.wait()
    acknowledged = [line.decode().strip() for line in told if line.endswith(b"\n")]
    assert migrate(path, tmp_path / "backups") == revisions()[-1]
    async with Database(path) as db:
        assert set(acknowledged) <= set(await names(db))
