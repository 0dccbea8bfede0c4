"""DiffRhythm as a library: knows nothing of the web app. Importing it does not import torch."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diffrhythm.pipeline import DiffRhythm as DiffRhythm
    from diffrhythm.pipeline import Progress as Progress
    from diffrhythm.song import Song as Song

HOMES = {"DiffRhythm": "diffrhythm.pipeline", "Progress": "diffrhythm.pipeline", "Song": "diffrhythm.song"}

__all__ = ["DiffRhythm", "Progress", "Song"]


def __getattr__(name: str) -> object:
    """Import a public name's file when it is asked for."""
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(HOMES[name]), name)
