"""Estimates: honest ranges from what this server has done, and none before it has done enough."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from musicgen_web.db import Database
from musicgen_web.engines.base import Song, SongRequest
from musicgen_web.jobs import queue
from musicgen_web.jobs.estimates import KEPT, Estimates
from musicgen_web.migrate import migrate


def test_nothing_is_promised_before_two_songs_are_known() -> None:
    estimates = Estimates()
    assert estimates.range("sketch", 60) is None
    estimates.record("sketch", 60, 3)
    assert estimates.range("sketch", 60) is None
    estimates.record("sketch", 60, 3)
    assert estimates.range("sketch", 60) is not None
    assert estimates.range("diffrhythm", 60) is None


def test_the_range_holds_what_was_seen() -> None:
    estimates = Estimates()
    for seconds in (2.0, 2.5, 3.0):
        estimates.record("sketch", 60, seconds)
    low, high = estimates.range("sketch", 60) or (0, 0)
    assert 1.5 < low < 2.5 < high < 3.5


def test_longer_songs_take_longer_and_a_fixed_start_is_not_multiplied() -> None:
    estimates = Estimates()
    for length in (10, 30, 60, 120, 240):
        estimates.record("sketch", length, 5 + 0.1 * length)
    low, high = estimates.range("sketch", 285) or (0, 0)
    assert low < 5 + 28.5 < high
    assert high - low < 0.2 * 33.5
    low, high = estimates.range("sketch", 3 * 60, songs=3) or (0, 0)
    assert low < 3 * 11 < high


def test_most_songs_of_a_server_that_varies_end_within_their_range() -> None:
    chance = random.Random(4)
    estimates = Estimates()
    inside = 0
    for count in range(300):
        length = chance.choice([10, 30, 95, 180])
        work = (2 + 0.05 * length) * chance.uniform(0.8, 1.3)
        known = estimates.range("sketch", length)
        if count >= 20 and known is not None:
            inside += known[0] <= work <= known[1]
        estimates.record("sketch", length, work)
    assert inside / 280 > 0.75


def test_only_the_newest_songs_count() -> None:
    estimates = Estimates()
    for _ in range(KEPT):
        estimates.record("sketch", 60, 100)
    for _ in range(KEPT):
        estimates.record("sketch", 60, 1)
    _, high = estimates.range("sketch", 60) or (0, 0)
    assert high < 2


@pytest.mark.parametrize(("length", "work"), [(0, 1), (60, 0), (-1, 5)])
def test_what_makes_no_sense_is_not_learnt(length: float, work: float) -> None:
    estimates = Estimates()
    for _ in range(3):
        estimates.record("sketch", length, work)
    assert estimates.range("sketch", 60) is None


def test_a_longer_song_that_was_quicker_does_not_turn_time_round() -> None:
    estimates = Estimates()
    estimates.record("sketch", 30, 10)
    estimates.record("sketch", 240, 5)
    low, high = estimates.range("sketch", 285) or (-1, -1)
    assert 0 <= low < high


async def test_a_server_that_starts_again_remembers_its_finished_takes(tmp_path: Path) -> None:
    migrate(tmp_path / "musicgen.db", tmp_path / "backups")
    song = Song(duration=30, sample_rate=44_100, channels=2, md5="", peaks=b"", plan={}, versions={})
    request = SongRequest(prompt="x", engine="sketch", seed=1, duration=30, takes=3)
    async with Database(tmp_path / "musicgen.db") as db:
        async with db.begin() as session:
            await queue.enqueue(session, request)
            for seconds in (4.0, 5.0):
                take = await queue.claim(session, "sketch")
                assert take is not None
                assert take.claim is not None
                await queue.finish(session, take.claim, seconds, song=song, size=1)
            unfinished = await queue.claim(session, "sketch")
            assert unfinished is not None
        estimates, learnt = Estimates(), Estimates()
        async with db.read() as session:
            await estimates.load(session, ["sketch", "diffrhythm"])
    learnt.record("sketch", 30, 4.0)
    learnt.record("sketch", 30, 5.0)
    assert estimates.range("sketch", 60) == learnt.range("sketch", 60)
