"""Where the network runs, in which precision, and on how many cores. Asked by who uses the library, never at import."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import warnings
from pathlib import Path

import torch

from diffrhythm.errors import DeviceError

DTYPES = {
    "float32": torch.float32,
    "fp32": torch.float32,
    "float16": torch.float16,
    "fp16": torch.float16,
    "half": torch.float16,
    "bfloat16": torch.bfloat16,
    "bf16": torch.bfloat16,
}
FAST_ON_CPU = frozenset({"avx512_bf16", "amx_bf16"})
"""A processor with one of these computes in bfloat16; on any other it is ten times slower than float32."""


def parse_device(name: str | torch.device = "auto") -> torch.device:
    """Return the device that `name` means: auto, cpu, mps, cuda or cuda:1. DeviceError if it is unknown or not here."""
    spelled = str(name).strip().lower()
    if spelled == "auto":
        return torch.device("cuda" if _has_cuda() else "mps" if torch.backends.mps.is_available() else "cpu")
    found = re.fullmatch(r"(cpu|mps|cuda)(?::(\d{1,3}))?", spelled)
    if not found:
        raise DeviceError("device", f"one of auto, cpu, mps, cuda, cuda:1, not {str(name)!r}")
    kind, index = found[1], int(found[2] or 0)
    if kind == "cuda":
        if not _has_cuda():
            why = "finds no GPU" if torch.version.cuda else "is built without CUDA"
            raise DeviceError("device", f"{spelled} is not here: this PyTorch {why}")
        if index >= torch.cuda.device_count():
            last = torch.cuda.device_count() - 1
            raise DeviceError("device", f"{spelled} is not here: the last of them is cuda:{last}")
        return torch.device("cuda", index)
    if index:
        raise DeviceError("device", f"{spelled} is not here: there is one {kind}")
    if kind == "mps" and not torch.backends.mps.is_available():
        raise DeviceError("device", "mps is not here: it needs Apple silicon and macOS 14 or newer")
    return torch.device(kind)


def parse_dtype(name: str | torch.dtype | None, device: torch.device) -> torch.dtype:
    """Return the dtype that is asked for, or, for None and "auto", the one that the device is fast at."""
    if name is None or name == "auto":
        return fast_dtype(device)
    spelled = str(name).removeprefix("torch.").strip().lower()
    if spelled not in DTYPES:
        raise DeviceError("torch_dtype", f"one of auto, float32, float16, bfloat16, not {str(name)!r}")
    return DTYPES[spelled]


def fast_dtype(device: torch.device) -> torch.dtype:
    """Half precision where the device computes in it.

    On CUDA float16, in which the weights are published and the authors ran them, so that no weight is rounded; float32
    before the tensor cores (compute capability below 7). On a CPU bfloat16 or float32, by what the processor has.
    """
    if device.type == "cuda":
        return torch.float16 if torch.cuda.get_device_capability(device)[0] >= 7 else torch.float32
    if device.type == "mps":
        return torch.float16
    return torch.bfloat16 if cpu_flags() & FAST_ON_CPU else torch.float32


def cpu_flags(cpuinfo: Path = Path("/proc/cpuinfo")) -> frozenset[str]:
    """Return what the processor says it can do, in Linux's words; nothing where it cannot be asked."""
    try:
        found = re.search(r"^flags\s*:(.*)$", cpuinfo.read_text(encoding="utf-8", errors="replace"), re.MULTILINE)
    except OSError:
        return frozenset()
    return frozenset(found[1].split()) if found else frozenset()


def physical_cores(topology: Path = Path("/sys/devices/system/cpu")) -> int:
    """Return how many cores this process may use, hyper-threads counted once, and a container's share respected."""
    usable = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set(range(os.cpu_count() or 1))
    if sys.platform == "darwin":
        asked = subprocess.run(
            ["/usr/sbin/sysctl", "-n", "hw.physicalcpu"], capture_output=True, text=True, check=False
        )
        return int(asked.stdout) if asked.stdout.strip().isdigit() else len(usable)
    siblings = {text_of(topology / f"cpu{cpu}" / "topology" / "thread_siblings_list") or str(cpu) for cpu in usable}
    quota = text_of(Path("/sys/fs/cgroup/cpu.max")).split()
    share = int(quota[0]) / int(quota[1]) if len(quota) == 2 and quota[0].isdigit() else len(siblings)
    return max(1, min(len(siblings), int(share)))


def use_physical_cores() -> int:
    """Let torch use one thread a core; return how many. More only wait for each other."""
    torch.set_num_threads(physical_cores())
    return torch.get_num_threads()


def _has_cuda() -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a driver that is too old is said by DeviceError
        return torch.cuda.is_available()


def text_of(path: Path) -> str:
    """Return what a small file of the system says; nothing where it is not there."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
