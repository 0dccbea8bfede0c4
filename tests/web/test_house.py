"""What pages ask of this server's engines without importing one."""

from __future__ import annotations

from dataclasses import replace

from musicgen_web.engines.base import SKETCH
from musicgen_web.engines.sketch.version import VERSION
from musicgen_web.web.house import House
from musicgen_web.web.sentences import sentence, spoken


def house(reads: str = SKETCH.reads) -> House:
    return House(engines=(replace(SKETCH, reads=reads),), engine="sketch", max_queued=1, trash_days=1)


def test_an_engine_tells_what_it_understands_and_one_that_cannot_says_nothing() -> None:
    told = house().understand("", "lo-fi, 76 bpm")
    assert told is not None and told.heard[0].text == "lo-fi"
    assert house(reads="").understand("sketch", "lo-fi") is None
    assert house().understand("nobody", "lo-fi") is None


def test_only_a_song_of_todays_engine_can_be_played_again() -> None:
    assert house().player_of("sketch", {"sketch": VERSION}) == house().engines[0]
    assert house().player_of("sketch", {"sketch": "1"}) is None
    assert house().player_of("sketch", {}) is None
    assert house().player_of("diffrhythm", {"diffrhythm": VERSION}) is None


def test_every_visit_finds_another_idea() -> None:
    ideas = house().ideas
    assert next(ideas) != next(ideas)


def test_what_is_understood_is_one_sentence() -> None:
    told = house().understand("sketch", "lo-fi, Rhodes, bells, 76 bpm, in D minor, no drums, calm, choir")
    assert told is not None
    assert spoken(told).startswith(
        "Understood as lo-fi at 76 bpm in D minor, 4/4, with Rhodes, bells, choir, joined by "
    )
    assert spoken(told).endswith(", no drums; calm; a choir.")
    told = house().understand("sketch", "80s house with a touch of bossa nova, andante, sung by a man")
    assert told is not None
    assert spoken(told).startswith(
        "Understood as 80s house with bossa nova at 74–92 bpm in a key of its own, 4/4, with "
    )
    assert spoken(told).endswith("; no mood in particular; a low voice.")
    empty = house().understand("sketch", "")
    assert empty is not None
    assert spoken(empty).startswith("Left to itself: pop at about 96–124 bpm in a key of its own, 4/4, with piano, ")
    assert [mark for _, _, mark in sentence(empty)][-1] == "."
