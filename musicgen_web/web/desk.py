"""The desk as it is shown: its fields filled in, what is understood of them, and what a press of the button brings."""

from collections.abc import Mapping

from litestar.response import Template
from sqlalchemy.ext.asyncio import AsyncSession

from musicgen_web.engines.base import DEFAULT_DURATION, MAX_DURATION, MAX_TAKES, MIN_DURATION, SongRequest
from musicgen_web.jobs.dispatcher import Dispatcher
from musicgen_web.jobs.estimates import Estimates
from musicgen_web.jobs.events import Broadcaster
from musicgen_web.library import presets
from musicgen_web.models import LOCAL
from musicgen_web.web import cards
from musicgen_web.web.examples import IDEAS, WORDS
from musicgen_web.web.forms import FIELDS, SongForm
from musicgen_web.web.frame import VARY, Asked, Context, frame
from musicgen_web.web.house import House
from musicgen_web.web.templating import number

EMPTY_TAPE: Context = {"running": [], "waiting": [], "ended": [], "fresh_tracks": []}


def blank(house: House) -> dict[str, str]:
    """The fields before anybody typed."""
    return dict.fromkeys(FIELDS, "") | {"duration": f"{DEFAULT_DURATION:g}", "takes": "1", "engine": house.engine}


def kept(sent: Mapping[str, object]) -> dict[str, str]:
    """What was typed, for a form that is not checked."""
    typed = {name: value if isinstance(value := sent.get(name), str) else "" for name in FIELDS}
    return {name: value.encode("utf-8", "replace").decode() for name, value in typed.items()}


def typed(request: SongRequest) -> dict[str, str]:
    """A request as somebody would type it."""
    values = {name: str(value) for name, value in request.as_json().items() if name in FIELDS}
    return values | {"duration": f"{request.duration:g}"}


async def desk(
    session: AsyncSession,
    dispatcher: Dispatcher,
    estimates: Estimates,
    house: House,
    form: SongForm,
    **shown: object,
) -> Context:
    """Return what the form needs. `is_new`: nobody asked for just this, so what was typed last may take its place."""
    values = form.values
    return {
        "form": form,
        "words": WORDS,
        "idea": (next(house.ideas) + 1) % len(IDEAS),
        "engines": house.engines,
        "outlook": await outlook(session, dispatcher, estimates, house, values),
        "presets": await presets.listing(session, LOCAL),
        "said": "",
        "problem": None,
        "is_new": False,
        **heard(house, values["engine"], values["prompt"]),
        **shown,
    }


def heard(house: House, engine: str, prompt: str, corrected: str | None = None) -> Context:
    """Return what the line under the prompt needs. `corrected`: the text that a choice has just made."""
    engine = engine or house.engine
    told = house.understand(engine, prompt)
    return {"understanding": told, "engine_title": house.title_of(engine), "corrected": corrected}


async def page(
    request: Asked,
    session: AsyncSession,
    dispatcher: Dispatcher,
    estimates: Estimates,
    events: Broadcaster,
    *,
    context: Context,
    status: int = 200,
    headers: Mapping[str, str] = VARY,
) -> Template:
    """Return the whole page for somebody without htmx, with what was sent still on the desk."""
    seen = events.newest_id
    line = await cards.line(session, dispatcher, estimates)
    tape = EMPTY_TAPE | {"running": line.running, "waiting": line.waiting}
    around = frame(request, "create", making=line.making, seen=seen)
    return Template("songs/new.html", context=around | context | tape, status_code=status, headers=dict(headers))


async def outlook(
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
