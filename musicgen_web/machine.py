"""The machine as it is: its graphics, memory and open files, looked up without loading anything that computes."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

ASK_NVIDIA = (
    "nvidia-smi",
    "--query-gpu=index,uuid,name,memory.total,memory.free,driver_version",
    "--format=csv,noheader,nounits",
)
PATIENCE_SECONDS = 5.0  # a driver that hangs must not hang the page
MIB = 1024 * 1024
CONTAINER_LIMIT = Path("/sys/fs/cgroup/memory.max")
MEMORY_NOW = Path("/proc/meminfo")


@dataclass(frozen=True, slots=True)
class Gpu:
    """One NVIDIA card, as its driver tells of it. Sizes in bytes."""

    name: str
    size: int
    free: int
    driver: str


@dataclass(frozen=True, slots=True)
class Graphics:
    """What a model would compute on: `cuda`, `mps` or `cpu`. `trouble`: why a card that is there cannot be asked."""

    device: str
    gpus: tuple[Gpu, ...] = ()
    is_forced: bool = False  # CUDA_VISIBLE_DEVICES hides every card
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Memory:
    """In bytes; None where this system does not tell. In a container, its limit counts."""

    size: int | None
    free: int | None


Run = Callable[[Sequence[str]], str]


def ask(command: Sequence[str]) -> str:
    """Run a program and return what it says; OSError or SubprocessError where it cannot."""
    ran = subprocess.run(
        [shutil.which(command[0]) or command[0], *command[1:]],
        capture_output=True,
        text=True,
        errors="replace",
        timeout=PATIENCE_SECONDS,
        check=True,
        stdin=subprocess.DEVNULL,
    )
    return ran.stdout


def graphics(environment: Mapping[str, str], run: Run = ask) -> Graphics:
    """Look for a card that computes: NVIDIA's driver is asked, Apple silicon is known by its platform."""
    if sys.platform == "darwin" and platform.machine() == "arm64":
        return Graphics("mps")
    seen = environment.get("CUDA_VISIBLE_DEVICES")
    if seen is not None and seen.strip() in ("", "-1"):
        return Graphics("cpu", is_forced=True)
    try:
        told = run(ASK_NVIDIA)
    except FileNotFoundError:
        return Graphics("cpu")
    except subprocess.TimeoutExpired:
        return Graphics("cpu", trouble=f"nvidia-smi did not answer within {PATIENCE_SECONDS:g} seconds")
    except (OSError, subprocess.SubprocessError):
        return Graphics("cpu", trouble="nvidia-smi is installed and finds no driver that answers")
    cards = _visible([row.split(", ") for row in told.strip().splitlines()], seen)
    return Graphics("cuda" if cards else "cpu", cards)


def _visible(rows: Sequence[Sequence[str]], seen: str | None) -> tuple[Gpu, ...]:
    """Keep the cards CUDA_VISIBLE_DEVICES names, in its order; as CUDA does, stop at the first name nobody has."""
    known = [row for row in rows if len(row) == 6]
    chosen = known
    if seen is not None:
        chosen = []
        for name in (part.strip() for part in seen.split(",")):
            found = [row for row in known if row[0] == name or (name.startswith("GPU-") and row[1].startswith(name))]
            if not found:
                break
            chosen.append(found[0])
    return tuple(Gpu(row[2], _mebibytes(row[3]), _mebibytes(row[4]), row[5]) for row in chosen)


def _mebibytes(text: str) -> int:
    return int(text) * MIB if text.isdigit() else 0  # "[N/A]" on cards that share the machine's memory


def memory(limit: Path = CONTAINER_LIMIT, now: Path = MEMORY_NOW) -> Memory:
    """How much memory there is and how much of it is free."""
    size: int | None = None
    with suppress(ValueError, OSError, AttributeError):  # Windows has no sysconf
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    free: int | None = None
    with suppress(OSError, ValueError, IndexError):
        line = next((line for line in now.read_text().splitlines() if line.startswith("MemAvailable:")), "")
        free = int(line.split()[1]) * 1024
    with suppress(OSError, ValueError):  # "max": no limit
        allowed = int(limit.read_text())
        used = int(limit.with_name("memory.current").read_text())
        if size is None or allowed < size:
            size, free = allowed, max(0, allowed - used)
    return Memory(size, free)


def open_files(most: int) -> int | None:
    """How many files a server may open here, which raises its own limit up to `most`; None: no such limit."""
    if sys.platform == "win32":
        return None
    import resource

    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return most if hard == resource.RLIM_INFINITY else min(most, hard)
