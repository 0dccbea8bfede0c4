"""Several songs in one ZIP, made while it is sent: nothing is squeezed or kept, and little of it is in memory."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from musicgen_web.errors import MusicGenError

BLOCK = 256 * 1024  # bytes
NOTE = "Not included.txt"


@dataclass(frozen=True, slots=True)
class Item:
    """One song of the parcel: what it is called there, when it was made, and how to get its file."""

    name: str
    made_at: datetime
    file: Callable[[], Awaitable[Path]]


async def parcel(items: Sequence[Item]) -> AsyncIterator[bytes]:
    """Give the ZIP in blocks. A song that cannot be had is left out, and a note in the ZIP says so."""
    sink, missing = _Sink(), []
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for item in items:
            try:
                path = await item.file()
            except MusicGenError as error:
                missing.append(f"{item.name}: {error.advice}\n")
                continue
            with path.open("rb") as song, archive.open(_entry(item.name, item.made_at), "w") as entry:
                while block := await asyncio.to_thread(song.read, BLOCK):
                    entry.write(block)
                    yield sink.take()
        if missing:
            archive.writestr(NOTE, "".join(missing))
    yield sink.take()


def unique(names: Sequence[str]) -> list[str]:
    """Tell files apart that would be called the same, also where capitals do not count: Lamp.flac, Lamp 2.flac."""
    taken: set[str] = {NOTE.casefold()}
    found: list[str] = []
    for name in names:
        stem, dot, ending = name.rpartition(".")
        other, number = name, 1
        while other.casefold() in taken:
            number += 1
            other = f"{stem} {number}{dot}{ending}"
        taken.add(other.casefold())
        found.append(other)
    return found


def _entry(name: str, made_at: datetime) -> zipfile.ZipInfo:
    here = made_at.astimezone()
    entry = zipfile.ZipInfo(name, max((1980, 1, 1, 0, 0, 0), here.timetuple()[:6]))
    entry.external_attr = 0o644 << 16
    return entry


class _Sink(io.RawIOBase):
    """Where the ZIP is written to: what came since the last look. Nobody can go back in it."""

    def __init__(self) -> None:
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        self._written += data
        return len(data)

    def take(self) -> bytes:
        taken = bytes(self._written)
        self._written.clear()
        return taken
