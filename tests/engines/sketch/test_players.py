"""The rhythm section: manners of playing, walking lines, hand-overs between sections, hands behind the beat."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest

from musicgen_web.engines.sketch.groove import DRUMS
from musicgen_web.engines.sketch.manners import MANNERS
from musicgen_web.engines.sketch.score import Note, Score
from musicgen_web.engines.sketch.style import Player, Style, all_styles
from tests.engines.sketch.songs import exact, notes, played, song

POP = replace(exact(all_styles()["pop"]), turns=("fill",))
BASSES = ("octaves", "tumbao", "pedal")


def with_bass(manner: str, style: Style = POP) -> Style:
    bass = Player(name="Bass", instrument="upright_bass", role="bass", patterns=((0.0, manner),))
    return replace(style, band=(bass, *(player for player in style.band if player.role != "bass")))


def with_chords(manner: str) -> Style:
    hands = Player(name="Hands", instrument="organ", role="chords", patterns=((0.0, manner),))
    return replace(POP, band=(hands, *(player for player in POP.band if player.role in ("bass", "drums", "lead"))))


def last(score: Score) -> float:
    return score.sections[-1].start + score.sections[-1].length - score.beats_per_bar


@pytest.mark.parametrize("prompt", ["", "energetic", "3/4", "6/8 calm"])
def test_a_walking_bass_reaches_every_root_by_step(prompt: str) -> None:
    score = played(with_bass("walk"), prompt, duration=90.0)
    line = sorted(notes(score, "bass"), key=lambda note: note.start)
    roots = {chord.start: chord.bass for chord in score.chords}
    arrivals = [(a, b) for a, b in pairwise(line) if b.start in roots and b.start < last(score)]
    steps = [abs(a.pitch - b.pitch) for a, b in arrivals if b.start - a.start <= 1.5]
    assert len(steps) >= 10
    assert all(b.pitch == roots[b.start] for _, b in arrivals)
    assert sum(1 <= step <= 2 for step in steps) / len(steps) >= 0.9
    assert all(28 <= note.pitch <= 55 for note in line)
    assert Counter(a.pitch == b.pitch for a, b in pairwise(line))[True] < 0.15 * len(line)


def test_octaves_leap_and_a_pedal_stays() -> None:
    line = notes(played(with_bass("octaves"), "energetic", duration=60.0), "bass")
    assert sum(abs(a.pitch - b.pitch) == 12 for a, b in pairwise(line)) > 0.5 * len(line)
    score = played(with_bass("pedal"), "in D major", duration=60.0)
    held = [note for note in notes(score, "bass") if note.start < last(score) - 8]
    assert {note.pitch % 12 for note in held} == {2}


def test_a_tumbao_has_the_next_root_on_four_and_holds_it() -> None:
    score = played(with_bass("tumbao"), duration=60.0)
    ahead = [note for note in notes(score, "bass") if note.start % 4 == 3.0 and note.start < last(score) - 4]
    bass_at = {chord.start: chord.bass for chord in score.chords}
    known = [note for note in ahead if note.start + 1.0 in bass_at]
    assert len(known) >= 8
    assert all(note.pitch == bass_at[note.start + 1.0] for note in known)
    assert sum(note.length > 1.0 for note in known) / len(known) > 0.8


@pytest.mark.parametrize("manner", sorted(MANNERS.keys() - {*BASSES}))
def test_every_manner_of_chords_plays_the_chords(manner: str) -> None:
    for metre in ("4/4", "6/8"):
        score = played(with_chords(manner), metre, duration=30.0)
        struck = notes(score, "chords")
        assert len(struck) >= 12
        fitting = 0
        for note in struck:
            near = [chord for chord in score.chords if chord.start - 0.6 <= note.start < chord.start + chord.length]
            fitting += any(note.pitch % 12 in {p % 12 for p in (*chord.pitches, chord.bass)} for chord in near)
        assert fitting == len(struck)
        if manner == "skank":
            beats = [note for note in struck if note.start % score.metre.pulse == 0 and note.start < last(score)]
            assert len(beats) < 0.25 * len(struck)


def test_something_changes_every_four_bars_and_more_every_eight() -> None:
    for name in ("pop", "house", "lo-fi"):
        score = song(name, duration=180.0, seed=2)
        bar = score.beats_per_bar
        for section in score.sections:
            blocks = [block(score, section.start + at * bar, 4 * bar) for at in range(0, int(section.length / bar), 4)]
            assert all(one != other for one, other in pairwise(blocks))
            if section.length / bar >= 16:
                first, second = (loudness(score, section.start + at * bar, 8 * bar) for at in (0, 8))
                assert second > 1.04 * first, (name, section.name)


def block(score: Score, start: float, length: float) -> Counter[tuple[str, float, int]]:
    """Who plays between two beats, and when, on the grid of sixteenths."""
    found: Counter[tuple[str, float, int]] = Counter()
    for part in score.parts:
        for note in part.notes:
            if start - 0.1 <= note.start < start + length - 0.1:
                drum = note.pitch if part.role == "drums" else 0
                found[part.name, round((note.start - start) * 4) / 4, drum] += 1
    return found


def loudness(score: Score, start: float, length: float) -> float:
    return sum(n.velocity for part in score.parts for n in part.notes if start <= n.start < start + length)


def test_a_riser_climbs_into_the_drop_and_a_bass_walks_up_to_it() -> None:
    style = replace(exact(all_styles()["house"]), turns=("riser",))
    score = played(style, duration=120.0)
    louder = {b.start for a, b in pairwise(score.sections) if b.energy > a.energy}
    risers = [note for note in notes(score, "drums") if note.pitch == DRUMS["riser"]]
    breakdown = next(section for section in score.sections if section.kind == "bridge")
    assert any(abs(note.start + note.length - breakdown.start - breakdown.length) < 1e-6 for note in risers)
    assert all(any(abs(note.start + note.length - begin) < 1e-6 for begin in louder) for note in risers)
    climbing = played(replace(POP, turns=("walk",)), duration=95.0)
    chorus = next(section for section in climbing.sections if section.kind == "chorus")
    walked = [n.pitch for n in notes(climbing, "bass") if chorus.start - 2.0 <= n.start <= chorus.start]
    assert len(walked) == 5
    steps = [b - a for a, b in pairwise(walked)]
    assert all(1 <= step <= 3 for step in steps) or all(-3 <= step <= -1 for step in steps)


def test_drums_may_stand_behind_or_ahead_of_the_beat_one_by_one() -> None:
    score = played(replace(POP, laid_back_ms={"drums": 1.0, "snare": 12.0, "closed": -6.0}), "80 bpm", duration=60.0)

    def late(drum: str) -> list[float]:
        found = [note.start for note in notes(score, "drums") if note.pitch == DRUMS[drum]]
        return [((start * 4 + 0.5) % 1 - 0.5) / 4 * 750 for start in found if 0.0 < start < last(score) - 1.0]

    for drum, ms in (("snare", 12.0), ("closed", -6.0), ("kick", 1.0)):
        assert all(abs(off - ms) < 0.01 for off in late(drum)[2:])


def test_a_note_of_the_bass_never_sounds_into_another_chord_without_being_held_into_it() -> None:
    score = song("pop", duration=95.0, seed=4)
    line: list[Note] = notes(score, "bass")
    assert all(a.start + a.length <= b.start + 0.05 for a, b in pairwise(line))
