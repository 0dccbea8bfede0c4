"""Servers for end-to-end tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.server import Server, running


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
