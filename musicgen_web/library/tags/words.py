"""The words of a track's sheet: taken from its row, in the server, which knows the title of today."""

from __future__ import annotations

import json
from collections.abc import Mapping

from diffrhythm import lrc
from diffrhythm.errors import LyricsError
from musicgen_web.engines.base import Json
from musicgen_web.library import covers
from musicgen_web.library.tags.sheet import Sheet
from musicgen_web.library.tracks import receipt
from musicgen_web.models import Track


def sheet_for(track: Track, engine_title: str) -> Sheet:
    """Say what a copy of this track is to say of itself. The engine's title is part of the artist's name."""
    request, bpm = track.request, track.plan.get("bpm")
    lyrics, synced = _lyrics(request.lyrics)
    return Sheet(
        title=_clean(track.title),
        artist=_clean(f"MusicGen Local ({engine_title})"),
        date=track.created_at.date().isoformat(),
        bpm=round(bpm) if isinstance(bpm, int | float) and 0 < bpm < 1_000 else 0,
        key=key_of(track.plan),
        lyrics=lyrics,
        synced=synced,
        comment=_clean(f"Seed {request.seed}. Prompt: {request.prompt}"),
        receipt=_clean(json.dumps(receipt(track), ensure_ascii=False, separators=(",", ":"))),
        picture=covers.read(track.plan, track.peaks, track.duration, track.md5),
    )


def key_of(plan: Mapping[str, Json]) -> str:
    """Return the key as ID3 has it ("Bb", "F#m"); modes with a minor third count as minor. Empty: not known."""
    key, mode = plan.get("key"), plan.get("mode")
    if not isinstance(key, str) or key not in covers.FIFTHS:
        return ""
    return f"{key}m" if mode in covers.NIGHT else key


def _lyrics(text: str) -> tuple[str, list[tuple[float, str]]]:
    """Return the lyrics to read, without times, and the timed lines that are sung."""
    try:
        told = lrc.parse(text)
    except LyricsError:  # from before a rule that is stricter now: kept as they are
        return _clean(text.strip()), []
    if not told.is_timed:
        return _clean(text.strip()), []
    timed = [(line.time, _clean(line.text)) for line in told.lines if line.time is not None and line.section is None]
    return _clean(lrc.plain(told).strip()), timed


def _clean(text: str) -> str:
    """Take out what no container can hold: NUL ends a text in most of them, half a surrogate pair is no letter."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
