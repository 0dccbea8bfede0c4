"""Accepted is kept: whatever is killed, and whenever, every accepted job ends and every take is one song."""

from __future__ import annotations

import contextlib
import random
import time
from pathlib import Path

import psutil
import pytest

from tests.support.library import assert_at_rest
from tests.support.server import Server, running, until

REASONS = ("WORKER_CRASHED", "INTERRUPTED")


@pytest.mark.slow
def test_twenty_kills_at_random_moments_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    chance = random.Random(1)  # bench/soak.py goes on for half an hour, with other moments
    with running(tmp_path / "data") as server:
        accepted: list[str] = []
        for kill in range(20):
            accepted += [server.submit(seed=kill, duration=chance.choice([5, 12])) for _ in range(chance.randint(1, 2))]
            time.sleep(chance.random() * 0.8)  # the random moment itself: nothing is waited for
            victim = chance.choice(["server", "worker", "both"])
            workers = server.children()
            if victim in ("worker", "both"):
                _kill(workers)
            if victim in ("server", "both"):
                server.kill()
                _, alive = psutil.wait_procs(workers, timeout=2)
                assert not alive, "a worker outlived its server"
                server.start()
        for job_id in accepted:
            ended = server.wait_for(job_id, seconds=60)
            if ended["status"] == "failed":
                assert ended["error"]["code"] in REASONS and ended["error"]["detail"]
            else:
                assert ended["status"] == "completed" and len(ended["track_ids"]) == 1
        assert server.stop() == 0
    assert_at_rest(tmp_path / "data")


def _kill(workers: list[psutil.Process]) -> None:
    for worker in workers:
        with contextlib.suppress(psutil.NoSuchProcess):
            worker.kill()


def test_a_job_that_ran_when_the_server_was_killed_is_finished_after_the_restart(server: Server) -> None:
    job_id = server.submit(duration=200, seed=3)
    server.wait_for(job_id, "processing")
    server.kill()
    server.start()
    ended = server.wait_for(job_id, seconds=60)
    assert (ended["status"], ended["attempt"]) == ("completed", 1), "the server's death costs no attempt"


def test_a_killed_worker_costs_one_attempt_and_is_noticed_within_two_seconds(server: Server) -> None:
    job_id = server.submit(duration=285, seed=3)
    server.wait_for(job_id, "processing")
    (worker,) = server.children()
    worker.kill()
    until(lambda: server.status(job_id)["status"] == "pending" or server.status(job_id)["attempt"] == 2, 2, "the death")
    ended = server.wait_for(job_id, seconds=60)
    assert (ended["status"], ended["attempt"]) == ("completed", 2)


def test_sigterm_lets_the_running_song_finish_and_leaves_no_process(server: Server) -> None:
    job_id = server.submit(duration=95, seed=3)
    server.wait_for(job_id, "processing")
    children = server.children()
    assert server.stop() == 0
    assert not psutil.wait_procs(children, timeout=1)[1]
    server.start()
    assert server.status(job_id)["status"] in ("completed", "pending", "processing")
    ended = server.wait_for(job_id, seconds=60)
    assert (ended["status"], ended["attempt"]) == ("completed", 1)


def test_without_a_grace_the_song_goes_back_to_the_queue_and_costs_no_attempt(tmp_path: Path) -> None:
    with running(tmp_path / "data", environment={"MUSICGEN_SHUTDOWN_GRACE_SECONDS": "0"}) as server:
        job_id = server.submit(duration=285, seed=3)
        server.wait_for(job_id, "processing")
        began = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - began < 5
        server.start()
        ended = server.wait_for(job_id, seconds=60)
        assert (ended["status"], ended["attempt"]) == ("completed", 1)


def test_cancelling_a_running_song_stops_the_work_within_two_seconds(server: Server) -> None:
    job_id, following = server.submit(duration=285, seed=3), server.submit(duration=5, seed=4)
    server.wait_for(job_id, "processing")
    asked = time.monotonic()
    assert server.ask("POST", f"/api/v1/jobs/{job_id}/cancel").status == 200
    ended = server.wait_for(job_id, seconds=3)
    assert ended["status"] == "cancelled" and time.monotonic() - asked < 2
    assert server.wait_for(following)["status"] == "completed"
    (worker,) = server.children()
    before = sum(worker.cpu_times()[:2])
    time.sleep(0.5)  # measured over this span: the worker must not work on
    assert sum(worker.cpu_times()[:2]) - before < 0.1
    assert not list((server.data / "incoming").iterdir())


def test_a_second_server_on_the_same_data_directory_refuses_with_words(server: Server) -> None:
    second = Server(server.data)
    second.log = server.data.parent / "second.log"
    second.start(wait=False)
    assert second.process is not None
    assert second.process.wait(15) == 1
    assert server.url in server.said(), "the refusal names the other server"
    assert server.get("/health").json["status"] == "healthy"
