"""Whether the styles can be told apart by ear alone: a nearest-centroid classifier on short songs it has not heard.

Run by hand: `python -m bench.styles_apart [songs to learn from] [songs to judge] [words for every prompt]`, a style
each. It prints the share it names rightly, and who is taken for whom; `"100 bpm, in A minor"` takes tempo and key away.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy import fft, signal

from musicgen_web.engines.base import SongRequest
from musicgen_web.engines.sketch.engine import Sketch
from musicgen_web.engines.sketch.style import all_styles

Array = NDArray[np.float64]

RATE = 44_100
SECONDS = 12.0
HOP, FRAME = 441, 2_048
BANDS_HZ = (30.0, 90.0, 180.0, 400.0, 900.0, 2_000.0, 4_500.0, 9_000.0, 15_000.0)
SLOWEST, FASTEST = 50.0, 160.0  # beats a minute a listener may count
FIRST_JUDGED = 1_000  # seeds of the songs to judge begin here


def features(samples: Array) -> Array:
    """Return what a listener hears of timbre, width, tempo and groove, as numbers (features,)."""
    middle, side = samples.mean(axis=1), (samples[:, 0] - samples[:, 1]) / 2
    _, _, spectra = signal.stft(middle, RATE, nperseg=FRAME, noverlap=FRAME - HOP, boundary=None, padded=False)
    power = np.abs(spectra) ** 2
    edges = np.searchsorted(fft.rfftfreq(FRAME, 1.0 / RATE), BANDS_HZ)
    levels = [10.0 * np.log10(power[low:high].sum(axis=0) + 1e-9) for low, high in pairwise(edges)]
    heard = np.array(levels)
    heard = np.maximum(heard, heard.max() - 60.0)
    rises = np.maximum(np.diff(heard, axis=1), 0.0)
    low, high = rises[:2].mean(axis=0), rises[5:].mean(axis=0)
    timbre = heard.mean(axis=1) - heard.mean()
    return np.concatenate(
        [
            timbre,
            heard.std(axis=1),
            rises.mean(axis=1) * 3.0,
            [10.0 * np.log10(np.mean(side**2) / np.mean(middle**2))],
            [_tempo(rises.mean(axis=0))],
            _groove(low),
            _groove(high),
        ]
    )


def _correlation(onsets: Array) -> Array:
    centred = onsets - onsets.mean()
    size = fft.next_fast_len(2 * len(centred))
    whole = fft.irfft(np.abs(fft.rfft(centred, size)) ** 2, size)[: len(centred)]
    return np.asarray(whole / max(whole[0], 1e-9))


def _tempo(onsets: Array) -> float:
    """Return the likeliest tempo, as octaves above the slowest."""
    correlation = _correlation(onsets)
    bpm = np.arange(SLOWEST, FASTEST, 0.5)
    lags = 60.0 / bpm * RATE / HOP
    strength = sum(np.interp(lags * times, np.arange(len(correlation)), correlation) for times in (1.0, 2.0, 4.0))
    weight = np.exp(-0.5 * (np.log2(bpm / 105.0) / 0.6) ** 2)
    return float(np.log2(bpm[int(np.argmax(np.asarray(strength) * weight))] / SLOWEST))


def _groove(onsets: Array) -> Array:
    """Return how strongly the strokes come back after an eighth of a second and so on, and how many stand out."""
    correlation = _correlation(onsets)
    lags = np.array([0.12, 0.17, 0.24, 0.3, 0.36, 0.48, 0.6, 0.72])
    back = np.interp(lags * RATE / HOP, np.arange(len(correlation)), correlation)
    peaks, _ = signal.find_peaks(onsets, height=onsets.mean() + onsets.std(), distance=6)
    return np.array([*back, len(peaks) / (len(onsets) * HOP / RATE)])


def songs(band: Sketch, prompt: str, seeds: Sequence[int], folder: Path) -> Array:
    """Return the features (songs, features) of one prompt's songs."""
    heard = []
    for seed in seeds:
        request = SongRequest(prompt=prompt, engine="sketch", seed=seed, duration=SECONDS)
        band.generate(request, folder / "song.flac", lambda step: None)
        heard.append(features(soundfile.read(folder / "song.flac")[0]))
    return np.array(heard)


def confusion(names: Sequence[str], learnt: int, judged: int, words: str = "") -> Counter[tuple[str, str]]:
    """Learn each style's centre from some songs, and name others by the nearest centre: (played, named) → songs."""
    band = Sketch()
    with tempfile.TemporaryDirectory() as folder:
        seeds = [*range(learnt), *range(FIRST_JUDGED, FIRST_JUDGED + judged)]
        heard = np.array([songs(band, f"{name}, {words}", seeds, Path(folder)) for name in names])
    known = heard[:, :learnt]
    scale = known.reshape(-1, known.shape[2]).std(axis=0) + 1e-9
    centres = known.mean(axis=1) / scale
    told: Counter[tuple[str, str]] = Counter()
    for played, new in zip(names, heard[:, learnt:] / scale, strict=True):
        for song in new:
            told[played, names[int(np.argmin(np.sum((centres - song) ** 2, axis=1)))]] += 1
    return told


def share_right(told: Counter[tuple[str, str]]) -> float:
    return sum(count for (played, named), count in told.items() if played == named) / told.total()


def main() -> None:
    learnt, judged = (int(word) for word in (*sys.argv[1:3], *("8", "8")[len(sys.argv[1:3]) :]))
    words = sys.argv[3] if len(sys.argv) > 3 else ""
    told = confusion(list(all_styles()), learnt, judged, words)
    say = sys.stdout.write
    for (played, named), count in sorted(told.items()):
        if played != named:
            say(f"{played} was taken for {named}: {count} of {judged}\n")
    say(f"named rightly: {100 * share_right(told):.0f} % of {told.total()} songs of {SECONDS:.0f} s\n")


if __name__ == "__main__":
    main()
