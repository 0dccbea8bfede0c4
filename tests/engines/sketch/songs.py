"""What tests about composing need: a request in one line, and the tune of a score."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from musicgen_web.engines.base import SongRequest
from musicgen_web.engines.sketch.compose import arrange, compose
from musicgen_web.engines.sketch.score import Note, Score, Section
from musicgen_web.engines.sketch.style import Style, all_styles
from musicgen_web.engines.sketch.wishes import read

STYLES = tuple(all_styles())
SONGS = tuple((style, place % 4 + 4 * further) for place, style in enumerate(STYLES) for further in (0, 1))
"""Two songs of every style, (style, seed), their seeds from 0 to 7: tests share them, so each is composed once."""
SINGERS = {
    name: {player.name for player in style.band if player.role == "lead" and player.pattern(0.5) == "melody"}
    for name, style in all_styles().items()
}


def request(prompt: str = "pop", *, seed: int = 1, duration: float = 95.0, lyrics: str = "") -> SongRequest:
    return SongRequest(prompt=prompt, engine="sketch", seed=seed, duration=duration, lyrics=lyrics)


@cache
def song(prompt: str = "pop", *, seed: int = 1, duration: float = 95.0, lyrics: str = "") -> Score:
    return compose(request(prompt, seed=seed, duration=duration, lyrics=lyrics))


def played(style: Style, prompt: str = "", *, seed: int = 3, duration: float = 40.0) -> Score:
    """A song in a style of the test's own."""
    return arrange(request(prompt, seed=seed, duration=duration), read(prompt), style)


def exact(style: Style) -> Style:
    """A style whose hands are exactly on the grid."""
    return replace(style, human_ms=0.0, laid_back_ms={}, lilt_ms=0.0, swing=0.5)


def notes(score: Score, *roles: str) -> list[Note]:
    return [note for part in score.parts if part.role in roles for note in part.notes]


def tune(score: Score, section: Section | None = None) -> list[tuple[float, int]]:
    """The melody as (beat on the sixteenth grid, pitch), of a whole song or of one section from its first beat.

    A second voice lies below the tune and is left out.
    """
    begin, end = (section.start, section.start + section.length) if section else (0.0, 1e9)
    sung: dict[float, int] = {}
    for note in [n for part in score.parts if part.name in SINGERS[score.style] for n in part.notes]:
        if begin - 0.1 <= note.start < end - 0.1:
            beat = round((note.start - begin) * 4) / 4
            sung[beat] = max(note.pitch, sung.get(beat, 0))
    return sorted(sung.items())
