"""What a machine should have: the doctor's thresholds, one table. docs/operating.md shows the same."""

from __future__ import annotations

from dataclasses import dataclass

OK, WARNING, PROBLEM = "ok", "warning", "problem"
GB = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Limit:
    """Below `warning` it is tight, below `problem` it does not work. `problem` 0: never."""

    name: str
    warning: int
    problem: int
    unit: str = "GB"

    def judge(self, amount: float) -> str:
        scale = GB if self.unit == "GB" else 1
        return PROBLEM if amount < self.problem * scale else WARNING if amount < self.warning * scale else OK


DISK = Limit("free disk", 10, 1)
MEMORY = Limit("memory", 8, 2)
MEMORY_WITH_GPU = Limit("memory, with a GPU", 16, 2)
GPU_MEMORY = Limit("memory of the GPU", 8, 0)
DRIVER = Limit("NVIDIA driver", 525, 0, "version")
FILES = Limit("open files", 4096, 256, "files")
LIMITS = (DISK, MEMORY, MEMORY_WITH_GPU, GPU_MEMORY, DRIVER, FILES)
PYTHON = (3, 11)


def gigabytes(count: float) -> str:
    """A disk's size as disks are sold: 82 GB, 7.4 GB."""
    return _said(count / GB)


def memory_gigabytes(count: float) -> str:
    """A memory's size as memory is sold, in powers of two: a card of 12 GB tells of 12 288 MiB."""
    return _said(count / 1024**3)


def _said(amount: float) -> str:
    return f"{amount:.1f} GB".replace(".0", "") if amount < 9.95 else f"{amount:.0f} GB"
