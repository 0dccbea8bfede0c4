"""How long a song will take, judged from the songs this server has made."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from musicgen_web.models import COMPLETED, Take

KEPT = 50  # of each engine, the newest
NEEDED = 2
FEW_SPREAD = 0.15  # how much wider a range is drawn, divided by the root of how many songs it is drawn from


@dataclass(frozen=True, slots=True)
class Work:
    """One song made: its length and what the work took, both in seconds."""

    song_seconds: float
    work_seconds: float


class Estimates:
    """The newest songs of each engine. One song takes `start + rate · length`, give or take what was seen."""

    def __init__(self) -> None:
        self._works: dict[str, deque[Work]] = defaultdict(lambda: deque(maxlen=KEPT))

    async def load(self, session: AsyncSession, engines: Iterable[str]) -> None:
        """Learn from the takes that this server finished before."""
        for engine in engines:
            newest = (
                select(Take.duration, Take.seconds)
                .where(Take.status == COMPLETED, Take.engine == engine, Take.seconds.is_not(None))
                .order_by(Take.arrival.desc())
                .limit(KEPT)
            )
            for duration, seconds in reversed((await session.execute(newest)).all()):
                self.record(engine, duration, seconds or 0.0)

    def record(self, engine: str, song_seconds: float, work_seconds: float) -> None:
        """Learn from a song just made."""
        if song_seconds > 0 and work_seconds > 0:
            self._works[engine].append(Work(song_seconds, work_seconds))

    def range(self, engine: str, song_seconds: float, *, songs: int = 1) -> tuple[float, float] | None:
        """Return the seconds it will take (low, high) to make that many seconds of song, or None: too little known."""
        works = self._works[engine]
        if len(works) < NEEDED:
            return None
        start, rate = _line(works)
        expected = start * songs + rate * song_seconds
        misses = sorted(work.work_seconds / (start + rate * work.song_seconds) for work in works)
        spread = FEW_SPREAD / len(works) ** 0.5
        low = expected * max(_at(misses, 0.1) - spread, 0.0)
        return low, expected * (_at(misses, 0.9) + spread)


def _line(works: Iterable[Work]) -> tuple[float, float]:
    """Fit work = start + rate · length by least squares; where that makes no sense, work = rate · length."""
    lengths, seconds = zip(*((work.song_seconds, work.work_seconds) for work in works), strict=True)
    length, mean = fmean(lengths), fmean(seconds)
    variance = fmean((x - length) ** 2 for x in lengths)
    if variance > (0.05 * length) ** 2:
        rate = fmean((x - length) * (y - mean) for x, y in zip(lengths, seconds, strict=True)) / variance
        start = mean - rate * length
        if rate > 0 and start >= 0:
            return start, rate
    return 0.0, mean / length


def _at(ordered: list[float], share: float) -> float:
    """Return the value below which that share of them lies, between two of them if need be."""
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
