"""Bring the database to this version's tables: build a new one aside, copy an older one first, refuse a damaged one."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from musicgen_web.bundle import bundled

SQLITE_HEADER = b"SQLite format 3\x00"
LITTLE_SPACE = 256 * 1024  # bytes: below this an error of the disk means that it is full


class DatabaseUnusable(Exception):
    """The database cannot be used as it is. The text is for the person who starts the server; no file was changed."""


def migrate(path: Path, backups: Path) -> str | None:
    """Make `path` a database of this version. Returns the revision it had before; None when it is new."""
    try:
        return _migrate(path, backups)
    except (sqlite3.Error, OSError) as error:
        raise _disk_full(path) or DatabaseUnusable(
            f"{path} cannot be brought up to date ({error}). {_newest_backup(backups)} Nothing was changed."
        ) from error


def _migrate(path: Path, backups: Path) -> str | None:
    if not path.exists():
        _build(path)
        return None
    revision = _check(path, backups)
    known = revisions()
    if revision == known[-1]:
        return revision
    if revision is not None and revision not in known:
        raise DatabaseUnusable(
            f"{path} was made by a newer version of MusicGen Local. Install that version or a later one. "
            f"{_newest_backup(backups)} Nothing was changed."
        )
    _copy(path, backups, revision)
    _upgrade(path)
    return revision


def revisions() -> list[str]:
    """Return the revisions there are, the oldest first. Each file in `migrations/versions` begins with its own."""
    return sorted(file.stem.split("_")[0] for file in (bundled("migrations") / "versions").glob("[0-9]*_*.py"))


def in_one_line(error: Exception) -> str:
    """What SQLite says, which may be a heading and a list."""
    return " ".join(str(error).removeprefix("*** in database main ***").split())


def _build(path: Path) -> None:
    """Build a new database beside its place and move it there whole: an empty or half-made file is never ours."""
    part = path.with_name(path.name + ".part")
    for left in (part, *(part.with_name(part.name + end) for end in ("-journal", "-wal", "-shm"))):
        left.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    _create(part)
    part.replace(path)
    _sync(path.parent)


def _create(path: Path) -> None:
    """Make all tables as they are now, and say so: the migrations would lead to the same, with Alembic in memory."""
    from sqlalchemy.dialects import sqlite  # here: a start with a current database does without them
    from sqlalchemy.schema import CreateIndex, CreateTable

    from musicgen_web.models import Base

    dialect = sqlite.dialect()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        for table in Base.metadata.sorted_tables:
            connection.execute(str(CreateTable(table).compile(dialect=dialect)))
            for index in sorted(table.indexes, key=lambda each: str(each.name)):
                connection.execute(str(CreateIndex(index).compile(dialect=dialect)))
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
        connection.execute("INSERT INTO alembic_version VALUES (?)", (revisions()[-1],))
        connection.execute("COMMIT")


def _check(path: Path, backups: Path) -> str | None:
    """Read the revision of a sound database without writing a byte; say what is wrong with any other."""
    try:
        if not path.is_file():
            raise DatabaseUnusable(f"{path} is not a file. Move it away. {_newest_backup(backups)}")
        with path.open("rb") as file:
            if file.read(len(SQLITE_HEADER)) != SQLITE_HEADER:
                raise sqlite3.DatabaseError("it does not begin as a SQLite database does")
        address = f"{path.absolute().as_uri()}?mode=ro"  # a read-only connection leaves the write-ahead log as it is
        with closing(sqlite3.connect(address, uri=True, isolation_level=None)) as connection:
            findings = [row[0] for row in connection.execute("PRAGMA quick_check(1)")]
            if findings != ["ok"]:
                raise sqlite3.DatabaseError("; ".join(findings))
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
            if "alembic_version" in tables:
                row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
                return None if row is None else str(row[0])
    except (sqlite3.Error, OSError) as error:
        raise _disk_full(path) or DatabaseUnusable(
            f"{path} is damaged or cannot be read ({in_one_line(error)}). "
            f"{_newest_backup(backups)} Nothing was changed."
        ) from error
    if tables:
        raise DatabaseUnusable(f"{path} is a database of another program. Move it away. Nothing was changed.")
    return None


def _disk_full(path: Path) -> DatabaseUnusable | None:
    """Say that there is no room, where that is so: SQLite then speaks of errors that sound like damage."""
    with suppress(OSError):
        if shutil.disk_usage(path.parent).free < LITTLE_SPACE:
            return DatabaseUnusable(
                f"The disk that holds {path} is full. Free some space and start again. Nothing was changed."
            )
    return None


def _newest_backup(backups: Path) -> str:
    copies: list[Path] = []
    with suppress(OSError):
        copies = sorted(backups.glob("*.db"), key=lambda file: (file.stat().st_mtime, file.name))
    if not copies:
        return f"There is no backup in {backups}; to begin with an empty library, move the file away."
    return f"The newest backup is {copies[-1]}: to use it, move the damaged file (and its -wal) away and copy it there."


def _copy(path: Path, backups: Path, revision: str | None) -> Path:
    """Copy a database whole, its log included, before anything changes it."""
    backups.mkdir(parents=True, exist_ok=True, mode=0o700)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")
    target = backups / f"musicgen-{revision or 'empty'}-{stamp}.db"
    part = target.with_suffix(".part")
    os.close(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(part)) as copy:
        source.backup(copy)
    part.replace(target)
    _sync(backups)
    return target


def _upgrade(path: Path) -> None:
    """Run the migrations in one transaction: all of them, or none."""
    from alembic import command  # here: a start with a current database does without them
    from alembic.config import Config
    from sqlalchemy import URL, create_engine, event
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.pool import NullPool

    engine = create_engine(
        URL.create("sqlite", database=str(path)), poolclass=NullPool, connect_args={"isolation_level": None}
    )
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    config = Config()
    config.set_main_option("script_location", str(bundled("migrations")).replace("%", "%%"))
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except DBAPIError as error:
        raise (error.orig or error) from error


def _sync(folder: Path) -> None:
    """Make a rename in this folder outlive a power cut, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
