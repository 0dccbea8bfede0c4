"""A real server process for tests: its own data directory, its own port, and ways to end it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).parents[2]
READY = "MusicGen Local is ready"
FINAL = ("completed", "failed", "cancelled")
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(look: Callable[[], Any], seconds: float, what: str) -> Any:
    """Look until something true is seen; fail with `what` was awaited."""
    deadline = time.monotonic() + seconds
    while not (seen := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s in vain for {what}")
        time.sleep(0.01)
    return seen


@dataclass(slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass(slots=True)
class Server:
    """One server process at a time over one data directory."""

    data: Path
    port: int = field(default_factory=free_port)
    environment: dict[str, str] = field(default_factory=dict)
    program: tuple[str, ...] = ("-m", "musicgen_web", "serve")
    process: subprocess.Popen[bytes] | None = None
    log: Path | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, *, wait: bool = True) -> None:
        self.log = self.data.parent / f"{self.data.name}.log"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MUSICGEN_")}
        environment |= {"MUSICGEN_DATA_DIR": str(self.data), "MUSICGEN_PORT": str(self.port), "PYTHONPATH": str(ROOT)}
        environment |= self.environment
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.program],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        if wait:
            self.wait_ready()

    def wait_ready(self, seconds: float = 20) -> None:
        def look() -> bool:
            assert self.process is not None
            if self.process.poll() is not None:
                raise AssertionError(f"the server left with {self.process.returncode}:\n{self.said()[-3000:]}")
            try:
                return self.get("/healthz").status == 200
            except OSError:
                return False

        until(look, seconds, "the server to answer")

    def said(self) -> str:
        return self.log.read_text(errors="replace") if self.log and self.log.exists() else ""

    def children(self) -> list[psutil.Process]:
        """The worker processes (not the spawn machinery's resource tracker)."""
        assert self.process is not None
        try:
            return [
                child
                for child in psutil.Process(self.process.pid).children(recursive=True)
                if "spawn_main" in " ".join(child.cmdline())
            ]
        except psutil.Error:
            return []

    def kill(self) -> None:
        """kill -9, as the kernel or a power cut would."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(10)

    def stop(self, seconds: float = 40) -> int:
        """SIGTERM; returns the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def ask(self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None) -> Answer:
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        send = ({"Content-Type": "application/json"} if data is not None else {}) | (headers or {})
        request = urllib.request.Request(self.url + path, data=data, method=method, headers=send)
        try:
            with OPENER.open(request, timeout=60) as answer:
                return Answer(answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, {k.lower(): v for k, v in error.headers.items()}, error.read())

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, headers=headers)

    def submit(self, prompt: str = "warm lo-fi", **fields: object) -> str:
        answer = self.ask("POST", "/generate", {"prompt": prompt, "duration": 5} | fields)
        assert answer.status == 200, answer.text
        return str(answer.json["job_id"])

    def status(self, job_id: str) -> dict[str, Any]:
        answer = self.get(f"/status/{job_id}")
        assert answer.status == 200, answer.text
        return dict(answer.json)

    def wait_for(self, job_id: str, *states: str, seconds: float = 90) -> dict[str, Any]:
        wanted = states or FINAL
        found: dict[str, Any] = {}

        def look() -> bool:
            found.update(self.status(job_id))
            return found["status"] in wanted

        until(look, seconds, f"{job_id} to be {' or '.join(wanted)}")
        return found


@contextmanager
def running(data: Path, **options: Any) -> Iterator[Server]:
    """A started server; whatever the test did, nothing of it is left running."""
    server = Server(data, **options)
    server.start()
    try:
        yield server
    finally:
        if server.process is not None:
            children = server.children()
            if server.process.poll() is None:
                server.kill()
            psutil.wait_procs(children, timeout=5)
