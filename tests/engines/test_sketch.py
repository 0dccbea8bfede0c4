"""The band's songs as signals: length, loudness, peaks, stereo, tone, ends — and the same bytes each time."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyloudnorm
import pytest
import soundfile
from scipy import signal

from musicgen_web.engines.base import STAGES, Cancelled, Progress, Song, SongRequest
from musicgen_web.engines.sketch.engine import Sketch
from musicgen_web.engines.sketch.style import all_styles
from musicgen_web.engines.writer import PEAKS

RATE = 44_100
PROMPTS = {style: style for style in all_styles()} | {
    "pop": "bright pop",
    "lo-fi": "lo-fi for a rainy night",
    "ambient": "calm ambient, long pads",
}
DURATIONS = dict.fromkeys(PROMPTS, 12.0) | {"lo-fi": 14.3, "ambient": 16.017}


def request(prompt: str = "bright pop", seed: int = 7, duration: float = 6.0) -> SongRequest:
    return SongRequest(prompt=prompt, engine="sketch", seed=seed, duration=duration)


@dataclass(frozen=True, slots=True)
class Made:
    song: Song
    samples: np.ndarray[tuple[int, int], np.dtype[np.float64]]
    steps: list[Progress]
    longest_silence: float  # seconds between two steps

    @property
    def middle(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return self.samples.mean(axis=1)

    @property
    def side(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return (self.samples[:, 0] - self.samples[:, 1]) / 2


@pytest.fixture(scope="module")
def band() -> Sketch:
    sketch = Sketch()
    sketch.load()
    return sketch


def make(band: Sketch, folder: Path, wanted: SongRequest) -> Made:
    steps, longest, last = [], 0.0, time.thread_time()

    def on_progress(step: Progress) -> None:
        nonlocal longest, last
        steps.append(step)
        longest, last = max(longest, time.thread_time() - last), time.thread_time()

    path = folder / "song.flac"
    song = band.generate(wanted, path, on_progress)
    samples, rate = soundfile.read(path)
    assert rate == RATE
    return Made(song, samples, steps, longest)


@pytest.fixture(scope="module", params=PROMPTS)
def made(request: pytest.FixtureRequest, band: Sketch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    style = request.param
    wanted = SongRequest(prompt=PROMPTS[style], engine="sketch", seed=11, duration=DURATIONS[style])
    yield make(band, tmp_path_factory.mktemp("songs"), wanted)


def level_db(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    return float(10 * np.log10(np.mean(values**2) + 1e-15))


def test_it_is_as_loud_as_promised(made: Made) -> None:
    assert pyloudnorm.Meter(RATE).integrated_loudness(made.samples) == pytest.approx(-14.0, abs=0.3)


def test_no_peak_is_above_minus_one_even_between_the_samples(made: Made) -> None:
    between = signal.resample_poly(made.samples, 8, 1, axis=0)
    assert 20 * np.log10(np.abs(between).max()) <= -1.0


def test_there_is_no_direct_current(made: Made) -> None:
    assert 20 * np.log10(np.abs(made.samples.mean(axis=0)).max() + 1e-12) < -60


def test_music_begins_at_once_and_never_pauses_for_half_a_second(made: Made) -> None:
    size = RATE // 20
    middle = made.middle
    levels = [level_db(middle[start : start + size]) for start in range(0, len(middle) - RATE, size)]
    loud = [level > -50 for level in levels]
    assert any(loud[:10])
    pauses = "".join("x" if heard else "." for heard in loud).split("x")
    assert max(map(len, pauses)) < 10


def test_it_ends_in_silence_after_ringing_out(made: Made) -> None:
    assert np.abs(made.samples[-round(0.03 * RATE) :]).max() < 0.01
    ends = [level_db(made.middle[round(at * RATE) : round((at + 0.2) * RATE)]) for at in (-1.2, -0.8, -0.4)]
    assert ends == sorted(ends, reverse=True)  # it dies away, it is not cut
    assert ends[-1] < level_db(made.middle) - 10


def test_nothing_clicks(made: Made) -> None:
    """A click is one step far beyond what the music around it does."""
    steps = np.abs(np.diff(made.middle, 2))
    around = signal.lfilter([1.0], [1.0, -0.999], steps) * 0.001 + 0.004
    assert (steps[1:] / around[:-1]).max() < 60
    assert np.abs(made.samples[:4]).max() < 0.02


def test_it_is_wide_but_survives_in_mono(made: Made) -> None:
    assert -18 <= level_db(made.side) - level_db(made.middle) <= -4
    mono = np.stack([made.middle, made.middle], axis=1)
    meter = pyloudnorm.Meter(RATE)
    assert meter.integrated_loudness(made.samples) - meter.integrated_loudness(mono) <= 2.0


def test_the_lows_stand_in_the_middle(made: Made) -> None:
    lows = signal.butter(4, 110, fs=RATE, output="sos")
    assert level_db(signal.sosfilt(lows, made.side)) < level_db(signal.sosfilt(lows, made.middle)) - 18


def test_its_spectrum_falls_like_music(made: Made) -> None:
    hz, power = signal.welch(made.middle, RATE, nperseg=8_192)
    centres = 1_000 * 2.0 ** (np.arange(-9, 7) / 3)
    thirds = [power[(hz >= c * 2 ** (-1 / 6)) & (hz < c * 2 ** (1 / 6))].mean() for c in centres]
    off = 10 * np.log10(np.array(thirds) + 1e-15) + 4.5 * np.log2(centres / 1_000)
    off -= np.median(off)
    assert np.abs(off).max() <= 12  # a few bars of one key never fill every third of an octave evenly
    assert np.mean(np.abs(off)) < 6


def test_the_steps_it_tells_only_go_forward(made: Made) -> None:
    fractions, done = [step.fraction for step in made.steps], [step.done for step in made.steps]
    assert fractions == sorted(fractions)
    assert done == sorted(done)
    assert (fractions[0], fractions[-1], done[-1]) == (0.0, 1.0, made.steps[-1].total)
    assert 16 <= made.steps[-1].total <= 64
    order = [STAGES.index(step.stage) for step in made.steps]
    assert order == sorted(order)
    assert {"styling", "composing", "decoding", "saving"} == {step.stage for step in made.steps}
    assert made.longest_silence < 0.2


def test_it_tells_what_it_made(made: Made) -> None:
    assert made.song.duration * RATE == pytest.approx(len(made.samples), abs=1e-3)
    assert len(made.song.peaks) == 2 * PEAKS
    assert {"summary", "style", "bpm", "key", "mode", "sections", "chords", "instruments"} <= made.song.plan.keys()
    assert {"sketch", "numpy", "scipy"} == made.song.versions.keys()


@pytest.mark.parametrize("duration", [5.0, 7.3, 31.017])
def test_it_is_exact_to_the_sample(band: Sketch, tmp_path: Path, duration: float) -> None:
    made = make(band, tmp_path, request(duration=duration))
    assert len(made.samples) == round(duration * RATE)


def test_the_same_request_gives_the_same_samples_also_in_another_process(band: Sketch, tmp_path: Path) -> None:
    wanted = request("lo-fi", duration=5.0)
    script = (
        "from pathlib import Path\nfrom musicgen_web.engines.base import SongRequest\n"
        "from musicgen_web.engines.sketch.engine import Sketch\n"
        f"path = Path({str(tmp_path / 'other.flac')!r})\n"
        f"print(Sketch().generate({wanted!r}, path, lambda step: None).md5)"
    )
    elsewhere = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    make(band, tmp_path, request("ambient", duration=5.0))  # what was played before does not matter
    assert make(band, tmp_path, wanted).song.md5 == elsewhere


def test_another_seed_is_another_song(band: Sketch, tmp_path: Path) -> None:
    assert len({make(band, tmp_path, request(seed=seed, duration=5.0)).song.md5 for seed in (1, 2, 3)}) == 3


@pytest.mark.parametrize("stage", ["styling", "composing", "decoding", "saving"])
def test_it_stops_where_it_is_told_to(band: Sketch, tmp_path: Path, stage: str) -> None:
    path = tmp_path / "song.flac"

    def on_progress(step: Progress) -> None:
        if step.stage == stage:
            raise Cancelled

    with pytest.raises(Cancelled):
        band.generate(request(), path, on_progress)
    assert not path.exists()
    assert band.generate(request(duration=5.0), path, lambda step: None).duration == 5.0
