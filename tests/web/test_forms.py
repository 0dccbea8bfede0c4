"""What was typed becomes a request, or every wrong field is named."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from musicgen_web.engines.base import SKETCH
from musicgen_web.errors import ModelNotLoaded
from musicgen_web.web.forms import Checked, SongForm, check, key_problem, title_problem


def checked(**values: object) -> Checked:
    return check({"prompt": "warm lo-fi"} | values, (SKETCH,), "sketch")


def wrong_fields(**values: object) -> list[str]:
    return [error.field for error in checked(**values).errors]


def test_a_prompt_alone_is_a_song() -> None:
    request = checked().request
    assert request is not None
    assert (request.engine, request.duration, request.takes, request.lyrics) == ("sketch", 95.0, 1, "")
    assert 0 <= request.seed < 2**32


def test_every_wrong_field_is_named_at_once() -> None:
    wrong = wrong_fields(prompt="", duration="x", seed=-1, takes=9, engine="orchestra", guidance=math.nan, colour="red")
    assert sorted(wrong) == ["colour", "duration", "engine", "guidance", "prompt", "seed", "takes"]


@pytest.mark.parametrize("duration", [0, 4.99, 285.1, 1e9, math.nan, math.inf, "x", True, [], {}, 10**400, "1e9", "-5"])
def test_a_length_that_is_no_length_is_refused(duration: object) -> None:
    assert wrong_fields(duration=duration) == ["duration"]


@pytest.mark.parametrize(("duration", "seconds"), [(5, 5.0), (285, 285.0), ("95", 95.0), (31.017, 31.017), ("", 95.0)])
def test_a_length_may_be_a_fraction_or_left_out(duration: object, seconds: float) -> None:
    request = checked(duration=duration).request
    assert request is not None and request.duration == seconds


@pytest.mark.parametrize("prompt", ["", "   ", "\n", "x" * 2_001, 7, None, ["a"]])
def test_a_prompt_must_say_something_and_not_too_much(prompt: object) -> None:
    assert wrong_fields(prompt=prompt) == ["prompt"]


@pytest.mark.parametrize("sign", ["\ud800", "\x00", "\x1b", "\x7f", "\x85"])
@pytest.mark.parametrize("name", ["prompt", "lyrics", "title"])
def test_what_cannot_be_kept_or_shown_is_refused_with_its_place(name: str, sign: str) -> None:
    errors = checked(**{name: f"a{sign}b"}).errors
    assert [error.field for error in errors] == [name]
    assert "Character 2" in errors[0].message


def test_any_other_writing_is_kept_as_typed() -> None:
    words = "月光照在旧码头上 · Donaudampfschifffahrt · بيت · 🎹 · <b>&amp;"
    request = checked(prompt=words, title=words, lyrics=words).request
    assert request is not None and (request.prompt, request.title, request.lyrics) == (words, words, words)


def test_a_broken_line_of_the_lyrics_is_named() -> None:
    error = checked(lyrics="[00:10.00]fine\n[00:99.99]not a time\n").errors[0]
    assert (error.field, error.line) == ("lyrics", 2)


def test_an_engine_the_world_knows_but_this_server_lacks_is_said() -> None:
    with pytest.raises(ModelNotLoaded):
        checked(engine="diffrhythm")
    assert wrong_fields(engine="diffrhythm", duration=0) == ["duration"]


def test_equal_wishes_have_equal_fingerprints_and_others_others() -> None:
    assert checked().fingerprint == checked(duration=95, takes=1).fingerprint
    assert checked().fingerprint != checked(seed=1).fingerprint
    assert checked(seed=1).fingerprint != checked(seed=2).fingerprint


@given(
    st.dictionaries(
        st.sampled_from(["prompt", "lyrics", "title", "duration", "engine", "seed", "steps", "guidance", "takes", "x"]),
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=40), st.lists(st.integers())),
    )
)
def test_no_input_breaks_the_checks(values: dict[str, object]) -> None:
    try:
        outcome = check(values, (SKETCH,), "sketch")
    except ModelNotLoaded:
        return
    assert (outcome.request is None) == bool(outcome.errors)


def test_clicked_words_that_the_prompt_lacks_are_added() -> None:
    form = SongForm.parse({"prompt": "slow piano"}, ["piano", "warm"], (SKETCH,), "sketch")
    assert form.request is not None and form.request.prompt == "slow piano, warm"
    assert form.values["prompt"] == "slow piano"


def test_a_form_keeps_what_was_typed() -> None:
    form = SongForm.parse({"prompt": "x", "duration": "1e9", "seed": "no"}, [], (SKETCH,), "sketch")
    assert (form.values["duration"], form.values["seed"]) == ("1e9", "no")
    assert form.error("duration") is not None and form.error("prompt") is None


@pytest.mark.parametrize("key", ["", "x" * 256, "a\nb", "ключ"])
def test_a_key_is_short_and_plain(key: str) -> None:
    assert key_problem(key)


def test_a_title_is_one_line_that_says_something() -> None:
    assert title_problem("  ") and title_problem("a\nb") and title_problem("x" * 201)
    assert title_problem("月光") is None
