"""The first sentence of the System page is the one that matters most just now."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from musicgen_web.doctor import Finding, Report
from musicgen_web.jobs.dispatcher import EngineState
from musicgen_web.limits import OK, PROBLEM, WARNING
from musicgen_web.machine import Graphics
from musicgen_web.parts import Missing
from musicgen_web.web.checkup import Seen
from musicgen_web.web.overview import EngineReport, Overview

COUNTS = {"pending": 2, "processing": 1}
LACK = Missing("weights", "Weights: all.", "Get them.")


def engine(*, ready: int = 1, busy: int = 0, broken: int = 0, missing: tuple[Missing, ...] = ()) -> EngineReport:
    return EngineReport(EngineState("sketch", "Sketch", "cpu", 1, ready, busy, broken, ""), "", missing)


def found(
    report: EngineReport,
    *statuses: str,
    counts: dict[str, int] | None = COUNTS,
    eta: tuple[float, float] | None = None,
) -> Overview:
    findings = tuple(Finding("disk", "Disk", status, "12 MB free") for status in statuses)
    seen = Seen(datetime.now(UTC), Report(Graphics("cpu"), findings), (), None)
    return Overview([report], "sketch", seen, counts, None, eta)


@pytest.mark.parametrize(
    ("overview", "words"),
    [
        (found(engine()), "Sketch is ready."),
        (found(engine(), eta=(6, 10)), "Sketch is ready. A song of three minutes takes 6 to 10 seconds."),
        (found(engine(), OK, WARNING), "Sketch is ready."),
        (found(engine(), PROBLEM), "Sketch is ready, but something needs you: disk."),
        (found(engine(), counts=None), "Sketch is ready, but the database cannot be read."),
        (found(engine(ready=0)), "Sketch is warming up."),
        (found(engine(ready=0, missing=(LACK,))), "Sketch is not ready."),
        (found(engine(ready=0, broken=1)), "Sketch does not start."),
    ],
)
def test_the_headline_says_the_most_pressing_thing(overview: Overview, words: str) -> None:
    assert overview.headline == words


@pytest.mark.parametrize(
    ("report", "words"),
    [
        (engine(), "ready"),
        (engine(busy=1), "ready, at work"),
        (engine(ready=0), "warming up"),
        (engine(ready=0, broken=1), "its worker does not start"),
        (engine(ready=0, missing=(LACK,)), "not ready"),
        (engine(missing=(LACK,)), "ready"),
    ],
)
def test_an_engine_says_how_it_is(report: EngineReport, words: str) -> None:
    assert report.words == words
    assert report.is_ready == words.startswith("ready")


def test_what_is_being_made_is_counted_and_nothing_where_it_is_not_known() -> None:
    assert found(engine()).making == 3
    assert found(engine(), counts=None).making == 0
