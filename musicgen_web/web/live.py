"""GET /events: what changes, as HTML, over one stream per browser (Server-Sent Events)."""

from typing import Annotated

from jinja2 import Environment
from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import HeaderParameter, QueryParameter
from litestar.response import ServerSentEvent

from musicgen_web.db import Database
from musicgen_web.jobs import queue
from musicgen_web.jobs.dispatcher import Dispatcher
from musicgen_web.jobs.estimates import Estimates
from musicgen_web.jobs.events import Broadcaster, JobChanged, LineMoved, Progressed, Reset, TrackChanged
from musicgen_web.library import tracks, trash
from musicgen_web.models import LOCAL, PROCESSING, now
from musicgen_web.web import cards, fragments
from musicgen_web.web.house import House
from musicgen_web.web.streams import News, SharedMessage, streamed

ENDED, FRESH = 8, 8  # what a snapshot shows of what is over


class Teller:
    """Turns what was heard into HTML."""

    def __init__(
        self, templates: Environment, db: Database, dispatcher: Dispatcher, estimates: Estimates, *, trash_days: int
    ) -> None:
        self.templates, self.db, self.dispatcher, self.estimates = templates, db, dispatcher, estimates
        self.trash_days = trash_days

    async def tell(self, heard: News) -> SharedMessage | None:
        """Return one message, or nothing where a page has nothing to show."""
        match heard:
            case Reset():
                return SharedMessage(await self.snapshot(), event="reset", id=heard.id)
            case JobChanged() | TrackChanged():
                return SharedMessage(await self._change(heard), event="change", id=heard.id)
            case Progressed() | LineMoved():
                html = await self._passing(heard)
                return SharedMessage(html, event="progress") if html else None

    async def snapshot(self) -> str:
        async with self.db.read() as session:
            line = await cards.line(session, self.dispatcher, self.estimates)
            ended = await cards.unfinished(session, ENDED)
            fresh = await tracks.listing(session, LOCAL, limit=FRESH)
        return fragments.snapshot(self.templates, line, ended, fresh.tracks)

    async def _change(self, heard: JobChanged | TrackChanged) -> str:
        if isinstance(heard, TrackChanged):
            return await self._track(heard)
        async with self.db.read() as session:
            card = await cards.card(session, heard.job, self.dispatcher, self.estimates)
            making = await cards.making(session)
        changed = fragments.job_changed(self.templates, card, heard.tracks, making)
        return changed + await self._total() if heard.tracks else changed

    async def _track(self, heard: TrackChanged) -> str:
        track, out = heard.track, fragments.trash_left(heard.track_id)
        if track is not None and heard.what == "changed":
            return fragments.track_changed(self.templates, track)
        if track is not None and heard.what == "restored":
            return fragments.track_restored(self.templates, track) + out + await self._total()
        away = fragments.track_trashed(heard.track_id)
        lies = fragments.trash_entered(self.templates, track, self.trash_days) if track and track.deleted_at else out
        return away + lies + await self._total()

    async def _total(self) -> str:
        until = now()
        async with self.db.read() as session:
            songs, seconds = await tracks.counts(session, LOCAL)
            trashed = await trash.count(session, LOCAL)
        counted = fragments.trash_counted(self.templates, trashed, self.trash_days, until)
        return fragments.total_changed(self.templates, songs, seconds) + counted

    async def _passing(self, heard: Progressed | LineMoved) -> str:
        async with self.db.read() as session:
            if isinstance(heard, LineMoved):
                line = await cards.line(session, self.dispatcher, self.estimates)
                return fragments.line_moved(self.templates, line.waiting)
            job = await queue.find(session, heard.job_id, LOCAL)
            card = await cards.card(session, job, self.dispatcher, self.estimates)
        return fragments.progressed(self.templates, card) if job.status == PROCESSING else ""


@get("/events")
async def stream(
    db: NamedDependency[Database],
    dispatcher: NamedDependency[Dispatcher],
    events: NamedDependency[Broadcaster],
    estimates: NamedDependency[Estimates],
    templates: NamedDependency[Environment],
    house: NamedDependency[House],
    last_event_id: Annotated[str | None, HeaderParameter(name="Last-Event-ID")] = None,
    after: Annotated[str | None, QueryParameter(max_length=64)] = None,
) -> ServerSentEvent:
    """`change` has an id, `progress` none, `reset` is a snapshot. `after`: the newest event a page was made with."""
    teller = Teller(templates, db, dispatcher, estimates, trash_days=house.trash_days)
    return streamed(events, last_event_id or after, "html", teller.tell)


router = Router("/", route_handlers=[stream])
