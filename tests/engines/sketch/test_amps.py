"""Amplifiers: a chord is bent as one sound, cleanly, and goes on from block to block; the rotary speaker turns."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from musicgen_web.engines.sketch.amps import VOICINGS, amp_for, clipped
from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE
from musicgen_web.engines.sketch.instruments.registry import INSTRUMENTS
from musicgen_web.engines.writer import Samples

SIZE = 1 << 15
TIME = np.arange(SIZE) / SAMPLE_RATE


def tone(*hz: float, level: float = 0.4) -> Samples:
    wave = sum((np.sin(2 * np.pi * one * TIME) for one in hz), np.zeros(SIZE)) * level
    return np.repeat(wave.astype(np.float32)[:, None], 2, axis=1)


def heard(instrument: str, samples: Samples) -> Samples:
    amp = amp_for(instrument)
    assert amp is not None
    return amp.block(samples)


def level_db(samples: Samples, hz: float) -> float:
    """The level of one frequency against everything, in dB."""
    power = np.abs(np.fft.rfft(samples.mean(axis=1)[-(SIZE // 2) :] * np.hanning(SIZE // 2))) ** 2
    at = round(hz * (SIZE // 2) / SAMPLE_RATE)
    return float(10.0 * np.log10(power[at - 2 : at + 3].sum() / power.sum()))


def test_the_notes_of_a_fifth_make_a_third_note_below_them() -> None:
    played = tone(220.0, 330.0)
    assert level_db(played, 110.0) < -80.0
    assert level_db(heard("crunch_guitar", played), 110.0) > -30.0


def test_twice_as_loud_in_is_hardly_louder_out_where_it_is_driven() -> None:
    soft, loud = (np.std(heard("metal_guitar", tone(196.0, level=level))) for level in (0.2, 0.4))
    assert loud < 1.15 * soft


def test_what_a_driven_high_note_folds_back_stays_fifty_decibels_below_it() -> None:
    wave = (40.0 * np.sin(2 * np.pi * 987.0 * TIME)).astype(np.float32)
    bent: NDArray[np.float32] = clipped(wave)
    power = np.abs(np.fft.rfft(bent * np.blackman(len(bent)))) ** 2
    hz = np.fft.rfftfreq(len(bent), 1 / SAMPLE_RATE)
    is_own = np.abs(hz - 987.0 * np.round(hz / 987.0)) < 8.0
    assert 10.0 * np.log10(power[~is_own & (hz < 6_000.0)].max() / power.max()) < -50.0


@pytest.mark.parametrize("instrument", ["lead_guitar", "organ"])
def test_it_goes_on_from_block_to_block(instrument: str) -> None:
    played = tone(311.0, 1_244.0)
    amp = amp_for(instrument)
    assert amp is not None
    in_two = np.concatenate([amp.block(played[:10_007]), amp.block(played[10_007:])])
    assert np.abs(in_two - heard(instrument, played)).max() < 1e-3


def test_the_horn_turns_from_one_ear_to_the_other() -> None:
    amp = amp_for("organ")
    assert amp is not None
    turned = np.concatenate([amp.block(tone(1_500.0)) for _ in range(6)])
    steps = np.abs(turned[: len(turned) // 2_048 * 2_048]).reshape(-1, 2_048, 2).mean(axis=1)
    apart = steps[:, 0] / steps[:, 1]
    assert apart.max() > 1.3
    assert apart.min() < 0.77


def test_everything_that_is_plugged_in_is_in_the_band() -> None:
    assert INSTRUMENTS.keys() >= VOICINGS.keys()
    assert amp_for("piano") is None
