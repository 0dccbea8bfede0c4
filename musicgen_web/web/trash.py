"""The trash: what lies in it and until when, and how to be rid of it for good."""

from contextlib import suppress
from datetime import datetime
from typing import Annotated

from jinja2 import Environment
from litestar import MediaType, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect, Template

from musicgen_web.db import Database
from musicgen_web.errors import FieldError, InvalidRequest
from musicgen_web.jobs.events import Broadcaster
from musicgen_web.library import trash as lying
from musicgen_web.library.trash import Trash
from musicgen_web.models import LOCAL, now
from musicgen_web.web import cards, fragments
from musicgen_web.web.frame import VARY, Asked, back, field, frame, is_partial
from musicgen_web.web.security import check_csrf

SONGS = 40
HOME = "/library/trash"


@get(HOME)
async def index(
    request: Asked,
    db: NamedDependency[Database],
    events: NamedDependency[Broadcaster],
    trash: NamedDependency[Trash],
    before: Annotated[str | None, QueryParameter(max_length=64)] = None,
) -> Template:
    """The songs in the trash, the last one thrown away first."""
    seen, until = events.newest_id, now()
    async with db.read() as session:
        page = await lying.listing(session, LOCAL, before=before, limit=SONGS)
        songs = await lying.count(session, LOCAL)
        making = await cards.making(session)
    context = frame(request, "library", making=making, seen=seen) | {
        "tracks": page.tracks,
        "songs": songs,
        "days": trash.days,
        "until": until.isoformat(),
        "before": before,
        "next_cursor": page.next_cursor,
    }
    return Template("trash/index.html", context=context, headers=VARY)


@post("/tracks/{track_id:str}/removal", status_code=200, before_request=check_csrf)
async def remove(
    request: Asked,
    track_id: FromPath[str],
    db: NamedDependency[Database],
    trash: NamedDependency[Trash],
    templates: NamedDependency[Environment],
) -> Response[str] | Redirect:
    """Delete a song of the trash for good."""
    await trash.remove(track_id, LOCAL)
    html = fragments.toast_gone(track_id) + fragments.trash_left(track_id)
    return await _answer(request, html, db, trash, templates)


@post(f"{HOME}/emptying", status_code=200, before_request=check_csrf)
async def empty(
    request: Asked,
    db: NamedDependency[Database],
    trash: NamedDependency[Trash],
    templates: NamedDependency[Environment],
) -> Response[str] | Redirect:
    """Delete everything for good that was in the trash when the page was made: nothing that nobody has seen there."""
    await trash.empty(_moment(await field(request, "until")), LOCAL)
    async with db.read() as session:
        left = (await lying.listing(session, LOCAL, limit=SONGS)).tracks
    return await _answer(request, fragments.trash_filled(templates, left, trash.days), db, trash, templates)


async def _answer(
    request: Asked, html: str, db: Database, trash: Trash, templates: Environment
) -> Response[str] | Redirect:
    if not is_partial(request.scope):
        return back(request, HOME)
    until = now()
    async with db.read() as session:
        songs = await lying.count(session, LOCAL)
    html += fragments.trash_counted(templates, songs, trash.days, until)
    return Response(html, media_type=MediaType.HTML, status_code=200, headers=VARY)


def _moment(text: str) -> datetime:
    with suppress(ValueError):
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment
    raise InvalidRequest([FieldError("until", "Load the trash again and empty it from there.")])


router = Router("/", route_handlers=[index, remove, empty])
