"""`musicgen generate`: one song without the server, with a progress bar."""

from __future__ import annotations

import argparse
import importlib
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from musicgen_web.engines.base import SKETCH, Engine, Progress, SongRequest
from musicgen_web.errors import MusicGenError
from musicgen_web.web.forms import check

TICK, REST = "│", "·"


def generate(given: argparse.Namespace) -> int:
    """Make the song; 0: written, 1: it could not be made, 2: asked for wrongly, 130: stopped, and nothing is left."""
    if problem := _misplaced(given.output, given.midi, given.stems):
        return _refuse(problem)
    values: dict[str, object] = {
        "prompt": given.prompt, "title": given.title, "duration": given.duration,
        "seed": given.seed, "engine": given.engine,
    }  # fmt: skip
    try:
        values["lyrics"] = given.lyrics.read_text(encoding="utf-8-sig") if given.lyrics else ""
    except (OSError, UnicodeDecodeError) as error:
        return _refuse(f"--lyrics: {given.lyrics} cannot be read as UTF-8 text ({error}).")
    try:
        checked = check(values, (SKETCH,), SKETCH.name)
    except MusicGenError as error:
        return _refuse(f"{error.title}. {error.detail} {error.advice}")
    if checked.request is None:
        lines = [f"--{e.field}: {f'line {e.line}: ' if e.line else ''}{e.message}" for e in checked.errors]
        return _refuse("\n".join(lines))
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl+C
    target = given.output
    try:
        for target, write in ((given.output, _write_song), (given.midi, _write_midi), (given.stems, _write_stems)):
            if target:
                write(checked.request, target)
    except KeyboardInterrupt:
        what = "nothing" if target is given.output else f"nothing of {target}"
        return _refuse(f"\nStopped; {what} was written.", code=130)
    except OSError as error:
        return _refuse(f"\n{target} cannot be written: {error.strerror or error}", code=1)
    return 0


def _misplaced(output: Path, midi: Path | None, stems: Path | None) -> str:
    """Say what is wrong with where the song and what comes besides shall be; nothing if all is well."""
    if output.suffix.lower() != ".flac":
        return f"-o: songs are written as FLAC, so the name must end in .flac, not in {output.suffix!r}."
    if midi and midi.suffix.lower() not in (".mid", ".midi"):
        return f"--midi: the name must end in .mid, not in {midi.suffix!r}."
    if midi and not midi.absolute().parent.is_dir():
        return f"--midi: there is no folder {midi.parent}."
    if stems:
        there = next(place for place in (stems.absolute(), *stems.absolute().parents) if place.exists())
        if not there.is_dir():
            return f"--stems: {there} is a file, so the folder {stems} cannot be made."
        if not os.access(there, os.W_OK | os.X_OK):
            return f"--stems: nothing may be written into {there}."
    return ""


def _write_song(request: SongRequest, output: Path) -> None:
    started = time.monotonic()
    part = output.with_name(f".{output.name}.part")
    try:
        song = _engine(SKETCH.factory).generate(request, part, _bar())
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)
    sys.stdout.write(f"{output}  {song.duration:.1f} s  {song.plan.get('summary', '')}\n")
    sys.stderr.write(f"seed {request.seed}, made in {time.monotonic() - started:.1f} s\n")


def _write_midi(request: SongRequest, path: Path) -> None:
    _named(SKETCH.writes_midi)(request, path)
    sys.stdout.write(f"{path}\n")


def _write_stems(request: SongRequest, folder: Path) -> None:
    for path in _named(SKETCH.writes_stems)(request, folder, _bar()):
        sys.stdout.write(f"{path}\n")


def _engine(factory: str) -> Engine:
    engine: Engine = _named(factory)()
    engine.load()
    return engine


def _named(place: str) -> Callable[..., Any]:
    """Find what "module:callable" names."""
    module, _, name = place.partition(":")
    for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(threads, "1")
    found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return found


def _bar() -> Callable[[Progress], None]:
    """Draw ticks on one line of a terminal; elsewhere say each stage once."""
    stage = ""

    def plain(progress: Progress) -> None:
        nonlocal stage
        if progress.stage != stage:
            stage = progress.stage
            sys.stderr.write(f"{stage}\n")

    def drawn(progress: Progress) -> None:
        width = max(10, min(40, shutil.get_terminal_size().columns - 44))
        lit = round(progress.fraction * width)
        words = f"{progress.stage} {progress.detail}".strip()
        sys.stderr.write(f"\r\x1b[K{TICK * lit}{REST * (width - lit)} {progress.fraction:4.0%}  {words[:36]}")
        if progress.fraction >= 1:
            sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()

    return drawn if sys.stderr.isatty() else plain


def _refuse(words: str, *, code: int = 2) -> int:
    sys.stderr.write(words + "\n")
    return code
