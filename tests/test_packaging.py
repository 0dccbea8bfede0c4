"""The wheel is the whole program: installed with nothing but its requirements, it serves from anywhere.

Needs the finished tree (README.md, templates/, static/, migrations/, `musicgen serve`) and no network: the requirements
are lent from the environment that runs the tests, one by one, so that PyTorch and the test tools stay outside.
"""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import tomllib
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.test_third_party import brought

ROOT = Path(__file__).parents[1]
TRAVELS = ("musicgen_web", "diffrhythm", "templates", "static", "migrations")
FILES = ("pyproject.toml", "README.md", "LICENSE")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the environment is put together with symbolic links")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy of what travels in it."""
    copy = tmp_path_factory.mktemp("tree")
    for name in TRAVELS:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        shutil.copy(ROOT / name, copy)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(copy / "out")]
    subprocess.run(build, cwd=copy, check=True, capture_output=True)
    (wheel,) = (copy / "out").iterdir()
    return wheel


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into an environment of its own; return that environment's folder of commands."""
    home = tmp_path_factory.mktemp("installed")
    venv.create(home, with_pip=False, symlinks=True)
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(home / "bin" / "python"),
        "install",
        "-qq",
        "--no-index",
        "--no-deps",
    ]
    subprocess.run([*pip, str(wheel)], check=True, env=clean(home))
    (site,) = (home / "lib").glob("python*/site-packages")
    requirements = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    for name in brought(requirements):
        lend(name, site)
    return home / "bin"


def lend(name: str, site: Path) -> None:
    """Link every top-level file and folder of a distribution into another environment."""
    distribution = importlib.metadata.distribution(name)
    for top in {path.parts[0] for path in distribution.files or [] if path.parts[0] not in ("..", "__pycache__")}:
        if not (site / top).exists():
            (site / top).symlink_to(Path(str(distribution.locate_file(top))))


def clean(home: Path) -> dict[str, str]:
    """Return the environment of somebody who has just logged in."""
    return {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONWARNINGS": "error::ResourceWarning"}


@contextmanager
def serving(program: Path, folder: Path) -> Iterator[str]:
    """Start the installed server from another directory; stop it as a container would, and see that it ends well."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(program / "musicgen"), "serve", "--port", str(port)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, env=clean(folder), stdout=log, stderr=subprocess.STDOUT)
    try:
        until = time.monotonic() + 30
        while not answers(port):
            assert server.poll() is None and time.monotonic() < until, (folder / "log").read_text()
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
        server.send_signal(signal.SIGTERM)
        assert server.wait(40) == 0, (folder / "log").read_text()
    finally:
        server.kill()
        server.wait()


def answers(port: int) -> bool:
    with socket.socket() as knocking:
        return knocking.connect_ex(("127.0.0.1", port)) == 0


def test_everything_travels_in_the_wheel(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    for name in ("templates", "static", "migrations"):
        files = [path for path in (ROOT / name).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
        assert files
        assert {f"musicgen_web/_assets/{path.relative_to(ROOT)}" for path in files} <= inside
    assert "diffrhythm/lrc.py" in inside
    assert not [name for name in inside if name.startswith(("tests/", "docs/", "bench/")) or "__pycache__" in name]
    assert any(name.endswith("licenses/LICENSE") for name in inside)


def test_the_installed_program_is_the_wheels_and_has_no_torch(program: Path, tmp_path: Path) -> None:
    code = (
        "import musicgen_web as m, importlib.util as u; print(m.__file__, u.find_spec('torch'), u.find_spec('pytest'))"
    )
    said = subprocess.run(
        [program / "python", "-c", code], cwd=tmp_path, env=clean(tmp_path), capture_output=True, text=True, check=True
    )
    where, *others = said.stdout.split()
    assert Path(where).is_relative_to(program.parent)
    assert others == ["None", "None"]


def test_the_command_explains_itself_from_any_directory(program: Path, tmp_path: Path) -> None:
    for command in ([program / "musicgen", "--help"], [program / "python", "-m", "musicgen_web", "--help"]):
        said = subprocess.run(command, cwd=tmp_path, env=clean(tmp_path), capture_output=True, text=True, check=True)
        assert "serve" in said.stdout


def test_the_installed_server_answers_with_its_pages(program: Path, tmp_path: Path) -> None:
    with serving(program, tmp_path) as address, httpx.Client(base_url=address, trust_env=False) as client:
        health = client.get("/health")
        assert (health.status_code, health.json()["status"]) == (200, "healthy")
        page = client.get("/")
        assert page.status_code == 200
        assert "<html" in page.text
        styles = [part.split('"')[0] for part in page.text.split('href="')[1:] if ".css" in part.split('"')[0]]
        assert styles
        assert client.get(styles[0]).status_code == 200
