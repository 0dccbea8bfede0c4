"""The song's shape in loudness: choruses lift, the last one is the peak, ambient breathes instead of pulsing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy import signal

from musicgen_web.engines.base import SongRequest
from musicgen_web.engines.sketch.compose import compose
from musicgen_web.engines.sketch.engine import Sketch
from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE
from musicgen_web.engines.sketch.loudness import measured
from musicgen_web.engines.sketch.score import Score, Section
from musicgen_web.engines.writer import Samples
from tests.engines.sketch.songs import SONGS

WINDOW = SAMPLE_RATE // 2


@pytest.fixture(scope="module")
def band() -> Sketch:
    return Sketch()


def play(band: Sketch, folder: Path, prompt: str, seed: int, duration: float) -> tuple[Score, Samples]:
    wanted = SongRequest(prompt=prompt, engine="sketch", seed=seed, duration=duration)
    band.generate(wanted, folder / "song.flac", lambda step: None)
    return compose(wanted), soundfile.read(folder / "song.flac", dtype="float32")[0]


def heard(score: Score, samples: Samples, section: Section) -> Samples:
    begin, end = (round(score.seconds(section.start + beats) * SAMPLE_RATE) for beats in (0.0, section.length))
    return samples[begin:end]


def width_db(samples: Samples) -> float:
    left, right = samples.T
    return float(10 * np.log10(np.mean((left - right) ** 2) / np.mean((left + right) ** 2)))


def brightness_db(samples: Samples) -> float:
    hz, power = signal.welch(samples.mean(axis=1), SAMPLE_RATE, nperseg=4_096)
    return float(10 * np.log10(power[(hz > 3_000) & (hz < 10_000)].sum() / power[(hz > 150) & (hz < 3_000)].sum()))


def window_levels(samples: Samples) -> list[float]:
    windows = samples[: len(samples) // WINDOW * WINDOW].reshape(-1, WINDOW * 2)
    return [float(level) for level in 10 * np.log10(np.mean(windows**2, axis=1) + 1e-12)]


@pytest.mark.parametrize(
    ("style", "seed"),
    [
        *[(style, seed) for style in ("pop", "lo-fi") for seed in (1, 2)],
        *[(style, 3) for style in ("synthwave", "house", "indie folk")],
    ],
)
def test_a_chorus_is_louder_wider_and_brighter_than_its_verse(
    band: Sketch, tmp_path: Path, style: str, seed: int
) -> None:
    score, samples = play(band, tmp_path, style, seed, 60.0)
    verse, chorus = (
        heard(score, samples, next(section for section in score.sections if section.kind == kind))
        for kind in ("verse", "chorus")
    )
    assert 1.5 <= measured(chorus) - measured(verse) <= 4.0
    assert width_db(chorus) > width_db(verse) + 1.0
    assert brightness_db(chorus) > brightness_db(verse)


@pytest.mark.parametrize(("style", "duration"), [("pop", 95.0), ("lo-fi", 150.0)])
def test_the_last_chorus_is_the_peak(band: Sketch, tmp_path: Path, style: str, duration: float) -> None:
    score, samples = play(band, tmp_path, style, 4, duration)
    loudness = {section.name: measured(heard(score, samples, section)) for section in score.sections}
    choruses = [section.name for section in score.sections if section.kind == "chorus"]
    assert len(choruses) > 1
    assert max(loudness, key=lambda name: loudness[name]) == choruses[-1]
    assert loudness[choruses[-1]] > loudness[choruses[0]] + 0.5


@pytest.mark.parametrize("prompt", ["calm ambient with bells", "ambient"])
@pytest.mark.parametrize("seed", [11])
def test_ambient_breathes_without_steps(band: Sketch, tmp_path: Path, prompt: str, seed: int) -> None:
    score, samples = play(band, tmp_path, prompt, seed, 60.0)
    sung = [section for section in score.sections if section.kind in ("verse", "chorus")]
    for section in sung:
        levels = window_levels(heard(score, samples, section))
        assert max(abs(np.diff(levels))) < 2.5
        assert float(np.ptp(levels)) < 5.0
    whole = window_levels(samples)[:-8]  # the ringing end apart
    assert max(abs(np.diff(whole))) < 5.5


@pytest.mark.parametrize(("prompt", "seed"), [*SONGS, ("pop, solo piano", 0), ("lo-fi with flute", 1)])
def test_the_last_chorus_is_not_sung_alone(prompt: str, seed: int) -> None:
    score = compose(SongRequest(prompt=prompt, engine="sketch", seed=seed, duration=200.0))
    last = [section for section in score.sections if section.kind == "chorus"][-1]
    starts = sorted(
        note.start
        for part in score.parts
        if part.role == "lead"
        for note in part.notes
        if last.start <= note.start < last.start + last.length
    )
    together = np.diff(starts) < 0.2
    assert np.mean(together) > 0.2
