"""Draw a song's waveform as an SVG of short upright lines, from the peaks that are kept with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from markupsafe import Markup

from musicgen_web.engines.base import Json
from musicgen_web.library.covers import loudness

HEIGHT = 64
PITCH = 4  # units from one line to the next; the browser stretches the whole to its place


def wave(peaks: bytes, bars: int, *, mirrored: bool = True, heard: float = 0.0) -> Markup:
    """Return the waveform in `bars` lines. What was `heard` (0–1) glows; the player moves that border."""
    lines = _lines(peaks, bars, mirrored)
    cut = round(bars * min(1.0, max(0.0, heard)))
    return Markup(
        f'<svg class="wave" viewBox="0 0 {bars * PITCH} {HEIGHT}" preserveAspectRatio="none" aria-hidden="true">'
        f'<g class="wave__heard"><path vector-effect="non-scaling-stroke" d="{"".join(lines[:cut])}"/></g>'
        f'<g class="wave__rest"><path vector-effect="non-scaling-stroke" d="{"".join(lines[cut:])}"/></g></svg>'
    )


@lru_cache(maxsize=512)
def _lines(peaks: bytes, bars: int, mirrored: bool) -> Sequence[str]:
    half = HEIGHT // 2
    lines = []
    for index, value in enumerate(levels(peaks, bars)):
        x = index * PITCH + PITCH // 2
        tall = max(1, round(value * (half if mirrored else HEIGHT)))
        lines.append(f"M{x} {half - tall}v{tall * 2}" if mirrored else f"M{x} {HEIGHT}v-{tall}")
    return tuple(lines)


def levels(peaks: bytes, bars: int) -> list[float]:
    """Return `bars` levels 0…1, the loudest at 1: loudness as it is felt, not as it is measured."""
    loud = loudness(peaks) or [0.0]
    step = len(loud) / bars
    values = []
    for index in range(bars):
        part = loud[int(index * step) : max(int(index * step) + 1, int((index + 1) * step))]
        values.append((max(part) * 0.6 + sum(part) / len(part) * 0.4) ** 1.35)
    most = max(values) or 1.0
    return [value / most for value in values]


def sparse(marks: Json, duration: float, most: int = 18) -> Iterator[dict[str, Json]]:
    """Yield those marks ({name, start}) that have room above a waveform, the first of every crowd."""
    last = -duration
    for mark in marks if isinstance(marks, list) else []:
        start = mark.get("start") if isinstance(mark, dict) else None
        if isinstance(mark, dict) and isinstance(start, int | float) and start - last >= duration / most:
            last = start
            yield mark
