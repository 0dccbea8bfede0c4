"""What a page shows of a job: the record, and what is known of its future."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from musicgen_web.errors import ENDS, Internal
from musicgen_web.jobs import queue
from musicgen_web.jobs.dispatcher import Dispatcher
from musicgen_web.jobs.estimates import Estimates
from musicgen_web.jobs.live import Live
from musicgen_web.models import CANCELLED, FAILED, LOCAL, PENDING, PROCESSING, Job
from musicgen_web.web.forecast import forecast

TICKS = 48  # as many as can be told apart; an engine with more steps lights one for several
RESTING = 24  # ticks of a job whose steps are not known
SHOWN = 30  # jobs of the line that a page lists


@dataclass(frozen=True, slots=True)
class Card:
    """One job for a template. `eta`: seconds until it is done, low and high; `starts`: until a waiting one begins."""

    job: Job
    live: Live | None = None
    position: int | None = None
    eta: tuple[float, float] | None = None
    starts: tuple[float, float] | None = None

    @property
    def takes(self) -> int:
        return self.job.request.takes

    @property
    def take(self) -> int:
        return self.live.take if self.live else 1

    @property
    def ticks(self) -> int:
        total = self.live.total if self.live else 0
        return RESTING if total < 2 else min(TICKS, total)

    @property
    def ticks_done(self) -> int:
        if self.live is None or self.live.total < 2:
            return 0
        return self.ticks * min(self.live.done, self.live.total) // self.live.total

    @property
    def error(self) -> str:
        """Why it failed, or one of its takes did: a sentence."""
        take = self.job.failed_take
        if take is None or self.job.status == CANCELLED:
            return ""
        title = ENDS.get(take.error_code or "", Internal).title
        return f"{title}." if self.job.status == FAILED else f"Take {take.number}: {title[0].lower()}{title[1:]}."

    @property
    def recovery(self) -> str:
        """What is known besides, and what would work."""
        take = self.job.failed_take
        if take is None:
            return ""
        end = ENDS.get(take.error_code or "", Internal)
        return " ".join(part for part in (_sentence(take.error_detail), end.recovery) if part)

    @property
    def is_unfinished(self) -> bool:
        """Whether it ended without all its songs: what a person wants to know of."""
        return self.job.is_final and (self.job.status in (FAILED, CANCELLED) or self.job.failed_take is not None)


@dataclass(frozen=True, slots=True)
class Line:
    """What is being made and what waits for it; `more` wait than are shown. `making` counts all takes of both."""

    running: list[Card]
    waiting: list[Card]
    more: int
    making: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """What happens if the button is pressed: takes that come before, seconds until all is ready, and how many takes."""

    ahead: int
    eta: tuple[float, float] | None
    takes: int = 1


async def card(session: AsyncSession, job: Job, dispatcher: Dispatcher, estimates: Estimates) -> Card:
    """Return the card of one job."""
    known = await forecast(session, job, dispatcher, estimates)
    return Card(job, known.live, known.position, known.eta, known.starts)


async def line(session: AsyncSession, dispatcher: Dispatcher, estimates: Estimates) -> Line:
    """Return what runs and what waits, in order."""
    jobs = await queue.active(session, LOCAL, limit=SHOWN)
    more = await queue.active_count(session, LOCAL) - len(jobs) if len(jobs) == SHOWN else 0
    cards = [await card(session, job, dispatcher, estimates) for job in jobs]
    running = [card for card in cards if card.job.status == PROCESSING]
    waiting = [card for card in cards if card.job.status == PENDING]
    return Line(running, waiting, more, await making(session))


async def making(session: AsyncSession) -> int:
    """Count the takes that run or wait."""
    return sum((await queue.counts(session)).values())


async def unfinished(session: AsyncSession, most: int) -> list[Card]:
    """Return the newest jobs that ended without all their songs."""
    cards = [Card(job) for job in await queue.ended(session, LOCAL, most * 3)]
    return [card for card in cards if card.is_unfinished][:most]


async def outlook(
    session: AsyncSession, dispatcher: Dispatcher, estimates: Estimates, *, engine: str, duration: float, takes: int
) -> Outlook:
    """Look at the line as it is for somebody who would join it now."""
    waiting, seconds = await queue.line(session, engine)
    at_work = dispatcher.at_work(engine)
    whole = estimates.range(engine, seconds + duration * takes, songs=waiting + takes)
    if whole is None:
        return Outlook(waiting + len(at_work), None, takes)
    low, high = whole
    for _, song_seconds, worked in at_work:
        known = estimates.range(engine, song_seconds) or (0.0, 0.0)
        low, high = low + max(0.0, known[0] - worked), high + max(0.0, known[1] - worked)
    return Outlook(waiting + len(at_work), (low, high), takes)


def _sentence(text: str | None) -> str:
    text = (text or "").strip()
    return text if not text or text.endswith((".", "!", "?", "…")) else f"{text}."
