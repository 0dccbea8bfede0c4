"""The command line: serve, generate, health and the version, as a person or a script runs them."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import soundfile

from musicgen_web import __version__
from tests.support.server import ROOT, Server, free_port, until

MUSICGEN = [sys.executable, "-m", "musicgen_web"]
SONG = ["generate", "--prompt", "warm lo-fi, 90 bpm"]


def environment(**settings: str) -> dict[str, str]:
    """Return an environment without anybody's settings but these, which finds the program from every folder."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MUSICGEN_")}
    return clean | {"PYTHONPATH": str(ROOT)} | settings


def run(*arguments: str | Path, cwd: Path = ROOT, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*MUSICGEN, *arguments], cwd=cwd, env=environment(**settings), capture_output=True, text=True, timeout=60
    )


def md5(path: Path) -> str:
    """Return the MD5 of a FLAC file's samples, as its header tells it."""
    return path.read_bytes()[26:42].hex()


def test_the_version_is_told() -> None:
    told = run("--version")
    assert (told.returncode, told.stdout) == (0, f"MusicGen Local {__version__}\n")


def test_without_a_command_the_commands_are_listed() -> None:
    told = run()
    assert told.returncode == 2
    assert all(word in told.stderr for word in ("serve", "generate", "health"))


def test_health_is_0_while_the_server_answers_and_1_without_one(shared: Server, tmp_path: Path) -> None:
    well = run("health", MUSICGEN_DATA_DIR=str(shared.data))
    assert well.returncode == 0, well.stderr
    assert "healthy" in well.stdout and shared.url in well.stdout
    none = run("health", MUSICGEN_DATA_DIR=str(tmp_path))
    assert none.returncode == 1 and str(tmp_path) in none.stderr and "Traceback" not in none.stderr


def test_health_is_1_after_the_server_was_killed(server: Server) -> None:
    server.kill()
    dead = run("health", MUSICGEN_DATA_DIR=str(server.data))
    assert dead.returncode == 1 and "Traceback" not in dead.stderr


def test_wrong_settings_are_all_listed_and_nothing_is_made(tmp_path: Path) -> None:
    wrong = {
        "MUSICGEN_PORT": "ninety",
        "MUSICGEN_JOB_STALL_SECONDS": "0",
        "MUSICGEN_LOG_LEVEL": "loud",
        "MUSICGEN_TYPO": "1",
        "MUSICGEN_SESSION_DAYS": "3",
        "MUSICGEN_AUTH": "on",
    }
    told = run("serve", MUSICGEN_DATA_DIR=str(tmp_path / "data"), **wrong)
    assert told.returncode == 2 and "Traceback" not in told.stderr
    for name in wrong:
        assert name in told.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("arguments", [["--port", "x"], ["--host", "0.0.0.0"]])
def test_wrong_arguments_stop_the_start(tmp_path: Path, arguments: list[str]) -> None:
    told = run("serve", *arguments, MUSICGEN_DATA_DIR=str(tmp_path / "data"))
    assert told.returncode == 2 and "MUSICGEN_" in told.stderr


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        told = run("serve", "--port", str(port), MUSICGEN_DATA_DIR=str(tmp_path / "data"))
    assert told.returncode == 1 and "Traceback" not in told.stderr
    assert str(port) in told.stderr and "--port" in told.stderr


def test_a_data_directory_that_cannot_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    told = run("serve", "--port", str(free_port()), MUSICGEN_DATA_DIR=str(tmp_path / "file" / "data"))
    assert told.returncode == 1 and "Traceback" not in told.stderr
    assert str(tmp_path / "file") in told.stderr and "MUSICGEN_DATA_DIR" in told.stderr


def test_generate_writes_the_song_at_its_exact_length_and_the_same_again_for_the_same_seed(tmp_path: Path) -> None:
    first, again = tmp_path / "first.flac", tmp_path / "again.flac"
    told = run(*SONG, "--duration", "7.25", "--seed", "5", "-o", first)
    assert told.returncode == 0, told.stderr
    assert run(*SONG, "--duration", "7.25", "--seed", "5", "-o", again).returncode == 0
    info = soundfile.info(first)
    assert (info.format, info.frames) == ("FLAC", round(7.25 * info.samplerate))
    assert soundfile.read(first)[0].any()
    assert md5(first) == md5(again)
    assert str(first) in told.stdout and "7.2" in told.stdout and "seed 5" in told.stderr
    assert {"composing", "saving"} <= set(told.stderr.split()), "the stages are told on standard error"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["again.flac", "first.flac"]


def test_generate_writes_stems_and_midi_beside_the_song_over_its_own_names_alone(tmp_path: Path) -> None:
    stems = tmp_path / "made" / "stems"
    stems.mkdir(parents=True)
    for name in ("drums.flac", "my own.flac"):
        (stems / name).write_bytes(b"an older one")
    told = run(*SONG, "--duration", "5", "-o", "song.flac", "--stems", stems, "--midi", "song.mid", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert {"song.mid", str(stems / "drums.flac")} <= set(told.stdout.split())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["made", "song.flac", "song.mid"]
    assert {"drums.flac", "bass.flac", "chords.flac", "my own.flac"} <= {path.name for path in stems.iterdir()}
    assert not list(stems.glob(".*"))
    assert (stems / "my own.flac").read_bytes() == b"an older one"
    assert soundfile.info(stems / "drums.flac").frames == soundfile.info(tmp_path / "song.flac").frames
    assert (tmp_path / "song.mid").read_bytes().startswith(b"MThd")


def test_generate_sings_the_lyrics_of_a_file_and_tells_a_seed_that_makes_the_song_again(tmp_path: Path) -> None:
    (tmp_path / "words.lrc").write_text("\ufeff[00:01.00]你好\n[00:03.00]world\n", encoding="utf-8")
    told = run(*SONG, "--lyrics", "words.lrc", "--duration", "5", "-o", "song.flac", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    seed = re.search(r"seed (\d+)", told.stderr)
    assert seed
    same = [*SONG, "--lyrics", "words.lrc", "--duration", "5", "--seed", seed[1], "-o", "same.flac"]
    assert run(*same, cwd=tmp_path).returncode == 0
    assert md5(tmp_path / "song.flac") == md5(tmp_path / "same.flac")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--duration", "nan", "--seed", "-1"], "--duration"),
        (["--duration", "4", "--seed", "-1"], "--seed"),
        (["--engine", "orchestra"], "--engine"),
        (["--prompt", ""], "--prompt"),
        (["--lyrics", "absent.txt"], "absent.txt"),
        (["-o", "song.mp3"], ".flac"),
        (["--midi", "song.txt"], ".mid"),
        (["--midi", "absent/song.mid"], "absent"),
        (["--stems", f"{__file__}/stems"], "--stems"),
    ],
)
def test_wrong_values_are_refused_in_words(tmp_path: Path, arguments: list[str], named: str) -> None:
    told = run(*SONG, "-o", "song.flac", *arguments, cwd=tmp_path)
    assert told.returncode == 2
    assert named in told.stderr and "Traceback" not in told.stderr
    assert not list(tmp_path.iterdir())


def test_broken_lyrics_are_named_by_their_line(tmp_path: Path) -> None:
    (tmp_path / "words.lrc").write_text("[00:01.00]a\n[00:99.99]b\n")
    told = run(*SONG, "--lyrics", "words.lrc", "-o", "song.flac", cwd=tmp_path)
    assert told.returncode == 2 and "line 2" in told.stderr


def test_a_folder_that_is_missing_is_said(tmp_path: Path) -> None:
    told = run(*SONG, "--duration", "5", "-o", tmp_path / "absent" / "song.flac")
    assert told.returncode == 1 and "Traceback" not in told.stderr
    assert str(tmp_path / "absent") in told.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM], ids=lambda signum: signum.name)
def test_a_song_that_was_stopped_leaves_no_file(tmp_path: Path, signum: signal.Signals) -> None:
    (tmp_path / "song.flac").write_bytes(b"an older song")
    said = tmp_path / "said.txt"
    with said.open("wb") as log:
        song = subprocess.Popen(
            [*MUSICGEN, *SONG, "--duration", "285", "-o", "song.flac"],
            cwd=tmp_path,
            env=environment(),
            stdout=log,
            stderr=log,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # a shell may have taken it
        )
        until(lambda: "composing" in said.read_text() or song.poll() is not None, 30, "the song to be made")
        song.send_signal(signum)
        assert song.wait(10) == 130
    assert "Traceback" not in said.read_text() and "nothing was written" in said.read_text()
    said.unlink()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"song.flac": b"an older song"}
