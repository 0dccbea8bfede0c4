"""Everybody whose work is used is named, and nothing is imported that would change the program's licence."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
GPL = {"mutagen", "phonemizer", "unidecode", "pykakasi", "pedalboard", "djlint", "espeakng_loader"}
SOURCES = sorted(
    path for room in ("musicgen_web", "diffrhythm", "migrations", "scripts") for path in (ROOT / room).rglob("*.py")
)


def spelled(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def named() -> set[str]:
    """Every word of the first column of the tables."""
    rows = [
        line.split("|")[1] for line in (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8").splitlines() if "|" in line
    ]
    return {spelled(word) for row in rows for word in re.findall(r"[\w.-]+", row)}


def required(requirements: list[str]) -> set[str]:
    return {spelled(Requirement(requirement).name) for requirement in requirements}


def brought(requirements: list[str]) -> set[str]:
    """Return everything that these requirements bring, as far as it is installed here."""
    found: set[str] = set()
    waiting = [Requirement(requirement) for requirement in requirements]
    seen: set[str] = set()
    while waiting:
        wanted = waiting.pop()
        if str(wanted) in seen:
            continue
        seen.add(str(wanted))
        try:
            told = importlib.metadata.requires(wanted.name) or []
        except importlib.metadata.PackageNotFoundError:
            continue
        found.add(spelled(wanted.name))
        for further in map(Requirement, told):
            if any(not further.marker or further.marker.evaluate({"extra": extra}) for extra in ["", *wanted.extras]):
                waiting.append(further)
    return found


def test_what_is_pinned_can_be_had_on_the_oldest_python_we_promise() -> None:
    oldest = f"{PROJECT['requires-python'].removeprefix('>=')}.0"
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {spelled(line.split("==")[0]): line.split("==")[1] for line in lines if "==" in line}
    installed = [d for d in importlib.metadata.distributions() if pinned.get(spelled(d.name)) == d.version]
    assert len(installed) > 50
    asked = {d.name: SpecifierSet(d.metadata.get("Requires-Python") or "") for d in installed}
    assert {name: str(python) for name, python in asked.items() if not python.contains(oldest)} == {}


@pytest.mark.parametrize("extra", ["", "model", "test", "gallery"])
def test_every_requirement_is_named(extra: str) -> None:
    listed = PROJECT["optional-dependencies"][extra] if extra else PROJECT["dependencies"]
    assert required(listed) <= named()


def test_everything_the_program_brings_is_named_and_pinned() -> None:
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    pinned = {spelled(line.split("==")[0]) for line in pins.splitlines() if "==" in line}
    installed = brought(PROJECT["dependencies"])
    assert {"litestar", "greenlet", "cffi"} <= installed
    assert installed - named() == set()
    model = {
        name for name in brought(PROJECT["optional-dependencies"]["model"]) if not name.startswith(("nvidia-", "cuda-"))
    }
    assert model - named() == set()
    assert (installed | model) - pinned == set()


def test_the_licence_and_the_texts_of_what_is_carried_are_there() -> None:
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    listed = re.findall(r"`(static/[^`]+\.txt)`", (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8"))
    assert len(listed) == 3
    assert [path for path in listed if not (ROOT / path).is_file()] == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_under_the_gpl_is_imported(path: Path) -> None:
    imported = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {name.name.partition(".")[0].lower() for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            imported.add(node.module.partition(".")[0].lower())
    assert not imported & GPL
