"""How far the running jobs are. Status is the database's; this is memory, and as good as new after a restart."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass, field

from musicgen_web.engines.base import Progress

REMEMBERED = 1_000  # jobs that have ended, so that a late look still sees where they stopped


@dataclass(frozen=True, slots=True)
class Live:
    """How far a job is. `fraction` is of all its takes (0–1) and never goes back within an attempt.

    The rest is about the take a person would look at: the first one at work. `since`: its start by the monotonic clock.
    """

    stage: str = "queued"
    fraction: float = 0.0
    done: int = 0
    total: int = 0
    detail: str = ""
    attempt: int = 1
    take: int = 1
    since: float | None = None

    @property
    def seconds(self) -> float:
        """How long the take has been at work."""
        return 0.0 if self.since is None else time.monotonic() - self.since


@dataclass(slots=True)
class _JobAtWork:
    takes: int
    ended: int
    attempt: int = 0
    furthest: float = 0.0
    running: dict[str, Live] = field(default_factory=dict)  # by claim; `fraction` here is the take's own

    def look(self) -> Live:
        """The job as a whole."""
        shares = sum(live.fraction for live in self.running.values())
        self.furthest = min(1.0, max(self.furthest, (self.ended + shares) / max(self.takes, 1)))
        first = min(self.running.values(), key=lambda live: live.take, default=Live(attempt=self.attempt))
        return Live(
            first.stage, self.furthest, first.done, first.total, first.detail, self.attempt, first.take, first.since
        )


class Lives:
    """The progress of every job at work, by its id."""

    def __init__(self) -> None:
        self._jobs: dict[str, _JobAtWork] = {}
        self._over: OrderedDict[str, Live] = OrderedDict()

    def begin(self, job_id: str, claim: str, *, take: int, attempt: int, takes: int, ended: int) -> Live:
        """A take of this job starts: number `take`, of `takes`, of which `ended` are over."""
        job = self._jobs.setdefault(job_id, _JobAtWork(takes, ended))
        job.ended = ended
        if attempt > job.attempt:
            job.attempt, job.furthest = attempt, 0.0
        job.running[claim] = Live("loading", attempt=attempt, take=take, since=time.monotonic())
        return job.look()

    def step(self, job_id: str, claim: str, progress: Progress) -> Live | None:
        """Note one step; None when this claim is not at work."""
        job = self._jobs.get(job_id)
        before = job.running.get(claim) if job else None
        if job is None or before is None:
            return None
        fraction = min(1.0, max(before.fraction, progress.fraction))
        job.running[claim] = Live(
            progress.stage,
            fraction,
            progress.done,
            progress.total,
            progress.detail,
            before.attempt,
            before.take,
            before.since,
        )
        return job.look()

    def leave(self, job_id: str, claim: str, *, ended: int) -> None:
        """The claim is over, however; `ended` takes of its job are."""
        job = self._jobs.get(job_id)
        if job:
            job.look()
            job.ended = ended
            job.running.pop(claim, None)

    def end(self, job_id: str) -> None:
        """The job is over."""
        job = self._jobs.pop(job_id, None)
        if job:
            self._over[job_id] = job.look()
            if len(self._over) > REMEMBERED:
                self._over.popitem(last=False)

    def of(self, job_id: str) -> Live | None:
        job = self._jobs.get(job_id)
        return job.look() if job else self._over.get(job_id)
