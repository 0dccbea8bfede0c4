"""Sizes, ids and lengths of the published models."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffrhythm.errors import InvalidRequestError
from diffrhythm.spec import BASE, BASE_V1, FRAMES_PER_SECOND, FULL, FULL_V1, MODELS, ModelSpec, spec_for, spec_named


def test_the_models_have_as_many_parameters_as_the_published_ones() -> None:
    assert [spec.parameters for spec in MODELS] == [1_109_315_648, 1_109_709_888, 1_109_315_648, 1_109_315_648]


def test_a_frame_is_46_milliseconds() -> None:
    assert FRAMES_PER_SECOND == 21.533203125


@pytest.mark.parametrize(("duration", "frames"), [(95, 2048), (96, 2067), (130, 2799), (180, 3875), (285, 6136)])
def test_a_duration_has_the_frames_that_the_authors_give_it(duration: int, frames: int) -> None:
    spec = spec_for(duration)
    assert spec is (BASE if duration == 95 else FULL)
    assert spec.frames(duration) == spec.frames(float(duration)) == frames


@given(st.integers(96, 285))
def test_every_second_up_to_285_is_made_and_none_is_longer_than_the_model(duration: int) -> None:
    frames = spec_for(duration).frames(duration)
    assert 0 <= duration * FRAMES_PER_SECOND - frames < 1
    assert frames <= FULL.max_frames


@pytest.mark.parametrize("duration", [0, -1, 94, 286, 95.5, float("nan"), float("inf"), True])
def test_a_length_that_no_model_makes_is_refused_by_name(duration: float) -> None:
    with pytest.raises(InvalidRequestError, match=r"^duration: ") as refused:
        spec_for(duration)
    assert (refused.value.field, refused.value.code) == ("duration", "INVALID_REQUEST")


def test_a_model_makes_only_its_own_lengths() -> None:
    with pytest.raises(InvalidRequestError, match="base makes 95 seconds, not 96"):
        BASE.frames(96)
    with pytest.raises(InvalidRequestError, match="full makes 96 to 285 seconds, not 95"):
        FULL.frames(95)


def test_version_1_is_causal_knows_no_duration_and_is_chosen_by_its_id_or_by_name() -> None:
    assert [spec.causal for spec in MODELS] == [False, False, True, True]
    assert [spec.has_duration for spec in MODELS] == [False, True, False, False]
    assert (spec_for(95, "1"), spec_for(200, "1")) == (BASE_V1, FULL_V1)


@pytest.mark.parametrize("spec", MODELS, ids=lambda spec: spec.name)
def test_an_id_is_recognised_alone_in_a_plain_folder_and_in_the_hubs_cache(spec: ModelSpec) -> None:
    cached = f"/cache/models--{spec.repo.replace('/', '--')}/snapshots/0f3a/cfm_model.pt"
    assert spec_named(spec.repo) is spec
    assert spec_named(PurePosixPath("/models") / spec.repo) is spec
    assert spec_named(cached) is spec
    assert spec_named("/somewhere/else") is None


def test_an_id_and_a_version_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(InvalidRequestError, match=r"is version 1, not 1\.2"):
        spec_named("ASLP-lab/DiffRhythm-full", "1.2")
    with pytest.raises(InvalidRequestError, match=r"version: one of 1\.2, 1, not '2'"):
        spec_for(95, "2")


def test_heads_that_do_not_divide_the_width_are_refused() -> None:
    with pytest.raises(ValueError, match="32 heads"):
        ModelSpec("odd", "", "1.2", 2048, dim=96)


def test_a_longer_song_and_more_rows_need_more_memory() -> None:
    assert BASE.weight_bytes(2) == 2_218_631_296
    assert FULL.working_bytes(6136, 1, 2) > FULL.working_bytes(2067, 1, 2)
    assert FULL.working_bytes(2067, 2, 2) > FULL.working_bytes(2067, 1, 2)
