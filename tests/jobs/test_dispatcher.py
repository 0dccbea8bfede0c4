"""From "pending" to the end, with real workers that are really killed."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import sys
import time
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from musicgen_web.errors import DiskFull, MusicGenError, Unavailable
from musicgen_web.jobs import dispatcher, ledger, queue
from musicgen_web.jobs.events import JobChanged, Progressed
from musicgen_web.models import CANCELLED, COMPLETED, FAILED, PENDING, PROCESSING
from tests.support.engines import FLAC, SONG, spec, wish
from tests.support.house import House, house
from tests.support.waiting import until

NOTICED = 2.0  # seconds: what the house promises


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as here:
        yield here


def workers() -> list[psutil.Process]:
    """The worker processes of this process."""
    found = []
    for process in psutil.Process().children():
        try:
            if "spawn_main" in " ".join(process.cmdline()) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.NoSuchProcess:
            continue
    return found


async def at_work(here: House, job_id: str) -> None:
    """Wait until the worker is really at it."""

    async def begun() -> bool:
        return here.dispatcher.live(await here.job(job_id)).stage not in ("queued", "loading")

    await until(begun)


async def test_a_song_goes_from_the_queue_to_the_library(here: House) -> None:
    job = await here.when(await here.ask(wish("quick", title="Hush")))
    assert (job.status, job.attempt) == (COMPLETED, 1)
    (track,) = await here.tracks(job.id)
    assert (track.id, track.title, track.md5, track.size) == (job.track_ids[0], "Hush", SONG.md5, len(FLAC))
    assert here.files() == {f"tracks/{track.id}.flac"}
    assert here.datadir.audio(track.id).read_bytes() == FLAC
    assert here.dispatcher.live(job).fraction == 1.0


async def test_every_take_is_one_song_with_a_seed_of_its_own(here: House) -> None:
    job = await here.when(await here.ask(wish("quick", takes=3, seed=40)))
    assert job.status == COMPLETED
    made = await here.tracks(job.id)
    assert [(track.take_number, track.request.seed) for track in made] == [(1, 40), (2, 41), (3, 42)]
    assert here.files() == {f"tracks/{track.id}.flac" for track in made}


async def test_a_killed_worker_costs_one_attempt_and_nothing_else(here: House) -> None:
    begun = time.monotonic()
    job = await here.when(await here.ask(wish("once quick")))
    assert (job.status, job.attempt) == (COMPLETED, 2)
    assert time.monotonic() - begun < 2 * NOTICED
    assert len(await here.tracks(job.id)) == 1


@pytest.mark.parametrize(
    ("prompt", "code", "words"),
    [
        ("signal 9", "WORKER_CRASHED", "was killed (signal 9), perhaps because the machine ran out of memory"),
        ("signal 11", "WORKER_CRASHED", "crashed (signal 11)"),
        ("exit 3", "WORKER_CRASHED", "exited with status 3"),
        ("memory", "OUT_OF_MEMORY", "not enough memory"),
    ],
)
async def test_after_three_attempts_it_fails_by_name_and_the_next_job_runs(
    here: House, prompt: str, code: str, words: str
) -> None:
    poison = await here.ask(wish(prompt))
    healthy = await here.ask(wish("quick"))
    job = await here.when(poison)
    assert (job.status, job.attempt) == (FAILED, 3)
    assert job.failed_take and job.failed_take.error_code == code
    assert words in (job.failed_take.error_detail or "")
    assert (await here.when(healthy)).status == COMPLETED
    assert here.files() == {f"tracks/{(await here.job(healthy)).track_ids[0]}.flac"}


@pytest.mark.parametrize(("prompt", "code"), [("disk", "DISK_FULL"), ("fault 7", "INTERNAL")])
async def test_what_would_only_happen_again_is_not_tried_again(here: House, prompt: str, code: str) -> None:
    job = await here.when(await here.ask(wish(prompt)))
    assert (job.status, job.attempt) == (FAILED, 1)
    assert job.failed_take and job.failed_take.error_code == code and job.failed_take.error_detail
    assert here.files() == set()


async def test_a_job_with_one_good_take_is_completed_and_names_the_failed_one(here: House) -> None:
    job = await here.when(await here.ask(wish("fault 7 | quick | signal 11", takes=3)))
    assert job.status == COMPLETED
    assert [take.status for take in job.takes] == [FAILED, COMPLETED, FAILED]
    assert [take.error_code for take in job.takes] == ["INTERNAL", None, "WORKER_CRASHED"]
    assert len(job.track_ids) == len(await here.tracks(job.id)) == 1


async def test_a_worker_that_says_nothing_fails_the_job_by_name_in_the_end(tmp_path: Path) -> None:
    async with house(tmp_path, stall_seconds=1.2) as here:
        job = await here.when(await here.ask(wish("silent")), seconds=15)
        assert (job.status, job.attempt) == (FAILED, 3)
        assert job.failed_take and job.failed_take.error_code == "WORKER_STALLED"
        assert job.failed_take.error_detail == "The worker reported nothing for 1.2 seconds."
        assert (await here.when(await here.ask(wish("quick")))).status == COMPLETED


async def test_a_lane_never_waits_for_another(tmp_path: Path) -> None:
    async with house(tmp_path, spec("slow"), spec("fast")) as here:
        slow = await here.ask(wish("steps 60", engine="slow"))
        assert (await here.when(await here.ask(wish("quick", engine="fast")), seconds=2)).status == COMPLETED
        assert (await here.job(slow)).status == PROCESSING


async def test_a_killed_worker_leaves_its_neighbour_alone(tmp_path: Path) -> None:
    async with house(tmp_path, spec(workers=2)) as here:
        ids = [await here.ask(wish("steps 1")) for _ in range(2)]
        for job_id in ids:
            await at_work(here, job_id)
        assert len(workers()) == 2
        workers()[0].kill()
        attempts = sorted([(await here.when(job_id)).attempt for job_id in ids])
        assert attempts == [1, 2]


@pytest.mark.parametrize("prompt", ["steps 60", "deaf"])
async def test_cancelling_ends_the_work_within_two_seconds(here: House, prompt: str) -> None:
    job_id = await here.ask(wish(prompt, takes=2))
    await at_work(here, job_id)
    begun = time.monotonic()
    job = await here.cancel(job_id)
    assert job.cancelling and job.status == PROCESSING
    job = await here.when(job_id, CANCELLED)
    assert time.monotonic() - begun < NOTICED
    assert [take.status for take in job.takes] == [CANCELLED, CANCELLED] and not job.cancelling
    assert here.files() == set()
    await until(lambda: here.dispatcher.state()[0].ready)
    (worker,) = workers()
    used, begun = sum(worker.cpu_times()[:2]), time.monotonic()
    await until(lambda: time.monotonic() - begun > 0.5)
    assert sum(worker.cpu_times()[:2]) - used < 0.1, "it rests"
    assert (await here.when(await here.ask(wish("quick")))).status == COMPLETED


async def test_what_waits_is_cancelled_without_a_worker(here: House) -> None:
    busy, waiting = await here.ask(wish("steps 60")), await here.ask(wish("quick"))
    await at_work(here, busy)
    assert (await here.cancel(waiting)).status == CANCELLED
    assert (await here.job(busy)).status == PROCESSING


async def test_a_cancelled_job_keeps_the_takes_that_were_finished(here: House) -> None:
    job_id = await here.ask(wish("quick | steps 60 | quick", takes=3))

    async def at_the_second() -> bool:
        live = here.dispatcher.live(await here.job(job_id))
        return (live.take, live.stage) == (2, "sampling")

    await until(at_the_second)
    await here.cancel(job_id)
    job = await here.when(job_id)
    assert job.status == CANCELLED
    assert [take.status for take in job.takes] == [COMPLETED, CANCELLED, CANCELLED]
    assert here.files() == {f"tracks/{track.id}.flac" for track in await here.tracks(job_id)} != set()


async def test_a_take_cancelled_just_as_it_is_claimed_never_begins(
    here: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = ledger.Ledger.claim

    async def claim_and_cancel(*given: Any) -> Any:
        work = await claim(*given)
        if work and work.request.prompt == "deaf":
            await here.cancel(work.job_id)
        return work

    monkeypatch.setattr(ledger.Ledger, "claim", claim_and_cancel)
    begun = time.monotonic()
    job = await here.when(await here.ask(wish("deaf")))
    assert job.status == CANCELLED
    assert time.monotonic() - begun < 1, "nobody had to be killed"
    assert len(workers()) == 1


async def test_cancelling_twice_or_too_late_changes_nothing(here: House) -> None:
    job_id = await here.ask(wish("steps 60"))
    await at_work(here, job_id)
    await here.cancel(job_id)
    await here.cancel(job_id)
    assert (await here.when(job_id)).status == CANCELLED
    done = await here.when(await here.ask(wish("quick")))
    assert (await here.cancel(done.id)).status == COMPLETED


async def test_leaving_lets_the_running_take_finish_within_the_grace(here: House) -> None:
    running, waiting = await here.ask(wish("steps 0.5")), await here.ask(wish("quick"))
    await at_work(here, running)
    await here.dispatcher.drain(10)
    assert (await here.job(running)).status == COMPLETED
    assert (await here.job(waiting)).status == PENDING
    assert workers() == []


@pytest.mark.parametrize("prompt", ["steps 60", "deaf"])
async def test_leaving_puts_back_what_takes_too_long_and_that_costs_no_attempt(here: House, prompt: str) -> None:
    job_id = await here.ask(wish(prompt))
    await at_work(here, job_id)
    begun = time.monotonic()
    await here.dispatcher.drain(0.1)
    assert time.monotonic() - begun < 3
    job = await here.job(job_id)
    assert (job.status, job.takes[0].attempt, job.takes[0].claim) == (PENDING, 0, None)
    assert here.files() == set() and workers() == []


async def test_a_second_signal_shortens_the_grace(here: House) -> None:
    job_id = await here.ask(wish("steps 60"))
    await at_work(here, job_id)
    first = asyncio.ensure_future(here.dispatcher.drain(60))
    await until(lambda: here.dispatcher.is_leaving)
    begun = time.monotonic()
    await here.dispatcher.drain(0)
    await first
    assert time.monotonic() - begun < 3
    assert (await here.job(job_id)).status == PENDING


async def test_a_worker_that_dies_while_the_server_leaves_costs_no_attempt(here: House) -> None:
    job_id = await here.ask(wish("steps 60"))
    await at_work(here, job_id)
    leaving = asyncio.ensure_future(here.dispatcher.drain(10))
    await asyncio.sleep(0)
    workers()[0].terminate()
    await leaving
    job = await here.job(job_id)
    assert (job.status, job.takes[0].attempt) == (PENDING, 0)


async def test_what_was_put_back_is_made_by_the_next_server(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        job_id = await here.ask(wish("steps 2"))
        await at_work(here, job_id)
    async with house(tmp_path) as here:
        job = await here.when(job_id)
        assert (job.status, job.attempt, job.takes[0].interruptions) == (COMPLETED, 1, 0)


async def test_what_a_dead_server_left_is_taken_up_again(tmp_path: Path) -> None:
    async with house(tmp_path, works=False) as here:
        job_id = await here.ask(wish("quick"))
        async with here.db.begin() as session:
            assert await queue.claim(session, "scripted")
    async with house(tmp_path) as here:
        job = await here.when(job_id)
        assert (job.status, job.attempt, job.takes[0].interruptions) == (COMPLETED, 1, 1)


async def test_pages_hear_every_change_once_and_progress_only_forward(here: House) -> None:
    with here.events.watch("local") as inbox:
        job_id = await here.ask(wish("steps 1"))
        changes: list[str] = []
        fractions: list[float] = []
        songs = 0
        while COMPLETED not in changes:
            heard = await asyncio.wait_for(inbox.get(), 10)
            match heard:
                case JobChanged():
                    assert heard.job.id == job_id
                    changes.append(heard.job.status)
                    songs += len(heard.tracks)
                case Progressed():
                    fractions.append(heard.live.fraction)
                case _:
                    continue
        assert changes == [PROCESSING, COMPLETED] and songs == 1
        assert len(fractions) > 3 and fractions == sorted(fractions)


async def test_progress_goes_back_only_with_a_new_attempt(here: House) -> None:
    with here.events.watch("local") as inbox:
        job_id = await here.ask(wish("steps 60"))
        await at_work(here, job_id)
        workers()[0].kill()
        seen: list[tuple[int, float]] = []
        while not seen or seen[-1][0] < 2:
            heard = await asyncio.wait_for(inbox.get(), 10)
            if isinstance(heard, Progressed):
                seen.append((heard.live.attempt, heard.live.fraction))
        assert seen == sorted(seen)


async def test_a_job_waits_in_loading_while_its_engine_loads_and_its_state_says_why(tmp_path: Path) -> None:
    engines = spec("never", "NeverLoads"), spec("refusing", "RefusesToLoad")
    async with house(tmp_path, *engines, works=False) as here, here.dispatcher.running():
        job = await here.job(await here.ask(wish("quick", engine="never")))
        assert here.dispatcher.live(job).stage == "loading"
        await until(lambda: here.dispatcher.state()[1].problem)
        never, refusing = here.dispatcher.state()
        assert (never.ready, never.busy, never.device) == (0, 0, "unknown")
        assert refusing.problem == "The weights of this engine are not on this server."
        await until(lambda: here.dispatcher.state()[1].is_broken)


async def test_an_end_is_written_again_and_again_until_the_database_takes_it(
    here: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "RETRY_SECONDS", 0.05)
    finish = queue.finish
    refusals: list[int] = []

    async def refuse_twice(*given: Any, **named: Any) -> Any:
        if len(refusals) < 2:
            refusals.append(1)
            raise DiskFull
        return await finish(*given, **named)

    monkeypatch.setattr(queue, "finish", refuse_twice)
    job = await here.when(await here.ask(wish("quick")))
    assert job.status == COMPLETED and len(refusals) == 2
    assert len(await here.tracks(job.id)) == 1


async def test_a_database_that_refuses_a_claim_is_asked_again(here: House, monkeypatch: pytest.MonkeyPatch) -> None:
    claim = queue.claim
    refusals: list[int] = []

    async def refuse_once(*given: Any) -> Any:
        if not refusals:
            refusals.append(1)
            raise DiskFull
        return await claim(*given)

    monkeypatch.setattr(queue, "claim", refuse_once)
    assert (await here.when(await here.ask(wish("quick")))).status == COMPLETED
    assert refusals


@pytest.mark.parametrize(("refusal", "code"), [(DiskFull(), "DISK_FULL"), (Unavailable(), "UNAVAILABLE")])
async def test_a_song_that_the_disk_does_not_take_fails_by_name(
    here: House, monkeypatch: pytest.MonkeyPatch, refusal: MusicGenError, code: str
) -> None:
    def full(*given: Any) -> Any:
        raise refusal

    monkeypatch.setattr(type(here.datadir), "adopt", full)
    job = await here.when(await here.ask(wish("quick")))
    assert job.status == FAILED and job.failed_take and job.failed_take.error_code == code
    assert job.failed_take.error_detail == "The song could not be written to the disk."
    assert here.files() == set()


async def test_a_take_is_found_even_when_nobody_said_that_it_waits(
    here: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher, "LOOK_SECONDS", 0.05)
    here.dispatcher.wake()  # the look that is under way still takes the old time
    async with here.db.begin() as session:
        job, _ = await queue.enqueue(session, wish("quick"))
    assert (await here.when(job.id)).status == COMPLETED


async def test_a_database_that_refuses_does_not_keep_the_server_from_leaving(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*given: Any) -> Any:
        raise DiskFull

    monkeypatch.setattr(dispatcher, "LAST_WRITE_SECONDS", 0.5)
    async with house(tmp_path) as here:
        job_id = await here.ask(wish("steps 60"))
        await at_work(here, job_id)
        with monkeypatch.context() as patch:
            patch.setattr(queue, "put_back", refuse)
            begun = time.monotonic()
            await here.dispatcher.drain(0)
            assert time.monotonic() - begun < NOTICED
        assert workers() == []
        assert (await here.job(job_id)).status == PROCESSING
    async with house(tmp_path) as here:
        assert (await here.job(job_id)).takes[0].interruptions == 1, "the next start takes it up"


async def test_a_database_that_refuses_does_not_keep_the_server_from_starting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher, "START_SECONDS", 0.05)
    monkeypatch.setattr(ledger, "RETRY_SECONDS", 0.05)
    recover, may_write = queue.recover, asyncio.Event()
    refusals: list[int] = []

    async def refuse(session: AsyncSession) -> Any:
        if may_write.is_set():
            return await recover(session)
        refusals.append(1)
        raise DiskFull

    monkeypatch.setattr(queue, "recover", refuse)
    async with house(tmp_path) as here:
        job_id = await here.ask(wish("quick"))
        asked = len(refusals)
        await until(lambda: len(refusals) > asked + 3)
        assert (await here.job(job_id)).status == PENDING, "nothing is claimed before the past is in order"
        may_write.set()
        assert (await here.when(job_id)).status == COMPLETED


async def test_a_fault_of_ours_ends_the_take_and_not_the_lane(here: House, monkeypatch: pytest.MonkeyPatch) -> None:
    faults = []

    def broken(*given: Any) -> Any:
        faults.append(given)
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(type(here.datadir), "adopt", broken)
        job = await here.when(await here.ask(wish("quick")))
    assert job.status == FAILED and faults
    assert job.failed_take and "the log has it under" in (job.failed_take.error_detail or "")
    assert here.files() == set()
    assert (await here.when(await here.ask(wish("quick")))).status == COMPLETED


async def test_a_song_whose_take_was_lost_is_set_aside_and_not_deleted(here: House) -> None:
    job_id = await here.ask(wish("steps 0.5"))
    await at_work(here, job_id)
    async with here.db.begin() as session:  # as if another had taken it over
        (take,) = (await queue.find(session, job_id)).takes
        await queue.put_back(session, take.claim or "")
    await until(lambda: any(name.startswith("lost-found/") for name in here.files()))
    assert (await here.when(job_id)).status == COMPLETED
    assert len(await here.tracks(job_id)) == 1


SERVER = """
import asyncio, sys
from pathlib import Path
from tests.support.engines import spec, wish
from tests.support.house import house

async def main():
    async with house(Path(sys.argv[1]), spec(workers=2)) as here:
        for prompt in ("deaf", "silent"):
            await here.ask(wish(prompt))
        while not all(state.busy == 2 for state in here.dispatcher.state()):
            await asyncio.sleep(0.01)
        print("busy", flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""


async def test_when_the_server_is_killed_no_worker_stays_and_its_work_is_taken_up(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SERVER, str(tmp_path), cwd=root, stdout=asyncio.subprocess.PIPE
    )
    assert server.stdout
    while (await asyncio.wait_for(server.stdout.readline(), 20)).strip() != b"busy":
        pass
    children = [child for child in psutil.Process(server.pid).children() if "spawn_main" in " ".join(child.cmdline())]
    assert len(children) == 2
    server.send_signal(signal.SIGKILL)
    await server.wait()
    _, alive = await asyncio.to_thread(psutil.wait_procs, children, timeout=NOTICED)
    assert not alive
    with closing(sqlite3.connect(tmp_path / "musicgen.db")) as left:
        assert left.execute("select count(*) from take where status = 'processing'").fetchone() == (2,)
    async with house(tmp_path, works=False) as here, here.dispatcher.running():
        with closing(sqlite3.connect(tmp_path / "musicgen.db")) as left:
            assert left.execute("select sum(interruptions) from take").fetchone() == (2,)
