"""The words of a sung line can be told apart by a recogniser that knows nothing of how they are made."""

from __future__ import annotations

import pytest

from bench.singing import LINES, OTHERS, Ear, tune
from bench.sung_words import named, sung
from musicgen_web.engines.sketch.voice.speech import of_the_voice

pytest.importorskip("pocketsphinx")
pytestmark = pytest.mark.skipif(of_the_voice() is None, reason="espeak-ng is not installed")

FEW = LINES[:3]


def test_a_recogniser_names_the_lines_that_are_sung_and_no_line_when_others_are() -> None:
    ear = Ear(FEW)
    assert sum(named(ear, sung(tune(FEW, "voice:low", seed=2), 1)[0])) >= 2
    others = tune(OTHERS[:1], "voice:low", seed=2, rhythms_of=FEW)
    assert sum(named(ear, sung(others, 1)[0])) == 0
