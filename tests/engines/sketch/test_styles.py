"""Every style stands for itself: its file names it, its words lead to it, and ears can tell it from the others."""

from __future__ import annotations

from itertools import pairwise

import pytest

from bench.styles_apart import confusion, share_right
from musicgen_web.engines.sketch.form import ENERGIES
from musicgen_web.engines.sketch.groove import DRUMS, LOUDNESS, ROLLS
from musicgen_web.engines.sketch.manners import HELD, MANNERS, WALK
from musicgen_web.engines.sketch.metre import METRES
from musicgen_web.engines.sketch.score import ROLES
from musicgen_web.engines.sketch.style import all_styles
from musicgen_web.engines.sketch.theory import SCALES, read_roman
from musicgen_web.engines.sketch.wishes import read
from tests.engines.sketch.songs import STYLES


def test_there_are_at_least_six() -> None:
    assert len(STYLES) >= 6


@pytest.mark.parametrize("style", STYLES)
def test_its_name_and_every_word_it_brings_lead_to_it(style: str) -> None:
    words = all_styles()[style].words
    assert words.get(style) == max(words.values()) or words.get(style, 0) >= 4
    for word, weight in words.items():
        rivals = [other.words.get(word, 0) for name, other in all_styles().items() if name != style]
        if weight > max(rivals):
            assert read(f"{word}, 90 bpm").style == style, word


@pytest.mark.parametrize("style", STYLES)
def test_it_wins_against_moods_instruments_and_places(style: str) -> None:
    assert read(f"calm {style} with strings, guitar and bells, a rainy night by the sea, in A minor").style == style


@pytest.mark.parametrize("style", STYLES)
def test_its_chords_and_strokes_can_be_read(style: str) -> None:
    played = all_styles()[style]
    assert set(played.modes) <= played.progressions.keys() <= SCALES.keys()
    for mode, kinds in played.progressions.items():
        assert {"verse", "chorus"} <= kinds.keys()
        written = [progression for choices in kinds.values() for progression in choices]
        for word in " ".join([*written, *played.cadences.get(mode, {}).values()]).split():
            for chord in word.partition(":")[0].split(","):
                read_roman(chord, 0, mode)
    for groove in (*played.grooves, *played.fills):
        bar = METRES[groove.metre or played.metre].steps
        assert groove.hits.keys() <= DRUMS.keys()
        assert all(len(steps) % bar == 0 and set(steps) <= {*LOUDNESS, *ROLLS, "."} for steps in groove.hits.values())
    assert all(one.energy < other.energy for one, other in pairwise(played.grooves))
    for player in [player for player in played.band if player.role in ("chords", "bass")]:
        for metre, patterns in ((played.metre, player.patterns), *player.metres.items()):
            written = [steps for _, steps in patterns if steps not in (*MANNERS, *HELD, WALK)]
            assert all(len(steps) % METRES[metre].steps == 0 for steps in written)
    for metre, tune in ((played.metre, played.tune), *played.tunes.items()):
        assert all(METRES[metre].steps % len(cell) == 0 for cells in tune.cells.values() for cell in cells)
        assert all(len(closing) == METRES[metre].steps for closing in tune.closings)
    assert played.laid_back_ms.keys() <= {*ROLES, *DRUMS}
    assert {*played.section_bars, *played.titles, *played.energies, *played.pedals} <= ENERGIES.keys()
    assert {*played.turns} <= {"fill", "stop", "swell", "riser", "walk"}


def test_short_songs_nobody_has_heard_are_told_apart() -> None:
    some = ("pop", "lo-fi", "ambient", "bossa nova", "house")  # all of them: bench/styles_apart.py
    assert share_right(confusion(some, 2, 1)) >= 0.85
