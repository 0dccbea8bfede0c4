"""The stream's HTML is made once for all readers."""

from __future__ import annotations

import asyncio

from musicgen_web.web.live import _once


async def test_a_thousand_readers_of_one_event_cost_one_rendering() -> None:
    made: list[int] = []

    async def make() -> str:
        made.append(1)
        await asyncio.sleep(0)
        return "<p>once</p>"

    memo: dict[str, object] = {}
    told = await asyncio.gather(*(_once(memo, make) for _ in range(1000)))
    assert set(told) == {"<p>once</p>"}
    assert len(made) == 1


async def test_a_reader_that_leaves_half_way_leaves_the_work_to_the_next() -> None:
    begun = asyncio.Event()

    async def never() -> str:
        begun.set()
        return await asyncio.Future()

    async def make() -> str:
        return "made"

    memo: dict[str, object] = {}
    leaving = asyncio.create_task(_once(memo, never))
    await begun.wait()
    leaving.cancel()
    assert await _once(memo, make) == "made"
