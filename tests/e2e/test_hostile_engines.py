"""Engines that crash, hang and run out of memory under a real server: each has its words, and work goes on."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psutil
import pytest

from tests.support.library import assert_at_rest
from tests.support.server import Server, running, until

HOSTILE = ("-m", "tests.support.hostile")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose workers may say nothing for a second, and no longer."""
    data = tmp_path_factory.mktemp("hostile") / "data"
    with running(data, program=HOSTILE, environment={"MUSICGEN_JOB_STALL_SECONDS": "1"}) as started:
        yield started
        assert started.stop() == 0
        assert_at_rest(data)


def failed(server: Server, prompt: str) -> dict[str, object]:
    """Let a song fail; returns its error. The next one is made all the same."""
    ended = server.wait_for(server.submit(prompt))
    assert ended["status"] == "failed" and ended["takes"][0]["error"] == ended["error"]
    assert ended["error"]["title"] and ended["error"]["recovery"] and ended["track_ids"] == []
    assert server.wait_for(server.submit("quick"))["status"] == "completed"
    return {**ended["error"], "attempt": ended["attempt"]}


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("signal 9", "was killed (signal 9)"),
        ("exit 3", "exited with status 3"),
    ],
)
def test_a_song_that_kills_its_worker_fails_after_three_with_the_cause(house: Server, prompt: str, words: str) -> None:
    error = failed(house, prompt)
    assert (error["code"], error["attempt"], error["retryable"]) == ("WORKER_CRASHED", 3, True)
    assert words in str(error["detail"])


def test_a_worker_that_says_nothing_is_replaced_and_its_song_fails_as_stalled(house: Server) -> None:
    error = failed(house, "silent")
    assert (error["code"], error["attempt"]) == ("WORKER_STALLED", 3)
    assert "1 second" in str(error["detail"])


def test_a_want_of_memory_is_tried_three_times_and_named(house: Server) -> None:
    error = failed(house, "memory")
    assert (error["code"], error["attempt"]) == ("OUT_OF_MEMORY", 3)
    assert "memory" in str(error["detail"])


def test_a_full_disk_and_a_fault_of_the_engine_are_not_tried_again(house: Server) -> None:
    assert (error := failed(house, "disk"))["code"] == "DISK_FULL" and error["attempt"] == 1
    error = failed(house, "fault the secret words")
    assert (error["code"], error["attempt"]) == ("INTERNAL", 1)
    assert "secret" not in str(error) and "secret" not in house.said(), "nobody's words in answers of ours or the log"


def test_a_worker_that_dies_once_costs_one_attempt(house: Server) -> None:
    ended = house.wait_for(house.submit("once quick", seed=77))
    assert (ended["status"], ended["attempt"]) == ("completed", 2)
    (house.data / "incoming" / "once-77").unlink()  # this engine's own note, not a song


def test_of_several_takes_those_that_can_be_made_are_kept(house: Server) -> None:
    ended = house.wait_for(house.submit("quick | memory | quick", takes=3, seed=1))
    assert [take["status"] for take in ended["takes"]] == ["completed", "failed", "completed"]
    assert ended["status"] == "completed" and len(ended["track_ids"]) == 2
    assert ended["takes"][1]["error"]["code"] == "OUT_OF_MEMORY"


def test_retry_is_a_new_job_of_the_same_request_and_the_old_one_stays_as_it_ended(house: Server) -> None:
    job_id = house.submit("fault x", title="same", seed=9)
    before = house.wait_for(job_id)
    again = house.ask("POST", f"/api/v1/jobs/{job_id}/retry")
    assert again.status == 202 and again.json["id"] != job_id
    assert again.headers["location"] == f"/api/v1/jobs/{again.json['id']}"
    old = house.get(f"/api/v1/jobs/{job_id}").json
    assert again.json["request"] == old["request"]
    assert house.wait_for(again.json["id"])["status"] == "failed"
    assert house.status(job_id) == before
    waiting = house.submit("silent", engine="other")
    assert house.ask("POST", f"/api/v1/jobs/{waiting}/retry").status == 409
    assert house.ask("POST", f"/api/v1/jobs/{waiting}/cancel").status == 200
    assert house.ask("POST", "/api/v1/jobs/nothing/retry").status == 404


def test_a_worker_that_died_too_often_is_shown_as_broken_until_the_next_finished_song(house: Server) -> None:
    for _ in range(2):
        assert house.wait_for(house.submit("signal 9"))["status"] == "failed"
    broken = house.get("/readyz")
    assert broken.status == 503 and broken.json["checks"]["worker scripted"] == "broken"
    assert house.wait_for(house.submit("quick"))["status"] == "completed"
    well = house.get("/readyz")
    assert (well.status, well.json["status"]) == (200, "ready")
    assert set(well.json["checks"].values()) == {"ok"}


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that waits for its workers as long as anybody would, and has an engine that never loads."""
    data = tmp_path_factory.mktemp("patient") / "data"
    with running(data, program=(*HOSTILE, "CrashesOnLoad")) as started:
        yield started


def test_one_lane_never_waits_for_another(patient: Server) -> None:
    stuck, next_one = patient.submit("silent"), patient.submit("quick")
    patient.wait_for(stuck, "processing")
    for _ in range(3):
        assert patient.wait_for(patient.submit("quick", engine="other"), seconds=5)["status"] == "completed"
    assert patient.status(stuck)["status"] == "processing"
    waiting = patient.status(next_one)
    assert (waiting["status"], waiting["position"]) == ("pending", 0)
    assert patient.ask("POST", f"/api/v1/jobs/{stuck}/cancel").status == 200
    assert patient.wait_for(next_one)["status"] == "completed"
    assert patient.status(stuck)["status"] == "cancelled"


def test_a_worker_that_does_not_listen_is_stopped_by_force_within_two_seconds(patient: Server) -> None:
    job_id = patient.submit("deaf")
    patient.wait_for(job_id, "processing")
    workers = {child.pid: child for child in patient.children()}
    asked = time.monotonic()
    assert patient.ask("POST", f"/api/v1/jobs/{job_id}/cancel").json["cancelling"] is True
    assert patient.wait_for(job_id, seconds=5)["status"] == "cancelled"
    assert time.monotonic() - asked < 3
    assert patient.wait_for(patient.submit("quick"))["status"] == "completed"
    assert [pid for pid in workers if not psutil.pid_exists(pid)], "the deaf worker is gone"


def test_an_engine_that_dies_whenever_it_loads_is_shown_as_broken_and_harms_no_other(patient: Server) -> None:
    job_id = patient.submit("quick", engine="crashesonload")
    until(lambda: patient.get("/readyz").json["checks"]["worker crashesonload"] == "broken", 20, "five deaths")
    ready = patient.get("/readyz")
    assert (ready.status, ready.json["status"]) == (503, "not ready")
    assert ready.json["checks"]["worker scripted"] == ready.json["checks"]["worker other"] == "ok"
    assert patient.get("/health").json["status"] == "degraded"
    assert patient.status(job_id)["status"] == "pending"
    assert patient.wait_for(patient.submit("quick"))["status"] == "completed"
