"""Setting up asks for what fits the machine, says what is missing, and is done only once."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def prepare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, pointed at a folder of its own."""
    spec = importlib.util.spec_from_file_location("prepare", ROOT / "scripts" / "prepare.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_text(name)
    venv = tmp_path / ".venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").touch()
    for name, value in {
        "ROOT": tmp_path,
        "VENV": venv,
        "STAMP": venv / "s.json",
        "PYTHON": venv / "bin/python",
    }.items():
        monkeypatch.setattr(module, name, value)
    return module


@pytest.mark.parametrize(
    ("goal", "model", "gpu", "extras"),
    [
        ("run", "", False, set()),
        ("run", "", True, {"model"}),
        ("run", "0", True, set()),
        ("run", "1", False, {"model"}),
        ("test", "", False, {"model", "test"}),
        ("test", "0", True, {"test"}),
        ("lint", "", True, {"test"}),
        ("gallery", "", True, {"gallery", "test"}),
    ],
)
def test_the_model_is_installed_where_it_can_be_used_or_is_asked_for(
    prepare: ModuleType, goal: str, model: str, gpu: bool, extras: set[str]
) -> None:
    assert prepare.wanted(goal, model, lambda: gpu) == extras


def test_an_old_python_is_told_so(prepare: ModuleType) -> None:
    assert "3.10 is too old" in prepare.unusable_python((3, 10))
    assert prepare.unusable_python((3, 11)) == ""


def test_where_ensurepip_is_missing_the_package_is_named(prepare: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare.importlib.util, "find_spec", lambda name: None if name == "ensurepip" else object())
    assert prepare.unusable_python((3, 12)).endswith("apt-get install python3.12-venv")


def test_what_is_installed_is_installed_once_until_the_lists_change(
    prepare: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[list[object]] = []
    monkeypatch.setattr(prepare, "run", lambda command, **_: calls.append(command) or True)
    assert not prepare.is_prepared(set())
    assert prepare.install({"model"})
    assert ".[model]" in calls[-1]
    assert prepare.is_prepared(set())
    assert prepare.is_prepared({"model"})
    assert not prepare.is_prepared({"model", "test"})
    (prepare.ROOT / "constraints.txt").write_text("newer")
    assert not prepare.is_prepared({"model"})
    assert prepare.installed_extras() == {"model"}  # and is kept by the next installation


def test_an_installation_that_failed_is_not_taken_for_one(
    prepare: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(prepare, "run", lambda command, **_: False)
    assert not prepare.install(set())
    assert not prepare.is_prepared(set())
    assert "did not finish" in capsys.readouterr().out


def test_a_missing_browser_is_said(
    prepare: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(prepare.shutil, "which", lambda name: None)
    prepare.find_browser()
    assert "skipped" in capsys.readouterr().out


def test_every_requirement_is_pinned_and_no_registry_is_named() -> None:
    pins = (ROOT / "constraints.txt").read_text()
    names = {line.split("==")[0].lower() for line in pins.splitlines() if not line.startswith("#")}
    assert all("==" in line for line in pins.splitlines() if not line.startswith("#"))
    assert "://" not in pins
    assert {"torch", "litestar", "sqlalchemy", "hatchling", "editables"} <= names
