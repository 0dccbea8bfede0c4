"""The database's way to this version: made whole, copied first, refused in words, never replaced."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect
from sqlalchemy.pool import NullPool

from musicgen_web import migrate as migrations
from musicgen_web.bundle import bundled
from musicgen_web.migrate import DatabaseUnusable, migrate, revisions
from musicgen_web.models import Base

NEWEST = revisions()[-1]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "musicgen.db"
    migrate(path, tmp_path / "backups")
    return path


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A later version of the program, which has one migration more; it is given back to be changed."""
    folder = tmp_path / "later"
    shutil.copytree(bundled("migrations"), folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(migrations, "bundled", lambda name: folder)
    version = folder / "versions" / "9999_a_mood_for_tracks.py"
    version.write_text(
        f'from alembic import op\nimport sqlalchemy as sa\nrevision, down_revision = "9999", "{NEWEST}"\n'
        'def upgrade():\n    op.add_column("track", sa.Column("mood", sa.String()))\n'
    )
    return version


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def engine_of(path: Path) -> Engine:
    return create_engine(f"sqlite:///{path}", poolclass=NullPool)


def rows(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def write(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def refusal(path: Path, folder: Path) -> str:
    """Start on it, expect the refusal, and see that no file has changed."""
    before = snapshot(folder)
    with pytest.raises(DatabaseUnusable) as refused:
        migrate(path, folder / "backups")
    after = {name: content for name, content in snapshot(folder).items() if not name.endswith("-shm")}
    assert after == {name: content for name, content in before.items() if not name.endswith("-shm")}
    return str(refused.value)


def old(path: Path) -> Path:
    """An empty database: the migrations find everything still to do."""
    write(path, "VACUUM")
    return path


def test_the_migrated_tables_are_those_of_a_new_database(database: Path, tmp_path: Path) -> None:
    made, database = database, old(tmp_path / "migrated.db")
    assert migrate(database, tmp_path / "backups") is None
    with engine_of(database).connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    assert rows(database, "SELECT * FROM alembic_version") == rows(made, "SELECT * FROM alembic_version")
    ours, theirs = inspect(engine_of(database)), inspect(engine_of(made))
    assert sorted(ours.get_table_names()) == sorted(theirs.get_table_names())
    for table in Base.metadata.tables:
        assert [str(column) for column in ours.get_columns(table)] == [str(c) for c in theirs.get_columns(table)]
        assert sorted(map(str, ours.get_indexes(table))) == sorted(map(str, theirs.get_indexes(table)))
        assert ours.get_foreign_keys(table) == theirs.get_foreign_keys(table)
        constraints = [
            sorted(sorted(unique["column_names"]) for unique in of.get_unique_constraints(table))
            for of in (ours, theirs)
        ]
        assert constraints[0] == constraints[1]
        assert ("AUTOINCREMENT" in sql_of(database, table)) == ("AUTOINCREMENT" in sql_of(made, table))


def sql_of(path: Path, table: str) -> str:
    return str(rows(path, f"SELECT sql FROM sqlite_schema WHERE name = '{table}'")[0][0])


def test_the_names_of_the_files_are_the_revisions_in_their_order() -> None:
    config = Config()
    config.set_main_option("script_location", str(bundled("migrations")))
    script = ScriptDirectory.from_config(config)
    walked = [revision.revision for revision in script.walk_revisions()]
    assert revisions() == list(reversed(walked))


def test_a_new_database_is_made_whole_and_private(tmp_path: Path) -> None:
    assert migrate(tmp_path / "musicgen.db", tmp_path / "backups") is None
    assert [path.name for path in tmp_path.iterdir()] == ["musicgen.db"]
    assert (tmp_path / "musicgen.db").stat().st_mode & 0o077 == 0


def test_a_first_start_that_was_killed_half_way_is_begun_again(tmp_path: Path) -> None:
    for end in ("", "-journal", "-wal"):
        (tmp_path / f"musicgen.db.part{end}").write_bytes(b"half")
    assert migrate(tmp_path / "musicgen.db", tmp_path / "backups") is None
    assert migrate(tmp_path / "musicgen.db", tmp_path / "backups") == NEWEST


def test_a_current_database_is_left_alone_and_alembic_is_not_even_imported(database: Path, tmp_path: Path) -> None:
    before = database.read_bytes()
    code = (
        "import sys; from pathlib import Path; from musicgen_web.migrate import migrate\n"
        "print(migrate(Path(sys.argv[1]), Path(sys.argv[2])), 'alembic' in sys.modules, 'sqlalchemy' in sys.modules)"
    )
    run = [sys.executable, "-c", code, str(database), str(tmp_path / "backups")]
    root = Path(__file__).parents[1]
    told = subprocess.run(run, cwd=root, capture_output=True, text=True, check=True).stdout
    assert told == f"{NEWEST} False False\n"
    assert database.read_bytes() == before
    assert not (tmp_path / "backups").exists()


def test_an_older_database_is_copied_before_it_is_changed(database: Path, tmp_path: Path, later: Path) -> None:
    write(database, "PRAGMA journal_mode = WAL", "INSERT INTO job VALUES (1,'a','b',0,0,'','','pending',0,'',0,0)")
    assert migrate(database, tmp_path / "backups") == NEWEST
    (copy,) = (tmp_path / "backups").iterdir()
    assert copy.name.startswith(f"musicgen-{NEWEST}-")
    assert copy.stat().st_mode & 0o077 == 0
    assert rows(copy, "SELECT version_num FROM alembic_version") == [(NEWEST,)]
    assert rows(copy, "SELECT id FROM job") == rows(database, "SELECT id FROM job") == [("a",)]
    assert rows(database, "SELECT version_num FROM alembic_version") == [("9999",)]
    assert rows(database, "SELECT mood FROM track") == []


def test_songs_made_before_there_was_a_search_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = tmp_path / "first"
    shutil.copytree(bundled("migrations"), first, ignore=shutil.ignore_patterns("__pycache__", "000[2-9]_*"))
    database = old(tmp_path / "musicgen.db")
    with monkeypatch.context() as before:
        before.setattr(migrations, "bundled", lambda name: first)
        migrate(database, tmp_path / "backups")
    wish = '{"prompt": "Caf\u00e9", "lyrics": "[00:01.00]\u041d\u043e\u0447\u044c"}'
    write(
        database,
        "INSERT INTO track VALUES "
        f"(1, 'a', 'local', 'j', 1, 'Lamp', '{wish}', 'sketch', 9, 1, 1, 1, '', '', '{{}}', '{{}}', 1, 0, '', NULL)",
    )
    assert migrate(database, tmp_path / "backups") == "0001"
    assert rows(database, "SELECT sought FROM track") == [("lamp cafe ночь",)]


def test_a_migration_that_fails_leaves_the_database_as_it_was(database: Path, tmp_path: Path, later: Path) -> None:
    later.write_text(later.read_text() + '    op.execute("INSERT INTO nowhere VALUES (1)")\n')
    before = rows(database, "SELECT sql FROM sqlite_schema ORDER BY name")
    with pytest.raises(Exception, match="nowhere"):
        migrate(database, tmp_path / "backups")
    assert rows(database, "SELECT sql FROM sqlite_schema ORDER BY name") == before
    assert rows(database, "SELECT version_num FROM alembic_version") == [(NEWEST,)]


def test_garbage_is_refused_naming_the_file_and_the_newest_backup(database: Path, tmp_path: Path) -> None:
    (tmp_path / "backups").mkdir()
    for age, name in ((10, "old.db"), (0, "new.db")):
        (tmp_path / "backups" / name).write_bytes(b"")
        os.utime(tmp_path / "backups" / name, (1_000 - age, 1_000 - age))
    database.write_bytes(bytes(range(256)) * 64)
    words = refusal(database, tmp_path)
    assert str(database) in words
    assert str(tmp_path / "backups" / "new.db") in words
    assert "old.db" not in words


def test_without_a_backup_the_refusal_says_so(database: Path, tmp_path: Path) -> None:
    database.write_bytes(b"garbage")
    assert "There is no backup" in refusal(database, tmp_path)


def test_an_empty_file_is_refused(database: Path, tmp_path: Path) -> None:
    database.write_bytes(b"")
    assert str(database) in refusal(database, tmp_path)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_file_cut_short_is_refused(database: Path, tmp_path: Path, share: float) -> None:
    content = database.read_bytes()
    database.write_bytes(content[: int(len(content) * share)])
    assert str(database) in refusal(database, tmp_path)


def test_pages_overwritten_in_the_middle_are_refused(database: Path, tmp_path: Path) -> None:
    content = bytearray(database.read_bytes())
    content[4096:12288] = b"\x99" * 8192
    database.write_bytes(content)
    words = refusal(database, tmp_path)
    assert str(database) in words and "\n" not in words and "***" not in words


def test_damage_beside_an_unfinished_log_leaves_both_files_as_they_are(database: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("INSERT INTO job VALUES (1,'a','b',0,0,'','','pending',0,'',0,0)")
        connection.commit()
        copied = tmp_path / "crashed"
        copied.mkdir()
        for name in ("musicgen.db", "musicgen.db-wal"):
            shutil.copy(tmp_path / name, copied / name)
    crashed = copied / "musicgen.db"
    content = bytearray(crashed.read_bytes())
    content[8192:] = b"\x99" * (len(content) - 8192)
    crashed.write_bytes(content)
    assert str(crashed) in refusal(crashed, copied)
    assert (copied / "musicgen.db-wal").stat().st_size > 0


def test_what_a_crash_left_in_the_log_is_kept(database: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("INSERT INTO job VALUES (1,'a','b',0,0,'','','pending',0,'',0,0)")
        connection.commit()
        copied = tmp_path / "crashed"
        copied.mkdir()
        for name in ("musicgen.db", "musicgen.db-wal"):
            shutil.copy(tmp_path / name, copied / name)
    assert migrate(copied / "musicgen.db", copied / "backups") == NEWEST
    assert rows(copied / "musicgen.db", "SELECT id FROM job") == [("a",)]


def test_a_newer_database_is_refused_and_not_touched(database: Path, tmp_path: Path) -> None:
    write(database, "UPDATE alembic_version SET version_num = '0999'")
    words = refusal(database, tmp_path)
    assert "newer version" in words
    assert str(database) in words


def test_a_folder_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "musicgen.db").mkdir()
    assert "is not a file" in refusal(tmp_path / "musicgen.db", tmp_path)


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "musicgen.db", "CREATE TABLE recipes (name)")
    assert "another program" in refusal(tmp_path / "musicgen.db", tmp_path)


@pytest.mark.parametrize("is_new", [True, False])
def test_a_full_disk_is_called_by_its_name_and_never_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_new: bool
) -> None:
    path = tmp_path / "musicgen.db"
    if not is_new:
        migrate(path, tmp_path / "backups")

    def refuse(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr("sqlite3.connect", refuse)
    monkeypatch.setattr("sqlite3.dbapi2.connect", refuse)
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=0))
    with pytest.raises(DatabaseUnusable, match="is full") as caught:
        migrate(path, tmp_path / "backups")
    assert "damaged" not in str(caught.value) and "move" not in str(caught.value)
