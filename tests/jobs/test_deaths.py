"""How a worker died, in words."""

from __future__ import annotations

import pytest

from musicgen_web.jobs import deaths


@pytest.mark.parametrize(
    ("exitcode", "words"),
    [
        (None, "could not be started"),
        (0, "exited with status 0"),
        (3, "exited with status 3"),
        (-9, "was killed (signal 9), perhaps because the machine ran out of memory"),
        (-11, "crashed (signal 11)"),
        (-6, "crashed (signal 6)"),
        (-15, "was stopped from outside (signal 15)"),
    ],
)
def test_every_end_has_words(exitcode: int | None, words: str) -> None:
    assert deaths.cause(exitcode) == ("WORKER_CRASHED", words)


def test_a_kill_that_linux_counted_is_a_want_of_memory() -> None:
    assert deaths.cause(-9, out_of_memory=True)[0] == "OUT_OF_MEMORY"
    assert deaths.cause(-11, out_of_memory=True)[0] == "WORKER_CRASHED"
    assert deaths.memory_kills() >= 0
