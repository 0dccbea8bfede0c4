"""Taking a known sound apart gives back what it was made of."""

from __future__ import annotations

import numpy as np
from scipy import signal

from musicgen_web.engines.sketch.voice.analysis import PERIOD, SIZE, STEP, Analysis, analyse, settled
from musicgen_web.engines.sketch.voice.phones import Uttered
from musicgen_web.engines.sketch.voice.speech import SPOKEN_RATE, Speech

FORMANTS_HZ = (600.0, 1_200.0, 2_500.0)


def taken_apart(source: np.ndarray[tuple[int], np.dtype[np.float64]]) -> tuple[Analysis, float]:
    """Send a source through three resonances; return its analysis and its power."""
    samples = source
    for hz in FORMANTS_HZ:
        radius = np.exp(-np.pi * 90.0 / SPOKEN_RATE)
        samples = signal.lfilter([1.0], [1.0, -2 * radius * np.cos(2 * np.pi * hz / SPOKEN_RATE), radius**2], samples)
    samples = (0.1 * samples / samples.std()).astype(np.float32)
    return analyse(Speech(samples, (Uttered("ə", 0.0, len(samples) / SPOKEN_RATE),))), float(np.mean(samples**2))


def pulses() -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    source = np.zeros(SPOKEN_RATE // 2)
    source[::PERIOD] = 1.0
    return source


def test_the_envelope_peaks_at_the_formants_and_not_at_the_harmonics() -> None:
    found, power = taken_apart(pulses())
    envelope = found.envelope[30]
    peaks = signal.find_peaks(envelope, prominence=0.5)[0] * SPOKEN_RATE / SIZE
    assert np.allclose([peaks[np.abs(peaks - hz).argmin()] for hz in FORMANTS_HZ], FORMANTS_HZ, atol=60.0)
    assert len(peaks[peaks < 3_000]) == 3
    assert np.allclose(10 * np.log10(found.power[20:80] / power), 0.0, atol=0.7)


def test_a_tone_has_no_breath_and_noise_is_all_breath() -> None:
    tone, _ = taken_apart(pulses())
    noise, _ = taken_apart(np.random.default_rng(1).standard_normal(SPOKEN_RATE // 2))
    middle = slice(20, 80)
    assert tone.breath[middle, :5].max() < 0.02
    assert noise.breath[middle].mean() > 0.8


def test_the_silence_before_a_burst_belongs_to_the_stop() -> None:
    samples = np.zeros(SPOKEN_RATE, dtype=np.float32)
    samples[: SPOKEN_RATE // 2 : 7] = 0.5
    samples[round(0.6 * SPOKEN_RATE) :: 7] = 0.5
    vowel, stop = settled((Uttered("ɑ", 0.0, 0.6), Uttered("t", 0.6, 1.0)), samples)
    assert abs(vowel.end - 0.5) < 0.001 and stop.start == vowel.end
    assert STEP * 2 == PERIOD
