"""A slot: one process at a time, and every way it can end."""

from __future__ import annotations

import os
import signal
import time
from contextlib import AsyncExitStack
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from musicgen_web.jobs import deaths
from musicgen_web.jobs.messages import Died, Done, Stopped
from musicgen_web.jobs.pool import BROKEN_DEATHS, Slot
from tests.support.engines import FLAC, SONG, spec
from tests.support.slots import Told, is_alive, serving
from tests.support.waiting import until

NOTICED = 2.0  # seconds: what the house promises


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
    async with serving(stall_seconds=1.2) as slot:
        await until(lambda: slot.is_ready)
        begun = time.monotonic()
        end = await Told(slot, tmp_path, "silent").end()
        assert end == Died("0123456789abcdef", "WORKER_STALLED", "The worker reported nothing for 1.2 seconds.")
        assert 1.0 < time.monotonic() - begun < 1.2 + NOTICED
        await until(lambda: slot.is_ready)
        assert isinstance(await Told(slot, tmp_path, "steps 1.6").end(), Done), "one that talks may take its time"


async def test_waiting_for_work_is_no_silence(tmp_path: Path) -> None:
    async with serving(stall_seconds=1.2) as slot:
        await until(lambda: slot.is_ready)
        pid, begun = slot.pid, time.monotonic()
        await until(lambda: time.monotonic() - begun > 1.8)
        assert slot.pid == pid


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


async def test_a_kill_that_linux_counted_as_want_of_memory_is_called_that(
    slot: Slot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deaths, "memory_kills", lambda: 10**9)
    end = await Told(slot, tmp_path, "signal 9").end()
    words = "The worker was killed (signal 9) because the machine ran out of memory."
    assert end == Died("0123456789abcdef", "OUT_OF_MEMORY", words)


async def test_a_worker_killed_while_it_rests_is_replaced(slot: Slot, tmp_path: Path) -> None:
    pid = slot.pid
    assert pid
    os.kill(pid, signal.SIGKILL)
    assert await until(lambda: slot.pid not in (None, pid)) < NOTICED
    assert slot.deaths == 1
    await until(lambda: slot.is_ready)
    assert isinstance(await Told(slot, tmp_path, "quick").end(), Done)
