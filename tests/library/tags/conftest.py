"""A short song in every format, and sheets that say much or little."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from musicgen_web.library import covers, encode
from musicgen_web.library.audio import FORMATS
from musicgen_web.library.tags.sheet import Sheet
from tests.support import songs

RATE = 44_100


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same noisy second as FLAC, WAV, MP3, OGG and Opus, without tags."""
    folder = tmp_path_factory.mktemp("plain")
    paths = {fmt: folder / f"song.{fmt}" for fmt in FORMATS}
    noise = np.random.default_rng(7).uniform(-0.3, 0.3, (RATE, 2))
    soundfile.write(paths["flac"], noise, RATE, subtype="PCM_16")
    for fmt, path in paths.items():
        if fmt != "flac":
            with path.open("w+b") as file:
                encode.encode(paths["flac"], file, fmt)
    return paths


@pytest.fixture(scope="session")
def sheet() -> Sheet:
    return Sheet(
        title="雨夜 🌧️ “Paper Boats”",
        artist="MusicGen Local (Sketch)",
        date="2026-03-04",
        picture=covers.read(songs.PLAN, songs.PEAKS, 95.0, "9f2c71d044ab8e13"),
        bpm=82,
        key="Bbm",
        lyrics="[Verse]\nPaper boats\nin the rain",
        synced=[(0.5, "Paper boats"), (3.25, "in the rain"), (61.0, "")],
        comment="Seed 7. Prompt: warm lo-fi\nwith rain",
        receipt='{"inputs":{"prompt":"雨","seed":7}}',
    )
