"""Several songs in one ZIP: whole, told apart, made piece by piece, and honest about what is missing."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from musicgen_web.errors import NotFound
from musicgen_web.library.parcel import BLOCK, NOTE, Item, parcel, unique

WHEN = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def item(path: Path, name: str) -> Item:
    async def file() -> Path:
        if not path.exists():
            raise NotFound("The sound of this song is missing from the disk.")
        return path

    return Item(name, WHEN, file)


async def test_the_zip_is_whole_and_comes_in_small_pieces(tmp_path: Path) -> None:
    long, short = tmp_path / "long", tmp_path / "short"
    long.write_bytes(bytes(range(256)) * 8 * 1024)  # 2 MiB
    short.write_bytes(b"fLaC")
    items = [item(long, "月光 — Über.flac"), item(tmp_path / "gone", "Gone.flac"), item(short, "Lamp.flac")]
    pieces = [piece async for piece in parcel(items)]
    assert max(map(len, pieces)) < BLOCK + 1024
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["月光 — Über.flac", "Lamp.flac", NOTE]
        assert archive.read("月光 — Über.flac") == long.read_bytes()
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}
        assert archive.read(NOTE).decode().startswith("Gone.flac: ")


async def test_a_reader_who_leaves_stops_the_making(tmp_path: Path) -> None:
    asked: list[str] = []
    path = tmp_path / "song"
    path.write_bytes(b"fLaC")

    def counted(name: str) -> Item:
        async def file() -> Path:
            asked.append(name)
            return path

        return Item(name, WHEN, file)

    pieces = parcel([counted("one"), counted("two")])
    await anext(pieces)
    await pieces.aclose()  # type: ignore[attr-defined]
    assert asked == ["one"]


def test_files_of_the_same_name_are_told_apart() -> None:
    names = ["Lamp.flac", "lamp.flac", "Lamp 2.flac", "Lamp.flac", NOTE]
    assert unique(names) == ["Lamp.flac", "lamp 2.flac", "Lamp 2 2.flac", "Lamp 3.flac", "Not included 2.txt"]
