"""How long a newcomer waits: from the start of the process to the first page, and from the click to a playable song.

    python -m bench.first_song [runs]

The reference in the same run is a minimal Litestar app (one page that says hello) started the same way; the bare
imports of the framework, the database layer, the templates and the server are shown beside it.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.report import Report, middle
from tests.support.server import Server, until

SECONDS = 30  # of song


APP = """
import litestar, uvicorn, sys
@litestar.get("/", media_type="text/html")
async def page() -> str:
    return "<p>Hello"
uvicorn.run(litestar.Litestar([page]), port=int(sys.argv[1]), log_level="error")
"""


def main(runs: int) -> None:
    report = Report("Start to the first page, click to the song", "a minimal Litestar app started the same way")
    floors, minimal, fresh, pages, songs, again = [], [], [], [], [], []
    for _ in range(runs):
        floors.append(_floor())
        minimal.append(_minimal())
        with tempfile.TemporaryDirectory() as folder:
            server = Server(Path(folder) / "data")
            fresh.append(_first_page(server))
            server.stop()
            pages.append(_first_page(server))
            try:
                songs.append(_song(server, seed=1))
                again.append(_song(server, seed=2))
            finally:
                server.stop()
    report.row("start to the first page", middle(pages), "s", reference=middle(minimal), target="≤ 10 s", form=".2f")
    report.row(
        "the same, new data directory", middle(fresh), "s", reference=middle(minimal), target="≤ 10 s", form=".2f"
    )
    report.row("the imports alone", middle(floors), "s", reference=middle(minimal), form=".2f")
    report.row(f"click to playable, first {SECONDS} s song", middle(songs), "s", form=".2f")
    report.row(f"click to playable, next {SECONDS} s song", middle(again), "s", form=".2f")
    report.note(f"the middle of {runs} runs")
    report.say()


def _first_page(server: Server) -> float:
    started = time.perf_counter()
    server.start(wait=False)
    until(lambda: _answers(server), 20, "the first page")
    return time.perf_counter() - started


def _minimal() -> float:
    server = Server(Path())
    started = time.perf_counter()
    with subprocess.Popen([sys.executable, "-c", APP, str(server.port)]) as process:
        until(lambda: _answers(server), 20, "the first page of the minimal app")
        took = time.perf_counter() - started
        process.kill()
    return took


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


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
