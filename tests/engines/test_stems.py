"""Stems: notes sound where the score says, however the song is cut into blocks, and styles ask only for what exists."""

from __future__ import annotations

import numpy as np
import pytest

from musicgen_web.engines.sketch.instruments import drums, registry
from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE
from musicgen_web.engines.sketch.score import Note, Part, Score
from musicgen_web.engines.sketch.stems import Kept, Notes, Stem
from musicgen_web.engines.sketch.style import all_styles
from musicgen_web.engines.writer import Samples

HIT = Part("Drums", "kit", "drums", (Note(1.0, 0.2, 36, 0.9), Note(2.5, 0.2, 38, 0.8), Note(2.5, 0.2, 42, 0.5)))
CHORD = Part("Piano", "piano", "chords", tuple(Note(start, 1.4, 60 + int(start) * 4, 0.7) for start in (0.0, 1.0, 2.0)))


def score(*parts: Part, duration: float = 3.0) -> Score:
    return Score("pop", 120.0, "C", "major", 4, duration, (), (), parts)


def whole(part: Part, block: int) -> Samples:
    stem = Stem(part, score(part), "pop", Notes())
    frames = 3 * SAMPLE_RATE
    blocks = [stem.block(min(block, frames - start), lambda: None) for start in range(0, frames, block)]
    return np.concatenate(blocks)


@pytest.mark.parametrize("part", [HIT, CHORD], ids=["drums", "piano"])
def test_the_size_of_the_blocks_does_not_change_the_sound(part: Part) -> None:
    assert np.abs(whole(part, 3 * SAMPLE_RATE) - whole(part, 10_007)).max() < 1e-6


def test_a_stroke_begins_at_its_sample() -> None:
    loud = np.abs(whole(HIT, 50_000)).max(axis=1) > 0.01
    assert 0 <= int(np.argmax(loud)) - SAMPLE_RATE // 2 < 30  # beat 1 at 120 bpm


def test_a_note_is_let_go_at_its_end() -> None:
    samples = whole(Part("Lead", "soft_lead", "lead", (Note(0.0, 2.0, 69, 0.8),)), 50_000)
    sounding, after = samples[SAMPLE_RATE // 2 : SAMPLE_RATE], samples[round(1.4 * SAMPLE_RATE) :]
    assert np.abs(sounding).max() > 0.02
    assert np.abs(after).max() < 1e-4


def test_a_note_at_rest_keeps_its_sound() -> None:
    samples = registry.held("piano", 60, 2.0, 0.75, 0)
    kept = Kept.of(samples)
    assert np.abs(kept.part(0, len(kept), 1.0) - samples[: len(kept)]).max() < 2e-5 * np.abs(samples).max()


def test_what_is_kept_stays_within_its_size_and_the_oldest_goes_first() -> None:
    notes = Notes(size=300_000)
    keys = [("kit:pop", 42, 0.75, turn, 0.0) for turn in range(20)]
    first, *_ = [notes.get(key) for key in keys]
    assert sum(note.pcm.nbytes for note in notes._kept.values()) <= 300_000
    assert notes.get(keys[0]) is not first
    assert np.array_equal(notes.get(keys[0]).pcm, first.pcm)


def test_the_styles_ask_only_for_instruments_and_kits_there_are() -> None:
    for style in all_styles().values():
        assert style.sound.kit in drums.KITS
        assert {player.instrument for player in style.band if player.role != "drums"} <= registry.INSTRUMENTS.keys()
