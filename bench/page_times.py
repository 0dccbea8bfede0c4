"""How long pages take with 10 000 jobs in line and 10 000 songs in the library, also while 1 000 people look on.

    python -m bench.page_times [--jobs 10000] [--tracks 10000] [--streams 1000] [--asks 100]

Two real servers, one after the other: an empty one (the reference) and a full one, whose engine never ends a song.
One client in another process asks for each address, again and again. The full one is then asked while so many event
streams are open (half of them HTML, half JSON, a snapshot each) and a song is put in line four times a second. A static
file shows what the way through the server costs without any page.
"""

from __future__ import annotations

import argparse
import contextlib
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from bench.filling import fill
from bench.listening import listening
from bench.load import Waits, crowd, request
from bench.report import Report
from bench.submit_rate import HOSTILE, SONG
from tests.support.server import Server, running

STATIC = "/static"
SUBMIT_SECONDS = 0.25
ENGINE = "scripted"


def addresses(server: Server, ids: list[str]) -> dict[str, str]:
    """Return what is asked for; an empty house has no song to show."""
    page = server.get("/").text
    static = next(part.split('"')[0] for part in page.split('"')[1:] if part.startswith(STATIC) and ".css" in part)
    always = {
        "a static file": static, "/": "/", "/queue": "/queue", "/library": "/library",
        "/api/v1/jobs": "/api/v1/jobs", "/api/v1/tracks": "/api/v1/tracks",
    }  # fmt: skip
    if not ids:
        return always
    middle = ids[len(ids) // 2]
    return always | {"/library?before=…": f"/library?before={middle}", "/tracks/{id}": f"/tracks/{middle}"}


def ask_all(server: Server, ids: list[str], asks: int) -> dict[str, Waits]:
    found = {}
    for name, address in addresses(server, ids).items():
        wish = [request(server.port, "GET", address)]
        crowd(server.port, wish, clients=1, answers=5)
        found[name] = crowd(server.port, wish, clients=1, answers=asks)
    return found


@contextlib.contextmanager
def submitting(server: Server) -> Iterator[list[float]]:
    """Put a song in line now and then, so that there is something to tell; yields how long each took."""
    over, waits = threading.Event(), list[float]()

    def submit() -> None:
        while not over.wait(SUBMIT_SECONDS):
            waits.extend(
                crowd(server.port, [request(server.port, "POST", "/generate", SONG)], clients=1, answers=1).seconds
            )

    thread = threading.Thread(target=submit)
    thread.start()
    try:
        yield waits
    finally:
        over.set()
        thread.join()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--tracks", type=int, default=10_000)
    parser.add_argument("--streams", type=int, default=1_000)
    parser.add_argument("--asks", type=int, default=100, help="of each address")
    asked = parser.parse_args()
    report = Report("Pages, p95", "the same pages of an empty house")
    environment = {"MUSICGEN_MAX_QUEUED": "1000000"}
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        with running(Path(folder) / "empty", program=HOSTILE, environment=environment) as server:
            empty = ask_all(server, [], asked.asks)
        ids = fill(Path(folder) / "full", waiting=asked.jobs, tracks=asked.tracks, engine=ENGINE)
        with running(Path(folder) / "full", program=HOSTILE, environment=environment) as server:
            full = ask_all(server, ids, asked.asks)
            with listening(server.port, asked.streams) as crowd_of_readers, submitting(server) as submits:
                busy = ask_all(server, ids, asked.asks)
            heard = crowd_of_readers.end()
    for name, waits in full.items():
        alone = empty[name].ms(0.95) if name in empty else None
        report.row(name, waits.ms(0.95), "ms", reference=alone, target="≤ 500 ms")
    for name, waits in busy.items():
        alone = empty[name].ms(0.95) if name in empty else None
        report.row(f"{name}, {asked.streams} streams", waits.ms(0.95), "ms", reference=alone, target="≤ 500 ms")
    slow = 1_000 * max(submits, default=0.0)
    report.note(f"{asked.jobs} jobs wait, {asked.tracks} songs are kept; {asked.asks} asks of each address")
    report.note(f"while the streams were open {len(submits)} songs were put in line, the slowest in {slow:.0f} ms, "
                f"and {heard.events} events were read")  # fmt: skip
    report.say()


if __name__ == "__main__":
    main()
