"""The room the music stands in: dry sound, echo and hall put together, and the hand on the faders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from musicgen_web.engines.sketch.effects import Echo
from musicgen_web.engines.sketch.hall import Reverb
from musicgen_web.engines.sketch.instruments.partials import silence
from musicgen_web.engines.sketch.ride import Ride
from musicgen_web.engines.sketch.score import Score
from musicgen_web.engines.sketch.style import Sound
from musicgen_web.engines.writer import Samples

ECHO_BEATS, ECHO_FEEDBACK, ECHO_LEVEL = 0.75, 0.38, 0.16
ECHO_IN_HALL = 0.4  # how much of the echo is heard in the hall


@dataclass(slots=True)
class Sends:
    """What goes into a room for one block: heard at once, into the hall, into the echo (each (frames, 2))."""

    dry: Samples
    hall: Samples
    echo: Samples

    @staticmethod
    def of(frames: int) -> Sends:
        return Sends(silence(frames), silence(frames), silence(frames))


class Room:
    """Everything here is linear: the rooms of all buses added up are the room of the whole band."""

    def __init__(self, score: Score, sound: Sound, frames: int) -> None:
        self._reverb = Reverb(sound.reverb_t60, sound.reverb_predelay, frames)
        self._echo = Echo(ECHO_BEATS * 60.0 / score.bpm, ECHO_FEEDBACK)
        self._ride = Ride(score, sound.ride_db, sound.ride_seconds, 0.5 + 0.6 * sound.width)

    def block(self, sends: Sends, start: int, breathe: Callable[[], None]) -> Samples:
        """Return the next block, which begins at frame `start` of the song."""
        breathe()
        echo = np.float32(ECHO_LEVEL) * self._echo.block(sends.echo)
        hall = self._reverb.block(sends.hall + np.float32(ECHO_IN_HALL) * echo)
        breathe()
        return self._ride.block(sends.dry + echo + hall, start)
