"""The formats a song can be had in: FLAC as it is stored, the others made when first asked for and kept in a cache.

A copy to play says nothing of itself, so that it outlives a new title. A copy to download has a sheet (title, words,
cover …) written into it and is kept under a name with the sheet's digest: <id>-<digest>.<format>.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
from collections.abc import Callable, Collection, Coroutine
from dataclasses import dataclass
from pathlib import Path

import structlog

from musicgen_web.datadir import disk_in_words
from musicgen_web.engines.base import SongRequest
from musicgen_web.errors import NotFound, Unavailable
from musicgen_web.library.sent import send
from musicgen_web.library.tags.sheet import Sheet

CACHE_SIZE = 2 * 1024**3  # bytes
ENCODERS = 2  # children at work at the same time

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


@dataclass(frozen=True, slots=True)
class Piece:
    """Something else a song can be had as, where its engine can play it again."""

    ending: str
    media_type: str
    title: str
    about: str


PIECES = {
    "stems": Piece("zip", "application/zip", "Stems", "drums, bass, chords, lead and voice, a FLAC each"),
    "score": Piece("mid", "audio/midi", "MIDI", "the notes, the words and the sections, for any studio program"),
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
        return await self._had(copy, lambda: self._make(track_id, source, copy, fmt, sheet))

    async def piece(self, track_id: str, name: str, writer: str, request: SongRequest) -> Path:
        """Return one of PIECES of a song, made now if it has to be. `writer` is what its engine names for it.

        Raises as `file` does.
        """
        copy = self._cache / f"{track_id}-{name}.{PIECES[name].ending}"
        return await self._had(copy, lambda: self._take_apart(copy, writer, request))

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

    async def _had(self, copy: Path, make: Callable[[], Coroutine[None, None, None]]) -> Path:
        if not await asyncio.to_thread(_mark_used, copy):
            await self._made_by(self._making.get(copy) or self._start(make(), copy))
        return copy

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
            how = (str(source), str(copy), fmt, *(("tagged",) if sheet else ()))
            await send("musicgen_web.library.encode", how, sheet.to_bytes() if sheet else b"", copy)
        await self._trimmed(copy)

    async def _take_apart(self, copy: Path, writer: str, request: SongRequest) -> None:
        async with self._free_encoders:
            if await asyncio.to_thread(_mark_used, copy):
                return
            try:
                told = json.dumps(request.as_json()).encode()
                await send("musicgen_web.library.apart", (str(copy), writer), told, copy)
            finally:
                await asyncio.to_thread(_remove_folders, self._cache, copy.name)
        await self._trimmed(copy)

    async def _trimmed(self, copy: Path) -> None:
        kept = {copy, *(used for other, used in self._sources.items() if other != copy)}
        await asyncio.to_thread(_trim, self._cache, self._limit, kept)


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


def _remove_folders(cache: Path, name: str) -> None:
    """Remove what a child that was ended had spread out beside its file."""
    for folder in cache.glob(f"{name}.*.part"):
        shutil.rmtree(folder, ignore_errors=True)


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
