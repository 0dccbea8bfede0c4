"""The System page: engines, this machine, and what a machine can carry."""

from litestar import get
from litestar.di import NamedDependency
from litestar.response import Template

from musicgen_web import __version__
from musicgen_web.db import Database
from musicgen_web.doctor import versions
from musicgen_web.jobs.dispatcher import Dispatcher
from musicgen_web.jobs.estimates import Estimates
from musicgen_web.jobs.events import Broadcaster
from musicgen_web.web.checkup import Checkup
from musicgen_web.web.frame import VARY, Asked, frame
from musicgen_web.web.house import House
from musicgen_web.web.overview import overview
from musicgen_web.web.tiers import TIERS, tier_of


@get("/system")
async def system(
    request: Asked,
    house: NamedDependency[House],
    db: NamedDependency[Database],
    dispatcher: NamedDependency[Dispatcher],
    events: NamedDependency[Broadcaster],
    estimates: NamedDependency[Estimates],
    checkup: NamedDependency[Checkup],
) -> Template:
    seen = events.newest_id
    found = await overview(house, db, dispatcher, estimates, checkup)
    context = frame(request, "system", making=found.making, seen=seen) | {
        "overview": found,
        "version": __version__,
        "versions": versions(),
        "tiers": TIERS,
        "tier": tier_of(found.seen.report.graphics),
    }
    return Template("system/index.html", context=context, headers=VARY)
