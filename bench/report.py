"""What every bench says at its end: a table for docs/benchmarks.md, with the machine, the date and how busy it was."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path


def middle(values: Sequence[float]) -> float:
    return share(values, 0.5)


def share(values: Sequence[float], part: float) -> float:
    """Return the value that this part of them does not pass: share(waits, 0.95) is the 95th percentile."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


class Report:
    """One bench's rows. Made at its start, so that it knows how busy the machine was before."""

    def __init__(self, title: str, reference: str) -> None:
        self.title, self.reference = title, reference
        self._load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
        self._begun = datetime.now(UTC)
        self._rows: list[tuple[str, ...]] = []
        self._notes: list[str] = []

    def row(
        self,
        what: str,
        figure: float,
        unit: str,
        *,
        reference: float | None = None,
        target: str = "",
        form: str = ".1f",
    ) -> None:
        """Add a figure; the reference has the same unit."""
        told = f"{figure:{form}} {unit}".strip()
        if reference is None:
            self._rows.append((what, told, "–", "–", target or "–"))
            return
        ratio = f"{figure / reference:.2f}" if reference else "–"
        self._rows.append((what, told, f"{reference:{form}} {unit}".strip(), ratio, target or "–"))

    def note(self, words: str) -> None:
        self._notes.append(words)

    def __str__(self) -> str:
        lines = [
            f"{self.title}. Reference, in the same run: {self.reference}.",
            "",
            "| what | figure | reference | ratio | target |",
            "| --- | ---: | ---: | ---: | --- |",
            *("| " + " | ".join(row) + " |" for row in self._rows),
            "",
            *(f"- {note}" for note in self._notes),
            f"- {machine()}; {self._begun:%Y-%m-%d %H:%M} UTC; load average at the start {self._load:.2f}",
        ]
        return "\n".join(lines) + "\n"

    def say(self) -> None:
        sys.stdout.write(f"\n{self}")
        sys.stdout.flush()


def machine() -> str:
    """Return what it ran on: processor, cores, memory, system, Python."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30 if hasattr(os, "sysconf") else 0.0
    return (
        f"{cores} cores of {_processor()}, {memory:.0f} GiB, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}"
    )


def _processor() -> str:
    try:
        facts = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.split(":", 1)[1].strip() for line in facts.splitlines() if line.startswith("model name")), "?")
