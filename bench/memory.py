"""What the processes of a server at rest hold in memory, and that the one for the web makes no sound.

    python -m bench.memory [--songs 2]

A real server at rest: one whose start made the database (which loads the migrations), then a second start, before and
after it made a few songs and its pages were read; then its worker. The reference for the web process is a bare
interpreter that has imported the framework, the database layer, the templates and the server; for the worker one that
has imported numpy, scipy.signal and soundfile. Resident set size as the system tells it.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil

from bench.report import Report
from tests.support.server import Server, running, until

WEB = "import litestar, sqlalchemy.ext.asyncio, alembic.command, jinja2, uvicorn, uvloop, prometheus_client"
SOUND = "import numpy, scipy.signal, soundfile"
UNWANTED = ("numpy", "scipy", "soundfile", "torch")
PAGES = ("/", "/queue", "/library", "/system", "/api/v1/jobs", "/api/v1/tracks", "/metrics")


def bare(imports: str) -> float:
    """Return the MiB of an interpreter that has imported this and nothing else."""
    command = [sys.executable, "-c", f"{imports}; print(flush=True); input()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        found = mib(process.pid)
        process.communicate(b"\n")
    return found


def mib(pid: int) -> float:
    return float(psutil.Process(pid).memory_info().rss / 2**20)


def mapped(pid: int) -> list[str]:
    """Return which of the unwanted libraries are in a process: their files would be mapped into it."""
    files = {part for entry in psutil.Process(pid).memory_maps() for part in Path(entry.path).parts}
    return [name for name in UNWANTED if name in files]


def _worker(server: Server) -> int:
    until(lambda: server.get("/readyz").status == 200, 30, "the worker")
    (worker,) = server.children()
    return int(worker.pid)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--songs", type=int, default=2, help="made before the second look")
    asked = parser.parse_args()
    report = Report("Memory", "a bare interpreter with the same libraries imported")
    web, sound = bare(WEB), bare(SOUND)
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "data") as server:
        assert server.process
        _worker(server)
        report.row("web process, whose start made the database", mib(server.process.pid), "MiB", reference=web)
        server.stop()
        server.start()
        pid, worker = server.process.pid, _worker(server)
        report.row("web process, at rest", mib(pid), "MiB", reference=web, target="≤ 90 MiB")
        report.row("worker, loaded", mib(worker), "MiB", reference=sound)
        for seed in range(asked.songs):
            server.wait_for(server.submit(duration=95, seed=seed), seconds=120)
        for page in PAGES * 5:
            server.get(page)
        report.row(f"web process, after {asked.songs} songs and {5 * len(PAGES)} pages", mib(pid), "MiB", reference=web)
        report.row(f"worker, after {asked.songs} songs of 95 s", mib(worker), "MiB", reference=sound)
        found = mapped(pid)
    report.note(f"of {', '.join(UNWANTED)} the web process has {', '.join(found) if found else 'none'} mapped")
    report.say()
    if found:
        raise SystemExit(f"the web process has mapped {', '.join(found)}")


if __name__ == "__main__":
    main()
