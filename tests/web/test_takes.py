"""The takes of one job, told in words."""

from __future__ import annotations

from musicgen_web.web.takes import told
from tests.support import songs


def test_takes_that_are_no_songs_are_told_of() -> None:
    job = songs.job("completed", takes=6)
    assert told(job) == ""
    job.takes[1].status, job.takes[1].error_code = "failed", "OUT_OF_MEMORY"
    job.takes[2].status = "processing"
    assert told(job) == "Take 2 did not finish: the memory ran out. One more is on the way."
    for take in job.takes[2:5]:
        take.status = "cancelled"
    assert told(job).endswith("Takes 3, 4 and 5 were cancelled.")
