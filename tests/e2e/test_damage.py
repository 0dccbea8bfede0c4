"""What is damaged or lost on the disk is said and set aside; what is whole is never touched."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.library import assert_at_rest
from tests.support.server import Server, running


def cut_in_half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def overwrite_a_page(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:4_096] + b"\xa5" * 4_096 + whole[8_192:])


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The database of a server that was stopped."""
    data = tmp_path_factory.mktemp("whole") / "data"
    with running(data) as server:
        assert server.stop() == 0
    return (data / "musicgen.db").read_bytes()


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda path: path.write_bytes(b"not a database\n" * 1_000), id="garbage"),
        pytest.param(lambda path: path.write_bytes(b""), id="empty"),
        pytest.param(cut_in_half, id="cut in half"),
        pytest.param(overwrite_a_page, id="a page overwritten"),
    ],
)
def test_a_damaged_database_stops_the_start_and_is_left_as_it_is(
    tmp_path: Path, database: bytes, damage: Callable[[Path], None]
) -> None:
    server = Server(tmp_path / "data")
    (server.data / "tracks").mkdir(parents=True)
    song, path, backup = (
        server.data / "tracks" / "a.flac",
        server.data / "musicgen.db",
        server.data / "backups" / "b.db",
    )
    song.write_bytes(b"fLaC")
    backup.parent.mkdir()
    backup.write_bytes(database)
    path.write_bytes(database)
    damage(path)
    damaged = path.read_bytes()
    server.start(wait=False)
    assert server.process and server.process.wait(15) == 1
    said = server.said()
    assert str(path) in said and str(backup) in said, "the words name the file and the newest backup"
    assert "damaged" in said and "Traceback" not in said
    assert path.read_bytes() == damaged and song.read_bytes() == b"fLaC" and backup.read_bytes() == database
    assert not any(left.read_bytes() for left in server.data.glob("musicgen.db-wal")), "nothing waits to be written"


def test_a_database_of_a_later_version_stops_the_start(tmp_path: Path, database: bytes) -> None:
    server = Server(tmp_path / "data")
    server.data.mkdir()
    path = server.data / "musicgen.db"
    path.write_bytes(database)
    with sqlite3.connect(path) as later:
        later.execute("UPDATE alembic_version SET version_num = '9999'")
    later.close()
    before = path.read_bytes()
    server.start(wait=False)
    assert server.process and server.process.wait(15) == 1
    assert "newer version" in server.said() and str(path) in server.said()
    assert path.read_bytes() == before


def test_the_start_sets_unknown_sound_aside_and_clears_what_was_half_written(server: Server) -> None:
    kept, lost = (server.wait_for(server.submit(seed=seed))["track_ids"][0] for seed in (1, 2))
    assert server.stop() == 0
    tracks, incoming = server.data / "tracks", server.data / "incoming"
    (tracks / "stranger.flac").write_bytes(b"somebody's song")
    (tracks / "notes.txt").write_bytes(b"somebody's notes")
    (incoming / "claim.part").write_bytes(b"half a song")
    (incoming / "finished.flac").write_bytes(b"a whole one")
    (server.data / "cache" / "x.mp3.1.part").write_bytes(b"half a copy")
    sound = (tracks / f"{lost}.flac").read_bytes()
    (tracks / f"{lost}.flac").unlink()
    server.start()

    found = {path.name: path.read_bytes() for path in (server.data / "lost-found").iterdir()}
    assert found == {
        "stranger.flac": b"somebody's song", "notes.txt": b"somebody's notes", "finished.flac": b"a whole one",
    }  # fmt: skip
    assert not list(incoming.iterdir()) and not list((server.data / "cache").iterdir())
    assert [path.name for path in tracks.iterdir()] == [f"{kept}.flac"]

    for form in ("flac", "mp3"):
        answer = server.get(f"/tracks/{lost}/audio.{form}")
        assert (answer.status, answer.json["code"]) == (404, "NOT_FOUND")
        assert "missing from the disk" in answer.json["detail"]
    assert server.get(f"/tracks/{lost}/audio.flac", Accept="text/html").status == 404
    library = server.get("/library", Accept="text/html")
    assert library.status == 200 and lost in library.text and kept in library.text
    assert server.get(f"/tracks/{lost}", Accept="text/html").status == 200
    assert len(server.get("/api/v1/tracks").json["items"]) == 2
    assert server.get(f"/tracks/{kept}/audio.flac").status == 200

    (tracks / f"{lost}.flac").write_bytes(sound)
    assert server.get(f"/tracks/{lost}/audio.flac").body == sound, "a file that comes back is there again"
    assert server.stop() == 0
    assert_at_rest(server.data)
