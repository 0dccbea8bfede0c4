"""What DiffRhythm lacks is named: software, device, weights."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from musicgen_web.machine import Gpu, Graphics
from musicgen_web.parts import SOFTWARE, WEIGHTS, WeightFile, absent_files, missing

ROOT = Path(__file__).parents[1]
CARD = Graphics("cuda", (Gpu("RTX 3060", 12_000_000_000, 8_000_000_000, "550.1"),))


def fill(cache: Path, files: tuple[WeightFile, ...] = WEIGHTS, *, as_hub: bool = False) -> None:
    for file in files:
        folder = cache / file.repository
        if as_hub:
            folder = cache / f"{file.kind}--{file.repository.replace('/', '--')}" / "snapshots" / "0123abc"
        (folder / file.path).parent.mkdir(parents=True, exist_ok=True)
        (folder / file.path).touch()


def test_the_software_is_what_the_extra_model_installs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extra = project["project"]["optional-dependencies"]["model"]
    assert sorted(SOFTWARE) == sorted(line.split(">")[0] for line in extra)


@pytest.mark.parametrize("as_hub", [True, False], ids=["hub", "plain"])
def test_files_are_found_as_the_hub_keeps_them_and_in_plain_folders(tmp_path: Path, as_hub: bool) -> None:
    assert absent_files(tmp_path) == WEIGHTS
    fill(tmp_path, WEIGHTS[1:], as_hub=as_hub)
    assert absent_files(tmp_path) == WEIGHTS[:1]


def test_with_everything_there_nothing_is_missing(tmp_path: Path) -> None:
    fill(tmp_path)
    assert missing(CARD, tmp_path, is_built_in=True, installed=lambda name: True) == ()


def test_each_lack_has_its_own_words_and_its_command_or_its_files(tmp_path: Path) -> None:
    fill(tmp_path, WEIGHTS[:6])
    lacks = {lack.what: lack for lack in missing(Graphics("cpu"), tmp_path, is_built_in=False, installed=is_torch)}
    assert list(lacks) == ["engine", "software", "device", "weights"]
    assert "safetensors" in lacks["software"].words
    assert "torch" not in lacks["software"].words
    assert lacks["software"].command == "MODEL=1 make run"
    assert lacks["weights"].files == WEIGHTS[6:]
    assert "2 of 8 files are missing" in lacks["weights"].words
    assert "MODEL_CACHE_DIR" in lacks["weights"].remedy


def is_torch(name: str) -> bool:
    return name == "torch"


def test_a_processor_by_choice_is_told_from_one_by_need(tmp_path: Path) -> None:
    fill(tmp_path)
    chosen = Graphics("cpu", is_forced=True)
    (lack,) = missing(chosen, tmp_path, is_built_in=True, installed=lambda name: True)
    assert 'CUDA_VISIBLE_DEVICES=""' in lack.words


def test_no_server_path_is_told(tmp_path: Path) -> None:
    for lack in missing(Graphics("cpu"), tmp_path, is_built_in=False):
        assert str(tmp_path) not in f"{lack.words} {lack.remedy} {lack.command} {lack.files}"
