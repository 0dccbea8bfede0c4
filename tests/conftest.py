"""What every test shares: a clean environment, and how hard hypothesis looks."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support.server import Server, running

SHARED = ("MODEL_CACHE_DIR", "CUDA_VISIBLE_DEVICES")  # settings of ours that other programs know too

settings.register_profile("suite", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No setting of the person who runs the tests reaches them."""
    for name in [name for name in os.environ if name.startswith("MUSICGEN_") or name in SHARED]:
        monkeypatch.delenv(name)
    yield


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A fresh server of one's own."""
    with running(tmp_path / "data") as started:
        yield started


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests of a file that only ask it things."""
    with running(tmp_path_factory.mktemp("shared") / "data") as started:
        yield started
