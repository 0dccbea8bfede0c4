"""The queue: accepted is kept, exactly once, in order, and an end is an end."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from musicgen_web.db import Database
from musicgen_web.engines.base import Song, SongRequest
from musicgen_web.errors import Conflict, InvalidRequest, NotFound, QueueFull
from musicgen_web.jobs import arrival, queue
from musicgen_web.library import tracks
from musicgen_web.migrate import migrate
from musicgen_web.models import CANCELLED, COMPLETED, FAILED, FINAL, PENDING, PROCESSING, Job, Take, Track

T = TypeVar("T")
SONG = Song(
    duration=30.5, sample_rate=44_100, channels=2, md5="0" * 32, peaks=b"\1", plan={"bpm": 90}, versions={"sketch": "1"}
)


TEN_THOUSAND_JOBS = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 10000)
INSERT INTO job (number, id, owner, request, engine, status, cancelling, created_at)
SELECT i, 'id' || i, 'local', :request, 'sketch', 'pending', 0, '2026-01-01T00:00:00Z' FROM n
"""
THEIR_TAKES = """
INSERT INTO take (job_number, number, engine, duration, status, attempt, interruptions)
SELECT number, 1, 'sketch', 30, 'pending', 0, 0 FROM job
"""


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database nobody has used yet, to be copied."""
    folder = tmp_path_factory.mktemp("fresh")
    migrate(folder / "musicgen.db", folder / "backups")
    return folder / "musicgen.db"


@pytest.fixture
async def db(fresh: Path, tmp_path: Path) -> AsyncIterator[Database]:
    shutil.copy(fresh, tmp_path / "musicgen.db")
    async with Database(tmp_path / "musicgen.db") as db:
        yield db


def wish(prompt: str = "slow rain, piano", *, engine: str = "sketch", takes: int = 1, seed: int = 7) -> SongRequest:
    return SongRequest(prompt=prompt, engine=engine, seed=seed, duration=30.0, takes=takes)


async def do(db: Database, verb: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """Run one verb in a transaction of its own."""
    async with db.begin() as session:
        return await verb(session)


async def ask(db: Database, takes: int = 1, **more: str) -> Job:
    job, _ = await do(db, lambda session: queue.enqueue(session, wish(takes=takes), **more))
    return job


async def take_one(db: Database, engine: str = "sketch") -> tuple[str, Take]:
    take = await do(db, lambda session: queue.claim(session, engine))
    assert take is not None
    assert take.claim is not None
    return take.claim, take


async def finish(db: Database, claim: str) -> Job | None:
    return await do(db, lambda session: queue.finish(session, claim, 2.5, song=SONG, size=1_000))


async def fail(db: Database, claim: str, *, final: bool = False) -> Job | None:
    return await do(db, lambda session: queue.fail(session, claim, "WORKER_CRASHED", "It fell over.", final=final))


async def cancel(db: Database, job: Job) -> Job:
    return await do(db, lambda session: queue.cancel(session, job.id))


async def look(db: Database, job: Job) -> Job:
    async with db.read() as session:
        return await queue.find(session, job.id)


async def library(db: Database) -> list[Track]:
    async with db.read() as session:
        return list((await tracks.listing(session)).tracks)


async def test_an_accepted_job_is_known_by_its_id_at_once_and_reads_back_as_it_was_answered(db: Database) -> None:
    job, created = await do(db, lambda session: queue.enqueue(session, wish(takes=3)))
    assert created
    found = await look(db, job)
    for asked in (job, found):
        assert (asked.status, asked.attempt, asked.cancelling, asked.started_at) == (PENDING, 1, False, None)
        assert [(take.number, take.status, take.arrival) for take in asked.takes] == [
            (1, PENDING, 1), (2, PENDING, 2), (3, PENDING, 3),
        ]  # fmt: skip
        assert asked.request == wish(takes=3)
    columns = [attribute.key for attribute in Job.__mapper__.column_attrs]
    assert [getattr(job, name) for name in columns] == [getattr(found, name) for name in columns]
    columns = [attribute.key for attribute in Take.__mapper__.column_attrs]
    assert [getattr(job.takes[1], name) for name in columns] == [getattr(found.takes[1], name) for name in columns]


async def test_ids_are_random_and_the_order_is_the_databases(db: Database) -> None:
    jobs = [await ask(db) for _ in range(20)]
    assert [job.number for job in jobs] == list(range(1, 21))
    assert len({len(job.id) for job in jobs}) == 1
    assert len({job.id for job in jobs}) == 20
    assert [job.id for job in jobs] != sorted(job.id for job in jobs)


async def test_takes_are_claimed_in_the_order_they_arrived_whatever_the_clock_says(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await ask(db)
    monkeypatch.setattr(arrival, "now", lambda: datetime(1999, 1, 1, tzinfo=UTC))
    second = await ask(db)
    assert second.created_at < first.created_at
    claimed = [(await take_one(db))[1].job.id for _ in range(2)]
    assert claimed == [first.id, second.id]
    async with db.read() as session:
        assert [job.id for job in await queue.listing(session)] == [second.id, first.id]
        assert [job.id for job in await queue.active(session)] == [first.id, second.id]


async def test_each_engine_has_its_own_line(db: Database) -> None:
    await do(db, lambda session: queue.enqueue(session, wish(engine="diffrhythm")))
    mine = await ask(db)
    _, take = await take_one(db)
    assert take.job.id == mine.id
    assert await do(db, lambda session: queue.claim(session, "sketch")) is None


async def test_a_claim_says_who_owns_the_take_and_what_the_song_will_be_called(db: Database) -> None:
    job = await ask(db)
    claim, take = await take_one(db)
    assert (take.status, take.attempt, take.job.status) == (PROCESSING, 1, PROCESSING)
    assert len(claim) == len(take.track_id or "") == 32
    assert claim not in (take.track_id, job.id)
    assert take.started_at is not None
    assert (await look(db, job)).started_at is not None


async def test_a_finished_take_is_one_song_in_the_library_with_its_own_seed(db: Database) -> None:
    await ask(db, takes=2)
    for _ in range(2):
        claim, _ = await take_one(db)
        job = await finish(db, claim)
    assert job is not None
    assert (job.status, job.cancelling, len(job.track_ids)) == (COMPLETED, False, 2)
    second, first = await library(db)
    assert [first.id, second.id] == job.track_ids
    assert (first.request.seed, second.request.seed, second.request.takes) == (7, 8, 1)
    assert (first.md5, first.duration, first.size, first.seconds) == (SONG.md5, 30.5, 1_000, 2.5)


async def test_a_job_between_two_takes_is_still_processing(db: Database) -> None:
    await ask(db, takes=2)
    claim, _ = await take_one(db)
    job = await finish(db, claim)
    assert job is not None
    assert (job.status, len(job.track_ids)) == (PROCESSING, 1)


async def test_a_result_of_an_old_claim_changes_nothing(db: Database) -> None:
    await ask(db)
    old, _ = await take_one(db)
    await fail(db, old)
    new, _ = await take_one(db)
    assert await finish(db, old) is None
    assert await fail(db, old, final=True) is None
    assert await do(db, lambda session: queue.put_back(session, old)) is None
    assert await do(db, lambda session: queue.cancelled(session, old)) is None
    assert await library(db) == []
    assert (await finish(db, new)) is not None
    assert await finish(db, new) is None
    assert len(await library(db)) == 1


async def test_a_take_has_three_attempts_at_its_old_place_and_then_fails_with_the_cause(db: Database) -> None:
    job = await ask(db)
    await ask(db)
    for attempt in (1, 2, 3):
        claim, take = await take_one(db)
        assert (take.job.id, take.attempt) == (job.id, attempt)
        await fail(db, claim)
    ended = await look(db, job)
    assert (ended.status, ended.attempt) == (FAILED, 3)
    assert ended.failed_take is not None
    assert (ended.failed_take.error_code, ended.failed_take.error_detail) == ("WORKER_CRASHED", "It fell over.")
    assert ended.failed_take.track_id is None


async def test_a_final_failure_is_not_tried_again(db: Database) -> None:
    job = await ask(db)
    claim, _ = await take_one(db)
    await fail(db, claim, final=True)
    assert (await look(db, job)).status == FAILED


async def test_a_job_with_one_song_and_one_failure_is_completed_and_tells_both(db: Database) -> None:
    await ask(db, takes=2)
    first, _ = await take_one(db)
    await fail(db, first, final=True)
    second, _ = await take_one(db)
    job = await finish(db, second)
    assert job is not None
    assert (job.status, [take.status for take in job.takes]) == (COMPLETED, [FAILED, COMPLETED])
    assert len(job.track_ids) == 1


async def test_putting_back_costs_no_attempt(db: Database) -> None:
    job = await ask(db)
    for _ in range(5):
        claim, take = await take_one(db)
        assert take.attempt == 1
        await do(db, lambda session, claim=claim: queue.put_back(session, claim))
    waiting = await look(db, job)
    assert (waiting.status, waiting.started_at, waiting.takes[0].attempt) == (PENDING, None, 0)
    assert (waiting.takes[0].claim, waiting.takes[0].track_id) == (None, None)


async def test_a_waiting_job_is_cancelled_at_once(db: Database) -> None:
    job = await cancel(db, await ask(db, takes=3))
    assert (job.status, job.cancelling, {take.status for take in job.takes}) == (CANCELLED, False, {CANCELLED})
    assert job.takes[0].error_code == "CANCELLED"
    assert await do(db, lambda session: queue.claim(session, "sketch")) is None


async def test_a_running_job_is_asked_to_stop_and_ends_when_it_has(db: Database) -> None:
    asked = await ask(db, takes=2)
    claim, _ = await take_one(db)
    job = await cancel(db, asked)
    assert (job.status, job.cancelling, [take.status for take in job.takes]) == (
        PROCESSING,
        True,
        [PROCESSING, CANCELLED],
    )
    ended = await do(db, lambda session: queue.cancelled(session, claim))
    assert ended is not None
    assert (ended.status, ended.cancelling) == (CANCELLED, False)
    assert await library(db) == []


async def test_a_cancelled_job_keeps_the_songs_finished_before(db: Database) -> None:
    asked = await ask(db, takes=2)
    claim, _ = await take_one(db)
    await finish(db, claim)
    job = await cancel(db, asked)
    assert (job.status, len(job.track_ids), len(await library(db))) == (CANCELLED, 1, 1)


async def test_a_song_that_was_ready_when_the_stop_came_is_kept_and_the_job_ends_as_it_was_told(db: Database) -> None:
    asked = await ask(db)
    claim, _ = await take_one(db)
    await cancel(db, asked)
    job = await finish(db, claim)
    assert job is not None
    assert (job.status, job.takes[0].status, len(await library(db))) == (CANCELLED, COMPLETED, 1)


@pytest.mark.parametrize("way", ["fail", "put_back", "recover"])
async def test_a_take_that_was_asked_to_stop_never_waits_again(db: Database, way: str) -> None:
    asked = await ask(db)
    claim, _ = await take_one(db)
    await cancel(db, asked)
    if way == "fail":
        await fail(db, claim)
    elif way == "put_back":
        await do(db, lambda session: queue.put_back(session, claim))
    else:
        await do(db, queue.recover)
    assert (await look(db, asked)).status == CANCELLED


async def test_cancelling_an_ended_job_changes_nothing(db: Database) -> None:
    asked = await ask(db)
    claim, _ = await take_one(db)
    await finish(db, claim)
    before = await look(db, asked)
    again = await cancel(db, asked)
    assert (again.status, again.finished_at) == (COMPLETED, before.finished_at)


async def test_after_a_death_of_the_server_what_ran_waits_again_and_lost_no_attempt(db: Database) -> None:
    job = await ask(db)
    waiting = await ask(db)
    await take_one(db)
    recovered = await do(db, queue.recover)
    assert [(found.id, found.status) for found in recovered] == [(job.id, PENDING)]
    assert (recovered[0].takes[0].attempt, recovered[0].takes[0].interruptions) == (0, 1)
    assert (await look(db, waiting)).status == PENDING
    _, take = await take_one(db)
    assert (take.job.id, take.attempt) == (job.id, 1)
    assert await do(db, lambda session: queue.place(session, waiting)) == (0, 0.0)


async def test_the_fifth_death_of_the_server_ends_a_take_as_interrupted(db: Database) -> None:
    job = await ask(db)
    for death in range(1, 6):
        await take_one(db)
        await do(db, queue.recover)
        assert (await look(db, job)).status == (PENDING if death < 5 else FAILED)
    ended = await look(db, job)
    assert ended.failed_take is not None
    assert ended.failed_take.error_code == "INTERRUPTED"


async def test_deaths_of_workers_and_of_servers_are_counted_apart(db: Database) -> None:
    job = await ask(db)
    for _ in range(2):
        claim, _ = await take_one(db)
        await fail(db, claim)
        await take_one(db)
        await do(db, queue.recover)
    waiting = await look(db, job)
    assert (waiting.status, waiting.takes[0].attempt, waiting.takes[0].interruptions) == (PENDING, 2, 2)


async def test_one_key_gives_one_job_also_when_it_comes_twice_at_once(db: Database) -> None:
    async def post() -> tuple[Job, bool]:
        return await do(db, lambda session: queue.enqueue(session, wish(takes=2), key="k", fingerprint="f", limit=2))

    answers = await asyncio.gather(*(post() for _ in range(5)))
    assert len({job.id for job, _ in answers}) == 1
    assert [created for _, created in answers] == [True, False, False, False, False]
    assert len(answers[4][0].takes) == 2
    async with db.read() as session:
        assert await queue.counts(session) == {"pending": 2, "processing": 0}


async def test_a_key_with_another_body_is_a_conflict_and_anothers_key_is_ones_own(db: Database) -> None:
    await ask(db, key="k", fingerprint="f")
    with pytest.raises(Conflict):
        await ask(db, key="k", fingerprint="g")
    other = await ask(db, key="k", fingerprint="g", owner="berta")
    assert other.owner == "berta"


async def test_a_key_is_remembered_as_long_as_its_job(db: Database) -> None:
    first = await ask(db, key="k", fingerprint="f")
    claim, _ = await take_one(db)
    await finish(db, claim)
    assert (await ask(db, key="k", fingerprint="f")).id == first.id


async def test_a_full_queue_is_counted_in_takes_and_says_when_to_come_again(db: Database) -> None:
    await do(db, lambda session: queue.enqueue(session, wish(takes=3), limit=4))
    with pytest.raises(QueueFull) as full:
        await do(db, lambda session: queue.enqueue(session, wish(takes=2), limit=4))
    assert full.value.retry_after
    await do(db, lambda session: queue.enqueue(session, wish(), limit=4))
    await take_one(db)
    await do(db, lambda session: queue.enqueue(session, wish(), limit=4))


async def test_the_line_is_full_at_its_limit_however_many_come_at_once(db: Database) -> None:
    async def come() -> bool:
        try:
            await do(db, lambda session: queue.enqueue(session, wish(), limit=7))
        except QueueFull:
            return False
        return True

    assert sum(await asyncio.gather(*(come() for _ in range(12)))) == 7
    async with db.read() as session:
        assert (await queue.counts(session))[PENDING] == 7


async def test_a_place_that_becomes_free_or_is_taken_again_in_the_same_batch_is_known(db: Database) -> None:
    async with db.begin() as session:
        await queue.enqueue(session, wish(), limit=1)
        take = await queue.claim(session, "sketch")
        assert take and take.claim
        await queue.enqueue(session, wish(), limit=1)
        await queue.put_back(session, take.claim)
        with pytest.raises(QueueFull):
            await queue.enqueue(session, wish(), limit=2)


async def test_retrying_makes_a_new_job_and_leaves_the_old_one(db: Database) -> None:
    old = await ask(db, takes=2)
    with pytest.raises(Conflict):
        await do(db, lambda session: queue.retry(session, old.id))
    await cancel(db, old)
    new = await do(db, lambda session: queue.retry(session, old.id))
    assert new.id != old.id
    assert (new.request, new.status, new.idempotency_key) == (old.request, PENDING, None)
    assert (await look(db, old)).status == CANCELLED


async def test_another_persons_job_is_not_there(db: Database) -> None:
    job = await ask(db, owner="anna")
    for verb in (queue.find, queue.cancel, queue.retry):
        with pytest.raises(NotFound):
            await do(db, lambda session, verb=verb: verb(session, job.id, "berta"))
    async with db.read() as session:
        assert await queue.listing(session, "berta") == []
        assert await queue.active(session, "berta") == []
        assert await queue.active_count(session, "anna") == 1


async def test_lists_page_by_cursor_and_tell_what_waits_from_what_ended(db: Database) -> None:
    jobs = [await ask(db) for _ in range(7)]
    for job in jobs[:4]:
        await cancel(db, job)
    async with db.read() as session:
        seen: list[str] = []
        while page := await queue.listing(session, before=seen[-1] if seen else None, limit=3):
            seen += [job.id for job in page]
        assert seen == [job.id for job in reversed(jobs)]
        assert [job.id for job in await queue.active(session)] == [job.id for job in jobs[4:]]
        assert [job.id for job in await queue.active(session, limit=1)] == [jobs[4].id]
        assert [job.id for job in await queue.ended(session, limit=3)] == [job.id for job in reversed(jobs[1:4])]
        with pytest.raises(InvalidRequest):
            await queue.listing(session, before="nowhere")


async def test_the_position_counts_takes_before_it_in_its_engines_line(db: Database) -> None:
    await do(db, lambda session: queue.enqueue(session, wish(engine="diffrhythm", takes=5)))
    first, second = await ask(db, takes=3), await ask(db, takes=2)
    async with db.read() as session:
        assert [await queue.place(session, job) for job in (first, second)] == [(0, 0.0), (3, 90.0)]
    await take_one(db)
    first = await look(db, first)
    async with db.read() as session:
        assert [await queue.place(session, job) for job in (first, second)] == [(0, 0.0), (2, 60.0)]
    first = await cancel(db, first)
    async with db.read() as session:
        assert [await queue.place(session, job) for job in (first, second)] == [None, (0, 0.0)]


async def test_with_ten_thousand_waiting_a_claim_and_a_place_are_found_by_index(db: Database) -> None:
    async with db.begin() as session:
        await session.execute(text(TEN_THOUSAND_JOBS), {"request": '{"prompt": "x", "engine": "sketch", "seed": 1}'})
        await session.execute(text(THEIR_TAKES))
    plans: list[str] = []
    statements: list[str] = []
    db._raw.set_trace_callback(statements.append)
    async with db.begin() as session:
        last = await queue.find(session, "id10000")
        assert await queue.place(session, last) == (9_999, 9_999 * 30)
        assert await queue.claim(session, "sketch") is not None
        await queue.enqueue(session, wish(), key="k")
        await queue.counts(session)
        await queue.active(session, limit=30)
        await queue.ended(session)
    db._raw.set_trace_callback(None)
    for statement in statements:
        if statement.startswith(("SELECT", "UPDATE", "INSERT INTO job")):
            plans += [f"{row[3]}" for row in db._raw.execute(f"EXPLAIN QUERY PLAN {statement}")]
    assert len(plans) > 15
    assert [plan for plan in plans if plan.startswith("SCAN") and "anon_" not in plan and "CONSTANT" not in plan] == []
    assert any("USING COVERING INDEX ix_take_line (status=? AND engine=? AND arrival<?)" in plan for plan in plans)
    assert any("USING COVERING INDEX ix_take_line (status=? AND engine=?)" in plan for plan in plans)
    assert not any("TEMP B-TREE" in plan for plan in plans if "GROUP" in plan)


class Queue(RuleBasedStateMachine):
    """Any sequence of verbs, from any claim ever given, old ones too: what must hold always, holds."""

    jobs = Bundle("jobs")
    claims = Bundle("claims")

    def __init__(self, fresh: Path) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(fresh, self.folder / "musicgen.db")
        self.runner = asyncio.Runner()
        self.db = Database(self.folder / "musicgen.db")
        self.run(self.db.__aenter__())
        self.ended: dict[int, tuple[str, str | None]] = {}
        self.ended_jobs: dict[str, str] = {}
        self.finished: dict[str, int] = {}

    def teardown(self) -> None:
        self.run(self.db.__aexit__())
        self.runner.close()
        shutil.rmtree(self.folder)

    def run(self, work: Awaitable[T]) -> T:
        async def wait() -> T:
            return await work

        return self.runner.run(wait())

    @rule(target=jobs, takes=st.integers(1, 3), key=st.sampled_from([None, "a", "b"]))
    def enqueue(self, takes: int, key: str | None) -> object:
        fingerprint = None if key is None else f"{takes}"
        try:
            job, _ = self.run(
                do(self.db, lambda s: queue.enqueue(s, wish(takes=takes), key=key, fingerprint=fingerprint, limit=8))
            )
        except (Conflict, QueueFull):
            return multiple()
        return job

    @rule(target=claims)
    def claim(self) -> object:
        take = self.run(do(self.db, lambda s: queue.claim(s, "sketch")))
        return multiple() if take is None else take.claim

    @rule(claim=claims)
    def finish(self, claim: str) -> None:
        if self.run(finish(self.db, claim)) is not None:
            self.finished[claim] = self.finished.get(claim, 0) + 1

    @rule(claim=claims, final=st.booleans())
    def fail(self, claim: str, final: bool) -> None:
        self.run(fail(self.db, claim, final=final))

    @rule(claim=claims)
    def put_back(self, claim: str) -> None:
        self.run(do(self.db, lambda s: queue.put_back(s, claim)))

    @rule(claim=claims)
    def stopped(self, claim: str) -> None:
        self.run(do(self.db, lambda s: queue.cancelled(s, claim)))

    @rule(job=jobs)
    def cancel(self, job: Job) -> None:
        self.run(cancel(self.db, job))

    @rule(job=consumes(jobs), target=jobs)
    def retry(self, job: Job) -> object:
        try:
            return self.run(do(self.db, lambda s: queue.retry(s, job.id, limit=8)))
        except (Conflict, QueueFull):
            return job

    @rule()
    def die(self) -> None:
        """The server dies, with nothing closed, and another one starts."""
        self.run(do(self.db, queue.recover))
        assert self.run(self.counts())["processing"] == 0

    async def counts(self) -> dict[str, int]:
        async with self.db.read() as session:
            return await queue.counts(session)

    async def all(self) -> tuple[list[Job], list[Track]]:
        async with self.db.read() as session:
            return (
                list((await session.scalars(select(Job))).all()),
                list((await session.scalars(select(Track))).all()),
            )

    @invariant()
    def what_must_hold(self) -> None:
        jobs, songs = self.run(self.all())
        assert all(count == 1 for count in self.finished.values())
        made = {(song.job_id, song.take_number): song.id for song in songs}
        assert len(made) == len(songs) == len(self.finished)
        for job in jobs:
            statuses = [take.status for take in job.takes]
            assert len(statuses) == job.request.takes
            is_open = bool({PENDING, PROCESSING} & set(statuses))
            assert job.is_final is not is_open
            assert job.is_final is (job.finished_at is not None)
            assert (job.status == PENDING) is (set(statuses) == {PENDING})
            if job.cancelling:
                assert PENDING not in statuses
                assert PROCESSING in statuses
            if job.is_final:
                assert self.ended_jobs.setdefault(job.id, job.status) == job.status
                assert job.status != FAILED or set(statuses) == {FAILED}
                assert job.status != COMPLETED or (COMPLETED in statuses and CANCELLED not in statuses)
            for take in job.takes:
                if take.status in FINAL:
                    end = (take.status, take.track_id)
                    assert self.ended.setdefault(take.arrival, end) == end
                assert (take.status == COMPLETED) is ((job.id, take.number) in made)
                if take.status == COMPLETED:
                    assert made[job.id, take.number] == take.track_id
                assert take.attempt <= 3
                assert take.interruptions <= 5
                assert (take.status == PENDING) is (take.claim is None) or take.status == CANCELLED
        assert set(self.ended_jobs) <= {job.id for job in jobs}


def test_any_sequence_of_verbs_keeps_the_promises(fresh: Path) -> None:
    run_state_machine_as_test(
        lambda: Queue(fresh),
        settings=settings(
            max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
        ),
    )
