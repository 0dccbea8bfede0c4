"""A data directory with many jobs in line and many songs in the library, as a server finds it at its start."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from musicgen_web.datadir import DataDir
from musicgen_web.db import Database
from musicgen_web.engines.base import SongRequest
from musicgen_web.jobs import queue
from musicgen_web.migrate import migrate
from musicgen_web.models import COMPLETED, LOCAL, Base
from tests.support.songs import PEAKS, PLAN

SILENT = "silent"  # the prompt of the song that never ends: what waits behind it goes on waiting
WORDS = "slow rain on a tin roof, felt piano, brushes, 78 bpm, in A minor"
LYRICS = "\n".join(f"[00:{second:02d}.00]a line that somebody sings at second {second}" for second in range(10, 60, 5))


def fill(data: Path, *, waiting: int, tracks: int, engine: str) -> list[str]:
    """Write so many waiting jobs and finished songs; returns the ids of the songs."""
    datadir = DataDir(data)
    datadir.make()
    migrate(datadir.database, datadir.backups)
    return asyncio.run(_fill(datadir.database, waiting, tracks, engine))


async def _fill(path: Path, waiting: int, tracks: int, engine: str) -> list[str]:
    ids = [f"{number:032x}" for number in range(1, tracks + 1)]
    async with Database(path) as db:
        async with db.begin() as session:
            if tracks:
                for table, row in (("job", _job), ("take", _take), ("track", _track)):
                    rows = [row(number, track_id, engine) for number, track_id in enumerate(ids, start=1)]
                    await session.execute(insert(Base.metadata.tables[table]), rows)
        async with db.begin() as session:
            for number in range(waiting):
                prompt = WORDS if number else SILENT
                request = SongRequest(prompt=prompt, engine=engine, seed=number, lyrics=LYRICS, duration=95.0)
                await queue.enqueue(session, request, limit=1_000_000)
    return ids


def _when(number: int) -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=13 * number)


def _request(number: int, engine: str) -> SongRequest:
    return SongRequest(prompt=WORDS, engine=engine, seed=number, lyrics=LYRICS, duration=95.0)


def _job(number: int, track_id: str, engine: str) -> dict[str, object]:
    return {
        "number": number, "id": f"{number + 10**9:032x}", "owner": LOCAL, "idempotency_key": None, "fingerprint": None,
        "request": _request(number, engine), "engine": engine, "status": COMPLETED, "cancelling": False,
        "created_at": _when(number), "started_at": _when(number), "finished_at": _when(number),
    }  # fmt: skip


def _take(number: int, track_id: str, engine: str) -> dict[str, object]:
    return {
        "arrival": number, "job_number": number, "number": 1, "engine": engine, "duration": 95.0, "status": COMPLETED,
        "claim": f"{number:032x}", "attempt": 1, "interruptions": 0, "track_id": track_id, "error_code": None,
        "error_detail": None, "seconds": 4.0 + number % 7 / 10, "started_at": _when(number),
        "finished_at": _when(number),
    }  # fmt: skip


def _track(number: int, track_id: str, engine: str) -> dict[str, object]:
    return {
        "number": number, "id": track_id, "owner": LOCAL, "job_id": f"{number + 10**9:032x}", "take_number": 1,
        "title": f"Harbour bells {number}", "request": _request(number, engine), "engine": engine, "duration": 95.0,
        "sample_rate": 44_100, "channels": 2, "size": 7_800_000, "md5": f"{number * 7919:032x}", "peaks": PEAKS,
        "plan": PLAN, "versions": {"sketch": "1"}, "seconds": 4.0, "favourite": number % 50 == 0,
        "created_at": _when(number), "deleted_at": None,
    }  # fmt: skip
