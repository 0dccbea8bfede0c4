"""Who makes whom step back: the kick the bass and the chords, the voice the band."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from musicgen_web.engines.sketch.curve import STEP, drawn, steps
from musicgen_web.engines.sketch.equaliser import Equaliser, band_pass
from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE, Mono
from musicgen_web.engines.writer import Samples

ATTACK, HOLD, RELEASE = 0.006, 0.03, 0.1  # seconds, of the kick's dip
VOWELS_HZ, WORDS_HZ, WIDTH = 550.0, 2_000.0, 0.7  # where a band covers a voice's vowels and its consonants; Q


class Duck:
    """Make room for the kick: a gain that dips by `depth_db` at each stroke and comes back."""

    def __init__(self, kicks: Sequence[int], frames: int, depth_db: float) -> None:
        self._dips = np.zeros(steps(frames) + 1, dtype=np.float32)
        time = np.arange(round(0.45 * SAMPLE_RATE / STEP)) * STEP / SAMPLE_RATE
        shape = np.minimum(time / ATTACK, 1.0) * np.exp(-np.maximum(time - HOLD, 0.0) / RELEASE)
        for kick in kicks:
            reach = self._dips[kick // STEP :][: len(shape)]
            np.maximum(reach, shape[: len(reach)], out=reach)
        self._depth = np.float32(1.0 - 10.0 ** (-depth_db / 20.0))

    def gain(self, start: int, frames: int) -> Mono:
        """Return the gain at each frame of a block that begins at a whole step."""
        first = start // STEP
        return np.float32(1.0) - self._depth * drawn(self._dips[first : first + steps(frames) + 1], frames)


class StepBack:
    """Let one role step back while a voice sings: a little everywhere, more where the voice's vowels and words are.

    A band taken away from the whole in part is a bell that can move without a click.
    """

    def __init__(self, everywhere_db: float, vowels_db: float, words_db: float) -> None:
        self._everywhere, vowels, words = (
            np.float32(1.0 - 10.0 ** (-db / 20.0)) for db in (everywhere_db, vowels_db, words_db)
        )
        self._bells = [(vowels, Equaliser(band_pass(VOWELS_HZ, WIDTH))), (words, Equaliser(band_pass(WORDS_HZ, WIDTH)))]

    def block(self, samples: Samples, presence: Mono) -> Samples:
        """Return the next block as it is heard beside a voice of this presence (0–1, one a frame)."""
        for depth, around in self._bells:
            samples = samples - around.block(samples) * (depth * presence)[:, None]
        return samples * (np.float32(1.0) - self._everywhere * presence)[:, None]
