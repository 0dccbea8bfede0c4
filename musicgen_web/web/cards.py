"""What a page shows of a job: the record, how far it is, its place in line, and how long still."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from musicgen_web.errors import ENDS, Internal
from musicgen_web.jobs import queue
from musicgen_web.jobs.dispatcher import Dispatcher
from musicgen_web.jobs.estimates import Estimates
from musicgen_web.jobs.live import Live
from musicgen_web.models import CANCELLED, FAILED, PENDING, PROCESSING, Job

TICKS = 48  # as many as can be told apart; an engine with more steps lights one for several
RESTING = 24  # ticks of a job whose steps are not known
SHOWN = 30  # waiting jobs a page lists

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Card:
    """One job for a template. `eta` in seconds: of a running job until it is done, of a waiting one until it starts."""

    job: Job
    live: Live | None = None
    position: int | None = None
    eta: Span | None = None

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
        """What would work."""
        take = self.job.failed_take
        if take is None:
            return ""
        end = ENDS.get(take.error_code or "", Internal)
        return " ".join(part for part in (_sentence(take.error_detail), end.recovery) if part)


def _sentence(text: str | None) -> str:
    text = (text or "").strip()
    return text if not text or text.endswith((".", "!", "?", "…")) else f"{text}."


def running(job: Job, live: Live, estimates: Estimates) -> Card:
    """The card of a job at work: what is left of its present take and of those that have not begun."""
    whole = estimates.range(job.engine, job.request.duration)
    if whole is None:
        return Card(job, live)
    left = max(0.0, job.request.takes * (1.0 - live.fraction))
    return Card(job, live, eta=(whole[0] * left, whole[1] * left))


async def line(
    session: AsyncSession, jobs: Iterable[Job], dispatcher: Dispatcher, estimates: Estimates
) -> tuple[list[Card], list[Card]]:
    """Return the cards of what runs and of what waits, in order."""
    at_work: list[Card] = []
    waiting: list[Card] = []
    for job in jobs:
        if job.status == PROCESSING:
            at_work.append(running(job, dispatcher.live(job), estimates))
        elif job.status == PENDING:
            waiting.append(await pending(session, job, estimates, at_work))
    return at_work, waiting


async def pending(session: AsyncSession, job: Job, estimates: Estimates, at_work: Sequence[Card] = ()) -> Card:
    """The card of a job that waits: how many takes come before it, and when it may start."""
    position = await queue.position(session, job)
    before = estimates.range(job.engine, await queue.ahead(session, job))
    present = [card.eta for card in at_work if card.job.engine == job.engine]
    if before is None or None in present or not (position or present):
        return Card(job, position=position)
    spans = [span for span in (*present, before) if span]
    return Card(job, position=position, eta=(sum(low for low, _ in spans), sum(high for _, high in spans)))


async def card_of(session: AsyncSession, job: Job, dispatcher: Dispatcher, estimates: Estimates) -> Card:
    """The card of any job."""
    if job.status == PROCESSING:
        return running(job, dispatcher.live(job), estimates)
    if job.status == PENDING:
        return await pending(session, job, estimates)
    return Card(job)


def unfinished(jobs: Iterable[Job], most: int) -> list[Card]:
    """The cards of jobs that ended without all their songs."""
    return [Card(job) for job in jobs if job.status in (FAILED, CANCELLED) or job.failed_take][:most]
