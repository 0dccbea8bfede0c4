"""The pitch of a sung line: on the note, smoothly, with life where it is held."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from musicgen_web.engines.sketch.chance import chance
from musicgen_web.engines.sketch.voice.pitch import Manner, curve
from musicgen_web.engines.sketch.voice.timing import SungNote

NOTES = [SungNote(1.0, 1.3, 60, 0.7), SungNote(1.3, 1.6, 64, 0.7), SungNote(1.6, 3.6, 67, 0.7)]


def cents(seed: int = 1, manner: Manner | None = None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    pitch = curve(NOTES, 0.8, 3.8, manner or Manner(), chance(seed, "test"))
    return pitch.times, 6_900 + 1_200 * np.log2(pitch.hz / 440.0)


def test_the_middle_of_every_note_is_in_tune() -> None:
    for seed in range(8):
        times, found = cents(seed)
        for note in NOTES[1:]:
            middle = (times > note.start + 0.08) & (times < note.end - 0.06)
            assert abs(found[middle].mean() - 100 * note.pitch) < 12


def test_a_step_is_a_short_slide_and_never_a_jump() -> None:
    times, found = cents()
    assert np.abs(np.diff(found)).max() < 60
    assert abs(np.interp(1.38, times, found) - 6_400) < 20


def test_only_a_held_note_trembles_and_not_at_once() -> None:
    times, found = cents()
    late = found[(times > 2.3) & (times < 3.3)]
    early = found[(times > 1.68) & (times < 1.84)]
    assert 60 < np.ptp(late) < 110
    assert np.ptp(early) < 30
    crossings = np.count_nonzero(np.diff(np.sign(late - late.mean())) > 0)
    assert 5 <= crossings <= 7


def test_a_double_stands_beside_the_tune() -> None:
    _, plain = cents(manner=Manner(0.0))
    _, beside = cents(manner=Manner(0.0, detune_cents=8.0))
    assert np.allclose(beside - plain, 8.0)
