"""GET / and POST /jobs: the desk, where songs are asked for, with the tape beside it."""

from typing import Annotated

from litestar import Router, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.response import Redirect, Template

from musicgen_web.db import Database
from musicgen_web.engines.base import SongRequest
from musicgen_web.errors import Conflict, DiskFull, ModelNotLoaded, MusicGenError, QueueFull, Unavailable
from musicgen_web.jobs import queue
from musicgen_web.jobs.dispatcher import Dispatcher
from musicgen_web.jobs.estimates import Estimates
from musicgen_web.jobs.events import Broadcaster
from musicgen_web.library import presets, tracks
from musicgen_web.library.tracks import title_for
from musicgen_web.models import LOCAL
from musicgen_web.web import asking, cards, phrases
from musicgen_web.web import desk as desks
from musicgen_web.web.examples import IDEAS
from musicgen_web.web.forms import FIELDS, SongForm
from musicgen_web.web.frame import VARY, Asked, frame, is_partial
from musicgen_web.web.house import House
from musicgen_web.web.mood import choose_mood
from musicgen_web.web.security import check_csrf, csrf_token

ENDED, FRESH = 3, 8  # what the tape shows of what is over


@get("/")
async def new(
    request: Asked,
    house: NamedDependency[House],
    db: NamedDependency[Database],
    dispatcher: NamedDependency[Dispatcher],
    events: NamedDependency[Broadcaster],
    estimates: NamedDependency[Estimates],
    idea: Annotated[int | None, QueryParameter(ge=0, le=10_000)] = None,
    like: Annotated[str | None, QueryParameter(max_length=64)] = None,
    again: Annotated[str | None, QueryParameter(max_length=64)] = None,
    preset: Annotated[str | None, QueryParameter(max_length=64)] = None,
) -> Template:
    """The desk, filled in: with an idea, like a song, as it was when a job failed (`again`), or with a preset."""
    seen, chosen = events.newest_id, (next(house.ideas) if idea is None else idea) % len(IDEAS)
    values = desks.blank(house) | {"prompt": IDEAS[chosen]}
    async with db.read() as session:
        if like is not None:
            one_more = {"seed": "", "title": "", "takes": "1"}
            values |= desks.typed((await tracks.find(session, like, LOCAL)).request) | one_more
        elif again is not None:
            values |= desks.typed((await queue.find(session, again, LOCAL)).request)
        elif preset is not None:
            stored = (await presets.find(session, preset, LOCAL)).values
            values |= {name: str(value) for name, value in stored.items() if name in FIELDS}
        is_new = (idea, like, again, preset) == (None,) * 4
        line = await cards.line(session, dispatcher, estimates)
        context = await desks.desk(
            session, dispatcher, estimates, house, SongForm(values), is_new=is_new, idea=(chosen + 1) % len(IDEAS)
        )
        tape = {
            "running": line.running,
            "waiting": line.waiting,
            "ended": await cards.unfinished(session, ENDED),
            "fresh_tracks": (await tracks.listing(session, LOCAL, limit=FRESH)).tracks,
        }
    around = frame(request, "create", making=line.making, seen=seen)
    return Template("songs/new.html", context=around | context | tape, headers=VARY)


@get("/outlook")
async def foresee(
    house: NamedDependency[House],
    db: NamedDependency[Database],
    dispatcher: NamedDependency[Dispatcher],
    estimates: NamedDependency[Estimates],
    duration: Annotated[str, QueryParameter(max_length=20)] = "",
    engine: Annotated[str, QueryParameter(max_length=20)] = "",
    takes: Annotated[str, QueryParameter(max_length=20)] = "",
) -> Template:
    """What happens if the button is pressed, for what is chosen now."""
    values = desks.blank(house) | {"duration": duration, "takes": takes, "engine": engine}
    async with db.read() as session:
        look = await desks.outlook(session, dispatcher, estimates, house, values)
    return Template("songs/_outlook.html", context={"outlook": look}, headers=VARY)


@post("/jobs", status_code=201, before_request=check_csrf)
async def create(
    request: Asked,
    house: NamedDependency[House],
    db: NamedDependency[Database],
    dispatcher: NamedDependency[Dispatcher],
    events: NamedDependency[Broadcaster],
    estimates: NamedDependency[Estimates],
) -> Template | Redirect:
    """Ask for a song. What was typed stays on the desk: people make several songs from one thought."""
    sent = await request.form()
    words = [word for word in sent.getall("word", []) if isinstance(word, str)]
    problem: MusicGenError | None = None
    form, said = SongForm(desks.kept(sent)), ""
    try:
        form = SongForm.parse(sent, words, house.engines, house.engine)
        if form.request is not None:
            job = await asking.ask(
                db, dispatcher, events, form.request,
                key=form.sent_key, fingerprint=form.fingerprint, limit=house.max_queued,
            )  # fmt: skip
            if not is_partial(request.scope):
                return Redirect("/queue", status_code=303, headers=VARY)
            said = _on_its_way(job.request)
            form = SongForm(form.values, form.words)
    except (QueueFull, DiskFull, Unavailable, ModelNotLoaded, Conflict) as refusal:
        problem = refusal
        form = SongForm(desks.kept(sent), frozenset(words))
    status = problem.status if problem else 422 if form.errors else 201
    headers = VARY | ({"retry-after": str(problem.retry_after)} if problem and problem.retry_after else {})
    async with db.read() as session:
        context = await desks.desk(session, dispatcher, estimates, house, form, said=said, problem=problem)
        if is_partial(request.scope):
            context |= {"csrf": csrf_token(request, request.app.state.secret), "page": "create"}
            in_place = headers | {"hx-reswap": "outerSync"}  # the form stays, so that the page does not jump
            return Template("songs/_form.html", context=context, status_code=status, headers=in_place)
        return await desks.page(
            request, session, dispatcher, estimates, events, context=context, status=status, headers=headers
        )


def _on_its_way(request: SongRequest) -> str:
    title = phrases.short(title_for(request))
    if request.takes == 1:
        return f"“{title}” is on its way."
    return f"{phrases.number_word(request.takes).capitalize()} takes of “{title}” are on their way."


router = Router("/", route_handlers=[new, foresee, create, choose_mood])
