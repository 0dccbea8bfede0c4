"""What the server is asked for is taken, unless it is leaving."""

import asyncio
from pathlib import Path

import pytest

from musicgen_web.engines.base import SKETCH
from musicgen_web.errors import Conflict, QueueFull, Unavailable
from musicgen_web.jobs import queue
from musicgen_web.jobs.events import JobChanged
from musicgen_web.models import LOCAL, Job
from musicgen_web.sqlite import Connection
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


async def test_one_key_is_one_job_and_one_piece_of_news_also_when_it_comes_twice_at_once(tmp_path: Path) -> None:
    async with house(tmp_path, SKETCH, works=False) as here:

        async def ask(fingerprint: str = "f") -> str:
            asked = await asking.ask(
                here.db, here.dispatcher, here.events, request(), key="k", fingerprint=fingerprint, limit=1
            )
            return asked.id

        with here.events.watch(LOCAL) as inbox:
            ids = await asyncio.gather(*(ask() for _ in range(5)))
            with pytest.raises(Conflict):
                await ask("g")
            news = await inbox.get()
            assert isinstance(news, JobChanged) and news.id == here.events.newest_id
        assert set(ids) == {news.job.id}
        columns = [attribute.key for attribute in Job.__mapper__.column_attrs]
        kept = await here.job(ids[0])
        assert [getattr(news.job, name) for name in columns] == [getattr(kept, name) for name in columns]
        assert [take.arrival for take in news.job.takes] == [take.arrival for take in kept.takes] == [1]


async def test_the_line_takes_as_many_as_its_limit_says_in_one_batch_and_over_many(tmp_path: Path) -> None:
    async with house(tmp_path, SKETCH, works=False) as here:

        async def ask() -> str:
            try:
                return (await asking.ask(here.db, here.dispatcher, here.events, request(), limit=7)).id
            except QueueFull:
                return ""

        first = [job for job in await asyncio.gather(*(ask() for _ in range(5))) if job]
        later = [job for job in await asyncio.gather(*(ask() for _ in range(5))) if job]
        assert (len(first), len(later), await ask()) == (5, 2, "")
        await here.cancel(first[0])
        assert await ask() and not await ask()
        async with here.db.begin() as session:
            take = await queue.claim(session, SKETCH.name)
        assert take and take.claim and await ask()
        async with here.db.begin() as session:
            await queue.put_back(session, take.claim)
        assert not await ask()
        async with here.db.read() as session:
            assert (await queue.counts(session))["pending"] == 8  # the one put back has its old place


async def test_a_song_whose_asker_leaves_while_the_disk_syncs_is_told_of_and_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[str] = []
    syncing, synced = asyncio.Event(), asyncio.Event()
    commit = Connection.commit

    async def commit_slowly(self: Connection) -> None:
        syncing.set()
        await synced.wait()
        await commit(self)

    async with house(tmp_path, SKETCH, works=False) as here:
        monkeypatch.setattr(here.dispatcher, "wake", woken.append)
        monkeypatch.setattr(Connection, "commit", commit_slowly)
        with here.events.watch(LOCAL) as inbox:
            asked = asyncio.create_task(asking.ask(here.db, here.dispatcher, here.events, request(), limit=1))
            await syncing.wait()
            asked.cancel()
            synced.set()
            assert isinstance(await inbox.get(), JobChanged)
        with pytest.raises(asyncio.CancelledError):
            await asked
        assert woken == [SKETCH.name]
