"""GET / and POST /jobs: the desk, where songs are asked for, with the tape beside it."""

import secrets
from collections.abc import Mapping
from typing import Annotated

from litestar import Router, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from musicgen_web.db import Database
from musicgen_web.engines.base import DEFAULT_DURATION, MAX_DURATION, MAX_TAKES, MIN_DURATION, SongRequest
from musicgen_web.errors import Conflict, DiskFull, ModelNotLoaded, MusicGenError, QueueFull, Unavailable
from musicgen_web.jobs import queue
from musicgen_web.jobs.dispatcher import Dispatcher
from musicgen_web.jobs.estimates import Estimates
from musicgen_web.jobs.events import Broadcaster
from musicgen_web.library import tracks
from musicgen_web.library.tracks import title_for
from musicgen_web.models import LOCAL
from musicgen_web.web import asking, cards, phrases
from musicgen_web.web.examples import IDEAS, WORDS
from musicgen_web.web.forms import FIELDS, SongForm
from musicgen_web.web.frame import VARY, Asked, Context, frame, is_partial
from musicgen_web.web.house import House
from musicgen_web.web.mood import choose_mood
from musicgen_web.web.security import check_csrf, csrf_token
from musicgen_web.web.templating import number

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
) -> Template:
    """The desk, filled in: with an idea, like a song (`like`), or as it was when a job failed (`again`)."""
    seen, chosen = events.newest_id, secrets.randbelow(len(IDEAS)) if idea is None else idea % len(IDEAS)
    values = _blank(house) | {"prompt": IDEAS[chosen]}
    async with db.read() as session:
        if like is not None:
            values |= _typed((await tracks.find(session, like, LOCAL)).request) | {
                "seed": "",
                "title": "",
                "takes": "1",
            }
        elif again is not None:
            values |= _typed((await queue.find(session, again, LOCAL)).request)
        line = await cards.line(session, dispatcher, estimates)
        look = await _outlook(session, dispatcher, estimates, house, values)
        tape = {
            "running": line.running,
            "waiting": line.waiting,
            "ended": await cards.unfinished(session, ENDED),
            "fresh_tracks": (await tracks.listing(session, LOCAL, limit=FRESH)).tracks,
        }
    context = frame(request, "create", making=line.making, seen=seen) | _desk(house, SongForm(values), look, chosen)
    return Template("songs/new.html", context=context | tape, headers=VARY)


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
    values = _blank(house) | {"duration": duration, "takes": takes, "engine": engine}
    async with db.read() as session:
        look = await _outlook(session, dispatcher, estimates, house, values)
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
    form, said = SongForm(_kept(sent)), ""
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
        form = SongForm(_kept(sent), frozenset(words))
    status = problem.status if problem else 422 if form.errors else 201
    headers = VARY | ({"retry-after": str(problem.retry_after)} if problem and problem.retry_after else {})
    seen, idea = events.newest_id, secrets.randbelow(len(IDEAS))
    async with db.read() as session:
        look = await _outlook(session, dispatcher, estimates, house, form.values)
        desk = _desk(house, form, look, idea) | {"said": said, "problem": problem}
        if is_partial(request.scope):
            context = desk | {"csrf": csrf_token(request, request.app.state.secret), "page": "create"}
            in_place = headers | {"hx-reswap": "outerSync"}  # the form stays, so that the page does not jump
            return Template("songs/_form.html", context=context, status_code=status, headers=in_place)
        line = await cards.line(session, dispatcher, estimates)
    tape = {"running": line.running, "waiting": line.waiting, "ended": [], "fresh_tracks": []}
    context = frame(request, "create", making=line.making, seen=seen) | desk | tape
    return Template("songs/new.html", context=context, status_code=status, headers=headers)


def _desk(house: House, form: SongForm, outlook: cards.Outlook, idea: int) -> Context:
    return {
        "form": form,
        "words": WORDS,
        "idea": (idea + 1) % len(IDEAS),
        "engines": house.engines,
        "outlook": outlook,
        "said": "",
        "problem": None,
    }


def _blank(house: House) -> dict[str, str]:
    return dict.fromkeys(FIELDS, "") | {"duration": f"{DEFAULT_DURATION:g}", "takes": "1", "engine": house.engine}


def _kept(sent: Mapping[str, object]) -> dict[str, str]:
    """What was typed, for a form that could not even be checked."""
    typed = {name: value if isinstance(value := sent.get(name), str) else "" for name in FIELDS}
    return {name: value.encode("utf-8", "replace").decode() for name, value in typed.items()}


def _typed(request: SongRequest) -> dict[str, str]:
    """A request as somebody would type it."""
    values = {name: str(value) for name, value in request.as_json().items() if name in FIELDS}
    return values | {"duration": f"{request.duration:g}"}


def _on_its_way(request: SongRequest) -> str:
    title = phrases.short(title_for(request))
    if request.takes == 1:
        return f"“{title}” is on its way."
    return f"{phrases.number_word(request.takes).capitalize()} takes of “{title}” are on their way."


async def _outlook(
    session: AsyncSession,
    dispatcher: Dispatcher,
    estimates: Estimates,
    house: House,
    values: Mapping[str, str],
) -> cards.Outlook:
    """Values may be wrong here: the outlook then speaks of the nearest that could be made."""
    known = [engine.name for engine in house.engines]
    return await cards.outlook(
        session,
        dispatcher,
        estimates,
        engine=values["engine"] if values["engine"] in known else house.engine,
        duration=min(MAX_DURATION, max(MIN_DURATION, number(values["duration"], DEFAULT_DURATION))),
        takes=int(min(MAX_TAKES, max(1, number(values["takes"], 1)))),
    )


router = Router("/", route_handlers=[new, foresee, create, choose_mood])
