"""Tags in WAV: a LIST/INFO chunk for plain readers and an `id3 ` chunk for the rest, behind the samples."""

from __future__ import annotations

import shutil
import struct
from typing import BinaryIO

from musicgen_web.library.tags import id3
from musicgen_web.library.tags.sheet import Sheet

MAX_SIZE = 2**32 - 1  # of the file, less eight bytes


def write(source: BinaryIO, target: BinaryIO, sheet: Sheet, png: bytes) -> None:
    """Copy a WAV, whose chunks stay as they are, and add the two."""
    riff, size, wave = struct.unpack("<4sI4s", source.read(12))
    if (riff, wave) != (b"RIFF", b"WAVE"):
        raise ValueError("this is not WAV")
    added = _chunk(b"LIST", b"INFO" + _info(sheet)) + _chunk(b"id3 ", id3.tag(sheet, png))
    padded = size + size % 2
    if padded + len(added) > MAX_SIZE:
        raise ValueError("the WAV is too large for tags")
    target.write(struct.pack("<4sI4s", riff, padded + len(added), wave))
    shutil.copyfileobj(source, target)
    if target.tell() != padded + 8:
        target.write(bytes(padded + 8 - target.tell()))
    target.write(added)


def _info(sheet: Sheet) -> bytes:
    texts = ((b"INAM", sheet.title), (b"IART", sheet.artist), (b"ICRD", sheet.date), (b"ICMT", sheet.comment))
    return b"".join(_chunk(name, text.encode() + b"\x00") for name, text in texts if text)


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)
