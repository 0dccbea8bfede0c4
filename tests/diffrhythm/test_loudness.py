"""A song's true peak is at −1 dB, and silence stays silence."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diffrhythm import loudness
from diffrhythm.errors import AudioError

CEILING = 10 ** (-1 / 20)


def tone(frequency: float, samples: int = 44_100, level: float = 1.0, phase: float = 0.0) -> loudness.Samples:
    wave = level * np.sin(2 * np.pi * frequency * np.arange(samples) / 44_100 + phase)
    return np.stack([wave, 0.5 * wave]).astype(np.float32)


def test_a_peak_between_the_samples_is_found() -> None:
    quarter = tone(11_025, level=1.0, phase=np.pi / 4)  # its samples reach 0.707, it reaches 1
    assert np.abs(quarter).max() == pytest.approx(0.7071, abs=1e-3)
    assert loudness.true_peak(quarter[:, 200:-200]) == pytest.approx(1.0, abs=0.1)
    assert loudness.true_peak(quarter) >= 0.97


def test_a_peak_is_found_wherever_the_blocks_end() -> None:
    audio = np.zeros((2, 2 * loudness.BLOCK + 9), np.float32)
    levels = []
    for at in (0, loudness.BLOCK - 1, loudness.BLOCK, audio.shape[1] - 1):
        audio[:] = 0
        audio[1, at] = 0.5
        levels.append(loudness.true_peak(audio))
    assert levels == pytest.approx([0.5] * 4, rel=1e-3)


def test_cutting_into_blocks_changes_no_peak(monkeypatch: pytest.MonkeyPatch) -> None:
    noise = np.random.default_rng(0).standard_normal((2, 5_000)).astype(np.float32)
    whole = loudness.true_peak(noise)
    monkeypatch.setattr(loudness, "BLOCK", 700)
    assert loudness.true_peak(noise) == pytest.approx(whole, rel=1e-5)


@pytest.mark.parametrize("level", [1e-4, 0.3, 1.0, 50.0])
def test_a_song_comes_to_the_ceiling_and_says_by_which_gain(level: float) -> None:
    audio = tone(997, level=level)
    loud, gain = loudness.normalised(audio)
    assert loud.dtype == np.float32 and loudness.true_peak(loud) == pytest.approx(CEILING, rel=1e-5)
    np.testing.assert_allclose(loud, audio * gain, rtol=1e-6)


def test_another_song_can_be_brought_to_the_same_gain() -> None:
    audio = tone(440, level=0.5)
    loud, gain = loudness.normalised(audio, 1.5)
    assert gain == 1.5
    np.testing.assert_array_equal(loud, audio * np.float32(1.5))


@pytest.mark.parametrize("silence", [np.zeros((2, 100), np.float32), np.full((2, 100), 1e-42, np.float32)])
def test_silence_stays_silence(silence: loudness.Samples) -> None:
    quiet, gain = loudness.normalised(silence)
    assert gain == 1.0
    np.testing.assert_array_equal(quiet, silence)


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_refused(number: float) -> None:
    audio = tone(440)
    audio[1, 20_000] = number
    with pytest.raises(AudioError, match="not finite"):
        loudness.normalised(audio)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 400), st.floats(-6, 4))
def test_no_sound_comes_out_above_the_ceiling(seed: int, samples: int, exponent: float) -> None:
    noise = np.random.default_rng(seed).uniform(-1, 1, (2, samples)).astype(np.float32) * np.float32(10**exponent)
    assert loudness.true_peak(loudness.normalised(noise)[0]) <= CEILING * (1 + 1e-5)
