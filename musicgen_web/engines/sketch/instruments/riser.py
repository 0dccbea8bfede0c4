"""The riser: noise and a tone that climb together and break off where the drop begins."""

from __future__ import annotations

import numpy as np

from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE, Mono, attack, stereo
from musicgen_web.engines.writer import Samples

RISER = 27  # General MIDI 2 calls it "high Q": the first drum below those that kits have
RISER_SECONDS = 3.2
RISER_DB = -12.0  # its peak against the kick's hardest stroke
_LOW_HZ, _HIGH_HZ = 220.0, 880.0  # of the tone: two octaves
_NOISE_HZ = (400.0, 900.0, 2_000.0, 4_500.0, 9_000.0)  # centres of the bands the noise climbs through
_LET_GO = 0.05  # seconds


def rise(chance: np.random.Generator) -> Samples:
    """Return the climb (frames, 2), loudest at RISER_SECONDS."""
    frames = round((RISER_SECONDS + _LET_GO) * SAMPLE_RATE)
    place = np.minimum(np.arange(frames, dtype=np.float32) / np.float32(RISER_SECONDS * SAMPLE_RATE), 1.0)
    left, right = (_noise(chance, place) + 0.22 * _tone(place, cents) for cents in (-7.0, 7.0))
    swell = place**2.2
    last = frames - round(RISER_SECONDS * SAMPLE_RATE)
    swell[-last:] *= np.linspace(1.0, 0.0, last, dtype=np.float32) ** 2
    return attack(stereo(left * swell, right * swell), 0.01)


def _noise(chance: np.random.Generator, place: Mono) -> Mono:
    """Noise whose colour climbs: bands of it, faded into each other."""
    spectrum = np.fft.rfft(chance.standard_normal(len(place), dtype=np.float32))
    octaves = np.log2(np.fft.rfftfreq(len(place), 1.0 / SAMPLE_RATE) + 1.0)
    out = np.zeros_like(place)
    for number, centre in enumerate(_NOISE_HZ):
        coloured = np.fft.irfft(spectrum * np.exp(-((octaves - np.log2(centre)) ** 2) / 0.5), len(place))
        where = np.float32(number / (len(_NOISE_HZ) - 1))
        out += (coloured / np.abs(coloured).max()).astype(np.float32) * np.exp(-(((place - where) / 0.22) ** 2))
    return out


def _tone(place: Mono, cents: float) -> Mono:
    """A sine and its octave that climb by as many cents in every moment."""
    hz = _LOW_HZ * 2.0 ** (cents / 1_200.0) * (_HIGH_HZ / _LOW_HZ) ** place.astype(np.float64)
    angle = 2.0 * np.pi * np.cumsum(hz) / SAMPLE_RATE
    return np.asarray(np.sin(angle) + 0.4 * np.sin(2.0 * angle), dtype=np.float32)
