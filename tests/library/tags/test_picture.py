"""The cover as PNG is the cover as SVG, in pixels."""

from __future__ import annotations

import math
import struct
import zlib
from functools import partial

import numpy as np
import pytest

from musicgen_web.engines.base import Json
from musicgen_web.library import covers
from musicgen_web.library.tags.picture import PIXELS, paint, png
from tests.support import songs

SECTIONS: list[Json] = [
    {"name": name, "start": start, "end": end}
    for name, start, end in (
        ("intro", 0, 10),
        ("verse 1", 10, 30),
        ("chorus", 30, 60),
        ("bridge", 60, 70),
        ("x", 70, 95),
    )
]


def figure(**plan: object) -> covers.Picture:
    return covers.read(dict(songs.PLAN) | plan, songs.PEAKS, 95.0, "9f2c71d044ab8e13")  # type: ignore[arg-type]


def test_the_png_holds_the_pixels() -> None:
    data = png(figure())
    assert data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) < 60_000
    chunks, place = {}, 8
    while place < len(data):
        length, name = struct.unpack_from(">I4s", data, place)
        body = data[place + 8 : place + 8 + length]
        assert struct.unpack_from(">I", data, place + 8 + length) == (zlib.crc32(name + body),)
        chunks[name], place = body, place + 12 + length
    assert list(chunks) == [b"IHDR", b"IDAT", b"IEND"]
    assert struct.unpack(">2I5B", chunks[b"IHDR"]) == (PIXELS, PIXELS, 8, 2, 0, 0, 0)
    rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(PIXELS, PIXELS * 3 + 1)
    assert (rows[:, 0] == 2).all(), "each row is the difference to the one above"
    pixels = np.cumsum(rows[:, 1:], axis=0, dtype=np.uint8).reshape(PIXELS, PIXELS, 3)
    assert (pixels == paint(figure())).all()


@pytest.mark.parametrize("key", ["C", "D", "F#", "A", "Bb"])
def test_every_ink_lies_where_the_figure_has_it(key: str) -> None:
    picture = figure(key=key, sections=[*SECTIONS])
    cut, image = covers.cut(picture), paint(picture)
    scale, seen = PIXELS / covers.SIZE, 0
    for x in range(4, covers.SIZE, 9):
        for y in range(4, covers.SIZE, 9):
            edges = [edge for _, edge in cut.rings] + list(cut.lines)
            from_lamp = math.hypot(x - cut.lamp[0], y - cut.lamp[1])
            if min(map(partial(distance, x, y), edges)) < 6 or abs(from_lamp - cut.lamp_radius) < 2:
                continue  # corners are rounded off, and edges are of two inks
            ink = next((ink for ink, edge in cut.rings if is_inside(x, y, edge)), cut.ground)
            ink = covers.LAMP if from_lamp < cut.lamp_radius else ink
            assert "#" + bytes(image[int(y * scale), int(x * scale)]).hex() == ink, (x, y)
            seen += 1
    assert seen > 400


def is_inside(x: float, y: float, edge: covers.Edge) -> bool:
    """Count how often a line to the right crosses the edge."""
    sides = zip(edge, [*edge[1:], edge[0]], strict=True)
    return sum((b > y) != (d > y) and x < a + (y - b) * (c - a) / (d - b) for (a, b), (c, d) in sides) % 2 == 1


def distance(x: float, y: float, edge: covers.Edge) -> float:
    """Return how far a point is from the nearest side."""
    return min(_to_side(x, y, *start, *end) for start, end in zip(edge, [*edge[1:], edge[0]], strict=True))


def _to_side(x: float, y: float, a: float, b: float, c: float, d: float) -> float:
    part = ((x - a) * (c - a) + (y - b) * (d - b)) / ((c - a) ** 2 + (d - b) ** 2)
    part = min(1.0, max(0.0, part))
    return math.hypot(x - a - part * (c - a), y - b - part * (d - b))


def test_the_same_song_has_the_same_picture_and_another_has_another() -> None:
    assert png(figure()) == png(figure())
    assert png(figure()) != png(figure(key="C"))
    assert png(figure()) != png(figure(mode="minor"))


def test_edges_are_smooth() -> None:
    colours = np.unique(paint(figure()).reshape(-1, 3), axis=0)
    assert len(colours) > 50, "four inks, a lamp, and what lies between them"
