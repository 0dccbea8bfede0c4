"""The cover as PNG: the figure of `covers` in pixels, for players, which show no SVG.

Every edge goes once round the lamp, so one distance for each direction tells on which side of it a pixel lies, and
how much of the pixel: smooth edges without drawing anything larger.
"""

from __future__ import annotations

import struct
import zlib

import numpy as np

from musicgen_web.library.covers import LAMP, LINE, SIZE, Edge, Picture, cut

PIXELS = 300  # on each side
_BENDS = np.linspace(0.0, 1.0, 6, endpoint=False)  # where a curve is looked at between two middles

Field = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


def png(picture: Picture) -> bytes:
    """Return the picture as a PNG of PIXELS × PIXELS."""
    return _png(paint(picture))


def paint(picture: Picture) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Return the pixels: (rows, columns, red green blue)."""
    figure = cut(picture)
    pixel = SIZE / PIXELS
    centres = (np.arange(PIXELS) + 0.5) * pixel
    x, y = centres[None, :] - figure.lamp[0], centres[:, None] - figure.lamp[1]
    distance, direction = np.hypot(x, y), np.arctan2(x, -y)
    image = np.broadcast_to(_ink(figure.ground), (PIXELS, PIXELS, 3)).copy()

    def lay(ink: str, inside: Field) -> None:
        """Lay an ink where `inside`, a length in units of the figure, is above nought; half a pixel is the edge."""
        covered = np.clip(inside / pixel + 0.5, 0.0, 1.0)[..., None]
        image[:] = image * (1 - covered) + _ink(ink) * covered

    for ink, edge in reversed(figure.rings):
        lay(ink, _reach(edge, figure.lamp, direction) - distance)
    for edge in figure.lines:
        lay(figure.ground, LINE / 2 - np.abs(_reach(edge, figure.lamp, direction) - distance))
    lay(LAMP, figure.lamp_radius - distance)
    return np.rint(image).astype(np.uint8)


def _reach(edge: Edge, lamp: tuple[float, float], direction: Field) -> Field:
    """Return how far from the lamp the smooth curve is in each direction."""
    corners = np.array(edge) - lamp
    after = np.roll(corners, -1, axis=0)
    start, end = (np.roll(corners, 1, axis=0) + corners) / 2, (corners + after) / 2
    t = _BENDS[None, :, None]
    curve = (start[:, None] * (1 - t) ** 2 + 2 * corners[:, None] * t * (1 - t) + end[:, None] * t**2).reshape(-1, 2)
    angles, lengths = np.arctan2(curve[:, 0], -curve[:, 1]), np.hypot(curve[:, 0], curve[:, 1])
    return np.interp(direction, *_in_order(angles, lengths), period=2 * np.pi)


def _in_order(angles: Field, lengths: Field) -> tuple[Field, Field]:
    order = np.argsort(angles)
    return angles[order], lengths[order]


def _ink(colour: str) -> Field:
    return np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)], dtype=np.float64)


def _png(image: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> bytes:
    """Write eight bits a channel, each row as the difference to the row above it (filter 2)."""
    height, width, channels = image.shape
    rows = image.reshape(height, width * channels)
    filtered = np.empty((height, width * channels + 1), dtype=np.uint8)
    filtered[:, 0] = 2
    filtered[:, 1:] = rows - np.vstack([np.zeros_like(rows[:1]), rows[:-1]])
    header = struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(filtered.tobytes(), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )
