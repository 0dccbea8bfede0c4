"""Which lines will not be sung as they are written: told under the lyrics while somebody types."""

import asyncio

from litestar import Router, post
from litestar.di import NamedDependency
from litestar.response import Template

from musicgen_web.engines.base import DEFAULT_DURATION, MAX_DURATION, MAX_LYRICS, MIN_DURATION
from musicgen_web.web import desk as desks
from musicgen_web.web.frame import VARY, Asked
from musicgen_web.web.house import House
from musicgen_web.web.security import check_csrf
from musicgen_web.web.templating import number

HOME = "/lyrics/lint"
TOLD = 4  # lines; the others are counted


@post(HOME, status_code=200, before_request=check_csrf)
async def tell(request: Asked, house: NamedDependency[House]) -> Template:
    """The lines under the lyrics. Reads no database; words are pronounced in a thread."""
    values = desks.kept(await request.form())
    lyrics = values["lyrics"].replace("\r\n", "\n")[:MAX_LYRICS]
    seconds = min(MAX_DURATION, max(MIN_DURATION, number(values["duration"], DEFAULT_DURATION)))
    found = None
    if lyrics.strip():
        found = await asyncio.to_thread(house.hard_lines, values["engine"], lyrics, seconds)
    context = {"hard_lines": found, "most": TOLD}
    return Template("songs/_lint.html", context=context, headers=VARY)


router = Router("/", route_handlers=[tell])
