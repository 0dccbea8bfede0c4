"""The queue's page, and what one does with a job: cancel it, ask for it again."""

from jinja2 import Environment
from litestar import MediaType, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from musicgen_web.db import Database
from musicgen_web.jobs.dispatcher import Dispatcher
from musicgen_web.jobs.estimates import Estimates
from musicgen_web.jobs.events import Broadcaster
from musicgen_web.library import tracks
from musicgen_web.models import LOCAL, Job
from musicgen_web.web import asking, cards, fragments
from musicgen_web.web.frame import VARY, Asked, back, frame, is_partial
from musicgen_web.web.house import House
from musicgen_web.web.security import check_csrf

ENDED, FRESH = 8, 8  # what the page shows of what is over

Answer = Response[str] | Redirect


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
    estimates: NamedDependency[Estimates],
    templates: NamedDependency[Environment],
) -> Answer:
    job = await asking.cancel(db, dispatcher, events, job_id)
    return await _answer(request, job, db, dispatcher, estimates, templates)


@post("/jobs/{job_id:str}/retry", status_code=201, before_request=check_csrf)
async def retry(
    request: Asked,
    job_id: FromPath[str],
    house: NamedDependency[House],
    db: NamedDependency[Database],
    dispatcher: NamedDependency[Dispatcher],
    events: NamedDependency[Broadcaster],
    estimates: NamedDependency[Estimates],
    templates: NamedDependency[Environment],
) -> Answer:
    job = await asking.retry(db, dispatcher, events, job_id, limit=house.max_queued)
    return await _answer(request, job, db, dispatcher, estimates, templates, status_code=201)


async def _answer(
    request: Asked,
    job: Job,
    db: Database,
    dispatcher: Dispatcher,
    estimates: Estimates,
    templates: Environment,
    *,
    status_code: int = 200,
) -> Answer:
    """The same piece that the stream sends, or the page the button stood on."""
    if not is_partial(request.scope):
        return back(request, "/queue")
    async with db.read() as session:
        card = await cards.card(session, job, dispatcher, estimates)
        html = fragments.job_changed(templates, card, (), await cards.making(session))
    return Response(html, media_type=MediaType.HTML, status_code=status_code, headers=VARY)


router = Router("/", route_handlers=[index, cancel, retry])
