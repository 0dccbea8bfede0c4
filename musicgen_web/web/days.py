"""Put songs under the day they were made."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from musicgen_web.models import Track
from musicgen_web.web import phrases

Day = tuple[str, int, list[Track]]


def days(tracks: Iterable[Track], *, under: str = "") -> list[Day]:
    """Return (heading, where it stands, tracks), newest first. The heading `under` is shown already and left empty."""
    found: list[Day] = []
    for label, group in groupby(tracks, key=lambda track: phrases.day(track.created_at)):
        songs = list(group)
        heading = "" if label == under and not found else label
        found.append((heading, phrases.day_ends(songs[0].created_at), songs))
    return found
