"""How fast are lyrics timed and looked over while somebody writes them?

    python -m bench.lint [--turns 20]

Every figure stands beside its limit. "Cold" lines were never seen; espeak runs already, as it does in a server.
"""

from __future__ import annotations

import argparse
import sys

from bench.lyrics import lyric, median
from diffrhythm import lrc
from diffrhythm.lint import Linter
from diffrhythm.lrc import Lyrics
from diffrhythm.phonemes import Pronouncer, bopomofo, english, readings
from diffrhythm.phonemes.espeak import Espeak
from diffrhythm.readers import pronounced
from diffrhythm.timing import time_lyrics


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=20)
    asked = parser.parse_args()
    found: dict[str, tuple[float, float]] = {}
    with Espeak() as espeak:
        Pronouncer(espeak).lines(["warm", "月亮"])

        def cold(turn: int) -> None:
            for kept in (english.pieces, bopomofo.to_phones, readings.read):
                kept.cache_clear()
            text = lrc.write(Lyrics(tuple(lyric(100, turn * 11, "en" if turn % 2 else "zh"))))
            Linter(pronounced(Pronouncer(espeak))).lint(text, 285)

        found["a lyric of 100 lines, cold"] = (median(asked.turns, cold), 0.3)
        reader = pronounced(Pronouncer(espeak))
        linter = Linter(reader)
        lines = lyric(200, 5)
        text = lrc.write(Lyrics(tuple(lines)))
        linter.lint(text, 285)

        def changed(turn: int) -> None:
            linter.lint(text.replace(lines[77].text, f"another line of words number {turn} in all"), 285)

        found["200 lines, one changed"] = (median(asked.turns, changed), 0.02)
        plain = lrc.plain(Lyrics(tuple(lines[:40])))
        found["40 plain lines, timed"] = (median(asked.turns, lambda _: time_lyrics(plain, 180, reader)), 0.3)
    for name, (seconds, limit) in found.items():
        sys.stdout.write(f"{name:32} {seconds * 1_000:8.1f} ms   limit {limit * 1_000:g} ms\n")


if __name__ == "__main__":
    main()
