"""Chunks cover a song once, in order, with their context, and within their size."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffrhythm import chunks


def covers(cut: list[chunks.Chunk], frames: int) -> bool:
    ends = cut[0].keep_start == 0 and cut[-1].keep_stop == frames
    return ends and all(before.keep_stop == after.keep_start for before, after in pairwise(cut))


@given(st.integers(1, 7_000), st.integers(21, 600))
def test_exact_chunks_cover_all_and_hear_ten_frames_around(frames: int, size: int) -> None:
    cut = chunks.exact(frames, size)
    assert covers(cut, frames)
    for chunk in cut:
        assert chunk.stop - chunk.start <= size and not chunk.is_empty
        assert chunk.start <= max(0, chunk.keep_start - 10)
        assert chunk.stop >= min(frames, chunk.keep_stop + 10)


@given(st.integers(1, 7_000), st.booleans())
def test_the_authors_chunks_cover_all_and_are_flush_with_the_end(frames: int, is_ragged: bool) -> None:
    cut = chunks.reference(frames, is_ragged=is_ragged)
    assert covers(cut, frames) and cut[-1].stop == frames
    assert all(chunk.start <= chunk.keep_start <= chunk.keep_stop <= chunk.stop for chunk in cut)


def test_the_authors_chunks_are_theirs() -> None:
    assert chunks.reference(128) == [chunks.Chunk(0, 128, 0, 128)]
    assert chunks.reference(300) == [
        chunks.Chunk(0, 128, 0, 112), chunks.Chunk(96, 224, 112, 188), chunks.Chunk(172, 300, 188, 300)
    ]  # fmt: skip
    assert chunks.reference(224)[-1] == chunks.Chunk(96, 224, 112, 224)
    assert chunks.reference(128, is_ragged=True) == [chunks.Chunk(0, 128, 0, 16), chunks.Chunk(0, 128, 16, 128)]


def test_a_chunk_without_room_beside_its_context_is_refused() -> None:
    with pytest.raises(ValueError, match="2 × 10 frames, not 20"):
        chunks.exact(100, 20)
