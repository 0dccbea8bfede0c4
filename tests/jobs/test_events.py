"""What an open page hears: every change once and in order, the newest progress, and never more than it can carry."""

from __future__ import annotations

import asyncio
import time

import pytest

from musicgen_web.jobs.events import (
    INBOX,
    REMEMBERED,
    RING,
    Broadcaster,
    Closed,
    Heard,
    Inbox,
    JobChanged,
    LineMoved,
    Ping,
    Progressed,
    Reset,
    TrackChanged,
    once,
)
from musicgen_web.jobs.live import Live
from musicgen_web.models import COMPLETED, Job, Track


@pytest.fixture
async def events() -> Broadcaster:
    return Broadcaster("run", ping_seconds=0.05)


def job(name: str, status: str = "pending") -> Job:
    return Job(id=name, owner="ann", status=status)


async def read(inbox: Inbox) -> list[Heard]:
    """Read until there is nothing more to read."""
    heard: list[Heard] = []
    while not isinstance(item := await asyncio.wait_for(inbox.get(), 5), Ping | Closed):
        heard.append(item)
    return heard


def ids(heard: list[Heard]) -> list[str]:
    return [item.id for item in heard if isinstance(item, JobChanged | TrackChanged)]


async def test_changes_are_numbered_and_come_in_order(events: Broadcaster) -> None:
    with events.watch("ann") as inbox:
        for name in "abc":
            events.changed("ann", job(name))
        events.track("ann", Track(id="t"), "t", "trashed")
        heard = await read(inbox)
    assert ids(heard) == ["run-1", "run-2", "run-3", "run-4"]
    assert isinstance(heard[3], TrackChanged) and heard[3].what == "trashed"


async def test_everybody_hears_only_what_is_theirs(events: Broadcaster) -> None:
    with events.watch("ann") as ann, events.watch("bob") as bob:
        events.changed("ann", job("a"))
        events.progress("ann", "a", Live("sampling", 0.5))
        events.changed("bob", job("b"))
        assert ids(await read(ann)) == ["run-1"]
        assert ids(await read(bob)) == ["run-2"]


async def test_of_progress_only_the_newest_is_kept(events: Broadcaster) -> None:
    with events.watch("ann") as inbox:
        for percent in range(100):
            events.progress("ann", "a", Live("sampling", percent / 100))
            events.progress("ann", "b", Live("decoding", percent / 100))
        heard = await read(inbox)
    assert [(item.job_id, item.live.fraction) for item in heard if isinstance(item, Progressed)] == [
        ("a", 0.99),
        ("b", 0.99),
    ]


async def test_progress_from_before_a_change_is_not_told_after_it(events: Broadcaster) -> None:
    with events.watch("ann") as inbox:
        events.progress("ann", "a", Live("saving", 0.99))
        events.changed("ann", job("a", COMPLETED))
        heard = await read(inbox)
    assert [type(item) for item in heard] == [JobChanged]


async def test_a_reader_who_comes_back_gets_what_was_missed_and_nothing_twice(events: Broadcaster) -> None:
    with events.watch("ann") as inbox:
        for name in "abc":
            events.changed("ann", job(name))
        seen = [await inbox.get(), await inbox.get()]
    events.changed("bob", job("other"))
    events.changed("ann", job("d"))
    with events.watch("ann", ids(seen)[-1]) as inbox:
        events.changed("ann", job("e"))
        assert ids(await read(inbox)) == ["run-3", "run-5", "run-6"]


async def test_a_reader_who_missed_nothing_gets_nothing(events: Broadcaster) -> None:
    events.changed("ann", job("a"))
    with events.watch("ann", "run-1") as inbox:
        assert await read(inbox) == []
    with events.watch("ann") as inbox:
        assert await read(inbox) == [] and inbox.start.id == "run-1"


@pytest.mark.parametrize(
    "last", ["run-0", "earlier-3", "run-99999", "run--1", "run-", "nonsense", "run-١", "run-1e3", "-"]
)
async def test_an_id_that_is_too_old_or_unknown_gets_a_reset(events: Broadcaster, last: str) -> None:
    for number in range(RING + 1):
        events.changed("ann", job(str(number)))
    with events.watch("ann", last) as inbox:
        assert await read(inbox) == [Reset(f"run-{RING + 1}")]


async def test_the_oldest_id_of_the_ring_is_still_replayed(events: Broadcaster) -> None:
    for number in range(RING + 1):
        events.changed("bob" if number < RING else "ann", job(str(number)))
    with events.watch("ann", "run-1") as inbox:
        assert ids(await read(inbox)) == [f"run-{RING + 1}"]


async def test_a_slow_reader_gets_a_reset_and_hurts_only_itself(events: Broadcaster) -> None:
    with events.watch("ann") as slow, events.watch("ann") as quick:
        got: list[Heard] = []
        for number in range(INBOX + 10):
            events.changed("ann", job(str(number)))
            got.append(await quick.get())
        assert len(set(ids(got))) == INBOX + 10
        first = await slow.get()
        assert first == Reset(events.newest_id)
        events.changed("ann", job("after"))
        assert ids(await read(slow)) == [events.newest_id]


async def test_what_changes_before_a_reset_is_read_belongs_to_its_snapshot(events: Broadcaster) -> None:
    with events.watch("ann", "earlier-1") as inbox:
        events.changed("ann", job("a"))
        assert await read(inbox) == [Reset("run-1")]


async def test_moves_of_the_line_are_merged_and_reach_everybody(events: Broadcaster) -> None:
    events.ping_seconds = 1.0
    with events.watch("ann") as ann, events.watch("bob") as bob:
        for _ in range(50):
            events.line("sketch")
        events.line("diffrhythm")
        for inbox in (ann, bob):
            moved = await inbox.get()
            assert isinstance(moved, LineMoved) and moved.engines == {"sketch", "diffrhythm"}
        events.ping_seconds = 0.05
        assert await read(ann) == []


async def test_a_quiet_stream_is_pinged(events: Broadcaster) -> None:
    with events.watch("ann") as inbox:
        assert await asyncio.wait_for(inbox.get(), 5) == Ping()
    assert Broadcaster().ping_seconds <= 15


async def test_closing_ends_every_stream_after_its_last_changes(events: Broadcaster) -> None:
    events.ping_seconds = 60
    with events.watch("ann") as busy, events.watch("bob") as waiting:
        end = asyncio.ensure_future(waiting.get())
        events.changed("ann", job("a"))
        events.close()
        assert [type(await busy.get()), type(await busy.get()), type(await busy.get())] == [JobChanged, Closed, Closed]
        assert await asyncio.wait_for(end, 1) == Closed()
    with events.watch("ann") as late:
        assert await late.get() == Closed()


async def test_a_stream_that_is_cut_off_leaves_nothing_behind(events: Broadcaster) -> None:
    async def stream() -> None:
        with events.watch("ann") as inbox:
            while True:
                await inbox.get()

    streams = [asyncio.ensure_future(stream()) for _ in range(20)]
    await asyncio.sleep(0)
    assert events.open_streams == 20
    for task in streams:
        task.cancel()
    await asyncio.gather(*streams, return_exceptions=True)
    assert events.open_streams == 0 and not events._inboxes


async def test_an_event_is_one_record_for_all_its_readers(events: Broadcaster) -> None:
    with events.watch("ann") as one, events.watch("ann") as other:
        events.changed("ann", job("a"))
        first, second = await one.get(), await other.get()
        assert isinstance(first, JobChanged) and isinstance(second, JobChanged)
        first.memo["html"] = "<p>"
        assert second.memo["html"] == "<p>"


async def test_a_cancelled_wait_loses_no_change(events: Broadcaster) -> None:
    events.ping_seconds = 60
    with events.watch("ann") as inbox:
        waiting = asyncio.ensure_future(inbox.get())
        await asyncio.sleep(0)
        waiting.cancel()
        events.changed("ann", job("a"))
        await asyncio.gather(waiting, return_exceptions=True)
        assert ids([await inbox.get()]) == ["run-1"]


async def test_a_thousand_streams_cost_little() -> None:
    events = Broadcaster()

    async def stream() -> int:
        heard = 0
        with events.watch("ann") as inbox:
            while not isinstance(await inbox.get(), Closed):
                heard += 1
        return heard

    streams = [asyncio.ensure_future(stream()) for _ in range(1_000)]
    await asyncio.sleep(0)
    begun = time.process_time()
    for number in range(20):
        events.changed("ann", job(str(number)))
        await asyncio.sleep(0.001)
    events.close()
    assert await asyncio.gather(*streams) == [20] * 1_000
    assert time.process_time() - begun < 20, "20 000 deliveries, far from one millisecond each"


async def test_readers_who_need_a_snapshot_while_nothing_changes_share_one(
    events: Broadcaster, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = events.reset("ann")
    assert events.reset("ann") is first
    assert events.reset("bob") is not first
    events.changed("ann", job("a"))
    second = events.reset("ann")
    assert (second.id, second.memo is first.memo) == ("run-1", False)
    monkeypatch.setattr("musicgen_web.jobs.events.SNAPSHOT_SECONDS", -1.0)
    assert events.reset("ann") is not second


async def test_moves_of_one_line_that_were_not_read_yet_are_one_record_for_all(events: Broadcaster) -> None:
    moves = [LineMoved(frozenset({"sketch"})), LineMoved(frozenset({"sketch"}))]
    with events.watch("ann") as slow, events.watch("ann") as quick:
        slow.line(moves[0])
        for inbox in (slow, quick):
            inbox.line(moves[1])
        assert [await slow.get(), await quick.get()] == [moves[1], moves[1]]


async def test_a_thousand_readers_of_one_event_cost_one_rendering() -> None:
    made: list[int] = []

    async def make() -> str:
        made.append(1)
        await asyncio.sleep(0)
        return "<p>once</p>"

    memo: dict[str, object] = {}
    told = await asyncio.gather(*(once(memo, "html", make) for _ in range(1000)))
    assert set(told) == {"<p>once</p>"}
    assert len(made) == 1


async def test_what_old_events_were_told_as_is_forgotten_and_made_again_for_who_asks(events: Broadcaster) -> None:
    made = 0

    async def make() -> int:
        nonlocal made
        made += 1
        return made

    with events.watch("ann") as inbox:
        events.changed("ann", job("first"))
        (first,) = await read(inbox)
        assert isinstance(first, JobChanged)
        assert [await once(first.memo, "html", make) for _ in range(2)] == [1, 1]
        for number in range(REMEMBERED):
            events.changed("ann", job(f"{number}"))
        assert first.memo == {}
        assert await once(first.memo, "html", make) == 2


async def test_a_reader_that_leaves_half_way_leaves_the_work_to_the_next() -> None:
    begun = asyncio.Event()

    async def never() -> str:
        begun.set()
        return await asyncio.Future()

    async def make() -> str:
        return "made"

    memo: dict[str, object] = {}
    leaving = asyncio.create_task(once(memo, "html", never))
    await begun.wait()
    leaving.cancel()
    assert await once(memo, "html", make) == "made"
