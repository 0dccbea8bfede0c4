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
from musicgen_web.web.forecast import forecast
from musicgen_web.web.streams import News, SharedMessage, streamed

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
                body = encode_json({"id": heard.track_id, "what": heard.what, "track": track})
                return SharedMessage(body, event="track", id=heard.id)
            case Progressed():
                return SharedMessage(encode_json({"id": heard.job_id, **live_json(heard.live)}), event="progress")
            case LineMoved():
                return SharedMessage(encode_json({"engines": sorted(heard.engines)}), event="line")
            case Reset():
                return SharedMessage(encode_json(await self._snapshot()), event="reset", id=heard.id)

    async def _snapshot(self) -> dict[str, object]:
        async with self.db.read() as session:
            jobs = await queue.active(session, LOCAL, limit=SHOWN)
            more = await queue.active_count(session, LOCAL) - len(jobs)
        return {"jobs": await self._jobs(list(jobs)), "more": more}

    async def _jobs(self, jobs: list[Job]) -> list[dict[str, object]]:
        async with self.db.read() as session:
            return [job_json(job, await forecast(session, job, self.dispatcher, self.estimates)) for job in jobs]


@get("/events")
async def stream(
    db: NamedDependency[Database],
    dispatcher: NamedDependency[Dispatcher],
    events: NamedDependency[Broadcaster],
    estimates: NamedDependency[Estimates],
    last_event_id: Annotated[str | None, HeaderParameter(name="Last-Event-ID")] = None,
) -> ServerSentEvent:
    """`job`: a job's resource, with an id. `track`: what became of a track, with an id. `progress` and `line`: the
    newest only, without an id. `reset`: what is being made, after events were missed."""
    return streamed(events, last_event_id, "json", Teller(db, dispatcher, estimates).tell)
