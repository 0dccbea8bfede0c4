"""How long a change needs from its commit to the sockets of all who look on.

    python -m bench.event_latency [--seconds 20] [--crowd 1000]

A real server with 200 open streams (half HTML, half JSON) and five renamed songs a second; then with 1 000 streams and
one a second. The server notes the moment of each publication right after the commit, a process that does nothing but
read notes when it came to each socket; both clocks are the system's monotonic one. The reference is a bare asyncio
server that writes as many bytes to as many sockets, without HTTP, numbers, rendering or a database.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.filling import fill
from bench.listening import Heard, listening
from bench.load import ROOT
from bench.report import Report, share
from tests.support.server import free_port, running, until

AT_EASE, OFTEN, RARE = 200, 5.0, 1.0


def ours(streams: int, per_second: float, seconds: float, folder: Path) -> tuple[list[float], Heard]:
    """Rename songs, so often, and return how long each change took to each reader."""
    told = folder / f"told-{streams}"
    data = folder / f"data-{streams}"
    (track, *_) = fill(data, waiting=0, tracks=100, engine="scripted")
    with running(data, program=("-m", "bench.stamped_server", str(told))) as server:
        with listening(server.port, streams) as readers:
            begun = time.monotonic()
            for number in range(int(per_second * seconds)):
                time.sleep(max(0.0, begun + number / per_second - time.monotonic()))
                server.ask("PATCH", f"/api/v1/tracks/{track}", {"title": f"mark{number}"})
            time.sleep(1)  # the last one is still on its way
        return _waits(told, readers.end()), readers.end()


def bare(streams: int, per_second: float, seconds: float, size: int, folder: Path) -> list[float]:
    told, port = folder / f"bare-{streams}", free_port()
    command = [sys.executable, "-m", "bench.fan_out", *map(str, (port, size, per_second, seconds, told))]
    with subprocess.Popen(command, cwd=ROOT) as process:
        try:
            until(lambda: _listens(port), 10, "the bare server")
            with listening(port, streams) as readers:
                told.touch()
                process.wait(seconds + 30)
            return _waits(told, readers.end())
        finally:
            if process.poll() is None:
                process.kill()


def _listens(port: int) -> bool:
    import socket

    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _waits(told: Path, heard: Heard) -> list[float]:
    moments = [line.split() for line in told.read_text(encoding="utf-8").splitlines()]
    sent = {int(mark.removeprefix("mark")): float(moment) for mark, moment in moments}
    waits = heard.waits(sent)
    if len(waits) != len(sent) * heard.streams:
        raise RuntimeError(f"{len(sent)} changes for {heard.streams} readers, but {len(waits)} were heard")
    return waits


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--crowd", type=int, default=1_000, help="streams of the second run")
    asked = parser.parse_args()
    report = Report("From the commit to every reader", "a bare asyncio server that writes the same bytes to as many")
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as place:
        for streams, per_second, target in ((AT_EASE, OFTEN, "≤ 20 ms"), (asked.crowd, RARE, "≤ 1 000 ms")):
            waits, heard = ours(streams, per_second, asked.seconds, Path(place))
            size = max(64, heard.size // max(1, len(waits)))
            floor = bare(streams, per_second, asked.seconds, size, Path(place))
            for part, is_target in ((0.5, False), (0.99, True), (1.0, False)):
                name = "the slowest" if part == 1.0 else f"p{100 * part:.0f}"
                report.row(
                    f"{streams} streams × {per_second:g} a second, {name}", 1_000 * share(waits, part), "ms",
                    reference=1_000 * share(floor, part), target=target if is_target else "",
                )  # fmt: skip
            report.note(f"{streams} streams: {len(waits)} deliveries of {size} bytes on average")
    report.say()


if __name__ == "__main__":
    main()
