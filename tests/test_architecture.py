"""The layer map, as a test: imports point inward, and nothing happens at import."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted(
    path
    for folder in ("musicgen_web", "diffrhythm")
    for path in (ROOT / folder).rglob("*.py")
    if "_assets" not in path.parts
)

ROOMS = {
    "diffrhythm": "diffrhythm",
    "musicgen_web.engines.sketch": "sketch",
    "musicgen_web.engines": "engines",
    "musicgen_web.jobs.worker": "worker",
    "musicgen_web.jobs.messages": "worker",
    "musicgen_web.jobs": "jobs",
    "musicgen_web.library": "library",
    "musicgen_web.web": "web",
    "musicgen_web.errors": "ground",
    "musicgen_web.settings": "ground",
    "musicgen_web.bundle": "ground",
    "musicgen_web.logs": "ground",
    "musicgen_web.figures": "ground",
    "musicgen_web.datadir": "ground",
    "musicgen_web.machine": "ground",
    "musicgen_web.limits": "ground",
    "musicgen_web.parts": "ground",
    "musicgen_web.doctor": "tables",
    "musicgen_web.models": "tables",
    "musicgen_web.db": "tables",
    "musicgen_web.turns": "tables",
    "musicgen_web.sqlite": "tables",
    "musicgen_web.prepared": "tables",
    "musicgen_web.migrate": "tables",
    "musicgen_web.app": "top",
    "musicgen_web.server": "top",
    "musicgen_web.cli": "top",
    "musicgen_web.solo": "top",
    "musicgen_web.__main__": "top",
    "musicgen_web": "version",
}
ALLOWED = {
    "version": {"version"},
    "diffrhythm": {"diffrhythm"},
    "ground": {"ground", "version"},
    "engines": {"engines", "diffrhythm"},
    "sketch": {"sketch", "engines", "diffrhythm"},
    "worker": {"worker", "engines"},
    "tables": {"tables", "ground", "engines", "version"},
    "library": {"library", "tables", "ground", "engines", "diffrhythm"},
    "jobs": {"jobs", "worker", "library", "tables", "ground", "engines"},
    "web": {"web", "jobs", "library", "tables", "ground", "engines", "diffrhythm", "version"},
    "top": {"top", "web", "jobs", "library", "tables", "ground", "engines", "version"},
}
BANNED = ("utils", "helpers", "common", "misc", "core", "manager")


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room(name: str) -> str | None:
    while name:
        if name in ROOMS:
            return ROOMS[name]
        name = name.rpartition(".")[0]
    return None


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if name.split(".")[0] in ("musicgen_web", "diffrhythm")}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: name_of(path))
def test_imports_point_inward(path: Path) -> None:
    own = room(name_of(path))
    assert own is not None, "a new file belongs to a room: add it to the map"
    reached = {room(name) for name in imports(path)} - {None}
    assert reached <= ALLOWED[own], f"{path} reaches {sorted(reached - ALLOWED[own])}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: name_of(path))
def test_a_file_is_one_noun_with_a_name_that_says_which(path: Path) -> None:
    stem = path.stem
    assert stem not in BANNED and not stem.startswith(("base_", "service"))
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), "the first line says what the file is for"


def modules_after(statement: str) -> set[str]:
    program = f"import sys; {statement}; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stderr == ""
    return {name.split(".")[0] for name in ran.stdout.split()}


def test_the_web_process_imports_no_torch_and_nothing_that_makes_sound() -> None:
    loaded = modules_after("import musicgen_web.app, musicgen_web.server, musicgen_web.engines.sketch.version")
    assert not loaded & {"torch", "numpy", "scipy", "soundfile", "soxr", "jieba", "pypinyin", "espeakng_loader", "mido"}


def test_what_a_prompt_means_is_told_in_the_web_process_without_numpy() -> None:
    from musicgen_web.engines.base import SKETCH

    module, name = SKETCH.reads.split(":")
    loaded = modules_after(f"from {module} import {name}; {name}('lo-fi, piano')")
    assert not loaded & {"torch", "numpy", "scipy", "soundfile", "sqlalchemy"}


def test_a_worker_never_meets_the_database_or_the_web() -> None:
    loaded = modules_after("import musicgen_web.jobs.worker, musicgen_web.engines.sketch.engine")
    assert not loaded & {"sqlalchemy", "aiosqlite", "litestar", "alembic", "torch"}


def test_the_command_line_is_light_because_workers_import_it_too() -> None:
    loaded = modules_after("import musicgen_web.cli, musicgen_web.__main__")
    assert not loaded & {"litestar", "sqlalchemy", "numpy", "uvicorn", "jinja2"}


def test_importing_the_model_library_imports_no_torch() -> None:
    light = "diffrhythm, diffrhythm.errors, diffrhythm.lrc, diffrhythm.plans, diffrhythm.spec"
    assert not modules_after(f"import {light}") & {"torch", "numpy", "safetensors", "einops"}


def needs_model(path: Path) -> bool:
    """Whether importing a file needs the extra `model`, itself or through another file of the library."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in tree.body if isinstance(node, ast.ImportFrom) and node.module}
    if names & {"torch", "einops", "safetensors"}:
        return True
    files = {name_of(source): source for source in SOURCES}
    return any(needs_model(files[name]) for name in names if name.startswith("diffrhythm.") and name in files)


def test_importing_anything_of_ours_does_nothing(tmp_path: Path) -> None:
    has_model = find_spec("torch") is not None
    names = [name_of(path) for path in SOURCES if path.stem != "__main__" and (has_model or not needs_model(path))]
    program = (
        f"import importlib, sys; sys.path.insert(0, {str(ROOT)!r}); [importlib.import_module(n) for n in {names!r}]"
    )
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert not list(tmp_path.iterdir()), "no file appears"
