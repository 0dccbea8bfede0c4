"""How fast the sketch band is, and each stage's share of its work.

    python -m bench.sketch_speed [seconds of song] …        (95 unless told)

Processor seconds, one thread, each style twice with one band: the first song renders its notes, the next finds many of
them kept. The reference in the same run is to write the same song's samples as FLAC and nothing else: what no
arrangement of ours can undercut. Shares are of all songs together, by what the band told it was doing.
"""

import os

os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")

import resource
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
import soundfile
from scipy import fft, signal

from bench.report import Report
from musicgen_web.engines.base import Progress, SongRequest
from musicgen_web.engines.sketch.engine import Sketch
from musicgen_web.engines.sketch.style import all_styles

LYRICS = """[Verse]
The kettle hums a minor third, the window keeps its light
I wrote you every second word and sent them off by night
[Chorus]
Leave the lamp on, leave the door, I am on my way
Every road I knew before turned around today
"""
SUNG = ("indie folk, female voice", "ballad, male voice")
WITHOUT, WITH_VOICE = 30, 10  # × real time on a core, at least


def reference() -> float:
    """Return the CPU seconds of work that never changes: the best of five."""
    noise = np.random.default_rng(0).standard_normal((2, 1 << 20)).astype(np.float32)
    sections = signal.butter(2, 100, "high", fs=44_100, output="sos").astype(np.float32)
    times = []
    for _ in range(5):
        start = time.process_time()
        np.sin(noise).sum()
        fft.irfft(fft.rfft(noise, axis=1, workers=1), axis=1, workers=1)
        signal.sosfilt(sections, noise, axis=1)
        times.append(time.process_time() - start)
    return min(times)


def measure(band: Sketch, prompt: str, seconds: float, folder: Path, lyrics: str) -> tuple[float, dict[str, float]]:
    """Return the CPU seconds of one song, and how they fall on what was being told."""
    shares: dict[str, float] = defaultdict(float)
    last, told = time.process_time(), "styling"

    def on_progress(step: Progress) -> None:
        nonlocal last, told
        now = time.process_time()
        shares[told] += now - last
        last, told = now, step.detail.split(",")[0] or step.stage

    start = time.process_time()
    request = SongRequest(prompt=prompt, engine="sketch", seed=1, duration=seconds, lyrics=lyrics)
    band.generate(request, folder / "song.flac", on_progress)
    return time.process_time() - start, shares


def flac(song: Path, folder: Path) -> float:
    """Return the CPU seconds of writing a song's samples once more, and nothing else: the best of three."""
    samples, rate = soundfile.read(song, dtype="int16")
    times = []
    for _ in range(3):
        start = time.process_time()
        soundfile.write(folder / "again.flac", samples, rate, subtype="PCM_16")
        times.append(time.process_time() - start)
    return min(times)


def main() -> None:
    durations = [float(word) for word in sys.argv[1:]] or [95.0]
    report = Report("The sketch band, processor seconds", "writing the same song as FLAC and nothing else")
    unit, whole = reference(), dict[str, float]()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for duration in durations:
            for prompt, lyrics in [*((name, "") for name in all_styles()), *((sung, LYRICS) for sung in SUNG)]:
                band = Sketch()
                band.load()
                for name in ("first", "next"):
                    spent, shares = measure(band, prompt, duration, folder, lyrics)
                    floor = flac(folder / "song.flac", folder)
                    what = f"{prompt}, {duration:.0f} s, {name} song"
                    target = f"≤ {duration / (WITH_VOICE if lyrics else WITHOUT):.2f} s"
                    report.row(what, spent, "s", reference=floor, target=target, form=".2f")
                    report.note(f"{prompt}, {name}: {duration / spent:.0f} × real time, "
                                f"{spent / duration / unit:.3f} fixed workloads a second of song")  # fmt: skip
                    for told, part in shares.items():
                        whole[told] = whole.get(told, 0.0) + part
    total = sum(whole.values())
    shared = sorted(whole.items(), key=lambda item: -item[1])
    report.note(
        "shares: " + ", ".join(f"{told} {100 * part / total:.1f} %" for told, part in shared if part > 0.01 * total)
    )
    report.note(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")
    report.say()


if __name__ == "__main__":
    main()
