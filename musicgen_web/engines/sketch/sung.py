"""What the band will do with lyrics while somebody types them: lines too dense to follow, past the end, or silent.

Nothing here composes or needs numpy: it reads the words and counts their time.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from diffrhythm.edits import raw_lines, words_at
from diffrhythm.findings import ERROR, HINT, WARNING, Finding
from diffrhythm.phonemes import Pronouncer
from musicgen_web.engines.base import HardLine
from musicgen_web.engines.sketch.rooms import BREATH, FASTEST, FOLLOWED, PAST_END, timed
from musicgen_web.engines.sketch.score import SungReport
from musicgen_web.engines.sketch.words import Words, read

_AROUND = 4.0  # seconds a song without times begins and ends with


def hard_lines(lyrics: str, duration: float) -> tuple[HardLine, ...]:
    """Tell it to somebody who is typing; what speaks the words stays for the next letter."""
    found = report(lyrics, duration, _pronouncer())
    return tuple(HardLine(one.line, one.message, one.severity == ERROR) for one in found)


@cache
def _pronouncer() -> Pronouncer:
    return Pronouncer(contracted=True)


def report(lyrics: str, duration: float, pronouncer: Pronouncer) -> tuple[Finding, ...]:
    """Say of each line what will not be sung as it is written, in the order of the text. `pronouncer`: contracted."""
    words = read(lyrics, pronouncer)
    raws = raw_lines(lyrics)
    found = [_at(raws, one.number, "broken" if one.is_broken else "language", ERROR, one.why) for one in words.unsung]
    if any(line.time is not None for line in words.lines):
        reports: list[SungReport] = []
        for _ in timed(words, duration, reports):
            pass
        found += [_of(raws, one) for one in reports]
    else:
        found += _in_all(words, raws, duration)
    return tuple(sorted(found, key=lambda finding: finding.line))


def _of(raws: list[str], one: SungReport) -> Finding:
    if one.what == "left out":
        kind = "past-end" if one.why == PAST_END else "dropped"
        return _at(raws, one.line, kind, ERROR, f"This line is left out: {one.why}.")
    rate = round(one.needed * FOLLOWED / max(one.had, 0.01), 1)
    if one.what == "cut":
        message = f"{rate:g} syllables a second: above {FASTEST:g} the end of the line is cut. Give it more time."
        return _at(raws, one.line, "dense", WARNING, message)
    message = f"{rate:g} syllables a second: above {FOLLOWED:g} words cannot be followed. Give the line more time."
    return _at(raws, one.line, "dense", HINT, message)


def _in_all(words: Words, raws: list[str], duration: float) -> Iterator[Finding]:
    """Say where the words without times have filled the song."""
    room = duration - _AROUND
    for line in words.lines:
        room -= len(line.syllables) / FOLLOWED + BREATH
        if room < 0.0:
            yield _at(raws, line.number, "past-end", WARNING, "From here on the words are too many for this song.")
            return


def _at(raws: list[str], number: int, kind: str, severity: str, message: str) -> Finding:
    start, end = words_at(raws[number - 1]) if number <= len(raws) else (0, 0)
    return Finding(kind, severity, number, start, end, message)
