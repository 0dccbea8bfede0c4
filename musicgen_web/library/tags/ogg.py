"""Tags in Ogg, for Vorbis and Opus: the comment packet is written anew and every page after it gets its new number.

RFC 3533 (pages), Vorbis I section 5 and RFC 7845 section 5.2 (headers). The sound's packets stay as they are.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from musicgen_web.library.tags import vorbis
from musicgen_web.library.tags.sheet import Sheet

HEAD = struct.Struct("<4sBBqIIIB")  # OggS, version, flags, granule, serial, number, CRC, segments
CONTINUED = 0x01
NO_PACKET_ENDS = -1  # the granule of such a page
SEGMENTS = 255  # a page has at most so many, each of at most 255 bytes

_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


@dataclass(frozen=True, slots=True)
class Page:
    """One page: which flags it has, where it stands, how long its segments are and what is in them."""

    flags: int
    granule: int
    serial: int
    number: int
    lacing: bytes
    body: bytes

    def to_bytes(self) -> bytes:
        """Return the page with its checksum."""
        facts = (b"OggS", 0, self.flags, self.granule, self.serial, self.number)
        count = len(self.lacing)
        whole = HEAD.pack(*facts, 0, count) + self.lacing + self.body
        return HEAD.pack(*facts, checksum(whole), count) + whole[HEAD.size :]


def write(source: BinaryIO, target: BinaryIO, sheet: Sheet, png: bytes) -> None:
    """Copy an Ogg file of one stream with the sheet in its comment header."""
    pages = read(source)
    first = next(pages, None)
    if first is None:
        raise ValueError("this file is empty")
    is_opus = first.body.startswith(b"OpusHead")
    if not is_opus and not first.body.startswith(b"\x01vorbis"):
        raise ValueError("this Ogg holds neither Vorbis nor Opus")
    old, *setup = _headers(pages, 1 if is_opus else 2)
    mark, end = (b"OpusTags", b"") if is_opus else (b"\x03vorbis", b"\x01")
    if not old.startswith(mark):
        raise ValueError("the comment header is not where it belongs")
    new = mark + vorbis.comments(sheet, vorbis.vendor_of(old[len(mark) :]), png) + end
    target.write(first.to_bytes())
    headers = list(paged([new, *setup], first.serial, first.number + 1))
    for page in headers:
        target.write(page.to_bytes())
    for number, page in enumerate(pages, start=headers[-1].number + 1):
        if page.serial != first.serial:
            raise ValueError("this Ogg holds more than one stream")
        target.write(replace(page, number=number).to_bytes())


def read(source: BinaryIO) -> Iterator[Page]:
    """Yield the pages of a file; what is damaged is a ValueError, for it would get a fresh checksum here."""
    while head := source.read(HEAD.size):
        if len(head) < HEAD.size or head[:4] != b"OggS":
            raise ValueError("the Ogg has something that is no page")
        _, _, flags, granule, serial, number, crc, count = HEAD.unpack(head)
        lacing = source.read(count)
        page = Page(flags, granule, serial, number, lacing, source.read(sum(lacing)))
        if checksum(head[:22] + bytes(4) + head[26:] + lacing + page.body) != crc:
            raise ValueError("a page of the Ogg is damaged")
        yield page


def paged(packets: list[bytes], serial: int, number: int) -> Iterator[Page]:
    """Lay header packets on pages, one after the other; the last page ends with the last packet."""
    sizes: list[tuple[int, bool]] = []  # of each segment, and whether a packet ends with it
    for packet in packets:
        full, rest = divmod(len(packet), SEGMENTS)
        sizes += [(SEGMENTS, False)] * full + [(rest, True)]
    body, place, is_inside = b"".join(packets), 0, False
    for start in range(0, len(sizes), SEGMENTS):
        segments = sizes[start : start + SEGMENTS]
        lacing = bytes(size for size, _ in segments)
        granule = 0 if any(ends for _, ends in segments) else NO_PACKET_ENDS
        held = body[place : place + sum(lacing)]
        yield Page(CONTINUED if is_inside else 0, granule, serial, number + start // SEGMENTS, lacing, held)
        place, is_inside = place + len(held), not segments[-1][1]


def checksum(page: bytes) -> int:
    """Return Ogg's CRC-32. It is zlib's polynomial with the bits the other way round and nothing inverted."""
    mirrored = zlib.crc32(page.translate(_REVERSED), 0xFFFF_FFFF) ^ 0xFFFF_FFFF
    return int.from_bytes(mirrored.to_bytes(4, "little").translate(_REVERSED), "big")


def _headers(pages: Iterator[Page], count: int) -> list[bytes]:
    """Take the next packets, which end where a page ends: the sound begins on a fresh one."""
    packets, packet = list[bytes](), b""
    for page in pages:
        place = 0
        for size in page.lacing:
            packet += page.body[place : place + size]
            place += size
            if size < SEGMENTS:
                packets.append(packet)
                packet = b""
        if len(packets) >= count:
            break
    if len(packets) != count or packet:
        raise ValueError("the headers of the Ogg are not as they must be")
    return packets
