"""The machine is seen as it is, and a driver that hangs or is broken hangs and breaks nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from musicgen_web import machine
from musicgen_web.machine import MIB, Gpu, graphics

TWO_CARDS = (
    "0, GPU-aaaa1111, NVIDIA GeForce RTX 3060, 12288, 8300, 550.54.14\n"
    "1, GPU-bbbb2222, NVIDIA GeForce RTX 4090, 24564, 24000, 550.54.14\n"
)
LINUX_ONLY = pytest.mark.skipif(sys.platform != "linux", reason="the files are Linux's")


@pytest.fixture(autouse=True)
def not_a_mac(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")


def says(text: str) -> machine.Run:
    return lambda command: text


def breaks(error: Exception) -> machine.Run:
    def run(command: Sequence[str]) -> str:
        raise error

    return run


def test_the_driver_tells_of_each_card() -> None:
    seen = graphics({}, says(TWO_CARDS))
    assert seen.device == "cuda"
    assert seen.gpus[0] == Gpu("NVIDIA GeForce RTX 3060", 12288 * MIB, 8300 * MIB, "550.54.14")
    assert len(seen.gpus) == 2


@pytest.mark.parametrize("hidden", ["", " ", "-1"])
def test_hidden_cards_are_no_cards_and_the_driver_is_not_asked(hidden: str) -> None:
    seen = graphics({"CUDA_VISIBLE_DEVICES": hidden}, breaks(AssertionError("asked")))
    assert (seen.device, seen.is_forced, seen.gpus) == ("cpu", True, ())


@pytest.mark.parametrize(
    ("chosen", "memory"),
    [("1", [24564]), ("1,0", [24564, 12288]), ("0,7,1", [12288]), ("GPU-bbbb", [24564]), ("nonsense", [])],
)
def test_the_cards_that_are_named_are_seen_in_that_order_up_to_the_first_unknown(
    chosen: str, memory: list[int]
) -> None:
    seen = graphics({"CUDA_VISIBLE_DEVICES": chosen}, says(TWO_CARDS))
    assert [gpu.size // MIB for gpu in seen.gpus] == memory
    assert seen.device == ("cuda" if memory else "cpu")


def test_a_machine_without_the_driver_has_a_processor() -> None:
    seen = graphics({}, breaks(FileNotFoundError()))
    assert (seen.device, seen.trouble) == ("cpu", "")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (subprocess.TimeoutExpired("nvidia-smi", 5), "did not answer"),
        (subprocess.CalledProcessError(9, "nvidia-smi"), "no driver that answers"),
        (PermissionError(), "no driver that answers"),
    ],
)
def test_a_driver_in_trouble_is_said_in_words(error: Exception, words: str) -> None:
    seen = graphics({}, breaks(error))
    assert seen.device == "cpu"
    assert words in seen.trouble


def test_a_card_that_does_not_tell_its_memory_is_still_a_card() -> None:
    seen = graphics({}, says("0, GPU-1, NVIDIA GB10, [N/A], [N/A], 580.95\n"))
    assert seen.gpus == (Gpu("NVIDIA GB10", 0, 0, "580.95"),)


def test_an_answer_that_makes_no_sense_is_no_card() -> None:
    assert graphics({}, says("No devices were found\n")).device == "cpu"


def test_apple_silicon_is_known_by_its_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr("platform.machine", lambda: "arm64")
    assert graphics({}, breaks(AssertionError("asked"))).device == "mps"


def test_a_program_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\nexec sleep 30\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(machine, "PATIENCE_SECONDS", 0.2)
    began = time.monotonic()
    assert "did not answer" in graphics({}).trouble
    assert time.monotonic() - began < 5


@LINUX_ONLY
def test_a_containers_limit_is_the_memory_there_is(tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text("2000000000\n")
    (tmp_path / "memory.current").write_text("500000000\n")
    seen = machine.memory(tmp_path / "memory.max")
    assert (seen.size, seen.free) == (2_000_000_000, 1_500_000_000)


@LINUX_ONLY
def test_without_a_limit_the_machines_memory_counts(tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text("max\n")
    (tmp_path / "meminfo").write_text("MemTotal: 9 kB\nMemAvailable:    4000 kB\n")
    seen = machine.memory(tmp_path / "memory.max", tmp_path / "meminfo")
    assert seen.size == os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    assert seen.free == 4000 * 1024


def test_open_files_are_counted_as_the_server_would_raise_them() -> None:
    allowed = machine.open_files(100)
    assert allowed == 100
