"""/api/v1/events: changes of state and progress as JSON, over Server-Sent Events."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import HeaderParameter
from litestar.response import ServerSentEvent
from litestar.serialization import encode_json

from musicgen_web.db import Database
from musicgen_web.jobs import queue
from musicgen_web.jobs.dispatcher import Dispatcher
from musicgen_web.jobs.estimates import Estimates
from musicgen_web.jobs.events import Broadcaster, JobChanged, LineMoved, Progressed, Reset, TrackChanged
from musicgen_web.models import LOCAL, Job
from musicgen_web.web.api.resources import job_json, live_json, track_json
from musicgen_web.web.api.shapes.jobs import Job as JobShape
from musicgen_web.web.api.shapes.news import NEWS, LineNews, Snapshot, TrackNews
from musicgen_web.web.forecast import forecast
from musicgen_web.web.streams import News, SharedMessage, streamed
from musicgen_web.web.told import EVENTS, TOLD, Told

SHOWN = 100  # jobs of the line that a snapshot lists, the oldest first


class Teller:
    """Turns what was heard into JSON."""

    def __init__(self, db: Database, dispatcher: Dispatcher, estimates: Estimates) -> None:
        self.db, self.dispatcher, self.estimates = db, dispatcher, estimates

    async def tell(self, heard: News) -> SharedMessage:
        match heard:
            case JobChanged():
                return SharedMessage(encode_json((await self._jobs([heard.job]))[0]), event="job", id=heard.id)
            case TrackChanged():
                track = track_json(heard.track) if heard.track else None
                body = encode_json(TrackNews(id=heard.track_id, what=heard.what, track=track))
                return SharedMessage(body, event="track", id=heard.id)
            case Progressed():
                return SharedMessage(encode_json(live_json(heard.job_id, heard.live)), event="progress")
            case LineMoved():
                return SharedMessage(encode_json(LineNews(engines=sorted(heard.engines))), event="line")
            case Reset():
                return SharedMessage(encode_json(await self._snapshot()), event="reset", id=heard.id)

    async def _snapshot(self) -> Snapshot:
        async with self.db.read() as session:
            jobs = await queue.active(session, LOCAL, limit=SHOWN)
            more = await queue.active_count(session, LOCAL) - len(jobs)
        return {"jobs": await self._jobs(list(jobs)), "more": more}

    async def _jobs(self, jobs: list[Job]) -> list[JobShape]:
        async with self.db.read() as session:
            return [job_json(job, await forecast(session, job, self.dispatcher, self.estimates)) for job in jobs]


@get(
    "/events",
    tags=[EVENTS],
    operation_id="getEvents",
    summary="The event stream",
    response_description="Messages of Server-Sent Events, until one side leaves.",
    opt={TOLD: Told(kinds=("text/event-stream",), events=NEWS, adds={"Cache-Control": "`no-cache`"})},
)
async def stream(
    db: NamedDependency[Database],
    dispatcher: NamedDependency[Dispatcher],
    events: NamedDependency[Broadcaster],
    estimates: NamedDependency[Estimates],
    last_event_id: Annotated[
        str | None,
        HeaderParameter(
            name="Last-Event-ID", description="The last id you read: you get what you missed, nothing twice."
        ),
    ] = None,
) -> ServerSentEvent:
    """Begins with a `reset`: what is being made now. Then `job` at every change of a job's state and `track` when
    something became of a track, each with an id, in order; `progress` and `line` are the newest only, without an id.
    Another `reset` comes when what you missed is no longer known. A comment comes at least every 15 seconds."""
    return streamed(events, last_event_id, "json", Teller(db, dispatcher, estimates).tell)
