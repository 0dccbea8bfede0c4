"""English to phones by espeak-ng, in a small process of its own: it may crash, hang or be absent, and lyrics go on."""

from __future__ import annotations

import importlib.util
import logging
import re
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from diffrhythm.phonemes.letters import sounded

_logger = logging.getLogger(__name__)

_CHILD = Path(__file__).with_name("espeak_child.py")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")
_FAILURES = 3  # in a row: it does not start, or does not answer; then it is left alone for a while
_PAUSE_SECONDS = 60.0
_LIBRARIES = {"win32": "espeak-ng.dll", "darwin": "libespeak-ng.dylib"}


@dataclass(frozen=True, slots=True)
class Spoken:
    """A text in espeak's IPA, `_` between phones and a space between words; `by_rule` where our own rules stood in."""

    ipa: str
    by_rule: bool = False


class Espeak:
    """Speaks for any number of threads. The process starts with the first text and ends with its parent or `close`."""

    def __init__(self, command: Callable[[], list[str] | None] | None = None, timeout_seconds: float = 3.0) -> None:
        self._command = command or of_the_wheel
        self._timeout_seconds = timeout_seconds
        self._lock = threading.Lock()
        self._child: _Child | None = None
        self._failures = 0
        self._paused_until = 0.0

    def speak(self, texts: Sequence[str]) -> list[Spoken]:
        """Say each text. One that espeak cannot say, or all of them where it cannot run, are sounded by rule."""
        if not texts:
            return []
        lines = [_CONTROL.sub(" ", text) for text in texts]
        with self._lock:
            said: list[str | None] = list(self._ask(lines) or [])
            if not said:  # one of them may be the end of it: find out which
                said = [answer[0] if (answer := self._ask([line])) else None for line in lines]
        return [
            Spoken(sounded(line), by_rule=True) if ipa is None else Spoken(ipa)
            for line, ipa in zip(lines, said, strict=True)
        ]

    def close(self) -> None:
        with self._lock:
            self._end()

    def __enter__(self) -> Espeak:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, lines: Sequence[str]) -> list[str] | None:
        """Ask the process, starting it if need be; None when it does not answer (it is ended then)."""
        child = self._started()
        answers = child.ask(lines, self._timeout_seconds) if child else None
        if answers is not None:
            self._failures = 0
        elif child:
            self._end()
            self._failed("no_answer")
        return answers

    def _started(self) -> _Child | None:
        if self._child is not None:
            return self._child
        if time.monotonic() < self._paused_until or (command := self._command()) is None:
            return None
        self._child = _Child.start(command, self._timeout_seconds)
        if self._child is None:
            self._failed("no_start")
        return self._child

    def _failed(self, how: str) -> None:
        self._failures += 1
        _logger.warning("espeak.%s failures=%d", how, self._failures)
        if self._failures >= _FAILURES:
            self._failures = 0
            self._paused_until = time.monotonic() + _PAUSE_SECONDS

    def _end(self) -> None:
        if self._child is not None:
            self._child.end()
            self._child = None


def of_the_wheel() -> list[str] | None:
    """Return the command that runs the library of the espeakng-loader wheel, or None where there is none."""
    found = importlib.util.find_spec("espeakng_loader")  # found, not imported: it is never loaded in this process
    if found is None or not found.origin or not sys.executable:
        return None
    folder = Path(found.origin).parent
    library, data = folder / _LIBRARIES.get(sys.platform, "libespeak-ng.so"), folder / "espeak-ng-data"
    if not (library.is_file() and data.is_dir()):
        return None
    return [sys.executable, "-I", "-S", str(_CHILD), str(library), str(data)]


class _Child:
    """The process and its two pipes. Whoever waits for it longer than allowed ends it."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._finalizer = weakref.finalize(self, _end, process)

    @classmethod
    def start(cls, command: list[str], timeout_seconds: float) -> _Child | None:
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError:
            return None
        child = cls(process)
        if child._answers(b"", 1, timeout_seconds) == ["ready"]:
            return child
        child.end()
        return None

    def ask(self, lines: Sequence[str], timeout_seconds: float) -> list[str] | None:
        request = "".join(f"{line}\n" for line in (str(len(lines)), *lines))
        return self._answers(request.encode(errors="replace"), len(lines), timeout_seconds)

    def end(self) -> None:
        self._finalizer()

    def _answers(self, request: bytes, count: int, timeout_seconds: float) -> list[str] | None:
        assert self._process.stdin and self._process.stdout
        watch = threading.Timer(timeout_seconds, self._process.kill)
        watch.daemon = True
        watch.start()
        try:
            self._process.stdin.write(request)
            self._process.stdin.flush()
            answers = [self._process.stdout.readline() for _ in range(count)]
        except OSError:
            return None
        finally:
            watch.cancel()
        if not all(answer.endswith(b"\n") for answer in answers):
            return None
        return [answer.decode(errors="replace").rstrip("\r\n") for answer in answers]


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe:
            try:
                pipe.close()
            except OSError:  # what was not yet written has nobody to read it
                continue
