"""How long a newcomer waits: from the start of the process to the first page, and from the click to a playable song.

    python -m bench.first_song [runs]

The reference in the same run is a bare interpreter that only imports the framework and the database layer: what no
arrangement of our own code could undercut.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.support.server import Server, until

SECONDS = 30  # of song


def main(runs: int) -> None:
    floors, pages, songs, again = [], [], [], []
    for _ in range(runs):
        floors.append(_floor())
        with tempfile.TemporaryDirectory() as folder:
            server = Server(Path(folder) / "data")
            started = time.perf_counter()
            server.start(wait=False)
            try:
                until(lambda server=server: _answers(server), 20, "the first page")
                pages.append(time.perf_counter() - started)
                songs.append(_song(server, seed=1))
                again.append(_song(server, seed=2))
            finally:
                server.stop()
    _say("imports alone (reference)", floors)
    _say("process start to first page", pages, statistics.median(floors))
    _say(f"click to playable, first {SECONDS} s song", songs)
    _say(f"click to playable, next {SECONDS} s song", again)


def _floor() -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import litestar, sqlalchemy.ext.asyncio, jinja2, uvicorn"], check=True)
    return time.perf_counter() - started


def _answers(server: Server) -> bool:
    try:
        return server.get("/").status == 200
    except OSError:
        return False


def _song(server: Server, *, seed: int) -> float:
    clicked = time.perf_counter()
    ended = server.wait_for(server.submit(duration=SECONDS, seed=seed), seconds=120)
    assert server.get(ended["result_path"], Range="bytes=0-65535").status == 206
    return time.perf_counter() - clicked


def _say(what: str, seconds: list[float], reference: float | None = None) -> None:
    middle = statistics.median(seconds)
    ratio = f"  {middle / reference:.2f} × the reference" if reference else ""
    sys.stdout.write(f"{what:40} {min(seconds):6.2f} {middle:6.2f} {max(seconds):6.2f} s{ratio}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
