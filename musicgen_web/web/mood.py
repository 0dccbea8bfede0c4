"""Ink or paper: remembered in a cookie, so that the next page is right from its first pixel."""

from litestar import Response, post
from litestar.datastructures import Cookie
from litestar.response import Redirect

from musicgen_web.web.frame import MOOD_COOKIE, MOODS, Asked, back, field, is_partial
from musicgen_web.web.security import check_csrf

YEAR = 365 * 24 * 3600


@post("/mood", status_code=200, before_request=check_csrf)
async def choose_mood(request: Asked) -> Response[None] | Redirect:
    mood = await field(request, "mood")
    cookies = []
    if mood in MOODS:
        cookies = [Cookie(key=MOOD_COOKIE, value=mood, max_age=YEAR, path="/", samesite="lax", httponly=True)]
    if is_partial(request.scope):
        return Response(None, status_code=204, cookies=cookies)
    answer = back(request, "/")
    answer.cookies = cookies
    return answer
