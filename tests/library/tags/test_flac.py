"""The blocks of a tagged FLAC, read without our writers."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from musicgen_web.library.tags import flac, picture
from musicgen_web.library.tags.sheet import Sheet


def blocks(data: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """Take a FLAC apart: its blocks by kind, and its frames."""
    assert data[:4] == b"fLaC"
    found, place, last = [], 4, False
    while not last:
        last, kind, size = bool(data[place] >> 7), data[place] & 127, int.from_bytes(data[place + 1 : place + 4], "big")
        found.append((kind, data[place + 4 : place + 4 + size]))
        place += 4 + size
    return found, data[place:]


def written(source: bytes, sheet: Sheet) -> bytes:
    target = io.BytesIO()
    flac.write(io.BytesIO(source), target, sheet, picture.png(sheet.picture))
    return target.getvalue()


def test_frames_md5_and_encoder_stay_and_the_blocks_come_in_order(plain: dict[str, Path], sheet: Sheet) -> None:
    before, sound = blocks(plain["flac"].read_bytes())
    after, same = blocks(written(plain["flac"].read_bytes(), sheet))
    assert same == sound
    assert after[0] == before[0], "STREAMINFO, with the MD5 of the samples"
    assert [kind for kind, _ in after][:3] == [0, 4, 6]
    vendor = dict(before)[4][: 4 + int.from_bytes(dict(before)[4][:4], "little")]
    assert dict(after)[4].startswith(vendor)


def test_other_blocks_are_kept_and_padding_is_not(plain: dict[str, Path], sheet: Sheet) -> None:
    data = plain["flac"].read_bytes()
    end = 4 + 4 + 34
    application = bytes([2, 0, 0, 8]) + b"testdata"
    padding = bytes([1, 0, 0, 100]) + bytes(100)
    kept, _ = blocks(written(data[:end] + application + padding + data[end:], sheet))
    assert (2, b"testdata") in kept
    assert 1 not in [kind for kind, _ in kept]


def test_a_block_that_cannot_be_said_is_refused(
    plain: dict[str, Path], sheet: Sheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flac, "MAX_BLOCK", 1_000)
    with pytest.raises(ValueError, match="too large"):
        written(plain["flac"].read_bytes(), sheet)
