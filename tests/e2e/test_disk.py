"""A disk that is full, broken or refuses: it is said in words, nothing is half-written, and work goes on by itself."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from tests.support.disks import break_disk, breakable_disk, fill, no_writing, repair_disk, small_disk
from tests.support.library import assert_at_rest
from tests.support.server import Answer, Server, running, until

SONG = {"prompt": "warm lo-fi", "duration": 5}
STATUS = {"DISK_FULL": 507, "UNAVAILABLE": 503}


def refused(answer: Answer, code: str) -> bool:
    """Whether a request was refused in words of this code; anything but that or an acceptance is wrong."""
    if answer.status == 200:
        return False
    assert (answer.status, answer.json["code"]) == (STATUS[code], code)
    assert answer.json["detail"] and answer.json["recovery"]
    return True


def checks(server: Server) -> tuple[int, dict[str, str]]:
    answer = server.get("/readyz")
    return answer.status, answer.json["checks"]


def test_a_full_disk_is_said_and_work_goes_on_when_there_is_space(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with small_disk(data, 80), running(data) as server:
        first = server.wait_for(server.submit())
        assert checks(server)[0] == 200
        filler = fill(data)

        status, found = checks(server)
        assert (status, found["disk"], found["database"]) == (503, "full", "ok")
        accepted = []
        for seed in range(300):  # the database may have a little room of its own
            answer = server.ask("POST", "/generate", SONG | {"seed": seed})
            if refused(answer, "DISK_FULL"):
                break
            accepted.append(answer.json["job_id"])
        else:
            pytest.fail("300 jobs went onto a full disk")
        track = first["track_ids"][0]
        assert server.get(f"/tracks/{track}/audio.flac").status == 200
        wav = server.get(f"/tracks/{track}/audio.wav")
        assert (wav.status, wav.json["code"]) == (507, "DISK_FULL")
        assert server.get("/library", Accept="text/html").status == 200
        assert server.get("/health").status == 200

        filler.unlink()
        until(lambda: server.get("/readyz").status == 200, 10, "the server to see the space")
        after = server.wait_for(server.submit())
        assert after["status"] == "completed"
        assert server.get(f"/tracks/{track}/audio.wav").status == 200
        for job_id in accepted:
            ended = server.wait_for(job_id)
            assert ended["status"] == "completed" or ended["error"]["code"] == "DISK_FULL"
        assert server.stop() == 0
        assert_at_rest(data)


def test_a_song_that_meets_the_full_disk_fails_in_words_and_the_next_one_is_made(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with small_disk(data, 80), running(data) as server:
        job_id = server.submit(duration=30)
        server.wait_for(job_id, "processing")
        filler = fill(data)
        until(lambda: "DISK_FULL" in server.said(), 30, "the song to meet the end of the disk")
        assert not [path for path in (data / "incoming").iterdir() if path.stat().st_size]
        filler.unlink()
        ended = server.wait_for(job_id)
        assert (ended["status"], ended["error"]["code"]) == ("failed", "DISK_FULL")
        assert ended["error"]["detail"] and ended["error"]["recovery"]
        assert server.wait_for(server.submit())["status"] == "completed"
        assert server.stop() == 0
        assert_at_rest(data)


def test_a_server_that_dies_on_a_full_disk_comes_back_on_it(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with small_disk(data, 80), running(data) as server:
        job_id = server.submit(duration=30)
        server.wait_for(job_id, "processing")
        filler = fill(data)
        server.kill()
        server.start()
        assert checks(server)[0] == 503
        filler.unlink()
        assert server.wait_for(job_id)["status"] in ("completed", "failed")
        assert server.wait_for(server.submit())["status"] == "completed"
        assert server.stop() == 0
        assert_at_rest(data)


def test_a_disk_that_refuses_writes_is_said_and_work_goes_on_when_it_takes_them(server: Server) -> None:
    until(lambda: server.get("/readyz").status == 200, 10, "the worker")
    assert server.process
    with no_writing(psutil.Process(server.process.pid), *server.children()):
        for _ in range(5):
            assert refused(server.ask("POST", "/generate", SONG), "UNAVAILABLE")
        status, found = checks(server)
        assert (status, found["disk"]) == (503, "cannot be written")
        assert server.get("/", Accept="text/html").status == 200
    assert checks(server)[0] == 200
    assert server.get("/api/v1/jobs").json["items"] == [], "a refusal leaves nothing behind"
    job_id = server.submit(duration=30)
    server.wait_for(job_id, "processing")
    with no_writing(*server.children()):
        ended = server.wait_for(job_id)
    assert (ended["status"], ended["error"]["code"]) == ("failed", "UNAVAILABLE")
    assert "disk" in ended["error"]["detail"]
    assert server.wait_for(server.submit())["status"] == "completed"
    assert server.stop() == 0
    assert_at_rest(server.data)


def test_a_disk_that_breaks_is_said_and_all_is_there_when_it_is_repaired(tmp_path: Path) -> None:
    data, memory = tmp_path / "data", tmp_path / "memory"
    image = memory / "disk.img"
    with small_disk(memory, 120), breakable_disk(data, image, 110), running(data) as server:
        job_id = server.submit()
        first = server.wait_for(job_id)
        break_disk(data)
        assert refused(server.ask("POST", "/generate", SONG), "UNAVAILABLE")
        status, found = checks(server)
        assert status == 503 and found["disk"] == "cannot be written"
        for path in ("/", "/library", "/queue"):
            assert server.get(path, Accept="text/html").status == 200
        assert server.get(f"/tracks/{first['track_ids'][0]}/audio.flac").status == 200
        assert server.stop() == 0
        server.start(wait=False)
        assert server.process and server.process.wait(15) == 1
        assert "cannot be written" in server.said() and "Traceback" not in server.said()
        repair_disk(data, image)
        server.start()
        assert server.status(job_id)["status"] == "completed"
        assert server.wait_for(server.submit())["status"] == "completed"
        assert server.stop() == 0
        assert_at_rest(data)
