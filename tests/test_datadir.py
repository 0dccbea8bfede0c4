"""The data directory: one server, no litter, nothing finished ever lost."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from musicgen_web.datadir import AlreadyServed, DataDir, DataDirUnusable, hold, served_at, sweep
from musicgen_web.errors import DiskFull, Unavailable


@pytest.fixture
def datadir(tmp_path: Path) -> DataDir:
    datadir = DataDir(tmp_path / "data")
    datadir.make()
    return datadir


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of 64 kilobytes."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(folder)], capture_output=True, text=True, check=False
    )
    if mount.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mount.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> None:
    with pytest.raises(OSError, match="No space"):
        (folder / "filler").write_bytes(b"x" * 1_000_000)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_is_made_for_one_pair_of_eyes_and_making_it_again_changes_nothing(datadir: DataDir) -> None:
    datadir.audio("a").write_bytes(b"song")
    datadir.make()
    assert datadir.audio("a").read_bytes() == b"song"
    assert mode(datadir.root) == 0o700
    assert sorted(path.name for path in datadir.root.iterdir()) == [
        "backups", "cache", "incoming", "lost-found", "tracks",
    ]  # fmt: skip


def test_a_file_where_the_folder_should_be_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a letter")
    with pytest.raises(DataDirUnusable, match=r"data cannot be written.*MUSICGEN_DATA_DIR"):
        DataDir(tmp_path / "data").make()
    assert (tmp_path / "data").read_text() == "a letter"


def test_a_read_only_disk_is_refused_in_words(small_disk: Path) -> None:
    DataDir(small_disk).make()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(DataDirUnusable, match="cannot be written: Read-only"):
        DataDir(small_disk).make()


def test_a_full_disk_does_not_keep_the_server_from_starting(small_disk: Path) -> None:
    datadir = DataDir(small_disk)
    datadir.make()
    secret = datadir.secret()
    fill(small_disk)
    datadir.make()
    with hold(datadir, "http://127.0.0.1:8000"):
        assert datadir.secret() == secret
        assert sweep(datadir, []).deleted == 0


def test_a_finished_part_becomes_the_audio_of_its_track(datadir: DataDir) -> None:
    datadir.part("claim").write_bytes(b"song")
    assert datadir.adopt("claim", "track") == datadir.audio("track")
    assert datadir.audio("track").read_bytes() == b"song"
    assert list(datadir.incoming.iterdir()) == []


def test_adopting_again_after_the_rename_is_no_harm(datadir: DataDir) -> None:
    datadir.part("claim").write_bytes(b"song")
    datadir.adopt("claim", "track")
    assert datadir.adopt("claim", "track").read_bytes() == b"song"


def test_adopting_syncs_the_file_before_its_name_and_the_folder_after(
    datadir: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    real_rename, real_open = Path.rename, os.open
    names: dict[int, str] = {}

    def opened(path: Path, flags: int, *args: int) -> int:
        handle = real_open(path, flags, *args)
        names[handle] = Path(path).name
        return handle

    monkeypatch.setattr("os.open", opened)
    monkeypatch.setattr("os.fsync", lambda handle: steps.append(f"sync {names[handle]}"))
    monkeypatch.setattr(Path, "rename", lambda self, to: (steps.append("rename"), real_rename(self, to))[1])
    datadir.part("claim").write_bytes(b"song")
    datadir.adopt("claim", "track")
    assert steps == ["sync claim.part", "rename", "sync tracks", "sync incoming"]


def test_a_part_that_is_gone_is_said_in_words(datadir: DataDir) -> None:
    with pytest.raises(Unavailable):
        datadir.adopt("claim", "track")


def test_what_is_set_aside_never_overwrites_what_was_set_aside_before(datadir: DataDir) -> None:
    for content in (b"first", b"second", b"third"):
        datadir.audio("a").write_bytes(content)
        datadir.set_aside(datadir.audio("a"))
    kept = sorted(path.read_bytes() for path in datadir.lost_found.iterdir())
    assert kept == [b"first", b"second", b"third"]
    assert (datadir.lost_found / "a.flac").read_bytes() == b"first"


def test_setting_aside_on_a_full_disk_says_so_and_keeps_the_file(small_disk: Path) -> None:
    datadir = DataDir(small_disk)
    datadir.make()
    datadir.audio("a").write_bytes(b"song")
    subprocess.run(["mount", "-o", "remount,nr_inodes=12", str(small_disk)], check=True)
    with pytest.raises(OSError, match="No space"):
        for number in range(12):
            (datadir.cache / str(number)).touch()
    with pytest.raises(DiskFull):
        datadir.set_aside(datadir.audio("a"))
    assert sweep(datadir, []).set_aside == 0
    assert datadir.audio("a").read_bytes() == b"song"


def test_the_sweep_deletes_temporary_files_and_nothing_else(datadir: DataDir) -> None:
    datadir.part("claim").write_bytes(b"half a song")
    (datadir.cache / "deep").mkdir()
    (datadir.cache / "deep" / "a.mp3.part").write_bytes(b"half an mp3")
    (datadir.cache / "deep" / "a.mp3").write_bytes(b"mp3")
    (datadir.cache / "a.zip.part").mkdir()
    (datadir.cache / "a.zip.part" / "drums.flac").write_bytes(b"drums")
    datadir.audio("known").write_bytes(b"song")
    swept = sweep(datadir, ["known"])
    assert (swept.deleted, swept.set_aside, swept.missing) == (3, 0, 0)
    assert not (datadir.cache / "a.zip.part").exists()
    assert datadir.audio("known").read_bytes() == b"song"
    assert (datadir.cache / "deep" / "a.mp3").read_bytes() == b"mp3"


def test_the_sweep_moves_audio_nobody_knows_and_deletes_none_of_it(datadir: DataDir) -> None:
    songs = {f"{number}".encode() for number in range(3)}
    for song in songs:
        datadir.audio(song.decode()).write_bytes(song)
    (datadir.incoming / "finished.flac").write_bytes(b"finished")
    (datadir.tracks / "folder").mkdir()
    (datadir.tracks / "folder" / "inside.flac").write_bytes(b"inside")
    swept = sweep(datadir, [])
    assert swept.set_aside == 5
    found = {path.read_bytes() for path in datadir.lost_found.rglob("*") if path.is_file()}
    assert found == songs | {b"finished", b"inside"}
    assert [*datadir.tracks.iterdir(), *datadir.incoming.iterdir()] == []


def test_the_sweep_counts_tracks_whose_audio_is_missing(datadir: DataDir) -> None:
    datadir.audio("there").write_bytes(b"song")
    assert sweep(datadir, {"there", "gone"}).missing == 1


def test_sweeping_twice_finds_nothing_the_second_time(datadir: DataDir) -> None:
    datadir.audio("a").write_bytes(b"song")
    datadir.part("b").write_bytes(b"half")
    sweep(datadir, [])
    swept = sweep(datadir, [])
    assert (swept.deleted, swept.set_aside, swept.missing) == (0, 0, 0)


def test_a_second_server_is_told_the_address_of_the_first(datadir: DataDir) -> None:
    other = (
        "import sys; from pathlib import Path; from musicgen_web.datadir import *\n"
        "try:\n"
        "    with hold(DataDir(Path(sys.argv[1])), 'http://127.0.0.1:9000'): print('held')\n"
        "except AlreadyServed as error: print(error)\n"
    )

    def ask() -> str:
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
        run = [sys.executable, "-c", other, str(datadir.root)]
        return subprocess.run(run, env=environment, capture_output=True, text=True, check=True).stdout

    with hold(datadir, "http://127.0.0.1:8000"):
        assert mode(datadir.server_file) == 0o600
        assert json.loads(datadir.server_file.read_text())["pid"] == os.getpid()
        assert "http://127.0.0.1:8000" in ask()
    assert not datadir.server_file.exists()
    assert ask() == "held\n"


def test_the_same_process_cannot_hold_it_twice_either(datadir: DataDir) -> None:
    with hold(datadir, "here"):
        with pytest.raises(AlreadyServed, match="at here"), hold(datadir, "there"):
            pass
        assert served_at(datadir) == "here"


def test_a_server_that_was_killed_holds_nothing(datadir: DataDir) -> None:
    die = (
        "import os, sys; from pathlib import Path; from musicgen_web.datadir import *\n"
        "with hold(DataDir(Path(sys.argv[1])), 'dead'): os.kill(os.getpid(), 9)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    killed = subprocess.run([sys.executable, "-c", die, str(datadir.root)], env=environment, check=False)
    assert killed.returncode == -9
    assert served_at(datadir) == "dead"
    with hold(datadir, "alive"):
        assert served_at(datadir) == "alive"


def test_an_address_file_that_makes_no_sense_is_no_address(datadir: DataDir) -> None:
    for content in (b"", b"\xff\xfe", b"[]", b'{"address": 7}'):
        datadir.server_file.write_bytes(content)
        assert served_at(datadir) == ""


def test_the_secret_is_made_once_private_and_whole(datadir: DataDir) -> None:
    secret = datadir.secret()
    assert len(secret) == 32
    assert datadir.secret() == secret
    assert mode(datadir.secret_file) == 0o600
    datadir.secret_file.write_bytes(b"half")
    assert len(datadir.secret()) == 32


def test_files_of_another_user_are_refused_in_words(datadir: DataDir, monkeypatch: pytest.MonkeyPatch) -> None:
    datadir.secret()
    monkeypatch.setattr("musicgen_web.datadir.os.access", lambda path, mode: path != datadir.secret_file)
    with pytest.raises(DataDirUnusable, match=r"secret\.key belongs to another user\. .*chown"):
        datadir.make()
