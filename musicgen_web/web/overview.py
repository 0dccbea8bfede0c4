"""How this server is, in one piece: its engines, its line, its library and what the doctor saw."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from musicgen_web.db import Database
from musicgen_web.doctor import Finding
from musicgen_web.errors import MusicGenError
from musicgen_web.jobs import queue
from musicgen_web.jobs.dispatcher import Dispatcher, EngineState
from musicgen_web.jobs.estimates import Estimates
from musicgen_web.library import tracks
from musicgen_web.limits import PROBLEM
from musicgen_web.models import PENDING, PROCESSING
from musicgen_web.parts import Missing
from musicgen_web.web import phrases
from musicgen_web.web.checkup import Checkup, Seen
from musicgen_web.web.house import House

THREE_MINUTES = 180.0
DIFFRHYTHM = "diffrhythm"


@dataclass(frozen=True, slots=True)
class EngineReport:
    """An engine as the page shows it: the words beside its name, a sentence, and what it lacks."""

    state: EngineState
    about: str
    missing: tuple[Missing, ...] = ()

    @property
    def is_ready(self) -> bool:
        """A worker that has loaded is the proof, whatever the machine lacks for doing it quickly."""
        return self.state.is_ready

    @property
    def words(self) -> str:
        if self.is_ready:
            return "ready, at work" if self.state.busy else "ready"
        if self.missing:
            return "not ready"
        return "its worker does not start" if self.state.is_broken else "warming up"


@dataclass(frozen=True, slots=True)
class Overview:
    """`counts` and `library` are None while the database cannot be read."""

    engines: Sequence[EngineReport]
    engine: str  # the pre-selected one
    seen: Seen
    counts: dict[str, int] | None
    library: tuple[int, float] | None
    eta: tuple[float, float] | None  # of a song of three minutes

    @property
    def making(self) -> int:
        return sum((self.counts or {}).get(status, 0) for status in (PENDING, PROCESSING))

    @property
    def problems(self) -> list[Finding]:
        return [finding for finding in self.seen.report.findings if finding.status == PROBLEM]

    @property
    def headline(self) -> str:
        """The page's first sentence: can songs be made here, and how long does one take?"""
        chosen = next(engine for engine in self.engines if engine.state.name == self.engine)
        name = chosen.state.title
        if not chosen.is_ready:
            return f"{name} {'does not start' if chosen.state.is_broken else 'is ' + chosen.words}."
        if self.counts is None:
            return f"{name} is ready, but the database cannot be read."
        if self.problems:
            return f"{name} is ready, but something needs you: {self.problems[0].title.lower()}."
        takes = f" A song of three minutes takes {phrases.eta(self.eta)}." if self.eta else ""
        return f"{name} is ready.{takes}"


async def overview(
    house: House, db: Database, dispatcher: Dispatcher, estimates: Estimates, checkup: Checkup
) -> Overview:
    """Gather it all. A database that cannot be read takes nothing else away."""
    seen = await checkup.seen()
    counts: dict[str, int] | None = None
    library: tuple[int, float] | None = None
    with suppress(MusicGenError):
        async with db.read() as session:
            counts, library = await queue.counts(session), await tracks.counts(session)
    about = {engine.name: engine.about for engine in house.engines}
    engines = [
        EngineReport(state, about[state.name], seen.missing if state.name == DIFFRHYTHM else ())
        for state in dispatcher.state()
    ]
    if DIFFRHYTHM not in about:
        absent = EngineState(DIFFRHYTHM, "DiffRhythm", seen.report.graphics.device, 0, 0, 0, 0, "")
        engines.append(EngineReport(absent, "Sings English and Chinese, up to 4:45.", seen.missing))
    return Overview(engines, house.engine, seen, counts, library, estimates.range(house.engine, THREE_MINUTES))
