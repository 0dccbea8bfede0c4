"""Mixed load with a kill every 20 seconds, and what is left of it: nothing lost, nothing doubled, nothing growing.

    python -m bench.soak [--minutes 30] [--seed 1] [--every 20] [--folder .]

Six visitors (bench/visitors.py) ask for songs by form and by script, read pages and streams, cancel, ask again, rename,
throw away, restore, delete for good and download, while somebody kills the server, a worker or both, with SIGKILL or
SIGTERM; a server that went is started again at once. In the last third only workers die, so that one server lives long
enough to be watched. Every few kills the doors close: the line runs empty, the library is compared with the disk, and
the server's memory and open files are noted at rest, like with like. Exits with 1 when something was lost, doubled or
left behind.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path

import psutil
import soundfile

from bench.report import Report
from bench.visitors import Promises, Visitor
from tests.support.server import Server, until

VISITORS = 6
LINE_SECONDS = 120.0  # for the line to run empty
KILLS_BETWEEN = 4  # looks at the library
STEADY = 2 / 3  # of the time, after which the server itself is left alive


class Soak:
    def __init__(self, folder: Path, seed: int) -> None:
        self.server = Server(folder / "data")
        self.chance, self.promises = random.Random(seed), Promises()
        self.kills: Counter[str] = Counter()
        self.returns: list[float] = []  # seconds from a death to the next answer
        self.rest: list[tuple[float, float, int]] = []  # (when, MiB, open files) of the server that is left alive
        self.found: list[str] = []  # what is wrong
        self.heard: set[str] = set()  # songs whose sound was compared
        self.doors, self.over = threading.Event(), threading.Event()
        self.visitors = [
            Visitor(number, self.server.port, self.promises, self.doors, self.over, seed) for number in range(VISITORS)
        ]

    def run(self, seconds: float, every: float) -> None:
        begun = time.monotonic()
        self.server.start()
        for visitor in self.visitors:
            visitor.start()
        self.doors.set()
        number = 0
        while (left := seconds - (time.monotonic() - begun)) > 0:
            self.over.wait(min(every, left))
            number += 1
            is_steady = time.monotonic() - begun > STEADY * seconds
            self.kill("worker" if is_steady else self.chance.choice(["server", "worker", "both"]))
            if number % KILLS_BETWEEN == 0 or is_steady:
                self.look(is_steady, time.monotonic() - begun)
        self.look(False, time.monotonic() - begun)
        self.over.set()
        for visitor in self.visitors:
            visitor.join(30)
        self.end()

    def kill(self, victim: str) -> None:
        with_what = self.chance.choice([signal.SIGKILL, signal.SIGTERM])
        self.kills[f"{victim}, {with_what.name}"] += 1
        workers = self.server.children()
        assert self.server.process
        if victim in ("worker", "both"):
            for worker in workers:
                with suppress(psutil.Error):
                    worker.send_signal(with_what)
        if victim == "worker":
            return
        died = time.monotonic()
        self.server.process.send_signal(with_what)
        code = self.server.process.wait(60)
        if with_what == signal.SIGTERM and code != 0:
            self.found.append(f"SIGTERM ended the server with {code}")
        if with_what == signal.SIGTERM:
            died = time.monotonic()  # it had songs to finish first
        _, alive = psutil.wait_procs(workers, timeout=10)
        if alive:
            self.found.append(f"{len(alive)} workers outlived their server")
        self.server.start()
        self.returns.append(time.monotonic() - died)

    def look(self, is_steady: bool, when: float) -> None:
        """Close the doors, let the line run empty, and compare."""
        self.doors.clear()
        until(lambda: not any(visitor.is_inside for visitor in self.visitors), 60, "the visitors to leave")
        with suppress(AssertionError):
            until(lambda: self.at_rest(), LINE_SECONDS, "the line to run empty")
        if is_steady and self.server.process:
            process = psutil.Process(self.server.process.pid)
            self.rest.append((when, process.memory_info().rss / 2**20, process.num_fds()))
        self.found += [f"{when:.0f} s: {wrong}" for wrong in self.compare()]
        self.doors.set()

    def at_rest(self) -> bool:
        health = self.server.get("/health").json
        with closing(self._database()) as database:
            ((marked,),) = database.execute("SELECT count(*) FROM track WHERE owner = ''")
        return not sum(health["queue"].values()) and not marked and not list(self.server.data.rglob("*.part"))

    def compare(self) -> list[str]:
        """Return what the database, the disk and the promises do not agree on."""
        wrong = []
        data = self.server.data
        with closing(self._database()) as database:
            if database.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                wrong.append("the database is damaged")
            jobs = {row[0]: row[1:] for row in database.execute("SELECT id, status, idempotency_key FROM job")}
            takes = database.execute("SELECT status, track_id, error_code, error_detail FROM take").fetchall()
            tracks = dict(database.execute("SELECT id, md5 FROM track").fetchall())
            doubled = database.execute(
                "SELECT 1 FROM track GROUP BY job_id, take_number HAVING count(*) > 1"
            ).fetchall()
        wrong += [f"job {job} is {status}" for job, (status, _) in jobs.items() if status in ("pending", "processing")]
        wrong += [f"job {job} was lost" for job in self.promises.jobs - set(jobs)]
        wrong += [f"form {key} was lost" for key in self.promises.keys - {key for _, key in jobs.values()}]
        wrong += ["a take has two songs"] * len(doubled)
        wrong += [
            "a take failed without a reason"
            for status, _, code, why in takes
            if status == "failed" and not (code and why)
        ]
        finished = {track for status, track, _, _ in takes if status == "completed"}
        wrong += [f"song {track} was lost" for track in finished - set(tracks) - self.promises.removed]
        wrong += [f"song {track} has no take" for track in set(tracks) - finished]
        sounds = {path.stem for path in (data / "tracks").iterdir()}
        wrong += [f"song {track} has no sound" for track in set(tracks) - sounds]
        wrong += [f"sound {track} has no song" for track in sounds - set(tracks)]
        wrong += [f"{path.relative_to(data)} was left" for path in data.rglob("*.part")]
        for track in (set(tracks) & sounds) - self.heard:
            samples = soundfile.read(data / "tracks" / f"{track}.flac", dtype="int16")[0]
            if hashlib.md5(samples.tobytes()).hexdigest() != tracks[track]:
                wrong.append(f"song {track} sounds otherwise than its entry says")
            self.heard.add(track)
        return wrong

    def end(self) -> None:
        assert self.server.process
        family = psutil.Process(self.server.process.pid).children(recursive=True)
        if (code := self.server.stop(60)) != 0:
            self.found.append(f"the last SIGTERM ended the server with {code}")
        psutil.wait_procs(family, timeout=5)
        self.found += [f"a process is left: {told}" for told in self._strangers()]

    def _strangers(self) -> list[str]:
        """Return whatever still runs for this data directory."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process.environ().get("MUSICGEN_DATA_DIR") == str(self.server.data):
                    found.append(" ".join(process.cmdline()[:6]))
        return found

    def _database(self) -> sqlite3.Connection:
        return sqlite3.connect(f"file:{self.server.data / 'musicgen.db'}?mode=ro", uri=True, timeout=10)


def tell(soak: Soak, report: Report, minutes: float) -> None:
    promises, data = soak.promises, soak.server.data
    found = soak.found + promises.wrong
    report.row("jobs accepted, all ended", len(promises.jobs) + len(promises.keys), "", form=".0f")
    report.row("kills", sum(soak.kills.values()), "", form=".0f")
    report.row("songs whose sound is what the entry says", len(soak.heard), "", form=".0f")
    report.row("wrong", len(found), "", target="0", form=".0f")
    report.row(
        "death to the next answer, the slowest", max(soak.returns, default=0.0), "s", target="≤ 10 s", form=".2f"
    )
    if len(soak.rest) > 1:
        (begun, memory, files), (ended, later, more) = soak.rest[0], soak.rest[-1]
        span = (ended - begun) / 60
        report.row(f"memory at rest, after {span:.1f} min of load", later, "MiB", reference=memory, target="no growth")
        report.row("open files at rest", more, "", reference=files, target="no growth", form=".0f")
        report.note("Memory and open files: the reference is the first look at the same server.")
    report.note("kills: " + "; ".join(f"{count} × {name}" for name, count in sorted(soak.kills.items())))
    asked = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in sorted(promises.asked.items()))
    report.note(f"{minutes:g} minutes; asked: {asked}; cut off by a death: {promises.unheard}")
    report.note(
        f"set aside in lost-found: {len(list((data / 'lost-found').iterdir()))} finished sounds of a claim that died"
    )
    for wrong in found[:40]:
        report.note(f"**wrong**: {wrong}")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=float, default=20, help="seconds between two kills")
    parser.add_argument("--keep-log", type=Path, help="where the server's log is copied to")
    parser.add_argument("--folder", type=Path, default=Path.cwd(), help="where the data directory is made")
    asked = parser.parse_args()
    report = Report("Soak", "the same server at the first look")
    with tempfile.TemporaryDirectory(dir=asked.folder, prefix="soak-") as place:
        soak = Soak(Path(place), asked.seed)
        try:
            soak.run(asked.minutes * 60, asked.every)
        finally:
            soak.over.set()
            if soak.server.process and soak.server.process.poll() is None:
                soak.server.kill()
        tell(soak, report, asked.minutes)
        if asked.keep_log and soak.server.log:
            shutil.copy(soak.server.log, asked.keep_log)
    report.say()
    return 1 if soak.found or soak.promises.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
