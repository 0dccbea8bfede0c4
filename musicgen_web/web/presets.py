"""POST /presets and its removal: what stands on the desk is kept under a name, or forgotten with a way back."""

from jinja2 import Environment
from litestar import MediaType, Response, Router, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from musicgen_web.db import Database
from musicgen_web.errors import FieldError, InvalidRequest
from musicgen_web.jobs.dispatcher import Dispatcher
from musicgen_web.jobs.estimates import Estimates
from musicgen_web.jobs.events import Broadcaster
from musicgen_web.library import presets
from musicgen_web.models import LOCAL
from musicgen_web.web import desk as desks
from musicgen_web.web import fragments
from musicgen_web.web.forms import SongForm, preset_problem, with_words
from musicgen_web.web.frame import VARY, Asked, is_partial
from musicgen_web.web.house import House
from musicgen_web.web.security import check_csrf


@post("/presets", status_code=201, before_request=check_csrf)
async def keep(
    request: Asked,
    house: NamedDependency[House],
    db: NamedDependency[Database],
    templates: NamedDependency[Environment],
) -> Response[str] | Redirect:
    """Keep the desk under a name. What could not be made is not kept either: it would only fail later."""
    sent = await request.form()
    name = " ".join(str(sent.get("preset", "")).split())
    if message := preset_problem(name):
        raise InvalidRequest([FieldError("preset", message)])
    words = [word for word in sent.getall("word", []) if isinstance(word, str)]
    form = SongForm.parse(sent, words, house.engines, house.engine)
    if form.errors:
        raise InvalidRequest(list(form.errors))
    values = {**form.values, "prompt": with_words(form.values["prompt"], words)}
    async with db.begin() as session:
        preset = await presets.save(session, name, values, LOCAL)
        preset_id = preset.id
    if not is_partial(request.scope):
        return Redirect(f"/?preset={preset_id}", status_code=303, headers=VARY)
    async with db.read() as session:
        kept = await presets.listing(session, LOCAL)
    html = fragments.presets_changed(templates, kept, f"“{name}” is kept.")
    if undone := sent.get("undo"):
        html += fragments.toast_gone(str(undone))
    return Response(html, media_type=MediaType.HTML, status_code=201, headers=VARY)


@post("/presets/{preset_id:str}/removal", status_code=200, before_request=check_csrf)
async def remove(
    request: Asked,
    preset_id: FromPath[str],
    house: NamedDependency[House],
    db: NamedDependency[Database],
    dispatcher: NamedDependency[Dispatcher],
    events: NamedDependency[Broadcaster],
    estimates: NamedDependency[Estimates],
    templates: NamedDependency[Environment],
) -> Response[str] | Template:
    """Forget a preset. The answer offers to keep it again, as it was."""
    async with db.begin() as session:
        gone = await presets.remove(session, preset_id, LOCAL)
        name, values = gone.name, dict(gone.values)
    async with db.read() as session:
        if not is_partial(request.scope):
            form = SongForm(desks.kept(await request.form()))
            context = await desks.desk(session, dispatcher, estimates, house, form)
            return await desks.page(request, session, dispatcher, estimates, events, context=context)
        kept = await presets.listing(session, LOCAL)
    html = fragments.presets_changed(templates, kept) + fragments.preset_toast(templates, preset_id, name, values)
    return Response(html, media_type=MediaType.HTML, status_code=200, headers=VARY)


router = Router("/", route_handlers=[keep, remove])
