"""/api/v1/tracks: the library as JSON, and the files of each song."""

from __future__ import annotations

from typing import Annotated, cast

from litestar import Request, Response, Router, delete, get, patch, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from diffrhythm import lrc
from musicgen_web.db import Database
from musicgen_web.engines.base import MAX_TITLE
from musicgen_web.errors import Conflict, FieldError, InvalidRequest, NotFound
from musicgen_web.jobs.events import Broadcaster
from musicgen_web.library import tracks
from musicgen_web.library.trash import Trash
from musicgen_web.models import LOCAL, Track
from musicgen_web.web.api.paging import Cursor, Limit
from musicgen_web.web.api.resources import track_json
from musicgen_web.web.api.shapes import tracks as shapes
from musicgen_web.web.api.wishes import TrackChange
from musicgen_web.web.bodies import json_object
from musicgen_web.web.forms import shown, title_problem
from musicgen_web.web.generate import NO_STORE
from musicgen_web.web.told import READS, TOLD, TRACKS, WRITES, Told

TrackAnswer = Response[shapes.Track]
PRIVATE = {"cache-control": "private, max-age=3600"}
KEPT = {"Cache-Control": f"`{PRIVATE['cache-control']}`"}


@get(
    "/",
    tags=[TRACKS],
    operation_id="listTracks",
    summary="The library",
    response_description="One page of it, newest first.",
    opt={TOLD: Told(refuses=READS)},
)
async def listing(
    db: NamedDependency[Database],
    cursor: Cursor = None,
    limit: Limit = 30,
    favourites: Annotated[bool, QueryParameter(description="Only the favourites.")] = False,
    trashed: Annotated[bool, QueryParameter(description="What lies in the trash instead.")] = False,
    q: Annotated[
        str, QueryParameter(max_length=200, description="Words that all occur in title, prompt or lyrics.")
    ] = "",
) -> Response[shapes.Tracks]:
    async with db.read() as session:
        page = await tracks.listing(
            session, LOCAL, before=cursor, limit=limit, favourites=favourites, trashed=trashed, q=q
        )
    items = [track_json(track) for track in page.tracks]
    return Response(shapes.Tracks(items=items, next_cursor=page.next_cursor), headers=NO_STORE)


async def _found(db: Database, track_id: str, *, trashed: bool = False) -> Track:
    async with db.read() as session:
        return await tracks.find(session, track_id, LOCAL, trashed=trashed)


@get(
    "/{track_id:str}",
    tags=[TRACKS],
    operation_id="getTrack",
    summary="One track",
    response_description="The track.",
    opt={TOLD: Told(refuses=READS)},
)
async def one(track_id: FromPath[str], db: NamedDependency[Database]) -> TrackAnswer:
    return Response(track_json(await _found(db, track_id)), headers=NO_STORE)


@patch(
    "/{track_id:str}",
    tags=[TRACKS],
    operation_id="changeTrack",
    summary="Rename it, or mark it as a favourite",
    response_description="The track as it is now.",
    opt={TOLD: Told(body=TrackChange, refuses=WRITES)},
)
async def change(
    request: Request[object, object, State],
    track_id: FromPath[str],
    db: NamedDependency[Database],
    events: NamedDependency[Broadcaster],
) -> TrackAnswer:
    """One of the two, or both. What is left out stays as it is."""
    values = await json_object(request)
    wrong = [
        FieldError(shown(name), "A track has no such field to change.") for name in values if name not in CHANGEABLE
    ]
    title, favourite = values.get("title"), values.get("favourite")
    if "title" in values:
        message = title_problem(title) if isinstance(title, str) else f"A title is text of 1 to {MAX_TITLE} characters."
        wrong += [FieldError("title", message)] if message else []
    if "favourite" in values and not isinstance(favourite, bool):
        wrong.append(FieldError("favourite", "This must be true or false."))
    if wrong:
        raise InvalidRequest(wrong)
    async with db.begin() as session:
        track = await tracks.find(session, track_id, LOCAL)
        if isinstance(title, str):
            track = await tracks.rename(session, track_id, title)
        if isinstance(favourite, bool):
            track = await tracks.set_favourite(session, track_id, favourite)
        db.on_commit(session, lambda: events.track(LOCAL, track, track_id, "changed"))
    return Response(track_json(track), headers=NO_STORE)


CHANGEABLE = TrackChange.__struct_fields__


@delete(
    "/{track_id:str}",
    status_code=204,
    tags=[TRACKS],
    operation_id="deleteTrack",
    summary="Throw it away",
    response_description="It lies in the trash, or is gone for good.",
    opt={TOLD: Told(refuses=(*WRITES, Conflict))},
)
async def throw_away(
    track_id: FromPath[str],
    db: NamedDependency[Database],
    events: NamedDependency[Broadcaster],
    trash: NamedDependency[Trash],
    forever: Annotated[
        bool, QueryParameter(description="For good, at once; only what lies in the trash already.")
    ] = False,
) -> None:
    """To the trash, from where it can be restored until it goes for good by itself."""
    if forever:
        await trash.remove(track_id, LOCAL)
        return
    async with db.begin() as session:
        track = await tracks.trash(session, track_id, LOCAL)
        db.on_commit(session, lambda: events.track(LOCAL, track, track_id, "trashed"))


@post(
    "/{track_id:str}/restore",
    status_code=200,
    tags=[TRACKS],
    operation_id="restoreTrack",
    summary="Take it back out of the trash",
    response_description="The track, in the library again.",
    opt={TOLD: Told(refuses=WRITES)},
)
async def restore(
    track_id: FromPath[str], db: NamedDependency[Database], events: NamedDependency[Broadcaster]
) -> TrackAnswer:
    async with db.begin() as session:
        track = await tracks.restore(session, track_id, LOCAL)
        db.on_commit(session, lambda: events.track(LOCAL, track, track_id, "restored"))
    return Response(track_json(track), headers=NO_STORE)


@get(
    "/{track_id:str}/peaks.json",
    tags=[TRACKS],
    operation_id="getPeaks",
    summary="The waveform",
    response_description="Pairs to draw it from.",
    opt={TOLD: Told(adds=KEPT, refuses=READS)},
)
async def peaks(track_id: FromPath[str], db: NamedDependency[Database]) -> Response[shapes.Peaks]:
    """The lowest and the highest sample of each slice of the song."""
    track = await _found(db, track_id)
    values = memoryview(track.peaks).cast("b").tolist()
    body = shapes.Peaks(duration=track.duration, low=values[0::2], high=values[1::2])
    return Response(body, headers=PRIVATE)


@get(
    "/{track_id:str}/lyrics.lrc",
    media_type="application/x-lrc; charset=utf-8",
    tags=[TRACKS],
    operation_id="getLyrics",
    summary="The lyrics",
    response_description="The words, as LRC.",
    opt={TOLD: Told(kinds=("application/x-lrc; charset=utf-8",), adds=KEPT, refuses=READS)},
)
async def lyrics(track_id: FromPath[str], db: NamedDependency[Database]) -> Response[str]:
    """404 where the song has none."""
    track = await _found(db, track_id)
    if not track.request.lyrics.strip():
        raise NotFound("This song has no lyrics.")
    return Response(lrc.write(lrc.parse(track.request.lyrics)), headers=PRIVATE)


@get(
    "/{track_id:str}/receipt.json",
    tags=[TRACKS],
    operation_id="getReceipt",
    summary="All that made it",
    response_description="The receipt.",
    opt={TOLD: Told(refuses=READS)},
)
async def receipt(track_id: FromPath[str], db: NamedDependency[Database]) -> Response[shapes.Receipt]:
    """Every input, the seed, versions and hashes; times and device seconds apart."""
    return Response(cast(shapes.Receipt, tracks.receipt(await _found(db, track_id))), headers=NO_STORE)


router = Router("/tracks", route_handlers=[listing, one, change, throw_away, restore, peaks, lyrics, receipt])
