"""What the server sees to before it listens."""

import errno
import resource
import socket
from pathlib import Path

import pytest

from musicgen_web.datadir import DataDir
from musicgen_web.errors import DiskFull
from musicgen_web.server import OPEN_FILES, allow_open_files, serve
from musicgen_web.settings import Settings
from tests.support.server import free_port


@pytest.mark.parametrize(
    ("soft", "hard", "then"),
    [
        (1_024, 1_048_576, OPEN_FILES),
        (1_024, 4_096, 4_096),
        (1_024, resource.RLIM_INFINITY, OPEN_FILES),
        (65_536, 65_536, 65_536),
    ],
)
def test_open_files_are_allowed_as_far_as_the_system_lets_us(
    monkeypatch: pytest.MonkeyPatch, soft: int, hard: int, then: int
) -> None:
    limits = [(soft, hard)]
    monkeypatch.setattr("resource.getrlimit", lambda _: limits[-1])
    monkeypatch.setattr("resource.setrlimit", lambda _, wanted: limits.append(wanted))
    allow_open_files()
    assert limits[-1] == (then, hard)


@pytest.mark.parametrize(
    ("place", "words"),
    [("musicgen_web.app.Database.__aenter__", "what it said last is above"), ("DataDir.secret", "disk is full")],
)
def test_a_server_that_cannot_begin_says_so_and_leaves_with_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], place: str, words: str
) -> None:
    def refuse(*_: object) -> None:
        raise DiskFull("Nothing was saved.")

    if place.startswith("DataDir"):
        monkeypatch.setattr(DataDir, "secret", refuse)
    else:
        monkeypatch.setattr(place, refuse)
    assert serve(Settings(data_dir=tmp_path / "data", port=free_port())) == 1
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.EADDRINUSE, ""), "another program listens there"),
        (OSError(errno.EACCES, ""), "ports below 1024 are the system's"),
        (OSError(errno.EADDRNOTAVAIL, ""), "no address of this machine"),
        (socket.gaierror(-2, ""), "no address of this machine"),
    ],
)
def test_why_it_cannot_listen_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: OSError, words: str
) -> None:
    def refuse(*_: object) -> None:
        raise error

    monkeypatch.setattr("musicgen_web.server.socket.socket.bind", refuse)
    assert serve(Settings(data_dir=tmp_path / "data")) == 1
    assert words in capsys.readouterr().err
