"""The event streams of a real server: numbered, resumed, bounded, and ended with it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.server import Server, running, until
from tests.support.streams import Listener, Stream, ends

HOSTILE = ("-m", "tests.support.hostile")
CROWD = 180  # jobs: more changes than an inbox holds
PATHS = ["/api/v1/events", "/events"]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("streams") / "data", program=HOSTILE) as started:
        yield started


@pytest.mark.parametrize("path", PATHS)
def test_a_stream_begins_at_once_with_a_comment_and_a_snapshot(house: Server, path: str) -> None:
    asked = time.monotonic()
    with Stream(house.url, path) as stream:
        first = stream.next()
        assert first and first.comment and not first.event
        assert time.monotonic() - asked < 1
        second = stream.next()
        assert second and second.event == "reset" and second.id


def test_changes_are_numbered_upwards_and_progress_is_not_and_never_goes_back(house: Server) -> None:
    with Stream(house.url) as stream:
        job_id = house.submit("steps 1")
        heard = stream.until(ends(job_id))
    changes = [one for one in heard if one.event == "job" and one.json["id"] == job_id]
    assert [one.json["status"] for one in changes] == ["pending", "processing", "completed"]
    assert len({(one.id or "").rpartition("-")[0] for one in changes}) == 1
    numbers = [one.number for one in heard if one.event == "job"]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    steps = [one for one in heard if one.event == "progress" and one.json["id"] == job_id]
    fractions = [one.json["progress"] for one in steps]
    assert len(fractions) >= 3 and fractions == sorted(fractions)
    assert all(one.id is None for one in heard if one.event in ("progress", "line"))


@pytest.mark.parametrize("path", PATHS)
def test_who_comes_back_hears_what_was_missed_and_nothing_twice(house: Server, path: str) -> None:
    with Stream(house.url, path) as stream:
        start = stream.until(lambda one: one.event == "reset")[-1]
        jobs = [house.submit("quick") for _ in range(4)]
        for job_id in jobs:
            house.wait_for(job_id)
        changes = stream.until(lambda one: one.id and one.number == start.number + 3 * len(jobs))
    sent = [(one.event, one.id, one.data) for one in changes if one.id]
    assert len(sent) == 3 * len(jobs), "each job was accepted, begun and finished"
    for known in range(len(sent)):
        with Stream(house.url, path, after=sent[known - 1][1] if known else start.id) as again:
            replayed = [again.next() for _ in range(1 + len(sent) - known)][1:]
        assert [(one.event, one.id, one.data) for one in replayed if one] == sent[known:]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("kind", ["foreign", "future", "garbage", "hostile"])
def test_an_id_that_is_not_ours_gets_a_reset_with_a_snapshot(house: Server, path: str, kind: str) -> None:
    with Stream(house.url, path) as stream:
        newest = stream.until(lambda one: one.event == "reset")[-1].id or ""
    epoch = newest.rpartition("-")[0]
    known = {"foreign": "0123abcd-1", "future": f"{epoch}-999999", "garbage": "?", "hostile": f"{epoch}-{'9' * 5_000}"}
    with Stream(house.url, path, after=known[kind]) as stream:
        heard = stream.until(lambda one: one.event == "reset")
    assert heard[-1].id == newest and heard[-1].data
    assert [one.event for one in heard] == ["", "reset"]
    if path == "/api/v1/events":
        assert heard[-1].json == {"jobs": [], "more": 0}


def test_the_id_of_an_earlier_run_gets_a_reset_that_shows_what_is_being_made(tmp_path: Path) -> None:
    with running(tmp_path / "data", program=HOSTILE) as server:
        job_id = server.submit("silent")
        with Stream(server.url) as stream:
            known = stream.until(lambda one: one.id)[-1].id
        server.kill()
        server.start()
        with Stream(server.url, after=known) as stream:
            reset = stream.until(lambda one: one.event)[-1]
        assert reset.event == "reset" and reset.id and reset.id != known
        assert [job["id"] for job in reset.json["jobs"]] == [job_id]


def test_readers_that_do_not_read_slow_neither_the_server_nor_the_others(house: Server) -> None:
    process = psutil.Process(house.process.pid)  # type: ignore[union-attr]
    blocker = house.submit("silent")
    alone = _submit_and_cancel(house, 30)
    memory = process.memory_info().rss
    deaf = [Stream(house.url, path, window=4_096) for path in PATHS for _ in range(3)]
    with Stream(house.url) as stream:
        keen = Listener(stream, ends(blocker))
        seconds = _submit_and_cancel(house, CROWD)
        assert house.ask("POST", f"/api/v1/jobs/{blocker}/cancel").status == 200
        numbers = [one.number for one in keen.wait() if one.event == "job"]
    assert sorted(seconds)[-3] < max(0.25, 2 * max(alone)), "submitting stays quick"
    assert len(numbers) >= 2 * CROWD and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert process.memory_info().rss - memory < 150_000_000
    lost = []
    for reader in deaf:
        heard = reader.until(lambda one: one.id and one.number >= numbers[-1])
        reader.close()
        told = [one.number for one in heard if one.id]
        assert told == sorted(set(told)), "in order and none twice"
        is_lost = len([one for one in heard if one.event == "reset"]) == 2  # the second one is not of the start
        assert is_lost == (len(told) < 2 * CROWD), "a new snapshot, or all of it"
        lost.append(is_lost)
    assert any(lost), "some reader must have had more to read than was kept for it"


def _submit_and_cancel(house: Server, count: int) -> list[float]:
    """Make changes of fifty kilobytes each; returns how long each submit took."""
    seconds = []
    for _ in range(count):
        begun = time.monotonic()
        job_id = house.submit("quick", lyrics=f"{'🎵' * 99}\n" * 100)
        seconds.append(time.monotonic() - begun)
        assert house.ask("POST", f"/api/v1/jobs/{job_id}/cancel").status == 200
    return seconds


def test_fifty_streams_that_were_closed_leave_nothing_behind(house: Server) -> None:
    assert house.process
    process = psutil.Process(house.process.pid)
    until(lambda: not _connections(process), 5, "the streams of other tests to be gone")
    before, threads = process.num_fds(), process.num_threads()
    streams = [Stream(house.url, path) for path in PATHS for _ in range(25)]
    for stream in streams:
        stream.until(lambda one: one.event == "reset")
    assert len(_connections(process)) == 50
    for stream in streams:
        stream.close()
    until(lambda: process.num_fds() <= before, 5, "the server to close the sockets")
    assert process.num_threads() <= threads + 4


def _connections(process: psutil.Process) -> list[object]:
    return [one for one in process.net_connections() if one.status == psutil.CONN_ESTABLISHED]


def test_a_long_poll_answers_when_the_job_ends(house: Server) -> None:
    job_id = house.submit("steps 0.6")
    begun = time.monotonic()
    answer = house.get(f"/api/v1/jobs/{job_id}?wait=14")
    assert answer.json["status"] == "completed" and answer.json["result_path"]
    assert 0.3 < time.monotonic() - begun < 10
    assert house.get(f"/api/v1/jobs/{job_id}?wait=14").json["status"] == "completed", "an ended job answers at once"
    assert time.monotonic() - begun < 12


def test_a_long_poll_that_was_in_vain_tells_how_the_job_stands(house: Server) -> None:
    job_id = house.submit("silent")
    house.wait_for(job_id, "processing")
    begun = time.monotonic()
    assert house.get(f"/api/v1/jobs/{job_id}?wait=0.3").json["status"] == "processing"
    assert 0.3 <= time.monotonic() - begun < 5
    assert house.ask("POST", f"/api/v1/jobs/{job_id}/cancel").status == 200
    assert house.get(f"/api/v1/jobs/{job_id}?wait=10").json["status"] == "cancelled"
    for wrong in ("-1", "61", "x", "nan"):
        assert house.get(f"/api/v1/jobs/{job_id}?wait={wrong}").status == 422, wrong


def test_sigterm_ends_open_streams_at_once(tmp_path: Path) -> None:
    with running(tmp_path / "data", program=HOSTILE) as server:
        until(lambda: server.get("/readyz").status == 200, 10, "the workers")
        streams = [Stream(server.url, path) for path in (*PATHS, PATHS[0])]
        for stream in streams:
            stream.until(lambda one: one.event == "reset")
        begun = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - begun < 3
        for stream in streams:
            assert stream.to_the_end() == [], "ended properly, not cut off"
            stream.close()
