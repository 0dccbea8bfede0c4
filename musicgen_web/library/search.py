"""Finding a song by its words: what is kept of a song to be searched, and how a question is taken apart."""

from __future__ import annotations

import re
import unicodedata

from sqlalchemy import ColumnElement, func

from musicgen_web.models import Track

UNSUNG = re.compile(r"\[[^\]\n]*\]|<\d+:[\d.:]+>")  # stamps, tags and section names are not sung


def fold(text: str) -> str:
    """Make words alike that a reader takes for the same: no capitals, no accents, no wide or joined letters."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return " ".join("".join(sign for sign in apart if not unicodedata.combining(sign)).split())


def sought(title: str, prompt: str, lyrics: str) -> str:
    """Return what a song is found by."""
    return fold("\n".join([title, prompt, UNSUNG.sub(" ", lyrics)]))


def matches(question: str) -> list[ColumnElement[bool]]:
    """Return the conditions of a search: every word occurs, as a part of a word too, for scripts without spaces."""
    return [func.instr(Track.sought, word) > 0 for word in dict.fromkeys(fold(question).split())]
