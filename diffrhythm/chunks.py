"""How a long song is cut into chunks that fit the memory, and which part of each is kept. All counts are frames."""

from __future__ import annotations

from dataclasses import dataclass

CONTEXT_FRAMES = 10  # a side: the decoder hears 9.3 frames to each side, the encoder 7.9, so ten is exact
CHUNK_FRAMES = 128  # read at once, context included; about 2 GiB in the full-size decoder
REFERENCE_CHUNK, REFERENCE_OVERLAP = 128, 32  # the authors' own scheme


@dataclass(frozen=True, slots=True)
class Chunk:
    """Read the frames from `start` to `stop`, keep of them those from `keep_start` to `keep_stop`."""

    start: int
    stop: int
    keep_start: int
    keep_stop: int

    @property
    def is_empty(self) -> bool:
        return self.keep_start == self.keep_stop


def whole(frames: int) -> list[Chunk]:
    """Return the one chunk that is everything."""
    return [Chunk(0, frames, 0, frames)]


def exact(frames: int, size: int = CHUNK_FRAMES, context: int = CONTEXT_FRAMES) -> list[Chunk]:
    """Return chunks of at most `size` frames, with so much context that their seams are those of the whole."""
    if size <= 2 * context:
        raise ValueError(f"a chunk is longer than its context of 2 × {context} frames, not {size}")
    chunks: list[Chunk] = []
    kept = 0
    while kept < frames:
        start = max(0, kept - context)
        stop = min(frames, start + size)
        keep_stop = frames if stop == frames else stop - context
        chunks.append(Chunk(start, stop, kept, keep_stop))
        kept = keep_stop
    return chunks


def reference(frames: int, *, is_ragged: bool = False) -> list[Chunk]:
    """Return the authors' chunks: 128 frames every 96, hard seams 16 frames from each inner edge, the last flush right.

    `is_ragged`: the sound has samples beyond its last whole frame; then there is always one more chunk at the end,
    which the encoder reads that much later.
    """
    if frames <= REFERENCE_CHUNK and not (is_ragged and frames == REFERENCE_CHUNK):
        return whole(frames)
    edge = REFERENCE_OVERLAP // 2
    last = frames - REFERENCE_CHUNK
    starts = list(range(0, last + 1, REFERENCE_CHUNK - REFERENCE_OVERLAP))
    if starts[-1] != last or is_ragged:
        starts.append(last)
    seams = [0, *(start + edge for start in starts[1:]), frames]
    return [Chunk(starts[i], starts[i] + REFERENCE_CHUNK, seams[i], seams[i + 1]) for i in range(len(starts))]
