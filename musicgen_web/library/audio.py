"""The formats a song can be had in: FLAC as it is stored, the others made when first asked for and kept in a cache.

A copy to play says nothing of itself, so that it outlives a new title. A copy to download has a sheet (title, words,
cover …) written into it and is kept under a name with the sheet's digest: <id>-<digest>.<format>.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Collection, Coroutine
from dataclasses import dataclass
from pathlib import Path

import structlog

from musicgen_web.datadir import disk_in_words
from musicgen_web.errors import DiskFull, Internal, NotFound, Unavailable
from musicgen_web.library.tags.sheet import Sheet

CACHE_SIZE = 2 * 1024**3  # bytes
ENCODERS = 2  # children at work at the same time
ENCODE_SECONDS = 300.0  # the longest song takes half a minute on a slow machine

_DISK_FULL, _READ_ONLY = 28, 30  # as in encode; that module is for the child alone, it imports numpy
_ROOT = Path(__file__).parents[2]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Format:
    """One format: its MIME type, its name and what to choose it for."""

    media_type: str
    title: str
    about: str


FORMATS = {
    "flac": Format("audio/flac", "FLAC", "every sample, as it was made"),
    "wav": Format("audio/wav", "WAV", "every sample, large, for editing"),
    "mp3": Format("audio/mpeg", "MP3", "small, plays everywhere"),
    "ogg": Format("audio/ogg", "OGG", "small, an open format (Vorbis)"),
    "opus": Format("audio/ogg; codecs=opus", "Opus", "smallest"),
}


class Formats:
    """Makes and keeps the copies. The least recently used ones go when the cache is over its `limit` (bytes)."""

    def __init__(self, cache: Path, limit: int = CACHE_SIZE) -> None:
        self._cache = cache
        self._limit = limit
        self._making: dict[Path, asyncio.Task[None]] = {}
        self._sources: dict[Path, Path] = {}  # what each copy in the making is made from
        self._is_closed = False
        self._free_encoders = asyncio.Semaphore(ENCODERS)

    async def file(self, track_id: str, source: Path, fmt: str, sheet: Sheet | None = None) -> Path:
        """Return the song in a format, made now if it has to be: once, however many ask at the same time.

        With a `sheet`, a copy that has it inside. Raises NotFound for an unknown format or a song without a file;
        DiskFull; Unavailable when it took too long.
        """
        if fmt not in FORMATS:
            raise NotFound("A song cannot be had in this format.")
        if fmt == "flac" and sheet is None:
            return source
        copy = self._cache / (f"{track_id}-{sheet.digest}.{fmt}" if sheet else f"{track_id}.{fmt}")
        if not await asyncio.to_thread(_mark_used, copy):
            making = self._making.get(copy) or self._start(self._make(track_id, source, copy, fmt, sheet), copy)
            await self._made_by(making)
        return copy

    async def forget(self, track_id: str) -> None:
        """Delete the copies of a song that goes for good, also those that are being made."""
        making = [task for copy, task in self._making.items() if copy.name.startswith(track_id)]
        for task in making:
            task.cancel()
        await asyncio.gather(*making, return_exceptions=True)
        await asyncio.to_thread(_remove, self._cache, track_id)

    async def close(self) -> None:
        """Stop what is being made; nothing half-written stays."""
        self._is_closed = True
        making = list(self._making.values())
        for task in making:
            task.cancel()
        await asyncio.gather(*making, return_exceptions=True)

    async def _made_by(self, making: asyncio.Task[None]) -> None:
        """Wait for a copy. Who leaves early does not spoil it for the others; a copy called off is told in words."""
        try:
            await asyncio.shield(making)
        except asyncio.CancelledError:
            waiter = asyncio.current_task()
            if not making.cancelled() or (waiter and waiter.cancelling()):
                raise
            if self._is_closed:
                raise Unavailable("The server is stopping.", retry_after=10) from None
            raise NotFound("This song was deleted just now.") from None

    def _start(self, work: Coroutine[None, None, None], copy: Path) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._making[copy] = task
        task.add_done_callback(lambda done: self._made(copy, done))
        return task

    def _made(self, copy: Path, done: asyncio.Task[None]) -> None:
        del self._making[copy]
        self._sources.pop(copy, None)
        if not done.cancelled() and (error := done.exception()):
            log.warning("format.failed", file=copy.name, reason=str(error))

    async def _make(self, track_id: str, source: Path, copy: Path, fmt: str, sheet: Sheet | None) -> None:
        if sheet and fmt != "flac":
            self._sources[copy] = self._cache / f"{track_id}.{fmt}"  # not to be trimmed before it was read
            source = await self.file(track_id, source, fmt)
        async with self._free_encoders:
            if await asyncio.to_thread(_mark_used, copy):  # made while somebody was on the way here
                return
            if not await asyncio.to_thread(source.is_file):
                raise NotFound("The sound of this song is missing from the disk.")
            await _encode(source, copy, fmt, sheet)
        kept = {copy, *(used for other, used in self._sources.items() if other != copy)}
        await asyncio.to_thread(_trim, self._cache, self._limit, kept)


async def _encode(source: Path, copy: Path, fmt: str, sheet: Sheet | None) -> None:
    """Run the child process that writes the copy, and say in our words how it ended.

    The sheet goes in by standard input: a list of processes shows nobody's words.
    """
    path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH", "")]))
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "musicgen_web.library.encode", str(source), str(copy), fmt),
        *(("tagged",) if sheet else ()),
        env={**os.environ, "PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(ENCODE_SECONDS):
            _, said = await child.communicate(sheet.to_bytes() if sheet else b"")
    except TimeoutError as error:
        raise Unavailable("Making this format took too long.") from error
    finally:
        if child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()
            copy.with_name(f"{copy.name}.{child.pid}.part").unlink(missing_ok=True)
    if child.returncode == _DISK_FULL:
        raise DiskFull("There is no room for this format.")
    if child.returncode == _READ_ONLY:
        raise Unavailable("The disk takes no files at the moment.")
    if child.returncode != 0:
        said_last = said.decode(errors="replace")[-2_000:]
        log.error("format.encoder", file=copy.name, exitcode=child.returncode, said=said_last)
        raise Internal("The song could not be made in this format.")


def _mark_used(copy: Path) -> bool:
    """Note that a copy is wanted now; False when there is none."""
    try:
        os.utime(copy)
    except FileNotFoundError:
        return False
    except OSError:  # a disk that takes no writes still gives what it has
        return copy.is_file()
    return True


def _remove(cache: Path, track_id: str) -> None:
    """Remove the copies of one song, with and without a sheet inside."""
    with disk_in_words():
        for copy in cache.glob(f"{track_id}[-.]*"):
            copy.unlink(missing_ok=True)


def _trim(cache: Path, limit: int, kept: Collection[Path]) -> None:
    """Remove the copies that were not used for longest until the rest fits; a reader keeps what it has open."""
    copies = []
    for entry in os.scandir(cache):
        with contextlib.suppress(FileNotFoundError):
            if entry.is_file() and not entry.name.endswith(".part"):
                copies.append((entry.stat().st_mtime_ns, entry.stat().st_size, Path(entry)))
    over = sum(size for _, size, _ in copies) - limit
    for _, size, copy in sorted(copies):
        if over <= 0:
            break
        if copy not in kept:
            with contextlib.suppress(OSError):  # Windows keeps what is being read
                copy.unlink()
                over -= size
