"""Tags in FLAC: two metadata blocks before the frames, which are copied as they are (RFC 9639, section 8)."""

from __future__ import annotations

import shutil
from typing import BinaryIO

from musicgen_web.library.tags import vorbis
from musicgen_web.library.tags.sheet import Sheet

STREAMINFO, PADDING, VORBIS_COMMENT, PICTURE = 0, 1, 4, 6
LAST = 0x80
MAX_BLOCK = 2**24 - 1  # bytes


def write(source: BinaryIO, target: BinaryIO, sheet: Sheet, png: bytes) -> None:
    """Copy a FLAC with the sheet in it. Other blocks stay, so does the MD5 of the samples; padding goes."""
    blocks = _read(source)
    vendor = next((vorbis.vendor_of(body) for kind, body in blocks if kind == VORBIS_COMMENT), b"")
    ours = [(VORBIS_COMMENT, vorbis.comments(sheet, vendor)), (PICTURE, vorbis.picture(png))]
    others = [(kind, body) for kind, body in blocks if kind not in (PADDING, VORBIS_COMMENT, PICTURE)]
    written = [others[0], *ours, *others[1:]]  # STREAMINFO stays the first
    target.write(b"fLaC")
    for place, (kind, body) in enumerate(written, start=1):
        if len(body) > MAX_BLOCK:
            raise ValueError("a metadata block is too large")
        target.write(bytes([kind | (LAST if place == len(written) else 0)]) + len(body).to_bytes(3, "big") + body)
    shutil.copyfileobj(source, target)


def _read(source: BinaryIO) -> list[tuple[int, bytes]]:
    """Read the chain of blocks and stop before the first frame."""
    if source.read(4) != b"fLaC":
        raise ValueError("this is not FLAC")
    blocks: list[tuple[int, bytes]] = []
    is_last = False
    while not is_last:
        head = source.read(4)
        body = source.read(int.from_bytes(head[1:], "big"))
        if len(head) < 4 or len(body) < int.from_bytes(head[1:], "big"):
            raise ValueError("the FLAC ends among its blocks")
        is_last = bool(head[0] & LAST)
        blocks.append((head[0] & ~LAST, body))
    if blocks[0][0] != STREAMINFO:
        raise ValueError("the FLAC does not begin with STREAMINFO")
    return blocks
