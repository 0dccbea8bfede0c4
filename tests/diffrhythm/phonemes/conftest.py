"""One espeak for all these tests, and what was written down of the model's own front end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from diffrhythm.phonemes import Pronouncer
from diffrhythm.phonemes.espeak import Espeak

GOLDEN = Path(__file__).parents[2] / "golden" / "text"


def golden(name: str) -> dict:  # type: ignore[type-arg]
    found: dict = json.loads((GOLDEN / name).read_text(encoding="utf-8"))  # type: ignore[type-arg]
    return found


@pytest.fixture(scope="session")
def espeak() -> Iterator[Espeak]:
    with Espeak() as speaker:
        yield speaker


@pytest.fixture(scope="session")
def pronouncer(espeak: Espeak) -> Pronouncer:
    return Pronouncer(espeak)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each test that asks for a `golden_*` every case of that file."""
    for name, file, key in (
        ("golden_english", "g2p_en.json", "text"),
        ("golden_mandarin", "g2p_zh.json", "text"),
    ):
        if name in metafunc.fixturenames:
            lines = golden(file)["lines"]
            metafunc.parametrize(name, lines, ids=[line[key] for line in lines])
