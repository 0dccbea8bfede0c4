"""Distorted guitars: fifths and octaves where others play thirds, riffs on the scale, the palm on the strings."""

from __future__ import annotations

import pytest

from musicgen_web.engines.sketch.harmony import Change, Key
from musicgen_web.engines.sketch.instruments.electric import MUTED
from musicgen_web.engines.sketch.instruments.registry import layer
from musicgen_web.engines.sketch.power import LOUDNESS, LOWEST, OPEN, pitches
from musicgen_web.engines.sketch.theory import read_roman, scale_under
from tests.engines.sketch.songs import song


@pytest.mark.parametrize("style", ["rock", "metal"])
def test_no_thirds_are_played_together(style: str) -> None:
    for part in (part for part in song(style, duration=40.0).parts if part.instrument in LOWEST):
        assert part.notes
        strokes: dict[float, list[int]] = {}
        for note in part.notes:
            strokes.setdefault(round(note.start * 4) / 4, []).append(note.pitch)
        for together in strokes.values():
            assert {pitch - min(together) for pitch in together} <= {0, 6, 7, 8, 12}
            assert min(together) >= LOWEST[part.instrument]


def test_the_two_guitars_stand_apart_and_never_play_at_the_very_same_time() -> None:
    left, right = (part for part in song("metal", duration=40.0).parts if part.instrument == "metal_guitar")
    assert left.pan < -0.7
    assert right.pan > 0.7
    assert not {note.start for note in left.notes[10:-10]} & {note.start for note in right.notes[10:-10]}


def test_strokes_under_the_palm_are_muted_and_open_ones_are_not_at_every_energy() -> None:
    for energy in (0.45, 0.6, 0.8, 1.0):
        force = 0.78 + 0.26 * energy  # as `comping.py` plays
        assert layer(LOUDNESS["b"] * force * 1.06) < MUTED
        assert layer(LOUDNESS["C"] * force) > MUTED
        assert layer(OPEN * force) > MUTED


def test_a_riff_walks_up_the_scale_from_the_root() -> None:
    tonic = read_roman("i", 4, "phrygian")
    change = Change(0.0, 4.0, tonic, scale_under(tonic, 4, "phrygian"), (52, 55, 59, 64), 40, Key(4, "phrygian"))
    assert [pitches("crunch_guitar", change, mark)[0] for mark in "12345"] == [40, 41, 43, 45, 47]
    assert pitches("crunch_guitar", change, "C") == (40, 47, 52)
