"""Which frame each lyric line is sung from: the model's own rule for putting one sound on one frame."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from diffrhythm.spec import BASE_DURATION, BASE_FRAMES, FRAMES_PER_SECOND, FULL_FRAMES, SAMPLE_RATE, SAMPLES_PER_FRAME


@dataclass(frozen=True, slots=True)
class Window:
    """The room a song has for words: its frames, and whether the last line that begins in it is dropped."""

    duration: float
    frames: int
    drops_last: bool


@dataclass(frozen=True, slots=True)
class Placed:
    """Where one line lands: the frame its time asks for, the frame it gets, and how many of its tokens are sung."""

    wanted: int
    start: int
    tokens: int
    written: int
    is_dropped: bool = False

    @property
    def end(self) -> int:
        return self.start + self.written

    @property
    def late(self) -> int:
        """Frames it begins after its time, because the line before it has more sounds than frames."""
        return self.start - self.wanted

    @property
    def lost(self) -> int:
        return self.tokens - self.written


def window(duration: float, *, as_upstream: bool = False) -> Window:
    """Return the room in a song of this many seconds.

    A silent line is put behind the others in a song of the base model, and that one is dropped. `as_upstream`: the
    model's own program puts none, and drops the last line that is there.
    """
    if duration == BASE_DURATION:
        return Window(duration, BASE_FRAMES, drops_last=as_upstream)
    return Window(duration, min(int(duration * FRAMES_PER_SECOND), FULL_FRAMES), drops_last=False)


def frame_at(time: float) -> int:
    return int(time * SAMPLE_RATE / SAMPLES_PER_FRAME)


def time_of(frame: int) -> float:
    """Return the first time, in whole hundredths of a second, that is in this frame or after it."""
    hundredths = math.ceil(frame * SAMPLES_PER_FRAME * 100 / SAMPLE_RATE)
    while frame_at(hundredths / 100) < frame:
        hundredths += 1
    return hundredths / 100


def place(lines: Iterable[tuple[float, int]], room: Window) -> list[Placed]:
    """Place lines, given as time and tokens, in the order they come. A silent line has no tokens."""
    wanted = list(lines)
    kept = [index for index, (time, _) in enumerate(wanted) if time < room.duration]
    dropped = kept.pop() if kept and room.drops_last else None
    sung, placed, free = set(kept), list[Placed](), 0
    for index, (time, tokens) in enumerate(wanted):
        asked = frame_at(time)
        if index not in sung:
            placed.append(Placed(asked, asked, tokens, 0, is_dropped=index == dropped))
            continue
        start = max(asked, free) if tokens else asked
        written = max(0, min(tokens, room.frames - start))
        placed.append(Placed(asked, start, tokens, written))
        free = start + tokens if written else free
    return placed
