"""Chords a band adds to a progression: secondary dominants, borrowed ones, suspensions, ii–V, tritone substitutes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from musicgen_web.engines.sketch.chance import chance, pick
from musicgen_web.engines.sketch.metre import Metre
from musicgen_web.engines.sketch.style import Style
from musicgen_web.engines.sketch.theory import (
    Harmony,
    Key,
    dominant_of,
    is_dominant,
    second_of,
    spelled,
    suspended,
    tritone_of,
)

_SUSPENDS = 0.5  # how often a dominant before a tonic is a suspension first, where chords are spiced at all
_TRITONE = 0.4  # of the dominants that a jazz band recolours


@dataclass(frozen=True, slots=True)
class Written:
    """One chord of the song before it is voiced; beats."""

    start: float
    length: float
    harmony: Harmony
    key: Key


def coloured(written: Sequence[Written], style: Style, metre: Metre, seed: int) -> list[Written]:
    """Recolour here and there the second half of a chord that leads into the next one."""
    found: list[Written] = []
    for number, one in enumerate(written[:-2]):
        following = written[number + 1]
        found += _led(one, following, style, metre, seed, number)
    return [*found, *written[-2:]]


def _led(one: Written, following: Written, style: Style, metre: Metre, seed: int, number: int) -> list[Written]:
    halves = metre.shares(2)
    if one.key != following.key or one.harmony.root == following.harmony.root:
        return [one]
    if is_dominant(one.harmony, following.harmony):
        if recoloured := _jazz(one, following, style, metre, seed, number):
            return recoloured
        is_home = following.harmony.root == following.key.tonic
        held = suspended(one.harmony, one.key) if is_home and one.length >= 2.0 and style.spice else None
        if held and chance(seed, "suspension", number).random() < _SUSPENDS:
            return _split(one, held, one.harmony, one.length / 2 if one.length < metre.beats else halves[1])
        return [one]
    if one.length < metre.beats or chance(seed, "spice", number).random() >= style.spice:
        return [one]
    spices = _spices(one, following)
    if not spices:
        return [one]
    return _split(one, one.harmony, pick(chance(seed, "spice", "which", number), spices), halves[1])


def _spices(one: Written, following: Written) -> list[Harmony]:
    """Return the chords that may stand between two others."""
    key, target = one.key, following.harmony
    spices = []
    if target.root != key.tonic and set(target.tones[:3]) != set(one.harmony.tones[:3]):
        spices.append(dominant_of(target, key.tonic, key.mode))
    steps = (one.harmony.root - key.tonic) % 12, (target.root - key.tonic) % 12
    if key.mode in ("major", "mixolydian"):
        if steps == (5, 0):
            spices.append(spelled(key, 5, (0, 3, 7), "m"))
        if steps == (0, 5):
            spices.append(spelled(key, 10, (0, 4, 7), ""))
    return spices


def _jazz(one: Written, following: Written, style: Style, metre: Metre, seed: int, number: int) -> list[Written]:
    """Put its second degree before a dominant, or the dominant a tritone away after it."""
    rng = chance(seed, "jazz", number)
    if rng.random() >= style.jazz:
        return []
    if rng.random() < _TRITONE or one.length < metre.beats:
        half = min(metre.shares(2)[1], one.length / 2)
        return _split(one, one.harmony, tritone_of(one.harmony), half)
    return _split(one, second_of(following.harmony, one.key), one.harmony, metre.shares(2)[1])


def _split(one: Written, first: Harmony, second: Harmony, length: float) -> list[Written]:
    return [
        replace(one, length=one.length - length, harmony=first),
        replace(one, start=one.start + one.length - length, length=length, harmony=second),
    ]
