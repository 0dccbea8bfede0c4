"""What the server sees to before it listens."""

import resource

import pytest

from musicgen_web.server import OPEN_FILES, allow_open_files


@pytest.mark.parametrize(
    ("soft", "hard", "then"),
    [
        (1_024, 1_048_576, OPEN_FILES),
        (1_024, 4_096, 4_096),
        (1_024, resource.RLIM_INFINITY, OPEN_FILES),
        (65_536, 65_536, 65_536),
    ],
)
def test_open_files_are_allowed_as_far_as_the_system_lets_us(
    monkeypatch: pytest.MonkeyPatch, soft: int, hard: int, then: int
) -> None:
    limits = [(soft, hard)]
    monkeypatch.setattr("resource.getrlimit", lambda _: limits[-1])
    monkeypatch.setattr("resource.setrlimit", lambda _, wanted: limits.append(wanted))
    allow_open_files()
    assert limits[-1] == (then, hard)
