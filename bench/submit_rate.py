"""How many songs a second can be put in line, each on the disk before it is answered?

    python -m bench.submit_rate [--songs 2000] [--writers 20] [--waiting 0] [--folder .]

Both ways run in one process, one after the other, on new databases in the same folder: the same verb with one commit
for each song, and through the writer that commits together what arrived together.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from musicgen_web import db as database
from musicgen_web.db import Database
from musicgen_web.engines.base import SongRequest
from musicgen_web.jobs import queue
from musicgen_web.migrate import migrate

SONG = SongRequest(prompt="slow rain, piano and brushes", engine="sketch", seed=1)
Submit = Callable[[], Awaitable[None]]


async def measure(submit: Submit, songs: int, writers: int) -> dict[str, float]:
    """Run so many writers, each sending its next song when the last one is answered."""
    waits: list[float] = []

    async def write() -> None:
        for _ in range(songs // writers):
            begun = time.perf_counter()
            await submit()
            waits.append(time.perf_counter() - begun)

    begun = time.perf_counter()
    await asyncio.gather(*(write() for _ in range(writers)))
    took = time.perf_counter() - begun
    waits.sort()
    return {
        "per_second": round(len(waits) / took, 1),
        "p50_ms": round(waits[len(waits) // 2] * 1000, 2),
        "p99_ms": round(waits[int(len(waits) * 0.99)] * 1000, 2),
    }


async def run(songs: int, writers: int, waiting: int, folder: Path) -> dict[str, dict[str, float]]:
    figures = {}
    for name, batch_seconds in (("one commit each", 0.0), ("committed together", database.BATCH_SECONDS)):
        database.BATCH_SECONDS = batch_seconds
        with tempfile.TemporaryDirectory(dir=folder) as place:
            path = Path(place) / "musicgen.db"
            migrate(path, Path(place) / "backups")
            async with Database(path) as db:

                async def submit(db: Database = db) -> None:
                    async with db.begin() as session:
                        await queue.enqueue(session, SONG, limit=1_000_000)

                async with db.begin() as session:
                    for _ in range(waiting):
                        await queue.enqueue(session, SONG, limit=1_000_000)
                await measure(submit, 200, writers)  # warm
                figures[name] = await measure(submit, songs, writers)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--songs", type=int, default=2_000)
    parser.add_argument("--writers", type=int, default=20)
    parser.add_argument("--waiting", type=int, default=0, help="songs in line before it begins")
    parser.add_argument("--folder", type=Path, default=Path.cwd(), help="where the databases are made: a real disk")
    asked = parser.parse_args()
    figures = asyncio.run(run(asked.songs, asked.writers, asked.waiting, asked.folder))
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
