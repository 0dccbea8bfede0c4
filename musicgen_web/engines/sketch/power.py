"""How a distorted guitar plays chords: roots, fifths and octaves on the low strings, and riffs on the scale above them.

Patterns: C, B power chord (A the next chord's), c the same under the palm, b the root under the palm, u the sixth in
place of the fifth, 1–5 single open notes: the first five steps of the scale above the root.
"""

from __future__ import annotations

from musicgen_web.engines.sketch.harmony import Change

LOWEST = {"crunch_guitar": 40, "metal_guitar": 35}  # the open low string: E, and B where it is tuned down
LOUDNESS = {"C": 0.78, "A": 0.78, "B": 0.78, "c": 0.56, "b": 0.56}  # soft strokes are the muted ones
OPEN = 0.74


def pitches(instrument: str, change: Change, mark: str) -> tuple[int, ...]:
    """Return the strings that one stroke sounds, the lowest first."""
    lowest, root = LOWEST[instrument], change.harmony.root
    low = lowest + (root - lowest) % 12
    above = {(tone - root) % 12 for tone in change.harmony.tones}
    fifth = low + (6 if 6 in above and 7 not in above else 8 if 8 in above and 7 not in above else 7)
    if mark == "b":
        return (low,)
    if mark == "c":
        return (low, fifth)
    if mark == "u":
        return (low, low + 9)
    if mark in "12345":
        steps = sorted((tone - root) % 12 for tone in change.scale | {root})
        return (low + steps[int(mark) - 1],)
    return (low, fifth, low + 12)
