"""However many ask, the machine is looked at once in a while, and never on the loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path

from musicgen_web.doctor import Patient
from musicgen_web.settings import Settings
from musicgen_web.web.checkup import KEPT_SECONDS, Checkup


async def test_one_look_serves_all_who_ask_within_ten_seconds(tmp_path: Path) -> None:
    now, asked = [100.0], []

    def run(command: Sequence[str]) -> str:
        asked.append(threading.current_thread() is threading.main_thread())
        return ""

    settings = Settings(data_dir=tmp_path / "data", model_cache_dir=tmp_path / "models")
    patient = Patient(settings=settings, environment={}, is_serving=True, run=run)
    checkup = Checkup(patient, clock=lambda: now[0])
    first, *others = await asyncio.gather(*(checkup.seen() for _ in range(20)))
    now[0] += KEPT_SECONDS - 0.1
    assert all(other is first for other in [*others, await checkup.seen()])
    now[0] += 0.2
    assert await checkup.seen() is not first
    assert asked
    assert not any(asked), "a thread of its own"
