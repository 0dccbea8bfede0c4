"""Parts of a song made again: seconds to spans of frames, and the old sound back wherever nothing was touched."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from diffrhythm.chunks import CONTEXT_FRAMES
from diffrhythm.errors import InvalidRequestError
from diffrhythm.loudness import CEILING, Samples, true_peak
from diffrhythm.spec import FRAMES_PER_SECOND, SAMPLES_PER_FRAME

EDGE = -1.0  # as a start: the beginning, as an end: the end of the song
FADE_SAMPLES = 2 * SAMPLES_PER_FRAME  # of the crossfade, 93 ms, inside the context
ROUNDING = 1e-6  # seconds: a duration that was printed and read again is still the end

Span = tuple[int, int]
"""Frames from the first to before the second: what is made again."""


def refused(message: str) -> InvalidRequestError:
    return InvalidRequestError("segments", message)


def spans_of(segments: Sequence[tuple[float, float]], frames: int) -> list[Span]:
    """Return the spans of segments in seconds (start, end) of a song of `frames`; −1 is its beginning or its end.

    They come in order. A time falls into the frame it lies in; segments that touch stay apart.
    Raises InvalidRequestError if there is none, or one is empty, outside the song, no number, or over another.
    """
    if not segments:
        raise refused("No part of the song was named.")
    end = frames / FRAMES_PER_SECOND
    spans: list[Span] = []
    for segment in segments:
        start, stop = _times(segment, end)
        first = int(start * FRAMES_PER_SECOND)
        last = frames if stop >= end else int(stop * FRAMES_PER_SECOND)
        if first >= last:
            raise refused(f"{_named(segment)} is empty: a part is at least one frame of 0.05 seconds long.")
        spans.append((first, last))
    spans.sort()
    for before, after in pairwise(spans):
        if after[0] < before[1]:
            where = f"{after[0] / FRAMES_PER_SECOND:.2f} and {min(before[1], after[1]) / FRAMES_PER_SECOND:.2f} seconds"
            raise refused(f"Two parts overlap between {where}.")
    return spans


def continuation(frames: int, seconds: float, max_frames: int) -> Span:
    """Return the span after the end of a song of `frames` that makes it `seconds` longer, in all at most `max_frames`.

    Raises InvalidRequestError if that is nothing, no number, or does not fit; it says how long it may be.
    """
    if not math.isfinite(seconds) or int(seconds * FRAMES_PER_SECOND) < 1:
        raise refused(f"A continuation is at least 0.05 seconds long, not {seconds}.")
    total = frames + int(seconds * FRAMES_PER_SECOND)
    if total > max_frames:
        room = max(0, max_frames - frames) / FRAMES_PER_SECOND
        raise refused(f"A continuation of {seconds:g} seconds does not fit: {math.floor(room * 100) / 100:g} would.")
    return frames, total


def touched(spans: Sequence[Span], frames: int) -> list[Span]:
    """Return the spans that sound otherwise: ten frames more to each side, for so far the decoder hears; joined."""
    wide: list[Span] = []
    for first, last in sorted(spans):
        first, last = max(0, first - CONTEXT_FRAMES), min(frames, last + CONTEXT_FRAMES)
        if wide and first <= wide[-1][1]:
            wide[-1] = (wide[-1][0], max(wide[-1][1], last))
        else:
            wide.append((first, last))
    return wide


def paste(old: Samples, decoded: Samples, spans: Sequence[Span], gain: float) -> Samples:
    """Return the edited song (channels, samples): `decoded` in and around the spans at the old gain, else `old`.

    `old` is the song as it was heard; `decoded` (channels, 2048 · frames) is what the decoder gives for the edited
    latents. Outside the spans and ten frames to each side every sample is the old one; just inside, within 93 ms,
    one fades into the other. A new part that would peak above the old song (and above −1 dB) is lowered until it
    does not.
    The song keeps its length, unless what is made again reaches its end: then it is as long as `decoded`.

    Raises InvalidRequestError if no span is given or one is not in `decoded`, AudioError if sound is not finite.
    """
    if not spans:
        raise refused("No part of the song was named.")
    frames = decoded.shape[1] // SAMPLES_PER_FRAME
    for first, last in spans:
        if not 0 <= first < last <= frames:
            raise refused(f"Frames {first} to {last} are no part of a song of {frames} frames.")
    wide = [(first * SAMPLES_PER_FRAME, last * SAMPLES_PER_FRAME) for first, last in touched(spans, frames)]
    length = old.shape[1] if wide[-1][1] < min(old.shape[1] + 1, decoded.shape[1]) else decoded.shape[1]
    song = decoded[:, :length] * np.float32(gain)
    kept = min(length, old.shape[1])
    song[:, :kept] = old[:, :kept]
    ceiling = max(CEILING, true_peak(old))
    for first, last in wide:
        last = min(last, length)
        new = _lowered(decoded[:, first:last] * np.float32(gain), ceiling)
        share = _share(last - first, fades_in=first > 0, fades_out=last < kept)
        song[:, first:last] = new * share + song[:, first:last] * (1.0 - share)
    return song


def _lowered(new: Samples, ceiling: float) -> Samples:
    peak = true_peak(new)
    return new * np.float32(ceiling / peak) if peak > ceiling else new


def _share(length: int, *, fades_in: bool, fades_out: bool) -> NDArray[np.float32]:
    """Return how much of the new sound is heard (length,): it and the old one are alike there, so shares add to 1."""
    share = np.ones(length, np.float32)
    ramp = np.sin(np.linspace(0.0, np.pi / 2, FADE_SAMPLES + 2)[1:-1]) ** 2
    if fades_in:
        share[:FADE_SAMPLES] = ramp
    if fades_out:
        share[-FADE_SAMPLES:] = ramp[::-1]
    return share


def _times(segment: tuple[float, float], end: float) -> tuple[float, float]:
    if len(segment) != 2 or not all(math.isfinite(time) for time in segment):
        raise refused(f"A part is a start and an end in seconds, not {segment}.")
    start, stop = segment
    start = 0.0 if start == EDGE else start
    stop = end if stop == EDGE else stop
    if start < 0 or start >= end or stop < 0 or stop > end + ROUNDING:
        raise refused(f"{_named(segment)} lies outside the song of {end:.2f} seconds.")
    return start, end if stop > end - ROUNDING else stop


def _named(segment: tuple[float, float]) -> str:
    return f"The part from {segment[0]:g} to {segment[1]:g} seconds"
