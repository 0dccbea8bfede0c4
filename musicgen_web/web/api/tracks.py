"""/api/v1/tracks: the library as JSON, and the files of each song."""

from __future__ import annotations

from typing import Annotated

from litestar import Request, Response, Router, delete, get, patch, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from diffrhythm import lrc
from musicgen_web.db import Database
from musicgen_web.engines.base import MAX_TITLE
from musicgen_web.errors import FieldError, InvalidRequest, NotFound
from musicgen_web.jobs.events import Broadcaster
from musicgen_web.library import tracks
from musicgen_web.library.trash import Trash
from musicgen_web.models import LOCAL, Track
from musicgen_web.web.api.resources import track_json
from musicgen_web.web.bodies import json_object
from musicgen_web.web.forms import shown, title_problem
from musicgen_web.web.generate import NO_STORE

TrackAnswer = Response[dict[str, object]]
PRIVATE = {"cache-control": "private, max-age=3600"}


@get("/")
async def listing(
    db: NamedDependency[Database],
    cursor: Annotated[str | None, QueryParameter(max_length=64)] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=100)] = 30,
    favourites: Annotated[bool, QueryParameter()] = False,
    trashed: Annotated[bool, QueryParameter()] = False,
    q: Annotated[str, QueryParameter(max_length=200)] = "",
) -> TrackAnswer:
    async with db.read() as session:
        page = await tracks.listing(
            session, LOCAL, before=cursor, limit=limit, favourites=favourites, trashed=trashed, q=q
        )
    body: dict[str, object] = {"items": [track_json(track) for track in page.tracks], "next_cursor": page.next_cursor}
    return Response(body, headers=NO_STORE)


async def _found(db: Database, track_id: str, *, trashed: bool = False) -> Track:
    async with db.read() as session:
        return await tracks.find(session, track_id, LOCAL, trashed=trashed)


@get("/{track_id:str}")
async def one(track_id: FromPath[str], db: NamedDependency[Database]) -> TrackAnswer:
    return Response(track_json(await _found(db, track_id)), headers=NO_STORE)


@patch("/{track_id:str}")
async def change(
    request: Request[object, object, State],
    track_id: FromPath[str],
    db: NamedDependency[Database],
    events: NamedDependency[Broadcaster],
) -> TrackAnswer:
    """Change the title, the favourite mark, or both."""
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


CHANGEABLE = ("title", "favourite")


@delete("/{track_id:str}", status_code=204)
async def throw_away(
    track_id: FromPath[str],
    db: NamedDependency[Database],
    events: NamedDependency[Broadcaster],
    trash: NamedDependency[Trash],
    forever: Annotated[bool, QueryParameter()] = False,
) -> None:
    """Put a song in the trash. `?forever=true` deletes one that is there already for good, and no other."""
    if forever:
        await trash.remove(track_id, LOCAL)
        return
    async with db.begin() as session:
        track = await tracks.trash(session, track_id, LOCAL)
        db.on_commit(session, lambda: events.track(LOCAL, track, track_id, "trashed"))


@post("/{track_id:str}/restore", status_code=200)
async def restore(
    track_id: FromPath[str], db: NamedDependency[Database], events: NamedDependency[Broadcaster]
) -> TrackAnswer:
    async with db.begin() as session:
        track = await tracks.restore(session, track_id, LOCAL)
        db.on_commit(session, lambda: events.track(LOCAL, track, track_id, "restored"))
    return Response(track_json(track), headers=NO_STORE)


@get("/{track_id:str}/peaks.json")
async def peaks(track_id: FromPath[str], db: NamedDependency[Database]) -> Response[dict[str, object]]:
    """The pairs (low, high) that the waveform is drawn from, −128 … 127."""
    track = await _found(db, track_id)
    values = memoryview(track.peaks).cast("b").tolist()
    return Response({"duration": track.duration, "low": values[0::2], "high": values[1::2]}, headers=PRIVATE)


@get("/{track_id:str}/lyrics.lrc", media_type="application/x-lrc; charset=utf-8")
async def lyrics(track_id: FromPath[str], db: NamedDependency[Database]) -> Response[str]:
    track = await _found(db, track_id)
    if not track.request.lyrics.strip():
        raise NotFound("This song has no lyrics.")
    return Response(lrc.write(lrc.parse(track.request.lyrics)), headers=PRIVATE)


@get("/{track_id:str}/receipt.json")
async def receipt(track_id: FromPath[str], db: NamedDependency[Database]) -> Response[dict[str, object]]:
    return Response(dict(tracks.receipt(await _found(db, track_id))), headers=NO_STORE)


router = Router("/tracks", route_handlers=[listing, one, change, throw_away, restore, peaks, lyrics, receipt])
