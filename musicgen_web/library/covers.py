"""Draw a song's cover from the song itself: one lamp, and the song as rings of cut paper around it.

* where the lamp stands   the key, as an hour on the circle of fifths (C at twelve)
* the family of inks      the key again; minor is night paper, major is day paper
* one ring per section    from the lamp outwards, as wide as the section is long (a very long one is cut into several)
* the cut of each edge    the loudness inside that section
* lobes round a ring      the tempo (one per 20 beats a minute)
* fine lines in a ring    the first chorus

No chance in it: the same song has the same cover. Standard library only, because the web process draws it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from musicgen_web.engines.base import Json

EDITION = "1"  # part of a cover's address: raise it when covers are drawn differently
SIZE = 400
LINE = 2.5  # how wide a fine line is
LAMP = "#ffb45c"
HUES = (40, 20, 2, 325, 292, 268, 250, 228, 205, 176, 150, 75)
FIFTHS = {
    name: hour
    for hour, names in enumerate(
        ("C B#", "G", "D", "A", "E Fb", "B Cb", "F# Gb", "Db C#", "Ab G#", "Eb D#", "Bb A#", "F E#")
    )
    for name in names.split()
}
NIGHT = ("minor", "dorian", "phrygian", "aeolian", "locrian")
LONG = 0.3  # of the song: longer sections are cut into several rings
QUARTERS = ((0.0, 0.25), (0.25, 0.5), (0.5, 0.75), (0.75, 1.0))


Edge = list[tuple[float, float]]  # the corners of a closed curve, clockwise from the top


@dataclass(frozen=True, slots=True)
class Picture:
    """What a cover is drawn from. Sections are (name, start, end) as parts of the whole song."""

    hour: int
    night: bool
    bpm: float
    loudness: Sequence[float]
    sections: Sequence[tuple[str, float, float]]


@dataclass(frozen=True, slots=True)
class Figure:
    """What lies where on a square of SIZE: rings (ink, outer edge) from the lamp outwards, and lines over them."""

    ground: str
    rings: Sequence[tuple[str, Edge]]
    lines: Sequence[Edge]
    lamp: tuple[float, float]
    lamp_radius: float


def cover(plan: Mapping[str, Json], peaks: bytes, duration: float, md5: str) -> str:
    """Return the SVG of one song's cover. What the plan does not tell is taken from the sound and its MD5."""
    return draw(read(plan, peaks, duration, md5))


def read(plan: Mapping[str, Json], peaks: bytes, duration: float, md5: str) -> Picture:
    """Gather what a cover needs; an engine that tells nothing of key, tempo or form still gets a cover of its own."""
    key, mode, bpm = plan.get("key"), plan.get("mode"), plan.get("bpm")
    chance = int(md5[:8] or "0", 16)
    return Picture(
        hour=FIFTHS.get(key, chance % 12) if isinstance(key, str) else chance % 12,
        night=mode in NIGHT if isinstance(mode, str) else chance % 2 == 0,
        bpm=float(bpm) if isinstance(bpm, int | float) and bpm > 0 else 60.0 + chance // 12 % 5 * 20,
        loudness=loudness(peaks),
        sections=_sections(plan.get("sections"), duration) or [("verse", start, end) for start, end in QUARTERS],
    )


def loudness(peaks: bytes) -> list[float]:
    """Return 0…1 for each pair of signed bytes (min, max)."""
    signed = memoryview(peaks[: len(peaks) // 2 * 2]).cast("b")
    return [max(abs(signed[i]), abs(signed[i + 1])) / 128 for i in range(0, len(signed), 2)]


def _sections(told: Json, duration: float) -> list[tuple[str, float, float]]:
    if not isinstance(told, list) or duration <= 0:
        return []
    found = []
    for section in told:
        if not isinstance(section, dict):
            continue
        start, end = section.get("start"), section.get("end")
        if isinstance(start, int | float) and isinstance(end, int | float) and end > start:
            found.append((str(section.get("name", "")).lower(), max(0.0, start / duration), min(1.0, end / duration)))
    return [slice_ for section in found for slice_ in _sliced(*section)]


def _sliced(name: str, start: float, end: float) -> list[tuple[str, float, float]]:
    """Cut a section that fills much of the song into rings of two inks, so that a short song has a picture too."""
    parts = round((end - start) / 0.2) if end - start > LONG else 1
    step = (end - start) / parts
    names = [name if index % 2 == 0 or name.startswith("verse") else "bridge" for index in range(parts)]
    return [(names[index], start + index * step, start + (index + 1) * step) for index in range(parts)]


def draw(song: Picture) -> str:
    """Return the SVG."""
    figure = cut(song)
    cx, cy = figure.lamp
    body = "".join(f'<path fill="{ink}" d="{_path(edge)}"/>' for ink, edge in reversed(figure.rings))
    lines = "".join(f'<path d="{_path(edge)}"/>' for edge in figure.lines)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}">'
        f'<path fill="{figure.ground}" d="M0 0h{SIZE}v{SIZE}H0z"/>{body}'
        f'<g fill="none" stroke="{figure.ground}" stroke-width="{LINE}">{lines}</g>'
        f'<circle cx="{cx:.0f}" cy="{cy:.0f}" r="{figure.lamp_radius:.0f}" fill="{LAMP}"/></svg>'
    )


def cut(song: Picture) -> Figure:
    """Cut the paper: work out what lies where, before anybody draws it as SVG or as pixels."""
    ground, first, second, third = inks(song.hour, song.night)
    angle = math.radians(song.hour * 30)
    cx, cy = SIZE / 2 + 104 * math.sin(angle), SIZE / 2 - 104 * math.cos(angle)
    lobes = min(9, max(3, round(song.bpm / 20)))
    reach = 104 + SIZE / 2 * 1.12
    lamp = 26 + 14 * min(1, (song.sections[0][2] - song.sections[0][1]) * 8)
    rings: list[tuple[str, Edge]] = []
    fine: list[Edge] = []
    radius, verses = lamp + 14, 0
    for index, (name, start, end) in enumerate(song.sections):
        if radius > SIZE * 1.1:
            break
        if name.startswith("chorus"):
            ink = third
        elif name.startswith(("verse", "inst")):
            ink, verses = (first, second)[verses % 2], verses + 1
        else:
            ink = second if name.startswith(("bridge", "solo", "pre")) else ground
        width = max(22.0, (end - start) * (reach - lamp))
        radius += width
        depth = min(width * 0.7, radius * 0.2, 40)
        profile = _profile(song.loudness, start, end, 6)
        rings.append((ink, _edge(cx, cy, radius, depth, profile, lobes, index * 0.5)))
        if name.startswith("chorus") and not fine:
            fine = [_edge(cx, cy, radius - width * part, depth, profile, lobes, index * 0.5) for part in (0.22, 0.4)]
    return Figure(ground, rings, fine, (cx, cy), lamp)


def inks(hour: int, night: bool) -> tuple[str, str, str, str]:
    """Return the ground and three inks. Hues go round the fifths; the last ink leans towards its neighbour."""
    hue = HUES[hour]
    if night:
        steps = ((0.225, 0.024, 0), (0.335, 0.048, 4), (0.47, 0.074, 12), (0.66, 0.070, 26))
    else:
        steps = ((0.915, 0.016, 14), (0.81, 0.045, 10), (0.66, 0.085, 4), (0.42, 0.070, -8))
    ground, first, second, third = (oklch(light, chroma, hue + turn) for light, chroma, turn in steps)
    return ground, first, second, third


def oklch(lightness: float, chroma: float, hue: float) -> str:
    """Return an OKLCH colour as #rrggbb, clipped to sRGB."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    rows = ((0.3963377774, 0.2158037573), (-0.1055613458, -0.0638541728), (-0.0894841775, -1.2914855480))
    long, medium, short = ((lightness + x * a + y * b) ** 3 for x, y in rows)
    channels = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    return "#" + "".join(f"{round(255 * _encoded(min(1.0, max(0.0, channel)))):02x}" for channel in channels)


def _encoded(channel: float) -> float:
    return 12.92 * channel if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055


def _profile(loud: Sequence[float], start: float, end: float, count: int) -> list[float]:
    """Return `count` smoothed loudness values of one section, stretched to 0…1."""
    low = int(start * len(loud))
    part = loud[low : max(low + count, int(end * len(loud)))] or [0.0]
    step = len(part) / count
    values = []
    for index in range(count):
        chunk = part[int(index * step) : max(int(index * step) + 1, int((index + 1) * step))] or part[-1:]
        values.append(sum(chunk) / len(chunk))
    least, most = min(values), max(values)
    return [(value - least) / (most - least or 1) for value in values]


def _edge(cx: float, cy: float, radius: float, depth: float, profile: Sequence[float], lobes: int, turn: float) -> Edge:
    """Return the corners of a closed curve: the profile goes out and comes back once in every lobe."""
    count = max(28, lobes * 5)
    points = []
    for index in range(count):
        angle = 2 * math.pi * index / count
        fold = abs((lobes * index / count + turn) % 1 * 2 - 1) * (len(profile) - 1)
        low = int(fold)
        value = profile[low] + (profile[min(low + 1, len(profile) - 1)] - profile[low]) * (fold - low)
        r = radius + depth * (value - 0.5)
        points.append((cx + r * math.sin(angle), cy - r * math.cos(angle)))
    return points


def _path(points: Edge) -> str:
    """Write a closed, smooth curve as SVG has it: from middle to middle, bent towards each corner."""
    middles = [((x + u) / 2, (y + v) / 2) for (x, y), (u, v) in pairwise([*points, points[0]])]
    here = (round(middles[-1][0]), round(middles[-1][1]))
    path = [f"M{here[0]} {here[1]}"]
    for (x, y), middle in zip(points, middles, strict=True):
        there = (round(middle[0]), round(middle[1]))
        step = f"q{round(x) - here[0]} {round(y) - here[1]} {there[0] - here[0]} {there[1] - here[1]}"
        path.append(step.replace(" -", "-"))
        here = there
    return "".join(path) + "z"
