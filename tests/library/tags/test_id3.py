"""The frames of an ID3 tag, read without our writers."""

from __future__ import annotations

from pathlib import Path

import pytest

from musicgen_web.library.tags import id3
from musicgen_web.library.tags.sheet import Sheet
from tests.library.tags.test_round_trip import tagged


def frames(tag: bytes) -> dict[bytes, bytes]:
    """Take a tag of version 2.4 apart."""
    assert tag[:6] == b"ID3\x04\x00\x00"
    assert all(byte < 128 for byte in tag[6:10]) and size(tag[6:10]) == len(tag) - 10
    found, place = {}, 10
    while place < len(tag):
        name, length = tag[place : place + 4], size(tag[place + 4 : place + 8])
        assert tag[place + 8 : place + 10] == b"\0\0" and name not in found
        found[name] = tag[place + 10 : place + 10 + length]
        place += 10 + length
    return found


def size(synchsafe: bytes) -> int:
    return int("".join(f"{byte:07b}" for byte in synchsafe), 2)


def test_every_frame_is_there_in_utf_8(sheet: Sheet) -> None:
    found = frames(id3.tag(sheet, b"PNG"))
    assert list(found) == [b"TIT2", b"TPE1", b"TDRC", b"TBPM", b"TKEY", b"COMM", b"USLT", b"TXXX", b"SYLT", b"APIC"]
    assert found[b"TIT2"] == b"\x03" + sheet.title.encode()
    assert found[b"COMM"] == b"\x03XXX\x00" + sheet.comment.encode()
    assert found[b"TXXX"] == b"\x03RECEIPT\x00" + sheet.receipt.encode()
    assert found[b"APIC"] == b"\x00image/png\x00\x03\x00PNG"


def test_synced_lines_have_their_milliseconds(sheet: Sheet) -> None:
    words = b"Paper boats\0\0\0\x01\xf4" + b"in the rain\0\0\0\x0c\xb2" + b"\0\0\0\xee\x48"
    assert frames(id3.tag(sheet, b""))[b"SYLT"] == b"\x03XXX\x02\x01\x00" + words


def test_the_sound_of_an_mp3_follows_the_tag_untouched(plain: dict[str, Path], sheet: Sheet) -> None:
    data, sound = tagged(plain, "mp3", sheet), plain["mp3"].read_bytes()
    assert data.endswith(sound)
    frames(data[: -len(sound)])


@pytest.mark.parametrize("number", [0, 1, 127, 128, 16_383, 16_384, 2**28 - 1])
def test_sizes_have_seven_bits_a_byte(number: int) -> None:
    assert size(id3.synchsafe(number)) == number


def test_a_size_that_cannot_be_said_is_refused() -> None:
    with pytest.raises(ValueError, match="too large"):
        id3.synchsafe(2**28)
