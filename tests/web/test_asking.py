"""What the server is asked for is taken, unless it is leaving."""

from pathlib import Path

import pytest

from musicgen_web.engines.base import SKETCH
from musicgen_web.errors import Unavailable
from musicgen_web.jobs import queue
from musicgen_web.web import asking
from tests.support.house import house
from tests.support.songs import request


async def test_a_server_that_leaves_takes_nothing_new(tmp_path: Path) -> None:
    async with house(tmp_path, SKETCH, works=False) as here:
        async with here.db.begin() as session:
            job, _ = await queue.enqueue(session, request())
            await queue.cancel(session, job.id)
        await here.dispatcher.drain(0)
        with pytest.raises(Unavailable):
            await asking.ask(here.db, here.dispatcher, here.events, request(), limit=10)
        with pytest.raises(Unavailable):
            await asking.retry(here.db, here.dispatcher, here.events, job.id, limit=10)


async def test_cancelling_what_has_ended_is_no_news(tmp_path: Path) -> None:
    async with house(tmp_path, SKETCH, works=False) as here:
        async with here.db.begin() as session:
            job, _ = await queue.enqueue(session, request())
        before = here.events.newest_id
        await asking.cancel(here.db, here.dispatcher, here.events, job.id)
        once = here.events.newest_id
        ended = await asking.cancel(here.db, here.dispatcher, here.events, job.id)
        assert (ended.status, here.events.newest_id) == ("cancelled", once) and once != before
