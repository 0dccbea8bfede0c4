"""A slot with a real worker, and what it tells of a song."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from musicgen_web.engines.base import EngineSpec, Progress
from musicgen_web.jobs.messages import Outcome
from musicgen_web.jobs.pool import Slot
from tests.support.engines import spec, wish


@asynccontextmanager
async def serving(engine: EngineSpec | None = None, **settings: float) -> AsyncIterator[Slot]:
    slot = Slot(engine or spec(), 1, **settings)  # type: ignore[arg-type]
    slot.start()
    try:
        yield slot
    finally:
        await slot.close()
        assert slot.pid is None


class Told:
    """What was told of one song, and its end."""

    def __init__(self, slot: Slot, folder: Path, prompt: str, claim: str = "0123456789abcdef") -> None:
        self.progress: list[Progress] = []
        self.path = folder / f"{claim}.part"
        self.task = asyncio.ensure_future(slot.run(wish(prompt), self.path, claim, self.progress.append))

    async def end(self) -> Outcome:
        return await asyncio.wait_for(self.task, 10)


def is_alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
