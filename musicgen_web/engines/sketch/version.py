"""Which sketch this is, and which songs are its own: read without numpy, so that the web process may ask."""

from __future__ import annotations

from collections.abc import Mapping

VERSION = "5"  # raised whenever the same request and seed give other samples


def can_take_apart(versions: Mapping[str, str]) -> bool:
    """Whether a song of these versions can be played again note for note, and so be had as stems and as MIDI."""
    return versions.get("sketch") == VERSION
