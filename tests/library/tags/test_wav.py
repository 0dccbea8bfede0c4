"""The chunks of a tagged WAV, read without our writers."""

from __future__ import annotations

import io
import struct
from dataclasses import replace
from pathlib import Path

import pytest

from musicgen_web.library.tags import id3, wav
from musicgen_web.library.tags.sheet import Sheet
from tests.library.tags.test_round_trip import tagged


def chunks(data: bytes) -> dict[bytes, bytes]:
    """Take a WAV apart; its size must be that of the file, and every chunk begins at an even place."""
    riff, size, wave = struct.unpack_from("<4sI4s", data)
    assert (riff, size, wave) == (b"RIFF", len(data) - 8, b"WAVE")
    return inside(data[12:])


def inside(data: bytes) -> dict[bytes, bytes]:
    found, place = {}, 0
    while place < len(data):
        name, size = struct.unpack_from("<4sI", data, place)
        assert name not in found and place % 2 == 0
        found[name] = data[place + 8 : place + 8 + size]
        place += 8 + size + size % 2
    assert place == len(data)
    return found


@pytest.mark.parametrize("title", ["odd", "even"])
def test_two_chunks_are_added_and_the_others_stay(plain: dict[str, Path], sheet: Sheet, title: str) -> None:
    sheet = replace(sheet, title=title)
    before, after = chunks(plain["wav"].read_bytes()), chunks(tagged(plain, "wav", sheet))
    assert {name: after[name] for name in before} == before
    assert list(after)[-2:] == [b"LIST", b"id3 "]
    info = inside(after[b"LIST"][4:])
    assert after[b"LIST"][:4] == b"INFO"
    assert info[b"INAM"] == title.encode() + b"\0"
    assert info[b"ICRD"] == b"2026-03-04\0"
    assert info[b"IART"] == b"MusicGen Local (Sketch)\0"
    assert after[b"id3 "][:3] == b"ID3"


def test_a_file_that_lacks_its_last_even_byte_gets_it(sheet: Sheet) -> None:
    odd = b"WAVE" + b"fmt " + struct.pack("<I", 16) + bytes(16) + b"data" + struct.pack("<I", 3) + b"abc"
    target = io.BytesIO()
    wav.write(io.BytesIO(b"RIFF" + struct.pack("<I", len(odd)) + odd), target, sheet, b"")
    found = chunks(target.getvalue())
    assert found[b"data"] == b"abc" and found[b"id3 "] == id3.tag(sheet, b"")


def test_a_file_that_is_too_large_for_tags_is_refused(sheet: Sheet) -> None:
    with pytest.raises(ValueError, match="too large"):
        wav.write(io.BytesIO(struct.pack("<4sI4s", b"RIFF", 2**32 - 2, b"WAVE")), io.BytesIO(), sheet, b"")


def test_a_file_that_is_shorter_than_it_says_is_refused(plain: dict[str, Path], sheet: Sheet) -> None:
    with pytest.raises(ValueError, match="not as long"):
        wav.write(io.BytesIO(plain["wav"].read_bytes()[:-100]), io.BytesIO(), sheet, b"")
