"""The tape the whole mix goes to: driven, run unevenly, and played back from worn vinyl, as the style likes it."""

from __future__ import annotations

import numpy as np

from musicgen_web.engines.sketch.effects import Wow, vinyl
from musicgen_web.engines.sketch.style import Sound
from musicgen_web.engines.writer import Samples


class Tape:
    """Not linear: what it does belongs to the sum and to none of the stems."""

    def __init__(self, sound: Sound, seed: int) -> None:
        self._sound = sound
        self._seed = seed
        self._wow = Wow(sound.wow_cents, seed) if sound.wow_cents > 0 else None

    def block(self, samples: Samples, start: int) -> Samples:
        if self._sound.drive > 0:
            push = np.float32(1.0 + 1.6 * self._sound.drive)
            samples = np.tanh(push * samples) / push
        if self._wow is not None:
            samples = self._wow.block(samples, start)
        if self._sound.vinyl > 0:
            samples += vinyl(len(samples), start, self._seed, self._sound.vinyl)
        return samples
