"""The sound of a track in the format asked for, with ranges: what players and downloads get."""

from __future__ import annotations

from typing import Annotated

from litestar import HttpMethod, Request, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.types import ASGIApp

from musicgen_web.datadir import DataDir
from musicgen_web.db import Database
from musicgen_web.errors import NotFound
from musicgen_web.library import tracks
from musicgen_web.library.audio import FORMATS, Formats
from musicgen_web.library.tags.words import sheet_for
from musicgen_web.models import LOCAL
from musicgen_web.web.house import House
from musicgen_web.web.ranges import RangedFile

PATHS = [f"{face}/tracks/{{track_id:str}}/audio.{form}" for face in ("", "/api/v1") for form in FORMATS]


@route(PATHS, http_method=[HttpMethod.GET, HttpMethod.HEAD])
async def audio(
    request: Request[object, object, State],
    track_id: FromPath[str],
    db: NamedDependency[Database],
    datadir: NamedDependency[DataDir],
    formats: NamedDependency[Formats],
    house: NamedDependency[House],
    download: Annotated[bool, QueryParameter()] = False,
) -> ASGIApp:
    """Send the song, made into the asked format on the first request.

    `?download=true` saves it under its title, with title, words and cover inside.
    """
    form = request.url.path.rpartition(".")[2]
    async with db.read() as session:
        track = await tracks.find(session, track_id, LOCAL)
    source = datadir.audio(track.id)
    if not source.exists():
        raise NotFound("The sound of this song is missing from the disk.")
    sheet = sheet_for(track, house.title_of(track.engine)) if download else None
    return RangedFile(
        await formats.file(track.id, source, form, sheet),
        media_type=FORMATS[form].media_type,
        etag=f"{track.md5}-{form}" if sheet is None else f"{track.md5}-{form}-{sheet.digest}",
        name=f"{track.title}.{form}",
        download=download,
        max_age=0 if download else 3_600,  # a download is called by its title, which may be another one tomorrow
    )
