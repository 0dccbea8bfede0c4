"""How many songs a second can be put in line, each synced to the disk before it is answered?

    python -m bench.submit_rate [--songs 3000] [--clients 20] [--waiting 0] [--folder .] [--no-gradio]

The server is a real one, with an engine whose first song never ends, so that nothing but the line works. Clients sit in
another process and send `POST /generate` over kept connections. The reference is the smallest Gradio app with a queue
(`POST /gradio_api/queue/join`, the call its own page makes), which keeps its line in memory only: the same clients, the
same number of jobs, its song never ends either. Gradio lives in an environment of its own under bench/.gradio, made by
the first run (some 300 MB from the package index). Both are sent a few hundred jobs first, to be warm.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path

from bench.load import Waits, crowd, request
from bench.report import Report
from tests.support.server import Server, free_port, running, until

HOSTILE = ("-m", "tests.support.hostile")
SONG = {"prompt": "slow rain, piano and brushes", "duration": 95}
WARM = 300
HOME = Path(__file__).parent / ".gradio"
GRADIO = "gradio==6.*"


def ours(songs: int, clients: int, waiting: int, folder: Path) -> Waits:
    with tempfile.TemporaryDirectory(dir=folder) as place:
        environment = {"MUSICGEN_MAX_QUEUED": "1000000"}
        with running(Path(place) / "data", program=HOSTILE, environment=environment) as server:
            server.wait_for(server.submit("silent"), "processing")
            wish = [request(server.port, "POST", "/generate", SONG)]
            crowd(server.port, wish, clients=clients, answers=max(WARM, waiting))
            return crowd(server.port, wish, clients=clients, answers=songs)


def gradio(songs: int, clients: int, waiting: int) -> Waits:
    with _gradio() as port:
        wish = [request(port, "POST", "/gradio_api/queue/join", _event(number)) for number in range(clients)]
        crowd(port, wish, clients=clients, answers=max(WARM, waiting))
        return crowd(port, wish, clients=clients, answers=songs)


def _event(number: int) -> dict[str, object]:
    return {
        "data": [SONG["prompt"]],
        "fn_index": 0,
        "session_hash": f"person{number}",
        "trigger_id": None,
        "event_data": None,
    }


@contextlib.contextmanager
def _gradio() -> Iterator[int]:
    python = HOME / "bin" / "python"
    if not (HOME / "ready").exists():
        sys.stderr.write(f"making an environment for {GRADIO} in {HOME}\n")
        venv.create(HOME, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", GRADIO], check=True)
        (HOME / "ready").touch()
    port = free_port()
    quiet = {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1", "DO_NOT_TRACK": "1"}
    script = Path(__file__).parent / "gradio_app.py"
    with subprocess.Popen([python, script, str(port)], env=os.environ | quiet, stdout=subprocess.DEVNULL) as process:
        try:
            server = Server(HOME, port=port)
            until(lambda: process.poll() is not None or _answers(server), 60, "Gradio's first page")
            yield port
        finally:
            process.kill()


def _answers(server: Server) -> bool:
    try:
        return server.get("/gradio_api/info").status == 200
    except OSError:
        return False


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--songs", type=int, default=3_000)
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--waiting", type=int, default=0, help="songs in line before it begins")
    parser.add_argument("--folder", type=Path, default=Path.cwd(), help="where the database is made: a real disk")
    parser.add_argument("--no-gradio", action="store_true", help="without the reference")
    asked = parser.parse_args()
    report = Report("Songs put in line", "the smallest Gradio app, which keeps its line in memory")
    made = ours(asked.songs, asked.clients, asked.waiting, asked.folder)
    theirs = None if asked.no_gradio else gradio(asked.songs, asked.clients, asked.waiting)
    rate, p50, p99 = (theirs.rate, theirs.ms(0.5), theirs.ms(0.99)) if theirs else (None, None, None)
    report.row("accepted, on the disk", made.rate, "a second", reference=rate, target="≥ 2 × Gradio", form=".0f")
    report.row("answer, p50", made.ms(0.5), "ms", reference=p50)
    report.row("answer, p99", made.ms(0.99), "ms", reference=p99, target="≤ 250 ms")
    report.note(f"{asked.songs} songs by {asked.clients} clients; the clients' process was busy for "
                f"{100 * made.worked / made.took:.0f} % of the time")  # fmt: skip
    report.say()


if __name__ == "__main__":
    main()
