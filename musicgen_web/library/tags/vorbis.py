"""Vorbis comments and the picture block: the fields that FLAC, Ogg Vorbis and Opus share.

RFC 9639 (FLAC) sections 8.6 and 8.8; the comment header of Vorbis I, section 5.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterator

from musicgen_web.library.tags.sheet import RECEIPT, Sheet

FRONT_COVER = 3
COLOUR_DEPTH = 24  # bits a pixel


def comments(sheet: Sheet, vendor: bytes, png: bytes = b"") -> bytes:
    """Return a comment block. `vendor` names the encoder and is kept; `png` is for containers with no picture block."""
    fields = [f"{name}={value}".encode() for name, value in _fields(sheet) if value]
    if png:
        fields.append(b"METADATA_BLOCK_PICTURE=" + base64.b64encode(picture(png)))
    return _counted(vendor) + struct.pack("<I", len(fields)) + b"".join(map(_counted, fields))


def vendor_of(block: bytes) -> bytes:
    """Return the name of the encoder that a comment block begins with."""
    (length,) = struct.unpack_from("<I", block)
    return block[4 : 4 + length]


def picture(png: bytes) -> bytes:
    """Return a picture block: a PNG as the front cover."""
    kind = b"image/png"
    width, height = struct.unpack_from(">2I", png, 16)
    head = struct.pack(f">2I{len(kind)}sI4I", FRONT_COVER, len(kind), kind, 0, width, height, COLOUR_DEPTH, 0)
    return head + struct.pack(">I", len(png)) + png


def _fields(sheet: Sheet) -> Iterator[tuple[str, str]]:
    yield "TITLE", sheet.title
    yield "ARTIST", sheet.artist
    yield "DATE", sheet.date
    yield "BPM", str(sheet.bpm or "")
    yield "INITIALKEY", sheet.key
    yield "LYRICS", sheet.lyrics
    yield "SYNCEDLYRICS", sheet.lrc
    yield "COMMENT", sheet.comment
    yield RECEIPT, sheet.receipt


def _counted(data: bytes) -> bytes:
    return struct.pack("<I", len(data)) + data
