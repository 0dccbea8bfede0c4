"""What is told of a job's future counts every song that comes before it."""

from pathlib import Path

import pytest

from musicgen_web.engines.base import SKETCH
from musicgen_web.jobs import queue
from musicgen_web.jobs.estimates import Estimates
from musicgen_web.web.forecast import forecast
from tests.support.house import house
from tests.support.songs import request


async def test_the_start_of_every_song_in_the_line_is_counted(tmp_path: Path) -> None:
    estimates = Estimates()
    for length in (10, 30, 60, 120, 240):
        estimates.record("sketch", length, 5 + 0.1 * length)
    async with house(tmp_path, SKETCH, works=False) as here:
        async with here.db.begin() as session:
            for _ in range(10):
                job, _ = await queue.enqueue(session, request(duration=10.0))
        async with here.db.read() as session:
            known = await forecast(session, job, here.dispatcher, estimates)
    assert known.position == 9
    assert known.eta is not None and sum(known.eta) / 2 == pytest.approx(10 * (5 + 0.1 * 10))
    assert known.starts is not None and sum(known.starts) / 2 == pytest.approx(9 * (5 + 0.1 * 10))
