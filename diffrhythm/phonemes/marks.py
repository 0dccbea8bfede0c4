"""Punctuation as the model learned it: one spelling for each mark, and nothing else between the words."""

from __future__ import annotations

import re

MARKS = ",.?!;:'…"

_SPELLINGS = {
    "...": "…",
    "···": "…",
    "・・・": "…",
    "⋯": "…",
    "，": ",",
    "。": ".",
    "！": "!",
    "？": "?",
    "；": ";",
    "：": ":",
    "、": ",",
    "‘": "'",
    "’": "'",
}
_SPELLED = re.compile("|".join(re.escape(spelling) for spelling in _SPELLINGS))
_NEITHER_WORD_NOR_MARK = re.compile(rf"[^\w\s{MARKS}]")
_AROUND_MARKS = re.compile(rf"\s*([{MARKS}])\s*")


def one_spelling(text: str) -> str:
    """Write every kind of comma, stop, dots and apostrophe in the one way the model knows."""
    return _SPELLED.sub(lambda found: _SPELLINGS[found[0]], text)


def only_words_and_marks(text: str) -> str:
    """Take out hyphens, quotes, brackets, emoji: their neighbours join. No space is left around a mark."""
    kept = _AROUND_MARKS.sub(r"\1", _NEITHER_WORD_NOR_MARK.sub("", text))
    return " ".join(kept.split())
