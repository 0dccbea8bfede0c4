"""Can the words of the sketch band's voice be understood, and is it in tune and in time?

    python -m bench.sung_words [--seeds 1] [--singers voice:low voice:high]

Each singer sings twenty-four lines on tunes of chance: four to seven syllables a second, the last held for 0.4–0.8 s.
A recogniser that knows the lines says which one it hears. The reference in the same run is espeak-ng speaking the same
lines. As a control other words are sung on the same notes: how often is the line named that belongs to the notes?
Pitch and onsets are found in the sound alone.
"""

import os

os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")

import argparse
import time

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, signal

from bench.report import Report, middle, share
from bench.singing import HELD_LONG, LINES, OTHERS, Ear, Tune, tune
from musicgen_web.engines.sketch.voice.line import Sung
from musicgen_web.engines.sketch.voice.singers import VOICES
from musicgen_web.engines.sketch.voice.speech import SPOKEN_RATE, speak
from musicgen_web.engines.sketch.voice.stem import VoiceStem

RATE = 44_100
LOOKS = 0.01  # seconds between two looks at the pitch
OPEN_MOUTH = signal.butter(2, (450.0, 3_500.0), "bandpass", fs=RATE, output="sos")

Array = NDArray[np.float64]


def sung(song: Tune, seed: int) -> tuple[list[Sung | None], float]:
    """Sing every line, and return the processor seconds it took."""
    begun = time.process_time()
    stem = VoiceStem(song.part, song.score, seed)
    lines = [stem.line(number, lambda: None) for number in range(len(song.part.lines))]
    return lines, time.process_time() - begun


def named(ear: Ear, lines: list[Sung | None]) -> list[bool]:
    return [line is not None and ear.line(line.samples.mean(axis=1)) == place for place, line in enumerate(lines)]


def cents_off(line: Sung) -> list[float]:
    """Compare the pitch that is heard with the one that was meant, where the voice sounds."""
    voice = line.samples.mean(axis=1)
    loudest = float(np.sqrt(np.convolve(voice**2, np.ones(2_048) / 2_048).max()))
    found = []
    for at in np.arange(0.05, len(voice) / RATE - 0.05, LOOKS):
        meant = float(np.interp(line.start + at, line.pitch.times, line.pitch.hz))
        size, centre = round(2.0 * RATE / meant), round(at * RATE)
        piece = voice[centre - 2 * size : centre + 2 * size].astype(np.float64)
        if len(piece) < 4 * size or piece.std() < 0.12 * loudest:
            continue
        likeness, period = best_period(piece, RATE / meant)
        if likeness > 0.9:
            found.append(1_200.0 * float(np.log2(RATE / period / meant)))
    return found


def best_period(piece: Array, near: float) -> tuple[float, float]:
    """Return the likeness of the piece to itself one period later, and that period in samples, near the one meant."""
    lags = np.arange(int(near / 1.12), int(near * 1.12) + 2)
    size = len(piece) - int(lags[-1])
    ahead = np.lib.stride_tricks.sliding_window_view(piece, size)[lags]
    likeness = ahead @ piece[:size] / np.sqrt((ahead**2).sum(axis=1) * np.sum(piece[:size] ** 2) + 1e-12)
    best = int(np.clip(np.argmax(likeness), 1, len(lags) - 2))
    a, b, c = likeness[best - 1 : best + 2]
    return float(b), float(lags[best] + 0.5 * (a - c) / min(a - 2 * b + c, -1e-9))


def first_vowel(line: Sung, note: float) -> float:
    """Return how many seconds after its note the first vowel begins: it comes within 3 dB of its loudest."""
    level = ndimage.uniform_filter1d(signal.sosfilt(OPEN_MOUTH, line.samples.mean(axis=1)) ** 2, RATE // 100)
    begin = round((note - line.start) * RATE)
    loudest = float(level[max(0, begin - RATE // 20) : begin + RATE // 10].max())
    first = max(0, begin - RATE // 5)
    return float(np.argmax(level[first:] > loudest / 2) + first - begin) / RATE


def measure(report: Report, ear: Ear, singer: str, seeds: int, spoken: float) -> None:
    songs = [tune(LINES, singer, seed=seed) for seed in range(1, seeds + 1)]
    voices = [sung(song, seed) for seed, song in enumerate(songs, start=1)]
    right = [one for lines, _ in voices for one in named(ear, lines)]
    report.row(f"{singer}: lines named", share_of(right), "", reference=spoken, target="≥ .90", form=".2f")
    report.note(f"{singer} missed: {[LINES[place % len(LINES)] for place, one in enumerate(right) if not one]}")
    held, _ = sung(tune(LINES, singer, held=HELD_LONG), 1)
    report.row(f"{singer}: lines named, their ends held 1–2 s", share_of(named(ear, held)), "", form=".2f")
    others = [OTHERS[place % len(OTHERS)] for place in range(len(LINES))]
    control, _ = sung(tune(others, singer, rhythms_of=LINES), 1)
    report.row(f"{singer}: named, though other words are sung", share_of(named(ear, control)), "",
               target="≤ .10", form=".2f")  # fmt: skip
    both = [(line, song.part.lines[place].syllables[0].note.start)
            for song, (lines, _) in zip(songs, voices, strict=True)
            for place, line in enumerate(lines) if line is not None]  # fmt: skip
    off = [abs(cents) for line, _ in both for cents in cents_off(line)]
    report.row(f"{singer}: cents off the pitch meant, median", middle(off), "", target="≤ 5")
    report.row(f"{singer}: cents off the pitch meant, 95 %", share(off, 0.95), "", target="≤ 50")
    late = [1_000.0 * first_vowel(line, note) for line, note in both]
    report.row(f"{singer}: first vowel after its note, median", middle(late), "ms", target="−25 … 25")
    report.row(f"{singer}: first vowel within 80 ms", share_of([abs(one) <= 80.0 for one in late]), "",
               target="≥ .90", form=".2f")  # fmt: skip
    seconds = sum(song.score.duration for song in songs)
    report.row(f"{singer}: × real time", seconds / sum(spent for _, spent in voices), "", target="≥ 10", form=".0f")


def share_of(right: list[bool]) -> float:
    return sum(right) / len(right)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--singers", nargs="+", default=["voice:low", "voice:high"])
    asked = parser.parse_args()
    report = Report("The voice of the sketch band", "espeak-ng speaking the same lines")
    ear = Ear(LINES)
    speech = speak(LINES, VOICES)
    spoken = [line is not None and ear.line(line.samples, SPOKEN_RATE) == place for place, line in enumerate(speech)]
    for singer in asked.singers:
        measure(report, ear, singer, asked.seeds, share_of(spoken))
    report.say()


if __name__ == "__main__":
    main()
