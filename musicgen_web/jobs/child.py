"""One life of a worker process, as the server sees it: a process, a pipe, and a thread that waits on both."""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from typing import cast

from musicgen_web.engines.base import EngineSpec
from musicgen_web.jobs import worker
from musicgen_web.jobs.messages import Answer, Order

SPAWN = multiprocessing.get_context("spawn")


class Child:
    """Starts when made. In the loop, `hear` gets each answer and `ended` the exit code (None: it never started)."""

    def __init__(
        self,
        spec: EngineSpec,
        *,
        name: str,
        threads: int,
        hear: Callable[[Child, Answer], None],
        ended: Callable[[Child, int | None], None],
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._hear, self._ended = hear, ended
        self._conn, theirs = SPAWN.Pipe(duplex=True)
        self._process = SPAWN.Process(target=worker.main, args=(theirs, spec, threads), name=name, daemon=True)
        self._doomed = threading.Event()
        self.gone = asyncio.Event()
        threading.Thread(target=self._live, args=(theirs,), name=f"watch {name}", daemon=True).start()

    @property
    def pid(self) -> int | None:
        return self._process.pid

    def send(self, order: Order) -> None:
        """Tell the worker; orders are few and small, so the pipe always has room. The dead are told by their end."""
        with suppress(OSError):
            self._conn.send(order)

    def kill(self) -> None:
        """End it now, whatever it does; `ended` follows."""
        self._doomed.set()
        with suppress(AttributeError, OSError):  # not started yet: the thread sees to it
            self._process.kill()

    def _live(self, theirs: Connection) -> None:
        exitcode: int | None = None
        try:
            try:
                with _no_interrupt():
                    self._process.start()
            finally:
                theirs.close()
            if self._doomed.is_set():
                self._process.kill()
            self._listen()
            self._process.kill()  # what closed its pipe but lives is of no use
            exitcode = self._reap()
        except OSError:  # no more processes, no more memory
            exitcode = None
        finally:
            self._conn.close()
            self._post(self._over, exitcode)

    def _listen(self) -> None:
        """Pass on what the worker says until it says no more; what it said before its death comes first."""
        while True:
            ready = wait([self._conn, self._process.sentinel])
            if self._conn not in ready:
                return
            try:
                answer = cast(Answer, self._conn.recv())
            except Exception:  # its end, or half a message of one that was killed while speaking
                return
            self._post(self._hear, self, answer)

    def _reap(self) -> int | None:
        """Wait for the exit code; another thread that starts a process may have collected it a moment before us."""
        self._process.join()
        for _ in range(100):
            if (exitcode := self._process.exitcode) is not None:
                return exitcode
            time.sleep(0.001)
        return None

    def _over(self, exitcode: int | None) -> None:
        self.gone.set()
        self._ended(self, exitcode)

    def _post(self, callback: Callable[..., None], *args: object) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody asks any more
            self._loop.call_soon_threadsafe(callback, *args)


@contextmanager
def _no_interrupt() -> Iterator[None]:
    """Keep Ctrl+C from a process that is being born: it inherits this thread's mask until it can ignore it itself."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # else `start` starts it, and that lifts the mask again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
