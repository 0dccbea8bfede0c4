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
    head = source.read(12)
    if len(head) < 12 or head[:4] != b"RIFF" or head[8:] != b"WAVE":
        raise ValueError("this is not WAV")
    (size,) = struct.unpack_from("<I", head, 4)
    added = _chunk(b"LIST", b"INFO" + _info(sheet)) + _chunk(b"id3 ", id3.tag(sheet, png))
    padded = size + size % 2
    if padded + len(added) > MAX_SIZE:
        raise ValueError("the WAV is too large for tags")
    target.write(b"RIFF" + struct.pack("<I", padded + len(added)) + b"WAVE")
    shutil.copyfileobj(source, target)
    missing = 8 + padded - target.tell()
    if missing not in (0, 1):
        raise ValueError("the WAV is not as long as it says")
    target.write(bytes(missing) + added)


def _info(sheet: Sheet) -> bytes:
    texts = ((b"INAM", sheet.title), (b"IART", sheet.artist), (b"ICRD", sheet.date), (b"ICMT", sheet.comment))
    return b"".join(_chunk(name, text.encode() + b"\x00") for name, text in texts if text)


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)
