"""How fast the sketch band is: times real time, and each stage's share, against a fixed reference workload.

Run by hand, on an idle machine: `python bench/sketch_speed.py [seconds …]`. The ratio to the reference (a sum of
sines, a transform and a filter in the same run) is what may be compared between machines; seconds may not.
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
from scipy import fft, signal

from musicgen_web.engines.base import Progress, SongRequest
from musicgen_web.engines.sketch.engine import Sketch

PROMPTS = (
    "bright pop", "lo-fi for a rainy night", "calm ambient", "bossa nova", "synthwave", "indie folk", "house",
)  # fmt: skip


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


def measure(band: Sketch, prompt: str, duration: float, folder: Path) -> tuple[float, dict[str, float]]:
    """Return the CPU seconds of one song, and how they fall on what was being told."""
    shares: dict[str, float] = defaultdict(float)
    last, told = time.process_time(), "styling"

    def on_progress(step: Progress) -> None:
        nonlocal last, told
        now = time.process_time()
        shares[told] += now - last
        last, told = now, step.detail if step.detail == "the master" else step.stage

    start = time.process_time()
    request = SongRequest(prompt=prompt, engine="sketch", seed=1, duration=duration)
    band.generate(request, folder / "song.flac", on_progress)
    return time.process_time() - start, shares


def main() -> None:
    durations = [float(word) for word in sys.argv[1:]] or [30.0, 95.0, 285.0]
    unit = reference()
    say = sys.stdout.write
    say(f"reference workload: {unit * 1e3:.1f} ms\n")
    with tempfile.TemporaryDirectory() as folder:
        for duration in durations:
            for prompt in PROMPTS:
                band = Sketch()
                band.load()
                for name in ("first", "again"):
                    spent, shares = measure(band, prompt, duration, Path(folder))
                    parts = ", ".join(
                        f"{told} {100 * part / spent:.0f} %" for told, part in shares.items() if part > 0.005 * spent
                    )
                    per_second = spent / duration / unit
                    say(f"{duration:5.0f} s {prompt:26} {name}: {duration / spent:5.1f} x real time, ")
                    say(f"{per_second:.3f} references a second ({parts})\n")
    say(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB\n")


if __name__ == "__main__":
    main()
