"""The room the music stands in: dry sound, echo, plate and hall put together, and the hand on the faders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from musicgen_web.engines.sketch.effects import Echo
from musicgen_web.engines.sketch.hall import Reverb, hall, plate
from musicgen_web.engines.sketch.instruments.partials import silence
from musicgen_web.engines.sketch.ride import Ride
from musicgen_web.engines.sketch.score import Score
from musicgen_web.engines.sketch.style import Sound
from musicgen_web.engines.writer import Samples

ECHO_BEATS, ECHO_FEEDBACK, ECHO_LEVEL = 0.75, 0.38, 0.16
ECHO_IN_HALL = 0.4  # how much of the echo is heard in the hall
PLATE_PREDELAY = 0.055  # seconds: a word is over before its plate is heard


@dataclass(slots=True)
class Sends:
    """What goes into a room for one block: heard at once, into the hall, the plate, the echo (each (frames, 2))."""

    dry: Samples
    hall: Samples
    plate: Samples
    echo: Samples

    @staticmethod
    def of(frames: int) -> Sends:
        return Sends(*(silence(frames) for _ in range(4)))


class Room:
    """Everything here is linear: the rooms of all buses added up are the room of the whole band."""

    def __init__(self, score: Score, sound: Sound, frames: int, *, has_voice: bool = False) -> None:
        self._hall = Reverb(hall(sound.reverb_t60, sound.reverb_predelay), frames)
        self._plate = Reverb(plate(plate_t60(sound), PLATE_PREDELAY), frames) if has_voice else None
        self._echo = Echo(ECHO_BEATS * 60.0 / score.bpm, ECHO_FEEDBACK)
        self._ride = Ride(score, sound.ride_db, sound.ride_seconds, 0.5 + 0.6 * sound.width)

    def block(self, sends: Sends, start: int, breathe: Callable[[], None]) -> Samples:
        """Return the next block, which begins at frame `start` of the song."""
        breathe()
        echo = np.float32(ECHO_LEVEL) * self._echo.block(sends.echo)
        out = sends.dry + echo
        out += self._hall.block(sends.hall + np.float32(ECHO_IN_HALL) * echo)
        breathe()
        if self._plate is not None:
            out += self._plate.block(sends.plate)
            breathe()
        return self._ride.block(out, start)


def plate_t60(sound: Sound) -> float:
    """Return the seconds a voice's plate rings: longer in a larger hall, within what leaves words clear."""
    return round(min(max(0.8 * sound.reverb_t60, 0.9), 2.0), 2)
