"""How far a job is: never backwards within an attempt, and of all its takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from musicgen_web.engines.base import Progress
from musicgen_web.jobs.live import REMEMBERED, Live, Lives


def begin(lives: Lives, claim: str = "c", *, take: int = 1, attempt: int = 1, takes: int = 1, ended: int = 0) -> Live:
    return lives.begin("job", claim, take=take, attempt=attempt, takes=takes, ended=ended)


def step(lives: Lives, fraction: float, claim: str = "c") -> float:
    live = lives.step("job", claim, Progress("sampling", fraction))
    assert live
    return live.fraction


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=1))
def test_progress_never_goes_back_and_stays_between_nothing_and_all(told: list[float]) -> None:
    lives = Lives()
    begin(lives)
    seen = [step(lives, fraction) for fraction in told]
    assert seen == sorted(seen)
    assert all(0.0 <= fraction <= 1.0 for fraction in seen)


def test_a_new_attempt_begins_again() -> None:
    lives = Lives()
    begin(lives)
    step(lives, 0.8)
    lives.leave("job", "c", ended=0)
    waiting = lives.of("job")
    assert waiting and (waiting.fraction, waiting.attempt) == (0.8, 1)
    again = begin(lives, "d", attempt=2)
    assert (again.fraction, again.attempt, again.stage) == (0.0, 2, "loading")


def test_takes_count_together() -> None:
    lives = Lives()
    begin(lives, "a", take=1, takes=4)
    begin(lives, "b", take=2, takes=4)
    step(lives, 0.5, "a")
    assert step(lives, 0.5, "b") == pytest.approx(0.25)
    lives.leave("job", "a", ended=1)
    live = lives.of("job")
    assert live and live.fraction == pytest.approx(0.375) and live.take == 2


def test_the_first_take_at_work_is_the_one_that_is_shown() -> None:
    lives = Lives()
    begin(lives, "b", take=2, takes=2)
    begin(lives, "a", take=1, takes=2)
    lives.step("job", "a", Progress("decoding", 0.5, 3, 7, "the chorus"))
    live = lives.of("job")
    assert live and (live.stage, live.done, live.total, live.detail, live.take) == ("decoding", 3, 7, "the chorus", 1)
    assert live.since is not None and live.seconds >= 0


def test_what_is_not_at_work_makes_no_progress() -> None:
    lives = Lives()
    assert lives.step("job", "c", Progress("sampling", 0.5)) is None
    begin(lives)
    assert lives.step("job", "other", Progress("sampling", 0.5)) is None


def test_an_ended_job_is_remembered_for_a_while_and_then_forgotten() -> None:
    lives = Lives()
    begin(lives)
    step(lives, 0.4)
    lives.end("job")
    remembered = lives.of("job")
    assert remembered and remembered.fraction == pytest.approx(0.4)
    for number in range(REMEMBERED):
        lives.begin(str(number), "c", take=1, attempt=1, takes=1, ended=0)
        lives.end(str(number))
    assert lives.of("job") is None
