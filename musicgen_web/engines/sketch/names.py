"""What things of a song are called: the same words before it is made (`understanding.py`) and after (`compose.py`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

_SAYS_MOST = {"chords": 0, "lead": 1, "bass": 2, "pad": 3, "drums": 4}  # about a style, by role


class Voice(Protocol):
    """A player of a band, or the part that was written for one."""

    @property
    def name(self) -> str: ...
    @property
    def role(self) -> str: ...


def tempo(bpm: float) -> str:
    return f"{bpm:.4g} bpm"


def blend(first: str, second: str) -> str:
    return f"{first} with {second}"


def of_time(style: str, era: str | None) -> str:
    """Name a style and the time it shall sound of: "80s pop"."""
    return f"{era} {style}" if era else style


def key(tonic: str, mode: str) -> str:
    return f"{tonic} {mode}"


def refused(word: str) -> str:
    return f"no {word}"


def instruments(voices: Iterable[Voice]) -> list[str]:
    """Name the instruments inside a sentence, those that say most about a style first, each once."""
    ordered = sorted(voices, key=lambda voice: _SAYS_MOST[voice.role])
    return list(dict.fromkeys(instrument(voice.name) for voice in ordered))


def instrument(name: str) -> str:
    return name if name.isupper() or name == "Rhodes" else name[:1].lower() + name[1:]


def said(word: str) -> str:
    """Write a word of the vocabulary as one writes it."""
    return "Rhodes" if word == "rhodes" else word


def listed(words: Sequence[str]) -> str:
    """Put words one after the other: "piano, strings and flute"."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
