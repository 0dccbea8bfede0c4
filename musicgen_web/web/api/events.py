"""/api/v1/events: changes of state and progress as JSON, over Server-Sent Events."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import HeaderParameter
from litestar.response import ServerSentEvent, ServerSentEventMessage
from litestar.serialization import encode_json

from musicgen_web.db import Database
from musicgen_web.errors import MusicGenError
from musicgen_web.jobs import queue
from musicgen_web.jobs.dispatcher import Dispatcher
from musicgen_web.jobs.estimates import Estimates
from musicgen_web.jobs.events import (
    Broadcaster,
    Closed,
    Heard,
    JobChanged,
    LineMoved,
    Memo,
    Ping,
    Progressed,
    Reset,
    TrackChanged,
    once,
)
from musicgen_web.models import LOCAL
from musicgen_web.web.api.resources import job_json, live_json, track_json
from musicgen_web.web.forecast import Forecast, forecast
from musicgen_web.web.streams import SharedMessage

RETRY_MS = 1_000
SHOWN = 100  # jobs of the line that a snapshot lists, the oldest first


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

    async def snapshot(heard: Reset) -> ServerSentEventMessage:
        async with db.read() as session:
            jobs = await queue.active(session, LOCAL, limit=SHOWN)
            more = await queue.active_count(session, LOCAL) - len(jobs)
            told = [job_json(job, await forecast(session, job, dispatcher, estimates)) for job in jobs]
        return SharedMessage(encode_json({"jobs": told, "more": more}), event="reset", id=heard.id)

    async def messages() -> AsyncIterator[ServerSentEventMessage]:
        with events.watch(LOCAL, last_event_id) as inbox:
            yield ServerSentEventMessage(None, comment="MusicGen Local", retry=RETRY_MS)
            heard: Heard = inbox.start if last_event_id is None else await inbox.get()
            while not isinstance(heard, Closed):
                if isinstance(heard, Reset):
                    try:
                        yield await once(heard.memo, "json", partial(snapshot, heard))
                    except MusicGenError:  # the database refuses: the reader comes back and is told what it missed
                        return
                else:
                    yield told(heard, dispatcher)
                heard = await inbox.get()

    return ServerSentEvent(messages())


def told(heard: Heard, dispatcher: Dispatcher) -> ServerSentEventMessage:
    """Return one event as it is sent; its JSON is made once for all readers."""
    match heard:
        case JobChanged():
            data = _once(heard.memo, lambda: job_json(heard.job, Forecast.of(heard.job, dispatcher.live(heard.job))))
            return ServerSentEventMessage(data, event="job", id=heard.id)
        case TrackChanged():
            track = heard.track
            data = _once(
                heard.memo,
                lambda: {"id": heard.track_id, "what": heard.what, "track": track_json(track) if track else None},
            )
            return ServerSentEventMessage(data, event="track", id=heard.id)
        case Progressed():
            return ServerSentEventMessage(
                _once(heard.memo, lambda: {"id": heard.job_id, **live_json(heard.live)}), event="progress"
            )
        case LineMoved():
            return ServerSentEventMessage(_once(heard.memo, lambda: {"engines": sorted(heard.engines)}), event="line")
        case Ping():
            return ServerSentEventMessage(None, comment="still here")
    raise AssertionError(heard)


def _once(memo: Memo, make: Callable[[], dict[str, object]]) -> bytes:
    if "json" not in memo:
        memo["json"] = encode_json(make())
    data: bytes = memo["json"]
    return data
