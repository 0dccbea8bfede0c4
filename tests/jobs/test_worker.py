"""Inside a worker: what it shares, what it keeps to itself, and how it says what went wrong."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from musicgen_web.jobs.messages import Done, Failed
from musicgen_web.jobs.pool import Slot
from musicgen_web.jobs.worker import THREAD_COUNTS
from tests.support.engines import wish
from tests.support.slots import Told, serving
from tests.support.waiting import until


@pytest.mark.parametrize(
    ("prompt", "code", "detail"),
    [
        ("memory", "OUT_OF_MEMORY", "There was not enough memory to make this song."),
        ("threads", "OUT_OF_MEMORY", "There was not enough memory to make this song."),
        ("mapping", "OUT_OF_MEMORY", "There was not enough memory to make this song."),
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


@pytest.mark.parametrize("quoted", ["I love you so", "about FOREVER and more", "雨"])
async def test_an_error_that_quotes_the_request_is_kept_out_of_the_log(slot: Slot, tmp_path: Path, quoted: str) -> None:
    ask = wish(f"fault {quoted}", lyrics="I love you so\nforever\n雨夜")
    end = await slot.run(ask, tmp_path / "x.part", "x", lambda progress: None)
    assert isinstance(end, Failed)
    assert quoted not in end.trace
    assert "ValueError: (it quotes the request)" in end.trace


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


async def test_the_worker_shares_the_cores_and_leaves_interrupts_to_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in THREAD_COUNTS:
        monkeypatch.delenv(name, raising=False)
    async with serving(threads=3) as slot:
        await until(lambda: slot.is_ready)
        await Told(slot, tmp_path, "settings").end()
        assert (tmp_path / "settings-1").read_text().split() == ["3", "3", "3", "3", "True"]
        assert psutil.Process(slot.pid).nice() > psutil.Process().nice()
        assert slot.pid
        os.kill(slot.pid, signal.SIGINT)
        assert isinstance(await Told(slot, tmp_path, "quick", "next").end(), Done)
