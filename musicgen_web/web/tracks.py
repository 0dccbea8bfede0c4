"""One song's pages, and what one does with a song: rename, love, throw away, take back."""

import json

from jinja2 import Environment
from litestar import MediaType, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from musicgen_web.db import Database
from musicgen_web.errors import FieldError, InvalidRequest, NotFound
from musicgen_web.jobs.events import Broadcaster
from musicgen_web.library import tracks
from musicgen_web.library.covers import cover as draw_cover
from musicgen_web.models import LOCAL
from musicgen_web.web import cards, fragments, takes
from musicgen_web.web.forms import title_problem
from musicgen_web.web.frame import VARY, Asked, back, field, frame, is_partial, split
from musicgen_web.web.house import House
from musicgen_web.web.security import check_csrf
from musicgen_web.web.told import READS, TOLD, TRACKS, Told

FOREVER = {"cache-control": "private, max-age=31536000, immutable"}

Answer = Response[str] | Redirect


@get("/tracks/{track_id:str}")
async def show(
    request: Asked,
    track_id: FromPath[str],
    db: NamedDependency[Database],
    events: NamedDependency[Broadcaster],
    house: NamedDependency[House],
) -> Template:
    seen = events.newest_id
    async with db.read() as session:
        track = await tracks.find(session, track_id, LOCAL, trashed=None)
        beside = await takes.beside(session, track)
        making = await cards.making(session)
    if track.deleted_at is not None:
        raise NotFound(
            "This song is in the trash.", recovery="This song is in the trash. It can be taken out again there."
        )
    context = frame(request, "song", making=making, seen=seen)
    player = house.player_of(track.engine, track.versions)
    context |= {"track": track, "takes": beside, "can_be_taken_apart": player is not None}
    return Template("tracks/show.html", context=context, headers=VARY)


@get("/tracks/{track_id:str}/player")
async def fill_player(
    track_id: FromPath[str], db: NamedDependency[Database], templates: NamedDependency[Environment]
) -> Response[str]:
    """What the player shows of a song. One that is gone empties it, without a word: nobody asked for it just now."""
    try:
        async with db.read() as session:
            track = await tracks.find(session, track_id, LOCAL)
    except NotFound:
        return Response("", media_type=MediaType.HTML, headers=VARY | {"hx-trigger": "player:gone"})
    return Response(fragments.player_filled(templates, track), media_type=MediaType.HTML, headers=VARY)


@get(
    "/tracks/{track_id:str}/cover.svg",
    tags=[TRACKS],
    operation_id="getCover",
    summary="The cover",
    response_description="The picture.",
    opt={
        TOLD: Told(
            kinds=("image/svg+xml",), refuses=READS, adds={"Cache-Control": "`private, max-age=31536000, immutable`"}
        )
    },
)
async def cover(track_id: FromPath[str], db: NamedDependency[Database]) -> Response[str]:
    """Drawn from the song itself: the same song has the same cover."""
    async with db.read() as session:
        track = await tracks.find(session, track_id, LOCAL, trashed=None)
    svg = draw_cover(track.plan, track.peaks, track.duration, track.md5)
    return Response(svg, media_type="image/svg+xml", headers=FOREVER)


@post("/tracks/{track_id:str}/title", status_code=200, before_request=check_csrf)
async def rename(
    request: Asked,
    track_id: FromPath[str],
    db: NamedDependency[Database],
    events: NamedDependency[Broadcaster],
    templates: NamedDependency[Environment],
) -> Answer:
    """Give a song another title; an empty one brings the first one back."""
    title = " ".join((await field(request, "title")).split())
    if title and (message := title_problem(title)):
        raise InvalidRequest([FieldError("title", message)])
    async with db.begin() as session:
        track = await tracks.rename(session, track_id, title, LOCAL)
        db.on_commit(session, lambda: events.track(LOCAL, track, track_id, "changed"))
    return answer(request, fragments.track_changed(templates, track))


@post("/tracks/{track_id:str}/favourite", status_code=200, before_request=check_csrf)
async def set_favourite(
    request: Asked,
    track_id: FromPath[str],
    db: NamedDependency[Database],
    events: NamedDependency[Broadcaster],
    templates: NamedDependency[Environment],
) -> Answer:
    favourite = await field(request, "favourite") == "yes"
    async with db.begin() as session:
        track = await tracks.set_favourite(session, track_id, favourite, LOCAL)
        db.on_commit(session, lambda: events.track(LOCAL, track, track_id, "changed"))
    return answer(request, fragments.track_changed(templates, track))


@post("/tracks/{track_id:str}/trash", status_code=200, before_request=check_csrf)
async def trash(
    request: Asked,
    track_id: FromPath[str],
    db: NamedDependency[Database],
    events: NamedDependency[Broadcaster],
    templates: NamedDependency[Environment],
) -> Answer:
    """Put a song in the trash. From its own page this leads to the library, and the offer to undo it comes along."""
    async with db.begin() as session:
        track = await tracks.trash(session, track_id, LOCAL)
        db.on_commit(session, lambda: events.track(LOCAL, track, track_id, "trashed"))
    if not is_partial(request.scope):
        page = back(request, "/library")
        return Redirect("/library", status_code=303, headers=VARY) if track_id in page.url else page
    html = fragments.track_trashed(track_id) + fragments.toast(templates, [track])
    here = split(request.headers.get("hx-current-url", "")).path
    leads = {}
    if here == f"/tracks/{track_id}":
        leads["hx-location"] = json.dumps(
            {"path": "/library", "target": "#main", "select": "#main", "swap": "outerHTML"}
        )
    return answer(request, html, leads)


@post("/tracks/{track_id:str}/restoration", status_code=200, before_request=check_csrf)
async def restore(
    request: Asked,
    track_id: FromPath[str],
    db: NamedDependency[Database],
    events: NamedDependency[Broadcaster],
    templates: NamedDependency[Environment],
) -> Answer:
    async with db.begin() as session:
        track = await tracks.restore(session, track_id, LOCAL)
        db.on_commit(session, lambda: events.track(LOCAL, track, track_id, "restored"))
    html = fragments.toast_gone(track_id) + fragments.track_restored(templates, track)
    return answer(request, html + fragments.trash_left(track_id))


def answer(request: Asked, html: str, headers: dict[str, str] | None = None) -> Answer:
    """The same pieces that the stream sends, or the page the form stood on."""
    if not is_partial(request.scope):
        return back(request, "/library")
    return Response(html, media_type=MediaType.HTML, status_code=200, headers=VARY | (headers or {}))


router = Router("/", route_handlers=[show, fill_player, cover, rename, set_favourite, trash, restore])
