"""Chords as hands play them: the nearest inversion, a bass below, and no fifths in parallel where it matters."""

from __future__ import annotations

from itertools import combinations, pairwise

from musicgen_web.engines.sketch.theory import Harmony

LOWEST, HIGHEST, MIDDLE = 48, 76, 59  # where chords are voiced
BASS_LOWEST, BASS_HIGHEST, BASS_MIDDLE = 31, 47, 38
_PARALLEL = 30.0  # what two voices in parallel fifths or octaves cost in a strict style
_FURTHEST, _LEAP = 7, 12.0  # semitones its highest voice goes at once, and what each further one costs
_BASS_LEAP = 0.5  # what each semitone of its bass costs
_BEYOND_A_FIFTH = 15.0  # there, what each semitone costs by which the top voice leaps further


def bass_of(tone: int, before: int = BASS_MIDDLE) -> int:
    """Return the bass note nearest to the one before."""
    return min(_basses(tone), key=lambda pitch: (abs(pitch - before) + 0.7 * abs(pitch - BASS_MIDDLE), pitch))


def voice(chord: Harmony, before: tuple[int, ...]) -> tuple[int, ...]:
    """Return the inversion that lies nearest to the voices before, without mud below and without holes."""
    return min(_voicings(_told(chord), doublings=1), key=lambda pitches: (_effort(before, pitches), pitches))


def lead_strictly(chord: Harmony, before: tuple[int, ...]) -> tuple[int, ...]:
    """Return bass and voices after the bass and voices before, without fifths or octaves in parallel."""

    def cost(line: tuple[int, ...]) -> float:
        leap = max(0, abs(line[-1] - before[-1]) - _FURTHEST)
        own = _effort(before[1:], line[1:]) + _BASS_LEAP * abs(line[0] - before[0])
        return own + _PARALLEL * parallels(before, line) + _LEAP * leap

    upper = _voicings(_told(chord), doublings=3)
    return min(
        ((bass, *pitches) for bass in _basses(chord.bass) for pitches in upper), key=lambda line: (cost(line), line)
    )


def _basses(tone: int) -> list[int]:
    return [pitch for pitch in range(BASS_LOWEST, BASS_HIGHEST + 1) if pitch % 12 == tone]


def _told(chord: Harmony) -> tuple[int, ...]:
    """Return the tones that are played: of five the fifth is left out, which says least."""
    tones = tuple(dict.fromkeys(chord.tones))
    if len(tones) <= 4:
        return tones
    fifth = next((tone for tone in tones if (tone - chord.root) % 12 == 7), chord.root)
    return tuple(tone for tone in tones if tone != fifth)


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
