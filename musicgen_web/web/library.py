"""The library's page: songs under their days, a search, and what one does with several songs at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

from jinja2 import Environment
from litestar import MediaType, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.response import Redirect, Stream, Template

from musicgen_web.datadir import DataDir
from musicgen_web.db import Database
from musicgen_web.errors import FieldError, InvalidRequest, NotFound
from musicgen_web.jobs.events import Broadcaster
from musicgen_web.library import tracks
from musicgen_web.library.audio import FORMATS, Formats
from musicgen_web.library.parcel import Item, parcel, unique
from musicgen_web.library.tags.words import sheet_for
from musicgen_web.library.trash import count
from musicgen_web.models import LOCAL, Track
from musicgen_web.web import cards, fragments, phrases
from musicgen_web.web.days import days
from musicgen_web.web.frame import VARY, Asked, back, field, frame, is_partial, split
from musicgen_web.web.house import House
from musicgen_web.web.ranges import content_disposition, safe_name
from musicgen_web.web.security import check_csrf

SONGS, SHELF = 40, 6
AT_ONCE, IN_ONE_ZIP = 200, 100  # songs; readers of the stream are told of each, and take 256 at a time
ZIP = "application/zip"

Answer = Response[str] | Response[None] | Redirect


@dataclass(frozen=True, slots=True)
class View:
    """Which songs one looks at. `loaded`: how many of them the page has already, where more are added to it."""

    q: str = ""
    favourites: bool = False
    before: str = ""
    select: bool = False
    loaded: int = 0

    def address(self, **other: Any) -> str:
        """Where one sees this, or this with something else chosen."""
        day = other.pop("day", "")
        view = replace(self, **other)
        asked = {"q": view.q, "favourites": int(view.favourites), "before": view.before, "select": int(view.select)}
        asked |= {"loaded": view.loaded, "day": day}
        query = urlencode({name: value for name, value in asked.items() if value})
        return f"/library?{query}" if query else "/library"

    @property
    def is_newest(self) -> bool:
        """Whether a song that comes now belongs on top."""
        return not (self.q or self.favourites or self.before)


@get("/library")
async def index(
    request: Asked,
    db: NamedDependency[Database],
    events: NamedDependency[Broadcaster],
    q: Annotated[str, QueryParameter(max_length=200)] = "",
    before: Annotated[str | None, QueryParameter(max_length=64)] = None,
    through: Annotated[str, QueryParameter(max_length=64)] = "",
    favourites: Annotated[bool, QueryParameter()] = False,
    select: Annotated[bool, QueryParameter()] = False,
    loaded: Annotated[int, QueryParameter(ge=0)] = 0,
    day: Annotated[str, QueryParameter(max_length=40)] = "",
) -> Template:
    """The songs, newest first. `day`: the heading that the page before ended under, when more is added to it."""
    seen = events.newest_id
    view = View(q.strip(), favourites, before or "", select)
    async with db.read() as session:
        page = await tracks.listing(
            session, LOCAL, before=before, limit=SONGS, through=through, favourites=favourites, q=view.q
        )
        shelf = [] if before else (await tracks.listing(session, LOCAL, limit=SHELF, favourites=True)).tracks
        songs, seconds = await tracks.counts(session, LOCAL)
        trashed = await count(session, LOCAL)
        making = await cards.making(session)
    context = frame(request, "library", making=making, seen=seen) | {
        "days": days(page.tracks, under=day if "hx-request" in request.headers else ""),
        "shelf": [] if favourites else shelf,
        "songs": songs,
        "seconds": seconds,
        "trashed": trashed,
        "view": view,
        "shown": len(page.tracks),
        "next_cursor": page.next_cursor,
        "loaded": loaded + len(page.tracks),
        "is_full": loaded + len(page.tracks) >= tracks.MOST,
    }
    return Template("tracks/index.html", context=context, headers=VARY | _place(request, view, page.tracks))


def _place(request: Asked, view: View, shown: Sequence[Track]) -> dict[str, str]:
    """Keep the address true while the page grows or is searched: who comes back finds what was seen."""
    source = request.headers.get("hx-source", "")
    if source == "form#find":
        return {"hx-replace-url": view.address()}
    here = split(request.headers.get("hx-current-url", ""))
    if source != "a#older" or here.path != "/library" or not shown:
        return {}
    asked = dict(parse_qsl(here.query)) | {"through": shown[-1].id}
    return {"hx-replace-url": f"/library?{urlencode(asked)}"}


@post("/tracks/favourites", status_code=200, before_request=check_csrf)
async def favour(request: Asked, db: NamedDependency[Database], events: NamedDependency[Broadcaster]) -> Answer:
    """Mark several songs as favourites, or take the marks away. The stream tells the rest."""
    favourite = await field(request, "favourite") != "no"
    async with db.begin() as session:
        for track in await tracks.several(session, await picked(request), LOCAL):
            track.favourite = favourite
            db.on_commit(session, partial(events.track, LOCAL, track, track.id, "changed"))
    return _answer(request)


@post("/tracks/trash", status_code=200, before_request=check_csrf)
async def trash(
    request: Asked,
    db: NamedDependency[Database],
    events: NamedDependency[Broadcaster],
    templates: NamedDependency[Environment],
) -> Answer:
    """Put several songs in the trash, with one offer to undo it for all."""
    async with db.begin() as session:
        found = await tracks.several(session, await picked(request), LOCAL)
        for track in found:
            await tracks.trash(session, track.id, LOCAL)
            db.on_commit(session, partial(events.track, LOCAL, track, track.id, "trashed"))
    html = "".join(fragments.track_trashed(track.id) for track in found)
    return _answer(request, html + (fragments.toast(templates, found) if found else ""))


@post("/tracks/restoration", status_code=200, before_request=check_csrf)
async def restore(request: Asked, db: NamedDependency[Database], events: NamedDependency[Broadcaster]) -> Answer:
    """Take several songs out of the trash."""
    ids = await picked(request)
    async with db.begin() as session:
        for track in await tracks.several(session, ids, LOCAL, trashed=True):
            await tracks.restore(session, track.id, LOCAL)
            db.on_commit(session, partial(events.track, LOCAL, track, track.id, "restored"))
    return _answer(request, fragments.toast_gone(fragments.toast_id(ids)))


@post("/tracks/songs.zip", status_code=200, before_request=check_csrf)
async def download(
    request: Asked,
    db: NamedDependency[Database],
    datadir: NamedDependency[DataDir],
    formats: NamedDependency[Formats],
    house: NamedDependency[House],
    form: Annotated[str, QueryParameter(name="format", max_length=8)] = "flac",
) -> Stream:
    """Send several songs as one ZIP: each as its download is, with title, words and cover inside."""
    if form not in FORMATS:
        raise InvalidRequest([FieldError("format", f"This is one of {', '.join(FORMATS)}.")])
    ids = await picked(request, IN_ONE_ZIP, "Up to 100 songs fit into one download.")
    async with db.read() as session:
        found = await tracks.several(session, ids, LOCAL)
    if not found:
        raise NotFound("These songs are not there any more.")

    def item(track: Track, name: str) -> Item:
        sheet = sheet_for(track, house.title_of(track.engine))
        return Item(name, track.created_at, partial(formats.file, track.id, datadir.audio(track.id), form, sheet))

    names = unique([safe_name(f"{track.title}.{form}") for track in found])
    items = [item(track, name) for track, name in zip(found, names, strict=True)]
    await items[0].file()  # what is wrong with the disk is said while there is still an answer to say it in
    name = content_disposition(f"{phrases.counted(len(items), 'song')}.zip", download=True)
    headers = {"content-disposition": name, "cache-control": "no-store"}
    return Stream(parcel(items), media_type=ZIP, headers=headers)


async def picked(
    request: Asked, most: int = AT_ONCE, words: str = "Up to 200 songs can be changed at once."
) -> list[str]:
    """Return the ids of the songs that were picked, each once."""
    sent = (await request.form()).getall("track", [])
    ids = list(dict.fromkeys(value for value in sent if isinstance(value, str)))
    if not ids:
        raise InvalidRequest([FieldError("track", "Pick some songs first.")])
    if len(ids) > most:
        raise InvalidRequest([FieldError("track", words)])
    return ids


def _answer(request: Asked, html: str = "") -> Answer:
    """What the page that asked shows at once; or, without htmx, the page the form stood on."""
    if not is_partial(request.scope):
        return back(request, "/library")
    return Response(html, media_type=MediaType.HTML, status_code=200, headers=VARY)


router = Router("/", route_handlers=[index, favour, trash, restore, download])
