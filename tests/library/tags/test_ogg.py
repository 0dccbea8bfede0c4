"""The pages of a tagged Ogg file, read without our writers."""

from __future__ import annotations

import io
import struct
from dataclasses import replace
from pathlib import Path

import pytest

from musicgen_web.library.tags import ogg
from musicgen_web.library.tags.sheet import Sheet
from tests.library.tags.test_round_trip import tagged


def crc(data: bytes) -> int:
    """Ogg's checksum, bit by bit, as RFC 3533 tells it."""
    register = 0
    for byte in data:
        register ^= byte << 24
        for _ in range(8):
            register = (register << 1 ^ (0x04C11DB7 if register & 0x8000_0000 else 0)) & 0xFFFF_FFFF
    return register


def pages(data: bytes) -> list[tuple[int, int, int, bytes, bytes]]:
    """Take a file apart: flags, granule, number, lacing and body of each page; every checksum must be right."""
    found, place = [], 0
    while place < len(data):
        mark, _, flags, granule, _, number, told, count = struct.unpack_from("<4sBBqIIIB", data, place)
        assert mark == b"OggS"
        lacing = data[place + 27 : place + 27 + count]
        end = place + 27 + count + sum(lacing)
        assert crc(data[place : place + 22] + bytes(4) + data[place + 26 : end]) == told
        found.append((flags, granule, number, lacing, data[place + 27 + count : end]))
        place = end
    return found


def test_the_checksum_is_that_of_the_standard() -> None:
    for data in (b"", b"\x01", b"OggS" * 9, bytes(range(256)) * 3):
        assert ogg.checksum(data) == crc(data)


@pytest.mark.parametrize("fmt", ["ogg", "opus"])
def test_pages_are_numbered_and_summed_anew_and_the_sound_is_where_it_was(
    plain: dict[str, Path], sheet: Sheet, fmt: str
) -> None:
    before, after = pages(plain[fmt].read_bytes()), pages(tagged(plain, fmt, sheet))
    assert [page[2] for page in after] == list(range(len(after)))
    sound = [page for page in before if page[1] > 0]
    assert [(page[0], page[1], page[3], page[4]) for page in after[-len(sound) :]] == [
        (page[0], page[1], page[3], page[4]) for page in sound
    ]
    assert after[0] == before[0] and after[0][0] == 2, "the stream begins with its own page"
    assert after[-1][0] & 4, "and its last page says so"


@pytest.mark.parametrize("fmt", ["ogg", "opus"])
def test_a_header_longer_than_a_page_goes_on_over_the_next(plain: dict[str, Path], sheet: Sheet, fmt: str) -> None:
    long = replace(sheet, lyrics="雨" * 60_000)  # 180 000 bytes, a page holds 65 025
    headers = [page for page in pages(tagged(plain, fmt, long)) if page[1] <= 0][1:]
    assert len(headers) >= 3
    assert [page[0] for page in headers[:3]] == [0, 1, 1], "those after the first are continued"
    assert [page[1] for page in headers[:3]][:2] == [-1, -1] and headers[-1][1] == 0
    assert headers[-1][3][-1] < 255, "the last header ends where its page ends"


@pytest.mark.parametrize("size", [0, 1, 254, 255, 256, 510, 255 * 255 - 1, 255 * 255, 255 * 255 + 1])
def test_packets_of_every_length_come_back(size: int) -> None:
    laid = list(ogg.paged([bytes([7]) * size, b"setup"], serial=5, number=1))
    packets, packet = [], b""
    for page in laid:
        assert bool(page.flags & 1) == bool(packet)
        place = 0
        for length in page.lacing:
            packet += page.body[place : place + length]
            place += length
            if length < 255:
                packets.append(packet)
                packet = b""
    assert packets == [bytes([7]) * size, b"setup"]
    assert [page.number for page in laid] == list(range(1, len(laid) + 1))


@pytest.mark.parametrize("fmt", ["ogg", "opus"])
def test_a_damaged_page_gets_no_fresh_checksum(plain: dict[str, Path], sheet: Sheet, tmp_path: Path, fmt: str) -> None:
    data = bytearray(plain[fmt].read_bytes())
    data[-10] ^= 1
    (tmp_path / "x").write_bytes(data)
    with pytest.raises(ValueError, match="damaged"):
        tagged({fmt: tmp_path / "x"}, fmt, sheet)


def test_two_streams_in_one_file_are_refused(plain: dict[str, Path], sheet: Sheet) -> None:
    other = b"".join(replace(page, serial=1).to_bytes() for page in ogg.read(io.BytesIO(plain["ogg"].read_bytes())))
    with pytest.raises(ValueError, match="more than one"):
        ogg.write(io.BytesIO(plain["ogg"].read_bytes() + other), io.BytesIO(), sheet, b"")
