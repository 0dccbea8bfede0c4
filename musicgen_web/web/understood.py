"""What an engine understands of a prompt: told while somebody types, and corrected with a click."""

from typing import Annotated

from litestar import Router, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.response import Template

from musicgen_web.db import Database
from musicgen_web.engines.base import MAX_PROMPT, Understanding
from musicgen_web.jobs.dispatcher import Dispatcher
from musicgen_web.jobs.estimates import Estimates
from musicgen_web.jobs.events import Broadcaster
from musicgen_web.web import desk as desks
from musicgen_web.web.forms import SongForm, with_words
from musicgen_web.web.frame import VARY, Asked, is_partial
from musicgen_web.web.house import House
from musicgen_web.web.security import check_csrf

HOME = "/understanding"


@get(HOME)
async def tell(
    house: NamedDependency[House],
    prompt: Annotated[str, QueryParameter()] = "",
    engine: Annotated[str, QueryParameter(max_length=20)] = "",
) -> Template:
    """The line under the prompt, for what is typed now. Reads no database: it is asked while somebody types."""
    return Template("songs/_heard.html", context=desks.heard(house, engine, prompt[:MAX_PROMPT]), headers=VARY)


@post(HOME, status_code=200, before_request=check_csrf)
async def correct(
    request: Asked,
    house: NamedDependency[House],
    db: NamedDependency[Database],
    dispatcher: NamedDependency[Dispatcher],
    events: NamedDependency[Broadcaster],
    estimates: NamedDependency[Estimates],
) -> Template:
    """Change the text as one of the choices says. Everything else on the desk stays as it was sent."""
    sent = await request.form()
    values = desks.kept(sent)
    words = [word for word in sent.getall("word", []) if isinstance(word, str)]
    # with a script the boxes follow the text; without one the text has to follow the boxes
    prompt = values["prompt"] if is_partial(request.scope) else with_words(values["prompt"], words)
    prompt = prompt.replace("\r\n", "\n")[:MAX_PROMPT]
    told = house.understand(values["engine"], prompt)
    prompt = _corrected(told, str(sent.get("correction", "")), prompt)
    if is_partial(request.scope):
        context = desks.heard(house, values["engine"], prompt, corrected=prompt)
        return Template("songs/_heard.html", context=context, headers=VARY)
    async with db.read() as session:
        form = SongForm(values | {"prompt": prompt})
        context = await desks.desk(session, dispatcher, estimates, house, form)
        return await desks.page(request, session, dispatcher, estimates, events, context=context)


def _corrected(told: Understanding | None, choice: str, prompt: str) -> str:
    """Apply a choice to the text as it is now; one that is no longer offered changes nothing."""
    for heard in told.heard if told else ():
        for correction in heard.corrections:
            if choice == f"{heard.kind}:{heard.name}:{correction.label}":
                return correction.prompt
    return prompt


router = Router("/", route_handlers=[tell, correct])
