"""Chords as hands play them: the nearest inversion, a bass below, and no fifths in parallel where it matters."""

from __future__ import annotations

from itertools import combinations, pairwise

from musicgen_web.engines.sketch.theory import Harmony

LOWEST, HIGHEST, MIDDLE = 48, 76, 59  # where chords are voiced
BASS_LOWEST, BASS_HIGHEST, BASS_MIDDLE = 31, 47, 38
_PARALLEL = 30.0  # what two voices in parallel fifths or octaves cost in a strict style


def bass_of(tone: int, before: int = BASS_MIDDLE) -> int:
    """Return the bass note nearest to the one before."""
    options = [pitch for pitch in range(BASS_LOWEST, BASS_HIGHEST + 1) if pitch % 12 == tone]
    return min(options, key=lambda pitch: (abs(pitch - before) + 0.7 * abs(pitch - BASS_MIDDLE), pitch))


def voice(chord: Harmony, before: tuple[int, ...], basses: tuple[int, int] | None = None) -> tuple[int, ...]:
    """Return the inversion that lies nearest to the voices before, without mud below and without holes.

    `basses`, the one before and the one now: given in a strict style, which has no fifths or octaves in parallel.
    """
    tones = tuple(dict.fromkeys(chord.tones))
    if len(tones) > 4:
        fifth = next((tone for tone in tones if (tone - chord.root) % 12 == 7), chord.root)
        tones = tuple(tone for tone in tones if tone != fifth)  # the note that says least

    def cost(pitches: tuple[int, ...]) -> float:
        if not basses or not before:
            return _effort(before, pitches)
        return _effort(before, pitches) + _PARALLEL * parallels((basses[0], *before), (basses[1], *pitches))

    return min(_voicings(tones, doublings=4 if basses else 1), key=lambda pitches: (cost(pitches), pitches))


def parallels(before: tuple[int, ...], now: tuple[int, ...]) -> int:
    """Count the pairs of voices that move together from one fifth or octave to another."""
    moves = [(old, new) for old, new in zip(before, now, strict=False) if old != new]
    return sum(
        (b - a) % 12 == (d - c) % 12 and (b - a) % 12 in (0, 7) and (c > a) == (d > b)
        for (a, c), (b, d) in combinations(moves, 2)
    )


def _voicings(tones: tuple[int, ...], doublings: int) -> list[tuple[int, ...]]:
    found = []
    for lowest in range(LOWEST, HIGHEST - 10):
        if lowest % 12 not in tones:
            continue
        close = sorted(lowest + (tone - lowest) % 12 for tone in tones)
        chords = [close] if len(close) != 3 else [sorted([*close, tone + 12]) for tone in close[:doublings]]
        for chord in chords:
            dropped = sorted([*chord[:-2], chord[-1], chord[-2] - 12])
            found += [tuple(v) for v in (chord, dropped) if v[0] >= LOWEST and v[-1] <= HIGHEST]
    return found


def _effort(before: tuple[int, ...], pitches: tuple[int, ...]) -> float:
    effort = 0.35 * abs(sum(pitches) / len(pitches) - MIDDLE) * len(pitches)
    effort += sum(3.0 for low, high in pairwise(pitches) if high - low < 3 and low < 55)
    effort += sum(4.0 for low, high in pairwise(pitches) if high - low > 9)
    if before:
        effort += sum(min(abs(pitch - old) for old in before) for pitch in pitches)
        effort += sum(min(abs(pitch - old) for pitch in pitches) for old in before)
        effort += 0.8 * abs(pitches[-1] - before[-1])
    return effort
