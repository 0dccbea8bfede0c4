"""How fast do words become the model's sounds?

    python -m bench.lyrics [--lines 100] [--turns 20]

Every figure stands beside its limit. "First" is a new Python with nothing loaded, from its start to its end after the
first phones; Mandarin's includes jieba's dictionary, which is read when Han is first met. "Cold" lines were never seen.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

from diffrhythm import tokens
from diffrhythm.lrc import LyricLine
from diffrhythm.phonemes import Pronouncer, bopomofo, english, readings
from diffrhythm.phonemes.espeak import Espeak

ROOT = Path(__file__).parents[1]
WORDS = (
    "lanterns drift across the bay and carry every word we never said into a silver morning where nobody waits for me "
    "tonight the river turns to fire so hold on to the light"
).split()
HAN = "月亮挂在天上我们一起去海边看着窗外的雨一天又一天"

FIRST = "from diffrhythm.phonemes import Pronouncer\nwith Pronouncer() as p: assert p.line({text!r}).ids"


def lyric(lines: int, seed: int, language: str = "en") -> list[LyricLine]:
    """Write that many different lines of seven words, or of seven characters."""
    source = WORDS if language == "en" else HAN
    joint = " " if language == "en" else ""
    texts = [
        joint.join(source[(line * 5 + seed + k * (line % 3 + 1)) % len(source)] for k in range(7))
        for line in range(lines)
    ]
    extra = ["love", "rain", "home"] if language == "en" else ["雨", "天", "心"]
    texts = [f"{text}{joint}{extra[(line + seed) % 3]}" for line, text in enumerate(texts)]
    return [LyricLine(line + 1, text, line * 2.5) for line, text in enumerate(texts)]


def first(text: str) -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", FIRST.format(text=text)], cwd=ROOT, check=True)
    return time.perf_counter() - begun


def median(turns: int, work: Callable[[int], object]) -> float:
    waits = []
    for turn in range(turns):
        begun = time.perf_counter()
        work(turn)
        waits.append(time.perf_counter() - begun)
    return statistics.median(waits)


def from_nothing(espeak: Espeak, lines: list[LyricLine]) -> None:
    for kept in (english.pieces, bopomofo.to_phones, readings.read):
        kept.cache_clear()
    tokens.place(lines, 285, Pronouncer(espeak))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=100)
    parser.add_argument("--turns", type=int, default=20)
    asked = parser.parse_args()
    found: dict[str, tuple[float, float]] = {
        "first English phones in a new process": (median(5, lambda _: first("hello world")), 0.5),
        "first Mandarin phones in a new process": (median(3, lambda _: first("你好世界")), 1.5),
    }
    with Espeak() as espeak:
        Pronouncer(espeak).lines(["warm", "月亮"])
        for language, name in (("en", "English"), ("zh", "Mandarin")):
            cold = median(
                asked.turns, lambda turn, language=language: from_nothing(espeak, lyric(asked.lines, turn, language))
            )
            found[f"{asked.lines} {name} lines, cold, to tokens"] = (cold, 0.3)
        reader, lines, numbers = Pronouncer(espeak), lyric(2 * asked.lines, 1), count()
        tokens.place(lines, 285, reader)

        def change(_: int) -> None:
            number = next(numbers)
            lines[number] = LyricLine(number + 1, f"another line that is number {number}", number * 2.5)
            tokens.place(lines, 285, reader)

        found[f"one changed line of {2 * asked.lines}, to tokens"] = (median(asked.turns, change), 0.02)
    for what, (seconds, limit) in found.items():
        sys.stdout.write(f"{what:42} {seconds * 1_000:8.1f} ms   limit {limit * 1_000:6.0f} ms\n")
    sys.stdout.write(json.dumps({what: round(seconds, 4) for what, (seconds, _) in found.items()}) + "\n")
    raise SystemExit(any(seconds > limit for seconds, limit in found.values()))


if __name__ == "__main__":
    main()
