"""The queue's page, and what one does with a job: cancel it, ask for it again."""

from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from musicgen_web.db import Database
from musicgen_web.jobs.dispatcher import Dispatcher
from musicgen_web.jobs.estimates import Estimates
from musicgen_web.jobs.events import Broadcaster
from musicgen_web.library import tracks
from musicgen_web.models import LOCAL
from musicgen_web.web import asking, cards
from musicgen_web.web.frame import VARY, Asked, back, frame, is_partial
from musicgen_web.web.house import House
from musicgen_web.web.security import check_csrf

ENDED, FRESH = 8, 8  # what the page shows of what is over

Answer = Response[None] | Redirect


@get("/queue")
async def index(
    request: Asked,
    db: NamedDependency[Database],
    dispatcher: NamedDependency[Dispatcher],
    events: NamedDependency[Broadcaster],
    estimates: NamedDependency[Estimates],
) -> Template:
    seen = events.newest_id
    async with db.read() as session:
        line = await cards.line(session, dispatcher, estimates)
        context = frame(request, "queue", making=line.making, seen=seen) | {
            "running": line.running,
            "waiting": line.waiting,
            "hidden_waiting": line.more,
            "ended": await cards.unfinished(session, ENDED),
            "fresh_tracks": (await tracks.listing(session, LOCAL, limit=FRESH)).tracks,
        }
    return Template("jobs/index.html", context=context, headers=VARY)


@post("/jobs/{job_id:str}/cancellation", status_code=200, before_request=check_csrf)
async def cancel(
    request: Asked,
    job_id: FromPath[str],
    db: NamedDependency[Database],
    dispatcher: NamedDependency[Dispatcher],
    events: NamedDependency[Broadcaster],
) -> Answer:
    await asking.cancel(db, dispatcher, events, job_id)
    return _answer(request)


@post("/jobs/{job_id:str}/retry", status_code=200, before_request=check_csrf)
async def retry(
    request: Asked,
    job_id: FromPath[str],
    house: NamedDependency[House],
    db: NamedDependency[Database],
    dispatcher: NamedDependency[Dispatcher],
    events: NamedDependency[Broadcaster],
) -> Answer:
    await asking.retry(db, dispatcher, events, job_id, limit=house.max_queued)
    return _answer(request)


def _answer(request: Asked) -> Answer:
    """Done: the stream tells the rest, in the right order. Without htmx, the page the button stood on."""
    if is_partial(request.scope):
        return Response(None, status_code=204, headers=VARY)
    return back(request, "/queue")


router = Router("/", route_handlers=[index, cancel, retry])
