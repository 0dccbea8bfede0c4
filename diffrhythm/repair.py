"""A broken line of LRC as it was probably meant: [00:99.99] is [01:39.99], [00:10,5] is [00:10.50]."""

from __future__ import annotations

import re

from diffrhythm import lrc
from diffrhythm.errors import LyricsError

_TIME = re.compile(r"\[\s*(\d{1,3})\s*[:：.]\s*(\d{1,2})(?:\s*[:：.,]\s*(\d{1,6}))?\s*\]?")
_AMONG_WORDS = re.compile(r"(?<=\S)\s*(?=\[\s*\d{1,3}\s*[:：])")


def repaired(raw: str) -> str | None:
    """Return the line, or lines, that it should be; None where that is anybody's guess."""
    meant = _TIME.sub(_stamp, raw.translate({ord("０") + digit: str(digit) for digit in range(10)}).strip())
    meant = re.sub(r"^\[\s*\]\s*", "", meant)
    for guess in (meant, _AMONG_WORDS.sub("\n", meant), f"{meant}]", *_halves(meant)):
        if guess != raw and _is_read(guess):
            return guess
    return None


def _stamp(found: re.Match[str]) -> str:
    minutes, seconds, fraction = found.groups(default="")
    if int(minutes) * 60 + int(seconds) > lrc.MAX_TIME_MS // 1_000:
        return found[0]
    return lrc.stamp(int(minutes) * 60 + int(seconds) + int(fraction[:3].ljust(3, "0")) / 1_000)


def _halves(line: str) -> list[str]:
    """Break a line that is too long at the space nearest its middle."""
    spaces = [found.start() for found in re.finditer(r"\s", line)]
    if len(line) <= lrc.MAX_LINE_TEXT or not spaces:
        return []
    middle = min(spaces, key=lambda place: abs(place - len(line) // 2))
    return [f"{line[:middle].rstrip()}\n{line[middle:].lstrip()}"]


def _is_read(text: str) -> bool:
    try:
        lrc.parse(text)
    except LyricsError:
        return False
    return True
