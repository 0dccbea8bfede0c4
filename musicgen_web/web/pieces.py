"""What a song is made of: its stems in one ZIP, and its score as MIDI, where its engine can play it again."""

from __future__ import annotations

from pathlib import Path

from litestar import HttpMethod, Router, route
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ASGIApp

from musicgen_web.db import Database
from musicgen_web.engines.base import EngineSpec
from musicgen_web.errors import Conflict
from musicgen_web.library import tracks
from musicgen_web.library.audio import PIECES, Formats
from musicgen_web.models import LOCAL, Track
from musicgen_web.web.audio import FILE
from musicgen_web.web.house import House
from musicgen_web.web.ranges import RangedFile
from musicgen_web.web.told import TOLD, TRACKS, WRITES, Told

ANOTHER = (
    "Its engine plays otherwise today than when this song was made, or never knew its notes. Make the song again: the "
    "new one can be taken apart."
)
ASKED = (HttpMethod.GET, HttpMethod.HEAD)


def _told(name: str) -> Told:
    return Told(kinds=(PIECES[name].media_type,), refuses=(*WRITES, Conflict), adds=FILE)


@route(
    "/{track_id:str}/stems.zip",
    http_method=ASKED,
    tags=[TRACKS],
    operation_id="getStems",
    summary="Its stems",
    response_description="A ZIP of FLAC files.",
    opt={TOLD: _told("stems")},
)
async def stems(
    track_id: FromPath[str],
    db: NamedDependency[Database],
    formats: NamedDependency[Formats],
    house: NamedDependency[House],
) -> ASGIApp:
    """A FLAC of 24 bits for drums, bass, chords, lead and voice, as many as there are; added up they are the mix before
    its master. Made on the first request by playing the song again, and kept for the next. 409 where that cannot be:
    the song is by another engine, or by an older version of it."""
    track = await _found(db, track_id)
    path = await formats.piece(track.id, "stems", _player(house, track).writes_stems, track.request)
    return _file(path, track, "stems", f"{track.title} (stems)")


@route(
    "/{track_id:str}/score.mid",
    http_method=ASKED,
    tags=[TRACKS],
    operation_id="getScore",
    summary="Its notes",
    response_description="A MIDI file.",
    opt={TOLD: _told("score")},
)
async def score(
    track_id: FromPath[str],
    db: NamedDependency[Database],
    formats: NamedDependency[Formats],
    house: NamedDependency[House],
) -> ASGIApp:
    """A Standard MIDI File with tempo, key, sections, words and a track for every part. 409 as for the stems."""
    track = await _found(db, track_id)
    path = await formats.piece(track.id, "score", _player(house, track).writes_midi, track.request)
    return _file(path, track, "score", track.title)


async def _found(db: Database, track_id: str) -> Track:
    async with db.read() as session:
        return await tracks.find(session, track_id, LOCAL)


def _player(house: House, track: Track) -> EngineSpec:
    player = house.player_of(track.engine, track.versions)
    if player is None:
        raise Conflict("This song cannot be taken apart.", recovery=ANOTHER)
    return player


def _file(path: Path, track: Track, name: str, title: str) -> RangedFile:
    piece, etag = PIECES[name], f"{track.md5}-{name}"
    return RangedFile(
        path, media_type=piece.media_type, etag=etag, name=f"{title}.{piece.ending}", download=True, max_age=0
    )


router = Router("/api/v1/tracks", route_handlers=[stems, score])
