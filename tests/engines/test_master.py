"""The master: as loud as aimed at whatever comes in, its peaks held, its spectrum led, its ends quiet."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from musicgen_web.engines.sketch import loudness, master, tone
from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE
from musicgen_web.engines.writer import Samples

SECONDS = 8


def music(level: float, peaks: float = 0.0) -> Samples:
    """Pink-like noise in pulses, with a click now and then that needs a limiter."""
    chance = np.random.default_rng(3)
    noise = chance.standard_normal((SECONDS * SAMPLE_RATE, 2)).astype(np.float32)
    pink = signal.lfilter([0.05], [1.0, -0.95], noise, axis=0)
    pulse = 0.6 + 0.4 * np.sin(2 * np.pi * 2.0 * np.arange(len(pink)) / SAMPLE_RATE) ** 2
    out = level * pink * pulse[:, None]
    out[:: SAMPLE_RATE // 3] += peaks
    return out.astype(np.float32)


def mastered(mix: Samples) -> tuple[Samples, master.Master]:
    found = master.mastered(mix, slope=-4.5, lowpass_hz=None, breathe=lambda: None)
    return mix * found.gain(0, len(mix))[:, None], found


@pytest.mark.parametrize(("level", "peaks"), [(0.01, 0.0), (3.0, 0.0), (0.2, 2.0)], ids=["quiet", "loud", "spiky"])
def test_loudness_and_peaks_come_out_as_promised(level: float, peaks: float) -> None:
    samples, found = mastered(music(level, peaks))
    assert loudness.measured(samples) == pytest.approx(-14.0, abs=0.2)
    assert found.loudness == pytest.approx(loudness.measured(samples), abs=0.1)
    assert 20 * np.log10(np.abs(signal.resample_poly(samples, 8, 1, axis=0)).max()) <= -1.0
    assert (found.limited_db > 0.5) == bool(peaks)


def test_silence_stays_silence() -> None:
    samples, _ = mastered(np.zeros((5 * SAMPLE_RATE, 2), dtype=np.float32))
    assert not samples.any()


def test_the_gain_in_pieces_is_the_gain_of_the_whole() -> None:
    _, found = mastered(music(0.2, 1.0))
    pieces = np.concatenate([found.gain(start, 10_001) for start in range(0, 200_020, 10_001)])
    assert np.abs(pieces - found.gain(0, len(pieces))).max() < 1e-6


def test_a_song_begins_and_ends_in_silence() -> None:
    gain = master.fades(5 * SAMPLE_RATE)
    assert gain[-1] == 0.0
    assert gain[0] < 0.3 < gain[len(gain) // 2] == 1.0


def test_a_dull_mix_is_brightened_and_nothing_is_moved_in_time() -> None:
    levels = np.array([0.0, 0.0, 0.0, 0.0, -6.0, -14.0, -24.0, -34.0])
    gains = tone.correction(levels, -4.5)
    assert gains[-1] > gains[2]
    taps = tone.minimum_phase(gains, None)
    assert int(np.argmax(np.abs(taps))) < 4
    hz, response = signal.freqz(taps, worN=4_096, fs=SAMPLE_RATE)
    for centre, gain in zip(tone.CENTRES_HZ[1:], gains[1:], strict=True):
        assert 20 * np.log10(abs(response[np.argmin(np.abs(hz - centre))])) == pytest.approx(gain, abs=0.7)
