"""A slot: one process at a time, and every way it can end."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from musicgen_web.engines.base import EngineSpec, Progress
from musicgen_web.jobs.messages import Died, Done, Failed, Outcome, Stopped
from musicgen_web.jobs.pool import BROKEN_DEATHS, Slot
from tests.support.engines import FLAC, SONG, spec, wish
from tests.support.waiting import until

NOTICED = 2.0  # seconds: what the house promises


@asynccontextmanager
async def serving(engine: EngineSpec | None = None, **settings: float) -> AsyncIterator[Slot]:
    slot = Slot(engine or spec(), 1, **settings)  # type: ignore[arg-type]
    slot.start()
    try:
        yield slot
    finally:
        await slot.close()
        assert slot.pid is None


@pytest.fixture
async def slot() -> AsyncIterator[Slot]:
    async with serving() as slot:
        await until(lambda: slot.is_ready)
        yield slot


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


async def test_a_song_is_made_by_another_process_and_told_by_the_pipe(slot: Slot, tmp_path: Path) -> None:
    told = Told(slot, tmp_path, "quick")
    assert await told.end() == Done("0123456789abcdef", SONG)
    assert told.path.read_bytes() == FLAC
    assert [progress.stage for progress in told.progress] == ["composing", "saving"]
    assert slot.pid != os.getpid()


async def test_the_worker_stays_for_the_next_song(slot: Slot, tmp_path: Path) -> None:
    pid = slot.pid
    for claim in ("a", "b"):
        assert isinstance(await Told(slot, tmp_path, "quick", claim).end(), Done)
        assert slot.is_ready
    assert slot.pid == pid


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("signal 9", "The worker was killed (signal 9), perhaps because the machine ran out of memory."),
        ("signal 11", "The worker crashed (signal 11)."),
        ("signal 15", "The worker was stopped from outside (signal 15)."),
        ("exit 3", "The worker exited with status 3."),
    ],
)
async def test_a_death_is_noticed_at_once_and_named(slot: Slot, tmp_path: Path, prompt: str, words: str) -> None:
    begun = time.monotonic()
    assert await Told(slot, tmp_path, prompt).end() == Died("0123456789abcdef", "WORKER_CRASHED", words)
    assert time.monotonic() - begun < NOTICED
    assert await until(lambda: slot.is_ready) < NOTICED
    assert isinstance(await Told(slot, tmp_path, "quick").end(), Done)


async def test_a_kill_from_outside_ends_only_the_song_of_that_worker(tmp_path: Path) -> None:
    async with serving() as one, serving() as other:
        await until(lambda: one.is_ready and other.is_ready)
        hit, spared = Told(one, tmp_path, "silent", "hit"), Told(other, tmp_path, "steps 1", "spared")
        await until(lambda: hit.progress and spared.progress)
        assert one.pid
        os.kill(one.pid, signal.SIGKILL)
        begun = time.monotonic()
        assert isinstance(await hit.end(), Died)
        assert time.monotonic() - begun < NOTICED
        assert isinstance(await spared.end(), Done)


async def test_a_worker_that_says_nothing_is_replaced(tmp_path: Path) -> None:
    async with serving(stall_seconds=0.6) as slot:
        await until(lambda: slot.is_ready)
        begun = time.monotonic()
        end = await Told(slot, tmp_path, "silent").end()
        assert end == Died("0123456789abcdef", "WORKER_STALLED", "The worker reported nothing for 0.6 seconds.")
        assert 0.5 < time.monotonic() - begun < 0.6 + NOTICED
        await until(lambda: slot.is_ready)
        assert isinstance(await Told(slot, tmp_path, "steps 1").end(), Done), "one that talks may take its time"


async def test_waiting_for_work_is_no_silence(tmp_path: Path) -> None:
    async with serving(stall_seconds=0.2) as slot:
        await until(lambda: slot.is_ready)
        pid, begun = slot.pid, time.monotonic()
        await until(lambda: time.monotonic() - begun > 0.5)
        assert slot.pid == pid and slot.deaths == 0


async def test_a_worker_that_never_finishes_loading_is_replaced() -> None:
    async with serving(spec(factory="NeverLoads"), stall_seconds=0.4) as slot:
        await until(lambda: slot.deaths)
        assert slot.problem == "The worker reported nothing for 0.4 seconds."


async def test_one_that_listens_stops_and_keeps_its_engine(slot: Slot, tmp_path: Path) -> None:
    told = Told(slot, tmp_path, "steps 60")
    await until(lambda: told.progress)
    pid, begun = slot.pid, time.monotonic()
    slot.stop_take("0123456789abcdef")
    assert await told.end() == Stopped("0123456789abcdef")
    assert time.monotonic() - begun < 0.5
    assert slot.pid == pid and slot.is_ready and slot.deaths == 0


async def test_one_that_is_deaf_is_killed_and_burns_no_more(slot: Slot, tmp_path: Path) -> None:
    told = Told(slot, tmp_path, "deaf")
    await until(lambda: told.progress)
    pid, begun = slot.pid, time.monotonic()
    assert pid
    slot.stop_take("0123456789abcdef")
    assert await told.end() == Stopped("0123456789abcdef")
    assert time.monotonic() - begun < NOTICED
    assert not is_alive(pid)
    await until(lambda: slot.is_ready)
    assert slot.deaths == 0, "it was us who killed it"
    assert isinstance(await Told(slot, tmp_path, "quick").end(), Done)


async def test_a_worker_uses_no_processor_after_a_stop(slot: Slot, tmp_path: Path) -> None:
    told = Told(slot, tmp_path, "steps 60")
    await until(lambda: told.progress)
    slot.stop_take("0123456789abcdef")
    await told.end()
    process = psutil.Process(slot.pid)
    used = sum(process.cpu_times()[:2])
    begun = time.monotonic()
    await until(lambda: time.monotonic() - begun > 0.5)
    assert sum(process.cpu_times()[:2]) - used < 0.05


async def test_stopping_a_claim_that_is_over_touches_nobody(slot: Slot, tmp_path: Path) -> None:
    told = Told(slot, tmp_path, "steps 0.3", "new")
    await until(lambda: told.progress)
    slot.stop_take("old")
    assert isinstance(await told.end(), Done)


@pytest.mark.parametrize(
    ("prompt", "code", "detail"),
    [
        ("memory", "OUT_OF_MEMORY", "There was not enough memory to make this song."),
        ("disk", "DISK_FULL", "The disk was full before the song was written."),
        (
            "fault 7 is no chord",
            "INTERNAL",
            "The engine stopped with an error of its own; the log has it under 01234567.",
        ),
    ],
)
async def test_an_error_becomes_a_code_and_words_for_people(
    slot: Slot, tmp_path: Path, prompt: str, code: str, detail: str
) -> None:
    pid = slot.pid
    end = await Told(slot, tmp_path, prompt).end()
    assert isinstance(end, Failed)
    assert (end.code, end.detail) == (code, detail)
    assert "in generate" in end.trace
    assert slot.is_ready and slot.pid == pid


async def test_an_error_that_quotes_the_request_is_kept_out_of_the_log(slot: Slot, tmp_path: Path) -> None:
    ask = wish("fault I love you so", lyrics="I love you so\nforever")
    end = await slot.run(ask, tmp_path / "x.part", "x", lambda progress: None)
    assert isinstance(end, Failed)
    assert "I love you so" not in end.trace
    assert "ValueError: (it quotes the request)" in end.trace


async def test_a_worker_that_dies_again_and_again_is_broken_until_it_finishes_a_song(
    slot: Slot, tmp_path: Path
) -> None:
    for _ in range(BROKEN_DEATHS):
        await until(lambda: slot.is_ready)
        assert not slot.is_broken
        await Told(slot, tmp_path, "signal 9").end()
    assert slot.is_broken
    assert await until(lambda: slot.is_ready) > 0.9, "it pauses before the next start"
    assert slot.deaths == BROKEN_DEATHS, "loading alone proves nothing"
    assert isinstance(await Told(slot, tmp_path, "quick").end(), Done)
    assert (slot.deaths, slot.problem) == (0, "")


async def test_an_engine_that_dies_while_loading_does_not_spin() -> None:
    async with serving(spec(factory="CrashesOnLoad")) as slot:
        await until(lambda: slot.deaths == BROKEN_DEATHS)
        begun = time.monotonic()
        await until(lambda: slot.deaths > BROKEN_DEATHS)
        assert time.monotonic() - begun > 0.9
        assert slot.is_broken and not slot.is_ready
        assert slot.problem.startswith("The worker was killed (signal 9)")


async def test_an_engine_that_refuses_to_load_says_why() -> None:
    async with serving(spec(factory="RefusesToLoad")) as slot:
        await until(lambda: slot.problem)
        assert slot.problem == "The weights of this engine are not on this server."
    async with serving(spec(factory="BreaksOnLoad")) as slot:
        await until(lambda: slot.problem)
        assert slot.problem == "The engine could not be loaded; the log says why."


async def test_closing_leaves_no_process_whatever_it_does(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        slots = [await stack.enter_async_context(serving()) for _ in range(3)]
        loading = await stack.enter_async_context(serving(spec(factory="NeverLoads")))
        await until(lambda: all(slot.is_ready for slot in slots))
        busy = [Told(slot, tmp_path, prompt, prompt) for slot, prompt in zip(slots, ("deaf", "silent"), strict=False)]
        await until(lambda: all(told.progress for told in busy) and loading.pid)
        pids = [slot.pid for slot in (*slots, loading)]
        begun = time.monotonic()
    assert time.monotonic() - begun < 3
    assert not any(pid and is_alive(pid) for pid in pids)
    assert [await told.end() for told in busy] == [Stopped("deaf"), Stopped("silent")]


async def test_closing_just_after_the_start_leaves_no_process() -> None:
    async with serving() as slot:
        pass
    assert not slot.is_loaded


async def test_the_worker_knows_nothing_of_the_web_or_the_database(slot: Slot, tmp_path: Path) -> None:
    await Told(slot, tmp_path, "modules").end()
    loaded = set((tmp_path / "modules-1").read_text().splitlines())
    known = {name for name in loaded if name.startswith("musicgen_web.")}
    assert known == {"musicgen_web.engines", "musicgen_web.engines.base", "musicgen_web.jobs"} | {
        "musicgen_web.jobs.messages",
        "musicgen_web.jobs.worker",
    }
    assert not loaded & {"sqlalchemy", "litestar", "structlog", "numpy", "asyncio"}


async def test_numbers_of_the_engines_libraries_stay_with_the_engine(slot: Slot, tmp_path: Path) -> None:
    told = Told(slot, tmp_path, "numbers")
    end = await told.end()
    assert isinstance(end, Done)
    assert type(end.song.duration) is float and type(end.song.plan["bpm"]) is float
    (sampling,) = (progress for progress in told.progress if progress.stage == "sampling")
    assert (type(sampling.fraction), type(sampling.done)) == (float, int)


async def test_a_worker_killed_while_it_rests_is_replaced(slot: Slot, tmp_path: Path) -> None:
    pid = slot.pid
    assert pid
    os.kill(pid, signal.SIGKILL)
    assert await until(lambda: slot.pid not in (None, pid)) < NOTICED
    assert slot.deaths == 1
    await until(lambda: slot.is_ready)
    assert isinstance(await Told(slot, tmp_path, "quick").end(), Done)


async def test_the_worker_shares_the_cores_and_leaves_interrupts_to_the_server(tmp_path: Path) -> None:
    async with serving(threads=3) as slot:
        await until(lambda: slot.is_ready)
        await Told(slot, tmp_path, "settings").end()
        assert (tmp_path / "settings-1").read_text().split() == ["3", "3", "3", "3", "True"]
        assert psutil.Process(slot.pid).nice() > psutil.Process().nice()
        assert slot.pid
        os.kill(slot.pid, signal.SIGINT)
        assert isinstance(await Told(slot, tmp_path, "quick", "next").end(), Done)
