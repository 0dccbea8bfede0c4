"""What every page has in common: its frame, and how lists of songs are put under their days."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from musicgen_web.models import Track
from musicgen_web.web import phrases


def days(tracks: Iterable[Track]) -> list[tuple[str, int, list[Track]]]:
    """Put tracks, newest first, under their days: (heading, where it stands, tracks)."""
    found = []
    for label, group in groupby(tracks, key=lambda track: phrases.day(track.created_at)):
        songs = list(group)
        found.append((label, phrases.day_ends(songs[0].created_at), songs))
    return found
