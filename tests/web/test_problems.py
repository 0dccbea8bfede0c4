"""Errors in words that people and programs can use."""

import json
import re

import pytest
import structlog

from musicgen_web.web.problems import plain, problem_json, translated


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("Expected `int` <= 100", "This must be a whole number of at most 100."),
        ("Expected `float` >= 0.0", "This must be a number of at least 0.0."),
        ("Expected `bool`, got `str`", "This must be true or false."),
        ("Expected `str` of length <= 64", "This must be text with a length of at most 64."),
        ("Expected `int | null`, got `str`", "This value cannot be used here."),
        ("Missing required query parameter", "This value cannot be used here."),
    ],
)
def test_what_an_address_takes_is_said_without_the_words_of_programmers(message: str, said: str) -> None:
    assert plain(message) == said


def test_a_fault_of_ours_tells_only_its_number() -> None:
    with structlog.testing.capture_logs() as logged:
        body = problem_json(translated(RuntimeError("SELECT secret FROM /srv/music.db")))
    assert (body["status"], body["code"]) == (500, "INTERNAL")
    assert not re.search("secret|SELECT|srv|RuntimeError", json.dumps(body))
    assert str(logged[0]["id"]) in str(body["detail"]), "the log is found by the number"
