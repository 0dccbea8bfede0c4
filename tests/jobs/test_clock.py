"""The clock of the wall may jump: nothing waits by it, and nothing is ordered by it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path

import pytest

from musicgen_web.jobs import queue
from tests.support.engines import wish
from tests.support.house import house


async def test_songs_are_made_in_their_order_while_the_clock_jumps_years(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    years = cycle((timedelta(0), timedelta(days=-700), timedelta(days=700)))
    monkeypatch.setattr(queue, "now", lambda: datetime(2026, 1, 1, tzinfo=UTC) + next(years))
    async with house(tmp_path / "data") as here:
        ids = [await here.ask(wish("steps 0.1")) for _ in range(4)]
        for job_id in ids:
            assert (await here.when(job_id)).status == "completed"
        tracks = [(await here.tracks(job_id))[0] for job_id in ids]
        assert [track.number for track in tracks] == sorted(track.number for track in tracks)
