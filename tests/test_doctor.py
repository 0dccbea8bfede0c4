"""The doctor finds what is wrong, says it in words with a remedy, and changes nothing."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from musicgen_web import doctor
from musicgen_web.datadir import DataDir
from musicgen_web.doctor import Finding, Patient, examine
from musicgen_web.limits import DISK, FILES, GB, GPU_MEMORY, MEMORY, MEMORY_WITH_GPU, OK, PROBLEM, WARNING
from musicgen_web.machine import Gpu, Graphics, Memory
from musicgen_web.migrate import migrate
from musicgen_web.settings import Settings

ROOT = Path(__file__).parents[1]
AS_ROOT = pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")


def card(size: float = 12, driver: str = "550.54") -> Graphics:
    return Graphics("cuda", (Gpu("RTX 3060", int(size * 1024**3), 8 * GB, driver),))


def patient(folder: Path, **settings: Any) -> Patient:
    return Patient(
        settings=Settings(data_dir=folder / "data", model_cache_dir=folder / "models", **settings),
        environment={"CUDA_VISIBLE_DEVICES": ""},
    )


def files(folder: Path) -> set[str]:
    return {str(path) for path in folder.rglob("*")}


@pytest.mark.parametrize(
    ("limit", "amount", "status"),
    [
        (DISK, 10 * GB, OK), (DISK, 10 * GB - 1, WARNING), (DISK, GB, WARNING), (DISK, GB - 1, PROBLEM),
        (MEMORY, 8 * GB, OK), (MEMORY, 8 * GB - 1, WARNING), (MEMORY_WITH_GPU, 16 * GB - 1, WARNING),
        (GPU_MEMORY, 0, WARNING), (FILES, 4096, OK), (FILES, 4095, WARNING), (FILES, 255, PROBLEM),
    ],
)  # fmt: skip
def test_a_limit_judges_at_its_very_edge(limit: Any, amount: int, status: str) -> None:
    assert limit.judge(amount) == status


@pytest.mark.parametrize(
    ("graphics", "status", "words"),
    [
        (Graphics("cpu"), OK, "Processor only"),
        (Graphics("cpu", is_forced=True), OK, 'CUDA_VISIBLE_DEVICES=""'),
        (Graphics("cpu", trouble="nvidia-smi did not answer"), WARNING, "nvidia-smi did not answer"),
        (Graphics("mps"), OK, "Apple silicon"),
        (card(), OK, "RTX 3060, 12 GB"),
        (card(driver="470.1"), WARNING, "driver 525"),
        (card(size=6), WARNING, "wants 8 GB"),
        (card(size=0), OK, "RTX 3060"),
        (Graphics("cuda", card().gpus * 3), OK, "And 2 more"),
    ],
)
def test_graphics_are_said_with_their_driver(graphics: Graphics, status: str, words: str) -> None:
    finding = doctor.of_graphics(graphics)
    assert finding.status == status
    assert words in f"{finding.words} {finding.note} {finding.remedy}"
    assert bool(finding.remedy) == (status != OK)


@pytest.mark.parametrize(
    ("graphics", "size", "status"),
    [
        (Graphics("cpu"), 8 * GB, OK),
        (card(), 8 * GB, WARNING),
        (Graphics("mps"), 16 * GB, OK),
        (Graphics("cpu"), GB, PROBLEM),
        (Graphics("cpu"), None, OK),
    ],
)
def test_a_gpu_wants_more_memory_beside_it(graphics: Graphics, size: int | None, status: str) -> None:
    assert doctor.of_memory(Memory(size, None), graphics).status == status


@pytest.mark.parametrize(
    ("version", "graphics", "status"),
    [
        (None, Graphics("cpu"), OK),
        (None, card(), WARNING),
        (None, Graphics("mps"), WARNING),
        ("2.13.0+cpu", card(), WARNING),
    ],
)
def test_pytorch_is_missed_only_where_it_could_be_used(version: str | None, graphics: Graphics, status: str) -> None:
    finding = doctor.of_torch(version, graphics)
    assert finding.status == status
    assert ("MODEL=1 make run" in finding.remedy) == (status != OK)


def test_ffmpeg_may_be_absent_and_that_is_said() -> None:
    finding = doctor.of_ffmpeg(lambda name: None)
    assert (finding.status, "absent" in finding.words) == (OK, True)


def test_espeak_comes_with_the_program_and_its_absence_is_told() -> None:
    assert doctor.of_espeak("0.2.4").words == "espeak-ng, by espeakng-loader 0.2.4"
    absent = doctor.of_espeak(None)
    assert (absent.status, "simple rules" in absent.note) == (WARNING, True)
    assert "pip install espeakng-loader" in absent.remedy


def test_a_new_python_is_wanted() -> None:
    assert doctor.of_python((3, 10, 9)).status == PROBLEM
    assert doctor.of_python((3, 11, 0)).status == OK


def test_few_open_files_are_a_warning() -> None:
    assert doctor.of_open_files(1024).status == WARNING
    assert doctor.of_open_files(None).status == OK


def test_before_the_first_start_nothing_is_wrong_and_nothing_is_made(tmp_path: Path) -> None:
    found = by_name(patient(tmp_path, port=free_port()))
    assert files(tmp_path) == set()
    for name in ("data_directory", "database", "port", "model_cache"):
        assert found[name].status == OK, found[name]
    assert "CUDA_VISIBLE_DEVICES" in found["graphics"].note


def test_no_finding_names_a_path(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/musicgen.db").write_bytes(b"this is no database" * 100)
    for finding in examine(patient(tmp_path)).findings:
        assert str(tmp_path) not in repr(finding)


def by_name(who: Patient) -> dict[str, Finding]:
    return {finding.name: finding for finding in examine(who).findings}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def library(folder: Path) -> DataDir:
    datadir = DataDir(folder / "data")
    datadir.make()
    migrate(datadir.database, datadir.backups)
    return datadir


def test_a_library_of_ours_is_sound_and_looking_leaves_it_as_it_is(tmp_path: Path) -> None:
    datadir = library(tmp_path)
    with closing(sqlite3.connect(datadir.database)) as connection:  # as a server leaves it
        connection.execute("PRAGMA journal_mode = WAL")
    before = files(tmp_path)
    assert doctor.of_database(datadir.database) == Finding("database", "Database", OK, "Sound")
    assert doctor.of_data_directory(datadir).status == OK
    assert files(tmp_path) == before


def damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096 : 4096 * 3] = b"\xff" * 4096 * 2
    path.write_bytes(content)


def of_tomorrow(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def of_another_program(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE bookmarks (id)")


@pytest.mark.parametrize(
    "spoil", [damage, of_tomorrow, of_another_program, lambda path: path.write_bytes(b"no database at all" * 40)]
)
def test_a_database_that_cannot_serve_is_a_problem(tmp_path: Path, spoil: Callable[[Path], object]) -> None:
    datadir = library(tmp_path)
    spoil(datadir.database)
    finding = doctor.of_database(datadir.database)
    assert finding.status == PROBLEM
    assert finding.remedy


def test_a_data_directory_that_is_a_file_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    finding = doctor.of_data_directory(DataDir(tmp_path / "data"))
    assert finding.status == PROBLEM
    assert "MUSICGEN_DATA_DIR" in finding.remedy


@AS_ROOT
def test_a_data_directory_that_cannot_be_written_is_a_problem(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        assert doctor.of_data_directory(DataDir(tmp_path)).status == PROBLEM
        assert doctor.of_data_directory(DataDir(tmp_path / "data")).status == PROBLEM
    finally:
        tmp_path.chmod(0o700)


def test_files_of_another_user_in_it_are_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    datadir = DataDir(tmp_path)
    datadir.make()
    datadir.database.touch()
    monkeypatch.setattr("musicgen_web.datadir.os.access", lambda path, mode: path != datadir.database)
    finding = doctor.of_data_directory(datadir)
    assert (finding.status, finding.words) == (PROBLEM, "Holds files of another user: musicgen.db")
    assert "chown" in finding.remedy


def test_a_port_somebody_else_has_is_a_problem_and_our_own_servers_is_not(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        who = patient(tmp_path, port=other.getsockname()[1])
        assert doctor.of_port(who).status == PROBLEM
        who.datadir.make()
        who.datadir.server_file.write_text(json.dumps({"pid": 1, "address": who.settings.address}))
        assert doctor.of_port(who).status == OK


def test_a_database_in_use_is_read_with_its_log(tmp_path: Path) -> None:
    datadir = library(tmp_path)
    with closing(sqlite3.connect(datadir.database, isolation_level=None)) as server:
        server.execute("PRAGMA journal_mode = WAL")
        server.execute("UPDATE alembic_version SET version_num = '9999'")
        assert doctor.of_database(datadir.database).words == "Made by a newer version"


def test_looking_loads_nothing_that_computes(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from musicgen_web.doctor import Patient, examine;"
        "from musicgen_web.parts import missing;"
        "from musicgen_web.settings import Settings;"
        "report = examine(Patient(settings=Settings()));"
        "missing(report.graphics, Path('models'), is_built_in=True); print(*sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in said.stdout.split()}
    assert not loaded & {"torch", "numpy", "scipy", "tokenizers", "onnxruntime", "huggingface_hub", "espeakng_loader"}


def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "musicgen_web", "doctor", *arguments],
        cwd=ROOT,
        env=os.environ
        | {"MUSICGEN_DATA_DIR": str(folder / "data"), "MUSICGEN_PORT": str(free_port()), "CUDA_VISIBLE_DEVICES": ""}
        | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_says_a_line_for_each_finding_and_leaves_with_its_worst(tmp_path: Path) -> None:
    said = run(tmp_path)
    assert (said.returncode, said.stderr) == (0, "")
    assert "ok       Graphics: Processor, by choice" in said.stdout
    (tmp_path / "data").mkdir()
    (tmp_path / "data/musicgen.db").write_bytes(b"no database at all" * 40)
    said = run(tmp_path)
    assert said.returncode == 1
    assert "problem  Database: Damaged" in said.stdout
    assert "→ Stop the server." in said.stdout


def test_the_command_speaks_json_and_tells_where_it_looked(tmp_path: Path) -> None:
    said = run(tmp_path, "--json", MODEL_CACHE_DIR=str(tmp_path / "models"))
    told = json.loads(said.stdout)
    assert (told["device"], told["model_cache_dir"]) == ("cpu", str(tmp_path / "models"))
    assert {"name", "title", "status", "words", "note", "remedy"} == set(told["findings"][0])


def test_the_command_lists_settings_that_are_wrong(tmp_path: Path) -> None:
    said = run(tmp_path, MUSICGEN_PORT="many")
    assert said.returncode == 2
    assert "MUSICGEN_PORT" in said.stderr
