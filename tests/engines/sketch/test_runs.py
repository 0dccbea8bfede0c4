"""What is quicker than a pattern: flickering chords, runs through the scale; and styles that keep to five tones."""

from __future__ import annotations

from itertools import groupby, pairwise

from musicgen_web.engines.sketch.runs import CASCADE_BEATS
from musicgen_web.engines.sketch.score import Note, Score
from tests.engines.sketch.songs import song, tune


def part(score: Score, name: str) -> list[Note]:
    return next(sorted(part.notes, key=lambda note: note.start) for part in score.parts if part.name == name)


def test_a_console_says_a_chord_with_one_voice() -> None:
    score = song("chiptune")
    flickering = part(score, "Pulse arpeggio")
    assert min(b.start - a.start for a, b in pairwise(flickering)) < 0.2
    for chord in score.chords[:-1]:
        heard = {note.pitch % 12 for note in flickering if chord.start <= note.start - 0.06 < chord.start + 1}
        assert heard <= {pitch % 12 for pitch in chord.pitches}
        assert len(heard) >= 3 or chord.length < 1


def test_a_run_leads_into_a_bar_and_never_turns_round() -> None:
    notes = part(song("chinese"), "Guzheng runs")
    runs = [list(run) for _, run in groupby(notes, key=lambda note: (note.start + CASCADE_BEATS + 0.05) // 4)]
    assert len(runs) >= 2
    for run in runs:
        assert len({b.pitch > a.pitch for a, b in pairwise(run)}) == 1
        assert 0.0 < -run[-1].start % 4 < 0.3


def test_a_pentatonic_style_uses_five_tones_in_all_it_plays() -> None:
    for seed in (1, 2):
        score = song("chinese", seed=seed)
        sounding = {note.pitch % 12 for part in score.parts if part.role != "drums" for note in part.notes}
        assert len(sounding) == 5
        assert len(tune(score)) > 40
