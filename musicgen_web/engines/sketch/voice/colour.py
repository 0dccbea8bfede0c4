"""A singer's colour: what is done to the spectrum of every vowel, and the axis on which spectra lie."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE

SIZE = 1_024
BINS = SIZE // 2 + 1  # 43 Hz apart, up to 22 050 Hz
HZ = np.arange(BINS) * SAMPLE_RATE / SIZE
NEPER = float(np.log(10.0)) / 20.0  # of a decibel

VALLEY_DB, VALLEY_HZ = -17.0, 1_100.0  # a mouth is never as silent between its formants as a synthesiser
UPPER_HZ = 2_300.0
ABOVE_HZ, ABOVE_DB, ABOVE_SLOPE = 4_500.0, -13.0, 5.0  # over it the spectrum falls evenly, as a power of frequency
SINGERS_HZ, SINGERS_WIDTH = 2_900.0, 450.0
BREATH_DB = ((0.0, -40.0), (1_500.0, -31.0), (3_500.0, -20.0), (6_000.0, -8.0), (9_000.0, -3.0), (22_050.0, -1.0))

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Colour:
    """A singer's own: formants as a factor, the singer's formant and brightness (at 4 kHz) in dB, breath in dB."""

    formants: float = 1.0
    ring_db: float = 4.0
    bright_db: float = 0.0
    breath_db: float = 0.0


def mended(power: Array) -> Array:
    """Fill what lies between the formants, and let the spectrum above them fall evenly."""
    width = round(VALLEY_HZ / HZ[1])
    filled = power + _ratio(VALLEY_DB) * ndimage.uniform_filter1d(power, width, axis=1, mode="nearest")
    low, high = np.searchsorted(HZ, (UPPER_HZ, ABOVE_HZ))
    fall = _ratio(ABOVE_DB) * np.minimum(1.0, (HZ[low:] / ABOVE_HZ) ** -ABOVE_SLOPE).astype(np.float32)
    above = power[:, low:high].mean(axis=1, keepdims=True) * fall
    filled[:, low:] += above
    filled[:, high:] = np.minimum(filled[:, high:], 5.0 * above[:, high - low :])
    return np.asarray(filled, dtype=np.float32)


def _ratio(db: float) -> np.float32:
    return np.float32(10.0 ** (db / 10.0))


def breath_of_vowels(colour: Colour) -> Array:
    hz, db = np.transpose(BREATH_DB)
    return np.asarray(10 ** (np.minimum(np.interp(HZ, hz, db) + colour.breath_db, -0.3) / 10), dtype=np.float32)


def ring(colour: Colour) -> Array:
    """The singer's formant, in dB."""
    return np.asarray(colour.ring_db * np.exp(-0.5 * ((HZ - SINGERS_HZ) / SINGERS_WIDTH) ** 2), dtype=np.float32)


def tilt(velocity: Array, colour: Colour) -> Array:
    """Who sings louder sings brighter, in dB (frames, 513)."""
    octaves = np.clip(np.log2(np.maximum(HZ, 1.0) / 500.0), 0.0, 4.0).astype(np.float32) / 3.0
    return (np.float32(colour.bright_db) + np.float32(9.0) * (velocity - np.float32(0.75)))[:, None] * octaves
