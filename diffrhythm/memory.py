"""Whether a song fits into the memory of a device, estimated before anything is loaded; and what would, if not."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import torch

from diffrhythm.devices import text_of
from diffrhythm.errors import OutOfMemoryError
from diffrhythm.spec import ModelSpec

HEADROOM = 0.95  # of the memory that is free: the estimate is one
RAN_OUT = re.compile(r"out of memory|not enough memory|can't allocate memory", re.IGNORECASE)


def free_bytes(device: torch.device) -> int | None:
    """Return how much memory can still be had on a device, in bytes; None where it cannot be asked."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    available = _free_memory()
    if device.type == "mps":
        advised = int(torch.mps.recommended_max_memory()) - int(torch.mps.driver_allocated_memory())
        return advised if available is None else min(advised, available)
    return available


def estimate(spec: ModelSpec, frames: int, *, takes: int = 1, itemsize: int = 2, batched: bool = True) -> int:
    """Return about how many bytes weights and network need for a song; decoding it comes after, and needs less."""
    return spec.weight_bytes(itemsize) + spec.working_bytes(frames, takes * (1 + batched), itemsize)


def require_memory(
    spec: ModelSpec, frames: int, device: torch.device, dtype: torch.dtype, *, takes: int = 1, loaded: bool = False
) -> bool:
    """Raise OutOfMemoryError, naming what would fit, if a song cannot be made.

    Return whether both branches of the guidance fit, and pay, in one batch. `loaded`: the weights are there already.
    """
    free = free_bytes(device)
    if free is None:
        return device.type == "cuda"
    return fitting(spec, frames, int(free * HEADROOM), device.type, dtype.itemsize, takes=takes, loaded=loaded)


def fitting(
    spec: ModelSpec, frames: int, room: int, kind: str, itemsize: int, *, takes: int = 1, loaded: bool = False
) -> bool:
    """Do what `require_memory` says, for `room` bytes."""
    there = spec.weight_bytes(itemsize) if loaded else 0

    def fits(frames: int, takes: int, batched: bool) -> bool:
        return estimate(spec, frames, takes=takes, itemsize=itemsize, batched=batched) - there <= room

    if fits(frames, takes, batched=False):
        return kind == "cuda" and fits(frames, takes, batched=True)
    needed = estimate(spec, frames, takes=takes, itemsize=itemsize, batched=False) - there
    advice: list[str] = []
    if takes > 1 and fits(frames, 1, batched=False):
        most = max(count for count in range(1, takes) if fits(frames, count, batched=False))
        advice.append("make the takes one by one" if most == 1 else f"make at most {most} takes at once")
    elif (shorter := _longest(spec, lambda count: fits(count, 1, batched=False))) and spec.frames(shorter) < frames:
        advice.append(f"a song of {shorter} seconds would fit")
    if itemsize > 2 and kind != "cpu":
        advice.append("half precision (torch_dtype float16) needs half of it")
    if kind != "cpu":
        advice.append("the CPU (device cpu) has other memory, and is slower")
    if not advice:
        advice.append("close other programs, or use a machine with more memory")
    words = "; ".join(advice)
    raise OutOfMemoryError(
        f"{spec.name}, {frames} frames, {takes} at once: about {_shown(needed)} needed on {kind}, {_shown(room)} free",
        f"{words[0].upper()}{words[1:]}.",
    )


@contextmanager
def saying_what_did_not_fit(device: torch.device) -> Iterator[None]:
    """Turn the several ways in which torch runs out of memory into the one of this library."""
    try:
        yield
    except (RuntimeError, MemoryError) as problem:
        if not isinstance(problem, (torch.OutOfMemoryError, MemoryError)) and not RAN_OUT.search(str(problem)):
            raise
        if device.type == "cuda":
            torch.cuda.empty_cache()
        raise OutOfMemoryError(f"The memory of {device} ran out: {str(problem).partition('.')[0]}") from problem


def _longest(spec: ModelSpec, fits: Callable[[int], bool]) -> int | None:
    """Return the longest duration, in seconds, that fits."""
    lengths = range(spec.longest, spec.shortest - 1, -1)
    return next((seconds for seconds in lengths if fits(spec.frames(seconds))), None)


def _free_memory() -> int | None:
    """Return what the system, and the container this may be, still has, in bytes."""
    found = re.search(r"^MemAvailable:\s+(\d+) kB", text_of(Path("/proc/meminfo")), re.MULTILINE)
    if found:
        rooms = [int(found[1]) * 1_024]
        limit = text_of(Path("/sys/fs/cgroup/memory.max")).strip()
        used = text_of(Path("/sys/fs/cgroup/memory.current")).strip()
        if limit.isdigit() and used.isdigit():
            rooms.append(max(0, int(limit) - int(used)))
        return min(rooms)
    if sys.platform == "darwin":
        return int(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * 0.7)  # macOS lends most of it
    return None


def _shown(size: int) -> str:
    return f"{size / 1e9:.1f} GB"
