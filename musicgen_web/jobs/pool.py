"""The parent's handle on a worker: a slot keeps one process alive and gives it one song at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog

from musicgen_web.engines.base import EngineSpec, OnProgress, SongRequest
from musicgen_web.jobs import deaths
from musicgen_web.jobs.child import Child
from musicgen_web.jobs.messages import (
    Answer,
    Died,
    Done,
    Failed,
    Outcome,
    Quit,
    Ready,
    Refused,
    Step,
    Stop,
    Stopped,
    Work,
)

STOP_SECONDS = 1.5  # what a worker gets to stop by itself
QUIT_SECONDS = 1.0
BROKEN_DEATHS = 5  # without a finished song in between
LONGEST_PAUSE = 30.0  # seconds between two starts of a broken worker

log = structlog.get_logger()


@dataclass(slots=True)
class _Running:
    """The song a worker is at."""

    claim: str
    on_progress: OnProgress
    outcome: asyncio.Future[Outcome]
    is_stopping: bool = False


class Slot:
    """One place for a worker. A death ends the song at hand and nothing else: the next process starts at once."""

    def __init__(self, spec: EngineSpec, number: int, *, threads: int = 1, stall_seconds: float = 600.0) -> None:
        self.spec, self.number = spec, number
        self.device = "unknown"
        self.problem = ""  # why it cannot work just now, in words
        self.deaths = 0  # since the last finished song
        self.is_loaded = False
        self.on_ready: Callable[[], None] = lambda: None
        self.on_death: Callable[[str], None] = lambda code: None  # hears why a worker died unasked
        self._threads, self._stall_seconds = threads, stall_seconds
        self._child: Child | None = None
        self._running: _Running | None = None
        self._refusal = ""
        self._is_stalled = self._is_closing = False
        self._memory_kills = 0
        self._silent_seconds = 0.0
        self._timers: dict[str, asyncio.TimerHandle] = {}

    @property
    def is_ready(self) -> bool:
        """Is a worker loaded and without a song?"""
        return self.is_loaded and self._running is None and not self._is_closing

    @property
    def is_busy(self) -> bool:
        return self._running is not None

    @property
    def is_broken(self) -> bool:
        return self.deaths >= BROKEN_DEATHS

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def start(self) -> None:
        """Start the first worker; `on_ready` is called whenever one has loaded its engine."""
        self._refusal, self._is_stalled, self._silent_seconds = "", False, 0.0
        self._memory_kills = deaths.memory_kills()
        name = f"{self.spec.name} worker {self.number}"
        try:
            self._child = Child(self.spec, name=name, threads=self._threads, hear=self._hear, ended=self._ended)
        except (OSError, RuntimeError):  # no more files, no more threads
            self._mourn(*deaths.cause(None))
        else:
            self._listen_for_silence()

    async def run(self, request: SongRequest, path: Path, claim: str, on_progress: OnProgress) -> Outcome:
        """Make one song. What happens to the worker is never raised: it is the outcome."""
        if not self.is_ready or self._child is None:
            return Died(claim, "WORKER_CRASHED", "The worker was gone before it could begin.")
        running = _Running(claim, on_progress, asyncio.get_running_loop().create_future())
        self._running, self._silent_seconds = running, 0.0
        self._child.send(Work(claim, request, path))
        try:
            return await running.outcome
        except asyncio.CancelledError:
            running.is_stopping = True
            self._child.kill()
            raise

    def stop_take(self, claim: str) -> None:
        """Ask the worker to give this song up; one that does not listen is killed."""
        running, child = self._running, self._child
        if running and child and running.claim == claim and not running.is_stopping:
            running.is_stopping = True
            child.send(Stop(claim))
            self._later("force", STOP_SECONDS, child.kill)

    async def close(self) -> None:
        """Let the worker go; a song it is at ends as stopped."""
        self._is_closing = True
        self._forget("start")
        child = self._child
        if child is None:
            return
        if self._running:
            self._running.is_stopping = True
            child.kill()
        child.send(Quit())
        self._later("force", QUIT_SECONDS, child.kill)
        await child.gone.wait()

    def _hear(self, child: Child, answer: Answer) -> None:
        if child is not self._child:
            return
        self._silent_seconds = 0.0
        match answer:
            case Ready():
                self.is_loaded, self.device = True, answer.device
                self.problem = self.problem if self.is_broken else ""
                log.info("worker.ready", engine=self.spec.name, worker=self.number, pid=child.pid)
                self.on_ready()
            case Refused():
                self._refusal = answer.detail
                log.error("worker.refused", engine=self.spec.name, code=answer.code, trace=answer.trace)
            case Step():
                if self._running and self._running.claim == answer.claim and not self._running.is_stopping:
                    self._running.on_progress(answer.progress)
            case Done():
                self.deaths, self.problem = 0, ""
                self._settle(answer)
            case Failed() | Stopped():
                self._settle(answer)

    def _ended(self, child: Child, exitcode: int | None) -> None:
        """Tell the song that was at work how its worker ended, and start the next worker."""
        self._child, self.is_loaded = None, False
        self._forget("silence")
        starved = deaths.memory_kills() > self._memory_kills
        code, words = (
            deaths.stalled(self._stall_seconds) if self._is_stalled else deaths.cause(exitcode, out_of_memory=starved)
        )
        running = self._running
        if running and running.is_stopping:
            self._settle(Stopped(running.claim))
            self._start_again()
            return
        if running:
            self._settle(Died(running.claim, code, f"The worker {words}."))
        if not self._is_closing:
            self._mourn(code, words)

    def _mourn(self, code: str, words: str) -> None:
        self.deaths += 1
        self.on_death(code)
        self.problem = self._refusal or f"The worker {words}."
        log.warning(
            "worker.died", engine=self.spec.name, worker=self.number, code=code, cause=words, deaths=self.deaths
        )
        self._start_again()

    def _start_again(self) -> None:
        """Start the next worker: at once at first, with a growing pause once it is broken."""
        if not self._is_closing:
            pause = min(LONGEST_PAUSE, 2.0 ** (self.deaths - BROKEN_DEATHS)) if self.is_broken else 0.0
            self._later("start", pause, self.start)

    def _settle(self, outcome: Outcome) -> None:
        running, self._running = self._running, None
        self._forget("force")
        if running and not running.outcome.done():
            running.outcome.set_result(outcome)

    def _listen_for_silence(self) -> None:
        """Kill a worker that says nothing while it loads or makes a song.

        Silence is counted in ticks of our own, so neither a clock that jumps nor a nap of the whole machine counts.
        """
        if self.is_ready:
            self._silent_seconds = 0.0
        if self._silent_seconds >= self._stall_seconds and self._child:
            self._is_stalled = True
            self._child.kill()
            return
        tick = min(1.0, self._stall_seconds / 4)
        self._silent_seconds += tick
        self._later("silence", tick, self._listen_for_silence)

    def _later(self, name: str, seconds: float, call: Callable[[], None]) -> None:
        self._forget(name)
        self._timers[name] = asyncio.get_running_loop().call_later(seconds, call)

    def _forget(self, name: str) -> None:
        timer = self._timers.pop(name, None)
        if timer:
            timer.cancel()
