"""Which pages are open and what has changed for them: numbered changes in order, and the newest progress per job."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from musicgen_web.jobs.arrival import Arrival, record_of
from musicgen_web.jobs.live import Live
from musicgen_web.models import Job, Track

RING = 1_000  # changes that can be replayed
INBOX = 256  # changes that a slow reader may leave unread; more, and it gets a reset
PING_SECONDS = 15.0
LINE_SECONDS = 0.25  # moves of the line within so long are one
REMEMBERED = 100  # of the ring's events: the forms of older ones are forgotten, and made again for who asks
SNAPSHOT_SECONDS = 1.0  # so long a snapshot is good for other readers too: progress in it grows old

T = TypeVar("T")
Memo = dict[str, Any]
"""What a reader has made of an event (its HTML, its JSON), kept on the event so that it is made once for all."""


async def once(memo: Memo, name: str, make: Callable[[], Awaitable[T]]) -> T:
    """Let the first reader make what an event is told as; the others, however many, wait for it and get the same."""
    if name in memo:
        known: T = memo[name]
        return known
    async with memo.setdefault(f"making {name}", asyncio.Lock()):
        if name not in memo:
            memo[name] = await make()
    made: T = memo[name]
    return made


@dataclass(frozen=True, slots=True, eq=False)
class JobChanged:
    """A job stands differently; `tracks` came into the library with it."""

    id: str
    number: int
    owner: str
    about: Job | Arrival
    tracks: Sequence[Track] = ()
    memo: Memo = field(default_factory=dict)

    @property
    def job(self) -> Job:
        """The job as it stood then."""
        return record_of(self.about)


@dataclass(frozen=True, slots=True, eq=False)
class TrackChanged:
    """A track was `changed`, `trashed`, `restored` or `removed` for good; `track` is None where it is gone."""

    id: str
    number: int
    owner: str
    track: Track | None
    track_id: str
    what: str
    memo: Memo = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Progressed:
    """The newest progress of a job. It has no number: it may be skipped."""

    job_id: str
    live: Live
    memo: Memo = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class LineMoved:
    """Somebody's take left or joined the line of these engines: positions may be others now."""

    engines: frozenset[str]
    memo: Memo = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reset:
    """What was missed cannot be told any more: take a snapshot, which is as of `id`."""

    id: str
    since: float = field(default=0.0, compare=False)  # by the monotonic clock
    memo: Memo = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Ping:
    """Nothing happened for a while."""


@dataclass(frozen=True, slots=True)
class Closed:
    """The stream ends: the server stops."""


Change = JobChanged | TrackChanged
Event = Change | Progressed | LineMoved
Heard = Event | Reset | Ping | Closed


class Inbox:
    """What one open page has not read yet. Bounded: a page that does not read gets a reset, and hurts only itself."""

    def __init__(self, events: Broadcaster, owner: str) -> None:
        self.owner = owner
        self.start = events.reset(owner)  # for a reader that knows nothing yet
        self._events = events
        self._changes: deque[Change] = deque()
        self._progress: dict[str, Progressed] = {}
        self._line: LineMoved | None = None
        self._is_lost = False
        self._is_silent = False
        self._asked = 0.0  # by the loop's clock
        self._clock: asyncio.TimerHandle | None = None
        self._bell = asyncio.Event()

    async def get(self) -> Heard:
        """Return the next thing to tell, a ping when there is none for a while, and Closed at the end."""
        await asyncio.sleep(0)  # a reader with much to read lets others in
        self._asked = asyncio.get_running_loop().time()
        self._is_silent = False
        if self._clock is None:
            self._wind(self._asked)
        while (heard := self._next()) is None:
            if self._is_silent:
                return Ping()
            self._bell.clear()
            await self._bell.wait()
        return heard

    def close(self) -> None:
        """Nobody reads any more."""
        if self._clock is not None:
            self._clock.cancel()

    def _wind(self, since: float) -> None:
        """One clock that is set anew only when it goes off: a timer for each event costs more than its reading."""
        self._clock = asyncio.get_running_loop().call_at(since + self._events.ping_seconds, self._look)

    def _look(self) -> None:
        """The clock goes off: was nothing told since it was wound?"""
        now = asyncio.get_running_loop().time()
        if now - self._asked < self._events.ping_seconds:
            self._wind(self._asked)
            return
        self._is_silent = True
        self._bell.set()
        self._wind(now)

    def change(self, change: Change) -> None:
        if isinstance(change, JobChanged):
            self._progress.pop(change.about.id, None)  # it is of before this change
        if len(self._changes) >= INBOX:
            self.lose()
        if not self._is_lost:
            self._changes.append(change)
        self._bell.set()

    def progress(self, progress: Progressed) -> None:
        self._progress[progress.job_id] = progress
        self._bell.set()

    def line(self, moved: LineMoved) -> None:
        unread = self._line.engines if self._line else frozenset()
        self._line = moved if unread <= moved.engines else LineMoved(unread | moved.engines)
        self._bell.set()

    def lose(self) -> None:
        """Forget everything unread: the reader starts again from a snapshot."""
        self._is_lost = True
        self._changes.clear()
        self._progress.clear()
        self._line = None

    def ring(self) -> None:
        self._bell.set()

    def _next(self) -> Heard | None:
        if self._is_lost:
            self._is_lost = False
            return self._events.reset(self.owner)
        if self._changes:
            return self._changes.popleft()
        if self._events.is_closed:
            return Closed()
        if self._progress:
            return self._progress.pop(next(iter(self._progress)))
        moved, self._line = self._line, None
        return moved


class Broadcaster:
    """Hands every event to the open inboxes of its owner. Used from the loop only; nothing here waits."""

    def __init__(self, epoch: str = "", *, ring: int = RING, ping_seconds: float = PING_SECONDS) -> None:
        self.epoch = epoch or secrets.token_hex(4)  # another one at every start: numbers begin again
        self.ping_seconds = ping_seconds
        self.is_closed = False
        self._number = 0
        self._ring: deque[Change] = deque(maxlen=ring)
        self._inboxes: dict[str, set[Inbox]] = {}
        self._moved: set[str] = set()
        self._resets: dict[str, Reset] = {}

    @property
    def newest_id(self) -> str:
        return self._id(self._number)

    @property
    def open_streams(self) -> int:
        return sum(len(inboxes) for inboxes in self._inboxes.values())

    def changed(self, owner: str, job: Job | Arrival, tracks: Sequence[Track] = ()) -> None:
        """A job stands differently. Call it when that is committed; the records must not change any more."""
        number = self._count()
        self._tell(JobChanged(self._id(number), number, owner, job, tuple(tracks)))

    def track(self, owner: str, track: Track | None, track_id: str, what: str) -> None:
        """A track was `changed`, `trashed`, `restored` or `removed` (a new one comes with its job)."""
        number = self._count()
        self._tell(TrackChanged(self._id(number), number, owner, track, track_id, what))

    def progress(self, owner: str, job_id: str, live: Live) -> None:
        """A job got further."""
        progress = Progressed(job_id, live)
        for inbox in self._inboxes.get(owner, ()):
            inbox.progress(progress)

    def line(self, engine: str) -> None:
        """Takes left or joined the line of this engine: everybody who waits may stand elsewhere now."""
        if not self._moved:
            asyncio.get_running_loop().call_later(LINE_SECONDS, self._tell_line)
        self._moved.add(engine)

    def reset(self, owner: str) -> Reset:
        """Send a reader to a snapshot. Those who come while nothing changes share it: after a restart all come."""
        known, now = self._resets.get(owner), time.monotonic()
        if known is None or known.id != self.newest_id or now - known.since > SNAPSHOT_SECONDS:
            known = self._resets[owner] = Reset(self.newest_id, now)
        return known

    @contextmanager
    def watch(self, owner: str, last_event_id: str | None = None) -> Iterator[Inbox]:
        """Open an inbox. With the id of the last event read it begins with what was missed, or with a reset."""
        inbox = Inbox(self, owner)
        if last_event_id:
            self._replay(inbox, last_event_id)
        inboxes = self._inboxes.setdefault(owner, set())
        inboxes.add(inbox)
        try:
            yield inbox
        finally:  # no await: a cancelled stream must still leave
            inbox.close()
            inboxes.discard(inbox)
            if not inboxes and self._inboxes.get(owner) is inboxes:
                del self._inboxes[owner]

    def close(self) -> None:
        """End every stream, once it has read the changes that are waiting for it."""
        self.is_closed = True
        for inboxes in self._inboxes.values():
            for inbox in inboxes:
                inbox.ring()

    def _count(self) -> int:
        self._number += 1
        return self._number

    def _id(self, number: int) -> str:
        return f"{self.epoch}-{number}"

    def _tell(self, change: Change) -> None:
        self._ring.append(change)
        if len(self._ring) > REMEMBERED:
            self._ring[-1 - REMEMBERED].memo.clear()
        for inbox in self._inboxes.get(change.owner, ()):
            inbox.change(change)

    def _tell_line(self) -> None:
        moved = LineMoved(frozenset(self._moved))
        self._moved.clear()
        for inboxes in self._inboxes.values():
            for inbox in inboxes:
                inbox.line(moved)

    def _replay(self, inbox: Inbox, last_event_id: str) -> None:
        read = self._number_of(last_event_id)
        oldest = self._ring[0].number if self._ring else self._number + 1
        if read is None or read < oldest - 1 or read > self._number:
            inbox.lose()
            return
        missed = [change for change in self._ring if change.number > read and change.owner == inbox.owner]
        for change in missed:
            inbox.change(change)

    def _number_of(self, event_id: str) -> int | None:
        epoch, _, number = event_id.rpartition("-")
        is_number = number.isascii() and number.isdigit() and len(number) < 20
        return int(number) if epoch == self.epoch and is_number else None
