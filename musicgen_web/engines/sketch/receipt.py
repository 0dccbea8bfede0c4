"""What the receipt tells of a score, bar by bar and in seconds: harmony and tempo."""

from __future__ import annotations

from musicgen_web.engines.base import Json
from musicgen_web.engines.sketch.score import Chord, Score

_LEAST = 0.02  # beats: less of a chord is the playing, not the harmony


def chords(score: Score) -> list[Json]:
    """Tell every chord: its name, from which second to which it sounds, and in which bar (from 1) it begins."""
    return [
        {
            "name": chord.symbol,
            "start": seconds(score, chord.start),
            "end": seconds(score, chord.start + chord.length),
            "bar": int((chord.start + _LEAST) // score.beats_per_bar) + 1,
        }
        for chord in score.chords
    ]


def bars(score: Score) -> list[Json]:
    """Tell every bar: its number (from 1), the second it begins at, and the chords that sound in it."""
    beats = score.beats_per_bar
    end = max((section.start + section.length for section in score.sections), default=0.0)
    return [
        {
            "bar": number + 1,
            "start": seconds(score, number * beats),
            "chords": [chord.symbol for chord in score.chords if _sounds(chord, number * beats, (number + 1) * beats)],
        }
        for number in range(round(end / beats))
    ]


def tempo_map(score: Score) -> list[Json]:
    """Tell the knots between which the tempo is constant: beats, and the seconds they fall on."""
    return [[round(beat, 4), seconds(score, beat)] for beat, _ in score.tempo_map]


def seconds(score: Score, beat: float) -> float:
    return round(score.seconds(beat), 3)


def _sounds(chord: Chord, start: float, end: float) -> bool:
    return chord.start < end - _LEAST and chord.start + chord.length > start + _LEAST
