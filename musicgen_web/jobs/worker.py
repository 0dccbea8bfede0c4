"""What runs inside a worker process: one engine, one song at a time, told by a pipe."""

from __future__ import annotations

import errno
import importlib
import json
import multiprocessing
import os
import queue
import re
import signal
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any, cast

from musicgen_web.engines.base import Cancelled, Engine, EngineSpec, Progress, Song, SongRequest
from musicgen_web.jobs.messages import Answer, Done, Failed, Order, Quit, Ready, Refused, Step, Stop, Stopped, Work

REPORT_SECONDS = 0.15  # progress is sent at most this often, and at every new stage
NICENESS = 5  # pages come first
THREAD_COUNTS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "BLIS_NUM_THREADS",
)
NO_SPACE = (errno.ENOSPC, errno.EDQUOT)
NO_WRITING = (errno.EROFS, errno.EIO, errno.EFBIG)
BROKEN_ENGINE = "The engine stopped with an error of its own; the log has it under {reference}."
BROKEN_LOAD = "The engine could not be loaded; the log says why."


def main(conn: Connection, spec: EngineSpec, threads: int) -> None:
    """Load the engine and make songs until told to quit or the parent is gone."""
    _settle_in(threads)
    mail = _Mail(conn)
    try:
        engine = _build(spec)
    except Exception as error:
        code, detail = _told(error)
        mail.send(Refused(code, detail or BROKEN_LOAD, _trace(error)))
        return
    mail.send(Ready(str(getattr(engine, "device", spec.device))))
    while True:
        work = mail.work()
        mail.send(_make(engine, work, mail))


class _Mail:
    """The pipe seen from inside: a thread of its own reads the orders, so that a stop is heard while a song is made."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._works: queue.SimpleQueue[Work] = queue.SimpleQueue()
        self._unwanted: set[str] = set()
        threading.Thread(target=self._listen, name="orders", daemon=True).start()
        threading.Thread(target=_follow_parent, name="parent", daemon=True).start()

    def work(self) -> Work:
        return self._works.get()

    def is_unwanted(self, claim: str) -> bool:
        return claim in self._unwanted

    def send(self, answer: Answer) -> None:
        try:
            self._conn.send(answer)
        except OSError:
            os._exit(0)  # nobody is left to hear it

    def _listen(self) -> None:
        while True:
            try:
                order = cast(Order, self._conn.recv())
            except (EOFError, OSError):
                os._exit(0)
            match order:
                case Work():
                    self._unwanted.clear()  # one song at a time: what was stopped before is over
                    self._works.put(order)
                case Stop():
                    self._unwanted.add(order.claim)
                case Quit():
                    os._exit(0)


def _follow_parent() -> None:
    """Leave when the server is gone, however it went."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)


def _settle_in(threads: int) -> None:
    """Before any engine is imported: Ctrl+C belongs to the parent, the cores are shared, pages come first."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # the parent blocked it until here
    for name in THREAD_COUNTS:
        os.environ.setdefault(name, str(threads))
    if hasattr(os, "nice"):
        with suppress(OSError):
            os.nice(NICENESS)


def _build(spec: EngineSpec) -> Engine:
    module, _, name = spec.factory.partition(":")
    factory = cast(Callable[[], Engine], getattr(importlib.import_module(module), name))
    engine = factory()
    engine.load()
    return engine


def _make(engine: Engine, work: Work, mail: _Mail) -> Answer:
    """Make one song and say how it went."""
    try:
        song = _plain(engine.generate(work.request, work.path, _reporter(work.claim, mail)))
    except Cancelled as error:
        if not mail.is_unwanted(work.claim):
            return Failed(work.claim, "INTERNAL", _broken(work.claim), _trace(error, work.request))
        return Stopped(work.claim)
    except Exception as error:
        if mail.is_unwanted(work.claim):
            return Stopped(work.claim)
        code, detail = _told(error)
        return Failed(work.claim, code, detail or _broken(work.claim), _trace(error, work.request))
    return Stopped(work.claim) if mail.is_unwanted(work.claim) else Done(work.claim, song)


def _reporter(claim: str, mail: _Mail) -> Callable[[Progress], None]:
    stage, sent = "", 0.0

    def report(progress: Progress) -> None:
        nonlocal stage, sent
        if mail.is_unwanted(claim):
            raise Cancelled
        now = time.monotonic()
        if progress.stage != stage or now - sent >= REPORT_SECONDS:
            stage, sent = progress.stage, now
            mail.send(Step(claim, _plain_progress(progress)))

    return report


def _plain_progress(progress: Progress) -> Progress:
    return Progress(
        str(progress.stage),
        float(progress.fraction),
        int(progress.done),
        int(progress.total),
        str(progress.detail),
    )


def _plain(song: Song) -> Song:
    """The same song in plain values, so that reading it in the server imports nothing of the engine's."""
    plan: dict[str, Any] = json.loads(json.dumps(song.plan, allow_nan=False))
    return Song(
        duration=float(song.duration),
        sample_rate=int(song.sample_rate),
        channels=int(song.channels),
        md5=str(song.md5),
        peaks=bytes(song.peaks),
        plan=plan,
        versions={str(name): str(version) for name, version in song.versions.items()},
    )


def _told(error: Exception) -> tuple[str, str]:
    """An exception as the contract's code and words for people (empty: nothing better than the code's own)."""
    if isinstance(error, MemoryError) or _is_refused_memory(error):
        return "OUT_OF_MEMORY", "There was not enough memory to make this song."
    if isinstance(error, OSError) and error.errno in NO_SPACE:
        return "DISK_FULL", "The disk was full before the song was written."
    if isinstance(error, OSError) and error.errno in NO_WRITING:
        return "UNAVAILABLE", f"The disk refused the song: {os.strerror(error.errno)}."
    code, detail = getattr(error, "code", None), getattr(error, "detail", None)
    if isinstance(code, str) and code.isupper():
        return code, detail if isinstance(detail, str) else ""
    return "INTERNAL", ""


def _is_refused_memory(error: Exception) -> bool:
    """Threads and libraries that got no memory say so in words of their own."""
    if isinstance(error, OSError):
        return error.errno == errno.ENOMEM
    return isinstance(error, RuntimeError) and "can't start new thread" in str(error)


def _broken(claim: str) -> str:
    return BROKEN_ENGINE.format(reference=claim[:8])


def _trace(error: Exception, request: SongRequest | None = None) -> str:
    """Where it broke, for the log; the words of an error that quotes what somebody wrote stay out."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    words = str(error)
    if request and _quotes(words, f"{request.prompt}\n{request.lyrics}\n{request.title}"):
        words = "(it quotes the request)"
    return f"{frames}{type(error).__name__}: {words}"


def _quotes(words: str, written: str) -> bool:
    """Whether an error may quote what somebody wrote: one word or one letter of another script is enough."""
    heard = words.casefold()
    if any(word in heard for word in re.findall(r"\w{4,}", written.casefold())):
        return True
    return any(letter in written for letter in words if letter.isalpha() and not letter.isascii())
