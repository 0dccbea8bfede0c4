"""An edit makes new what was asked for, and every other sample stays the one it was."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diffrhythm import editing
from diffrhythm.editing import continuation, paste, spans_of, touched
from diffrhythm.errors import AudioError, InvalidRequestError
from diffrhythm.loudness import CEILING, true_peak

FPS = 44_100 / 2_048
STRIDE = 2_048


def test_seconds_fall_into_frames_as_the_authors_count_them() -> None:
    assert spans_of([(10.0, 20.5)], 2_048) == [(215, 441)]
    assert spans_of([(-1, 3)], 2_048) == [(0, 64)]
    assert spans_of([(90, -1)], 2_048) == [(1_937, 2_048)]
    assert spans_of([(-1, -1)], 2_048) == [(0, 2_048)]
    assert spans_of([(5, 6), (1, 2), (2, 3)], 2_048) == [(21, 43), (43, 64), (107, 129)]


@pytest.mark.parametrize("end", [95.108, 2_048 / FPS, 2_048 / FPS + 1e-9, 95.1087528])
def test_the_end_of_the_song_is_its_last_frame_however_it_was_written(end: float) -> None:
    last = spans_of([(1, min(end, 2_048 / FPS))], 2_048)[0][1]
    assert last == (2_048 if end >= 2_048 / FPS - 1e-6 else 2_047)


@pytest.mark.parametrize(
    ("segments", "words"),
    [
        ([], "No part"),
        ([(3, 3)], "is empty"),
        ([(3, 2)], "is empty"),
        ([(3, 3.001)], "is empty"),
        ([(-2, 3)], "outside the song of 95.11"),
        ([(1, -3)], "outside"),
        ([(1, 95.2)], "outside"),
        ([(96, 97)], "outside"),
        ([(float("nan"), 3)], "in seconds"),
        ([(1, float("inf"))], "in seconds"),
        ([(1, 2, 3)], "in seconds"),
        ([(5, 9), (1, 6)], r"overlap between 4\.97 and 5\.99"),
        ([(1, 9), (3, 4)], r"overlap between 2\.97 and 3\.99"),
        ([(-1, 5), (-1, 2)], "overlap"),
    ],
    ids=range(14),
)
def test_parts_that_cannot_be_are_refused_in_words(segments: "list[tuple[float, float]]", words: str) -> None:
    with pytest.raises(InvalidRequestError, match=words) as refused:
        spans_of(segments, 2_048)
    assert refused.value.field == "segments"


@given(st.integers(1, 6_144), st.lists(st.tuples(st.floats(-2, 300), st.floats(-2, 300)), max_size=4))
def test_whatever_is_asked_spans_are_apart_and_in_the_song(frames: int, segments: "list[tuple[float, float]]") -> None:
    try:
        spans = spans_of(segments, frames)
    except InvalidRequestError:
        return
    assert len(spans) == len(segments)
    assert all(0 <= first < last <= frames for first, last in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


def test_a_continuation_is_the_span_after_the_end() -> None:
    assert continuation(2_048, 10, 6_144) == (2_048, 2_263)
    with pytest.raises(InvalidRequestError, match=r"200 seconds does not fit: 190\.21 would"):
        continuation(2_048, 200, 6_144)
    with pytest.raises(InvalidRequestError, match="does not fit: 0 would"):
        continuation(6_144, 1, 6_144)
    for seconds in (0, -3, 0.01, float("nan"), float("inf")):
        with pytest.raises(InvalidRequestError, match=r"at least 0\.05"):
            continuation(2_048, seconds, 6_144)


def test_ten_frames_around_a_span_sound_otherwise_and_neighbours_join() -> None:
    assert touched([(100, 120)], 2_048) == [(90, 130)]
    assert touched([(5, 9), (2_040, 2_048)], 2_048) == [(0, 19), (2_030, 2_048)]
    assert touched([(40, 50), (60, 70), (91, 95)], 2_048) == [(30, 80), (81, 105)]


def sound(samples: int, seed: int) -> np.ndarray:
    return (0.1 * np.random.default_rng(seed).standard_normal((2, samples))).astype(np.float32)


def test_outside_the_span_and_ten_frames_every_sample_is_the_old_one() -> None:
    old, decoded = sound(60 * STRIDE, 1), sound(60 * STRIDE, 2)
    song = paste(old, decoded, [(25, 35)], 1.5)
    first, last, fade = 15 * STRIDE, 45 * STRIDE, editing.FADE_SAMPLES
    assert song.dtype == np.float32 and song.shape == old.shape
    np.testing.assert_array_equal(song[:, :first], old[:, :first])
    np.testing.assert_array_equal(song[:, last:], old[:, last:])
    inside = slice(first + fade, last - fade)
    np.testing.assert_allclose(song[:, inside], decoded[:, inside] * np.float32(1.5), rtol=1e-6)


def test_the_seam_goes_from_one_to_the_other_without_a_step() -> None:
    old, decoded = np.full((2, 60 * STRIDE), 0.5, np.float32), np.full((2, 60 * STRIDE), -0.5, np.float32)
    song = paste(old, decoded, [(25, 35)], 1.0)
    assert np.abs(np.diff(song)).max() < 1e-3
    assert song.max() <= 0.5 and song.min() >= -0.5 and (song[:, 30 * STRIDE] == -0.5).all()


def test_what_both_have_alike_goes_through_the_seam_unheard() -> None:
    old = sound(60 * STRIDE, 1)
    np.testing.assert_allclose(paste(old, old / np.float32(0.7), [(25, 35)], 0.7), old, atol=1e-7)


def test_a_span_at_an_edge_has_no_seam_there() -> None:
    old, decoded = sound(60 * STRIDE, 1), sound(60 * STRIDE, 2)
    for span, edge in (((0, 20), 0), ((40, 60), -1)):
        np.testing.assert_array_equal(paste(old, decoded, [span], 1.0)[:, edge], decoded[:, edge])


def test_a_continuation_keeps_the_beginning_and_is_as_long_as_what_was_decoded() -> None:
    old, decoded = sound(60 * STRIDE - 500, 1), sound(80 * STRIDE, 2)
    song = paste(old, decoded, [(60, 80)], 1.0)
    assert song.shape == decoded.shape
    np.testing.assert_array_equal(song[:, : 50 * STRIDE], old[:, : 50 * STRIDE])
    tail = slice(50 * STRIDE + editing.FADE_SAMPLES, None)
    np.testing.assert_array_equal(song[:, tail], decoded[:, tail])


def test_a_continuation_of_a_song_that_was_cut_short_has_no_hole() -> None:
    old, decoded = sound(30 * STRIDE, 1), sound(80 * STRIDE, 2)
    song = paste(old, decoded, [(60, 80)], 1.0)
    np.testing.assert_array_equal(song[:, : 30 * STRIDE], old)
    np.testing.assert_allclose(song[:, 30 * STRIDE :], decoded[:, 30 * STRIDE :], atol=1e-7)


def test_a_song_that_was_cut_stays_as_long_as_it_was() -> None:
    old, decoded = sound(60 * STRIDE - 500, 1), sound(60 * STRIDE, 2)
    assert paste(old, decoded, [(10, 20)], 1.0).shape == old.shape
    assert paste(old, decoded, [(45, 60)], 1.0).shape == decoded.shape


def test_a_new_part_is_no_louder_than_the_song_may_be() -> None:
    old, loud = sound(60 * STRIDE, 1), 20 * sound(60 * STRIDE, 2)
    song = paste(old, loud, [(25, 35)], 1.0)
    assert true_peak(song[:, 17 * STRIDE : 43 * STRIDE]) <= CEILING * 1.01
    np.testing.assert_array_equal(song[:, : 15 * STRIDE], old[:, : 15 * STRIDE])


def test_spans_that_are_not_in_the_sound_are_refused() -> None:
    old = sound(60 * STRIDE, 1)
    for spans in ([], [(50, 61)], [(-1, 3)], [(5, 5)]):
        with pytest.raises(InvalidRequestError, match=r"part"):
            paste(old, old, spans, 1.0)
    broken = old.copy()
    broken[0, 30 * STRIDE] = np.nan
    with pytest.raises(AudioError, match="not finite"):
        paste(old, broken, [(25, 35)], 1.0)


@st.composite
def edits(draw: st.DrawFn) -> tuple[int, list[tuple[int, int]], int]:
    frames = draw(st.integers(1, 70))
    ends = sorted(draw(st.sets(st.integers(0, frames), min_size=2, max_size=6)))
    spans = [(ends[at], ends[at + 1]) for at in range(0, len(ends) - 1, 2)]
    return frames, spans, draw(st.integers(0, min(STRIDE, frames * STRIDE - 1)))


@settings(max_examples=25, deadline=None)
@given(edits())
def test_whatever_is_made_again_the_rest_is_the_old_song(edit: "tuple[int, list[tuple[int, int]], int]") -> None:
    frames, spans, missing = edit
    old, decoded = (
        np.full((1, frames * STRIDE - missing), 0.25, np.float32),
        np.full((1, frames * STRIDE), 0.5, np.float32),
    )
    song = paste(old, decoded, spans, 1.0)[0]
    changed = np.zeros(frames * STRIDE, bool)
    for first, last in spans:
        changed[max(0, first - 10) * STRIDE : (last + 10) * STRIDE] = True
        np.testing.assert_array_equal(song[first * STRIDE : last * STRIDE], 0.5)
    kept = ~changed[: min(len(song), old.shape[1])]
    assert (song[: len(kept)][kept] == 0.25).all()
    assert ((song >= 0.25) & (song <= 0.5)).all()
    assert len(song) in (old.shape[1], decoded.shape[1])
