"""The sound of a track in the format asked for, with ranges: what players and downloads get."""

from __future__ import annotations

from typing import Annotated

from litestar import HttpMethod, Request, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
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
from musicgen_web.web.told import TOLD, TRACKS, WRITES, Also, Told

FILE = {
    "Accept-Ranges": "`bytes`",
    "ETag": "Of these bytes.",
    "Cache-Control": "`private, max-age=3600`; for a download `private, max-age=0`.",
    "Content-Disposition": "How the file is called.",
}
KINDS = tuple(form.media_type for form in FORMATS.values())
PART = {"Content-Range": "Which bytes of how many."}
TOLD_OF_IT = Told(
    kinds=KINDS,
    refuses=WRITES,
    hears={
        "Range": "The part that is wanted: `bytes=0-65535`. One range; several at once get the whole.",
        "If-Range": "An ETag: the range counts only while the sound is the same.",
        "If-None-Match": "ETags that you have: 304 where one of them is this sound.",
    },
    adds=FILE,
    also={
        206: Also("The part that was asked for.", kinds=KINDS, headers=FILE | PART),
        304: Also("You have it already."),
        416: Also("The sound is shorter than where the range begins.", headers=PART),
    },
)


def _at(face: str, operation_id: str, summary: str) -> HTTPRouteHandler:
    """Return the route to the sound under one face of the server, one path a format."""
    return route(
        [f"{face}/tracks/{{track_id:str}}/audio.{form}" for form in FORMATS],
        http_method=[HttpMethod.GET, HttpMethod.HEAD],
        tags=[TRACKS],
        operation_id=operation_id,
        summary=summary,
        response_description="The whole of it.",
        opt={TOLD: TOLD_OF_IT},
    )(send)


async def send(
    request: Request[object, object, State],
    track_id: FromPath[str],
    db: NamedDependency[Database],
    datadir: NamedDependency[DataDir],
    formats: NamedDependency[Formats],
    house: NamedDependency[House],
    download: Annotated[bool, QueryParameter(description="Save it under its title, with everything inside.")] = False,
) -> ASGIApp:
    """FLAC is what the engine wrote; the other formats are made on the first request and kept for the next. With
    `download=true` it is saved under its title, with title, words, cover, seed and receipt inside, and has an ETag of
    its own; without it the sound comes plain."""
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


for_programs = _at("/api/v1", "getTrackAudio", "The sound")
for_pages = _at("", "getAudio", "The sound, as `result_path` names it")
