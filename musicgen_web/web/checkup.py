"""The doctor's report for the pages: looked up in a thread and kept for a while, however many ask."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from musicgen_web.doctor import Patient, Report, examine
from musicgen_web.parts import Missing, missing

KEPT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen at one look. `disk`: (free, size) in bytes of the disk that holds the songs."""

    at: datetime
    report: Report
    missing: tuple[Missing, ...]  # of DiffRhythm
    disk: tuple[int, int] | None


class Checkup:
    """Starts nothing by itself; one look at a time."""

    def __init__(
        self, patient: Patient, *, is_built_in: bool = False, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._patient, self._is_built_in, self._clock = patient, is_built_in, clock
        self._turn = asyncio.Lock()
        self._kept: tuple[float, Seen] | None = None

    async def seen(self) -> Seen:
        """Return what was seen within the last ten seconds; look where that is longer ago."""
        async with self._turn:
            if self._kept is None or self._clock() - self._kept[0] >= KEPT_SECONDS:
                self._kept = (self._clock(), await asyncio.to_thread(self._look))
            return self._kept[1]

    def _look(self) -> Seen:
        report = examine(self._patient)
        lacks = missing(report.graphics, self._patient.settings.model_cache_dir, is_built_in=self._is_built_in)
        disk: tuple[int, int] | None = None
        with suppress(OSError):
            usage = shutil.disk_usage(self._patient.datadir.root)
            disk = (usage.free, usage.total)
        return Seen(datetime.now(UTC), report, lacks, disk)
