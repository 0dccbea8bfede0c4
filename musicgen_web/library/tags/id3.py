"""The ID3v2.4 tag: frames in UTF-8, put before the sound of an MP3 and into a chunk of a WAV."""

from __future__ import annotations

import shutil
import struct
from collections.abc import Iterator
from typing import BinaryIO

from musicgen_web.library.tags.sheet import RECEIPT, Sheet

HEADER = 10  # bytes
LATIN_1, UTF_8 = b"\x00", b"\x03"
LANGUAGE = b"XXX"  # not known, by section 4 of the frames document
FRONT_COVER = b"\x03"
MILLISECONDS, SUNG = b"\x02", b"\x01"
FOOTER = 0x10


def write(source: BinaryIO, target: BinaryIO, sheet: Sheet, png: bytes) -> None:
    """Copy an MP3 with the tag before it, in place of one that it has."""
    head = source.read(HEADER)
    if head.startswith(b"ID3"):
        source.seek(HEADER + _from_synchsafe(head[6:]) + (HEADER if head[5] & FOOTER else 0))
    else:
        source.seek(0)
    target.write(tag(sheet, png))
    shutil.copyfileobj(source, target)


def tag(sheet: Sheet, png: bytes) -> bytes:
    """Return the whole tag."""
    frames = b"".join(name + synchsafe(len(body)) + bytes(2) + body for name, body in _frames(sheet, png))
    return b"ID3\x04\x00\x00" + synchsafe(len(frames)) + frames


def synchsafe(number: int) -> bytes:
    """Write a size in four bytes of seven bits, so that no byte looks like the start of a frame of sound."""
    if number >= 2**28:
        raise ValueError("a tag is too large")
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def _frames(sheet: Sheet, png: bytes) -> Iterator[tuple[bytes, bytes]]:
    texts = (
        (b"TIT2", sheet.title),
        (b"TPE1", sheet.artist),
        (b"TDRC", sheet.date),
        (b"TBPM", str(sheet.bpm or "")),
        (b"TKEY", sheet.key),
    )
    for name, text in texts:
        if text:
            yield name, UTF_8 + text.encode()
    for name, text in ((b"COMM", sheet.comment), (b"USLT", sheet.lyrics)):
        if text:
            yield name, UTF_8 + LANGUAGE + b"\x00" + text.encode()  # an empty description
    if sheet.receipt:
        yield b"TXXX", UTF_8 + RECEIPT.encode() + b"\x00" + sheet.receipt.encode()
    if sheet.synced:
        lines = (line.encode() + b"\x00" + struct.pack(">I", round(time * 1_000)) for time, line in sheet.synced)
        yield b"SYLT", UTF_8 + LANGUAGE + MILLISECONDS + SUNG + b"\x00" + b"".join(lines)
    yield b"APIC", LATIN_1 + b"image/png\x00" + FRONT_COVER + b"\x00" + png


def _from_synchsafe(size: bytes) -> int:
    return size[0] << 21 | size[1] << 14 | size[2] << 7 | size[3]
