"""The pitch of a sung line: steps made smooth, a scoop into the first note, vibrato on long ones, a hand's unrest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from musicgen_web.engines.sketch.voice.timing import SungNote

STEP = 0.0025  # seconds
SMOOTHED, BEGUN = 0.075, 0.03  # seconds a step takes, and begins before its note
VIBRATO_HZ, VIBRATO_SPREAD = 5.6, 0.35
VIBRATO_AFTER, VIBRATO_RISE, VIBRATO_NOTE = 0.25, 0.35, 0.35  # seconds
JITTER_CENTS, JITTER_HZ = 3.0, 25.0
DRIFT_CENTS, DRIFT_HZ = 4.0, 0.9
SCOOP_CENTS, SCOOP_SECONDS = 60.0, 0.07
PHRASE = 0.2  # seconds of rest before which a note is let fall, and after which the next is scooped
FALL_CENTS, FALL_SECONDS = 35.0, 0.12

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Manner:
    """How a singer moves: the depth of the vibrato in cents, and how far off the tune a double stands."""

    vibrato_cents: float = 45.0
    detune_cents: float = 0.0


@dataclass(frozen=True, slots=True)
class Curve:
    """Hz every 2.5 ms (frames,) from `start`, in seconds of the song."""

    start: float
    hz: Array

    @property
    def times(self) -> Array:
        return self.start + STEP * np.arange(len(self.hz), dtype=np.float64)


def curve(notes: Sequence[SungNote], start: float, end: float, manner: Manner, chance: np.random.Generator) -> Curve:
    """Return the pitch from `start` to `end`; rests are bridged."""
    times = start + STEP * np.arange(round((end - start) / STEP) + 1, dtype=np.float64)
    cents = _smooth(_steps(notes, times), round(SMOOTHED / STEP)) + manner.detune_cents
    for place, note in enumerate(notes):
        since = notes[place - 1].end if place else -np.inf
        until = notes[place + 1].start if place + 1 < len(notes) else np.inf
        cents += _vibrato(times - note.start, note.end - note.start, manner.vibrato_cents, chance)
        cents += _phrased(times, note, since, until, chance.uniform(0.5, 1.0))
    cents += JITTER_CENTS * unrest(len(times), JITTER_HZ, chance) + DRIFT_CENTS * unrest(len(times), DRIFT_HZ, chance)
    return Curve(start, 440.0 * 2.0 ** ((cents - 6_900.0) / 1_200.0))


def _steps(notes: Sequence[SungNote], times: Array) -> Array:
    """The tune in cents of MIDI, as a staircase: it changes a little before each note."""
    changes = [note.start - BEGUN for note in notes[1:]]
    return np.array([100.0 * note.pitch for note in notes])[np.searchsorted(changes, times, side="right")]


def _phrased(times: Array, note: SungNote, since: float, until: float, amount: float) -> Array:
    """The scoop into a phrase's first note and the fall from its last, in cents; `since`, `until`: its neighbours'."""
    cents = np.zeros(len(times))
    if note.start - since > PHRASE:
        mine = times > max(note.start - 1.0, since)
        risen = np.exp(-np.maximum(times - note.start + BEGUN, 0.0) / SCOOP_SECONDS)
        cents -= SCOOP_CENTS * amount * risen * mine * (times < until)
    if until - note.end > PHRASE:
        mine = times < min(note.end + 1.0, until)
        fallen = np.clip((times - note.end) / FALL_SECONDS + 1.0, 0.0, 1.5) ** 2
        cents -= FALL_CENTS * amount * fallen * mine * (times > since)
    return cents


def _smooth(values: Array, frames: int) -> Array:
    kernel = np.hanning(frames + 2)[1:-1]
    padded = np.pad(values, (frames // 2, frames - 1 - frames // 2), mode="edge")
    return np.asarray(np.convolve(padded, kernel / kernel.sum(), mode="valid"))


def _vibrato(times: Array, length: float, cents: float, chance: np.random.Generator) -> Array:
    hz = VIBRATO_HZ + VIBRATO_SPREAD * chance.uniform(-1.0, 1.0)
    depth = cents * chance.uniform(0.75, 1.0)
    if length < VIBRATO_NOTE:
        return np.zeros(len(times))
    rise = np.clip((times - VIBRATO_AFTER) / VIBRATO_RISE, 0.0, 1.0)
    fall = np.clip((length - times) / 0.12, 0.0, 1.0)
    grown = (0.5 - 0.5 * np.cos(np.pi * rise)) * fall
    slow = 1.0 + 0.04 * np.sin(2 * np.pi * 0.8 * times)  # no two of its waves last equally long
    return np.asarray(depth * grown * np.sin(2 * np.pi * hz * slow * (times - VIBRATO_AFTER)))


def unrest(frames: int, hz: float, chance: np.random.Generator) -> Array:
    """Noise below about `hz`, with a standard deviation of one."""
    knots = max(4, round(frames * STEP * hz * 2) + 2)
    values = chance.standard_normal(knots)
    return _cubic(values, frames)


def _cubic(values: Array, frames: int) -> Array:
    """Catmull–Rom's curve through evenly spaced values."""
    at = np.linspace(1.0, len(values) - 2.0, frames, endpoint=False)
    k = at.astype(int)
    t = at - k
    a, b, c, d = (values[np.clip(k + shift, 0, len(values) - 1)] for shift in (-1, 0, 1, 2))
    curve = 2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    return np.asarray(0.5 * curve)
