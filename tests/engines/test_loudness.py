"""Our loudness meter against the standard's test tones and against pyloudnorm."""

from __future__ import annotations

import numpy as np
import pyloudnorm
import pytest

from musicgen_web.engines.sketch import loudness
from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE


def tone(hz: float, seconds: float, level: float) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    wave = level * np.sin(2 * np.pi * hz * np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE)
    return np.stack([wave, wave], axis=1).astype(np.float32)


def test_a_full_tone_at_1_khz_in_both_channels_is_about_0_lufs() -> None:
    assert loudness.measured(tone(997.0, 3.0, 1.0)) == pytest.approx(0.0, abs=0.1)


def test_silence_has_no_loudness() -> None:
    assert loudness.measured(tone(997.0, 2.0, 0.0)) == float("-inf")


def test_the_quiet_half_of_a_song_does_not_count() -> None:
    whole = np.concatenate([tone(440.0, 4.0, 0.5), tone(440.0, 4.0, 0.001)])
    assert loudness.measured(whole) == pytest.approx(loudness.measured(tone(440.0, 4.0, 0.5)), abs=0.3)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_it_agrees_with_pyloudnorm(seed: int) -> None:
    chance = np.random.default_rng(seed)
    noise = (
        chance.standard_normal((SAMPLE_RATE * 6, 2))
        * np.repeat(chance.uniform(0.01, 0.3, 12), SAMPLE_RATE // 2)[:, None]
    )
    theirs = pyloudnorm.Meter(SAMPLE_RATE).integrated_loudness(noise)
    assert loudness.measured(noise.astype(np.float32)) == pytest.approx(theirs, abs=0.05)
