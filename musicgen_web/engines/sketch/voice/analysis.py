"""Take speech on one known tone apart: spectral envelope and breath, every half period.

The envelope is CheapTrick's (Morise 2015, Speech Communication 67): three periods of the signal, the power spectrum
smoothed over two thirds of the tone, and its cepstrum liftered so that what the window left of the harmonics goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import fft, signal

from musicgen_web.engines.sketch.voice.phones import Kind, Uttered
from musicgen_web.engines.sketch.voice.speech import SPOKEN_RATE, TONE_HZ, Speech

PERIOD = SPOKEN_RATE // TONE_HZ  # samples
STEP = PERIOD // 2  # from frame to frame
FRAMES_PER_SECOND = SPOKEN_RATE / STEP  # 210
SIZE = 1_024
BINS = SIZE // 2 + 1  # 21.5 Hz apart, up to 11 025 Hz
SMOOTHED = 2.0 / 3.0  # of the tone
RECOVERED = -0.15  # CheapTrick's q₁: the lifter gives back what the smoothing took from the peaks
FLOOR = 1e-10  # of full scale squared
BANDS_HZ = (0.0, 800.0, 1_800.0, 3_200.0, 4_800.0, 7_000.0, 11_000.0)
LOUDEST_BREATH = 0.98

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Analysis:
    """A line taken apart, 210 frames a second.

    `envelope` (frames, 513): natural logarithm of the power density, such that its mean over frequency is the power.
    `breath` (frames, 6): the share of noise in the power of each band, 0–1.
    """

    envelope: Array
    breath: Array
    phones: tuple[Uttered, ...]
    samples: Array  # of the speech; what is not voiced is taken from here. Empty: there are none

    @property
    def power(self) -> Array:
        """The power of each frame (frames,)."""
        return np.asarray(np.exp(self.envelope).mean(axis=1), dtype=np.float32)


def analyse(speech: Speech) -> Analysis:
    """Take a spoken line apart."""
    count = len(speech.samples) // STEP + 1
    padded = np.pad(speech.samples, (2 * PERIOD, 2 * PERIOD))
    return Analysis(
        _envelope(padded, count), _breath(padded, count), settled(speech.phones, speech.samples), speech.samples
    )


def _envelope(padded: Array, count: int) -> Array:
    """`padded` has two periods of silence on either side."""
    window = np.hanning(3 * PERIOD + 2)[1:-1].astype(np.float32)
    window /= np.sqrt(np.sum(window**2))
    first = 2 * PERIOD - 3 * PERIOD // 2
    frames = np.lib.stride_tricks.sliding_window_view(padded, 3 * PERIOD)[first::STEP][:count]
    power = np.abs(fft.rfft(frames * window, SIZE, axis=1, workers=1)) ** 2 + np.float32(FLOOR)
    cepstrum = fft.irfft(np.log(_smoothed(power)), SIZE, axis=1, workers=1)
    return np.asarray(fft.rfft(cepstrum * _lifter(), SIZE, axis=1, workers=1).real, dtype=np.float32)


def _smoothed(power: Array) -> Array:
    """Average over two thirds of the tone around each bin."""
    half = SMOOTHED * TONE_HZ / 2 * SIZE / SPOKEN_RATE  # bins
    margin = int(half) + 2
    mirrored = np.concatenate([power[:, margin:0:-1], power, power[:, -2 : -margin - 2 : -1]], axis=1, dtype=np.float64)
    total = np.concatenate([np.zeros((len(power), 1)), np.cumsum(mirrored, axis=1)], axis=1)
    centre = np.arange(BINS, dtype=np.float64) + margin + 0.5

    def up_to(place: NDArray[np.float64]) -> NDArray[np.float64]:
        whole = place.astype(int)
        part = place - whole
        return np.asarray(total[:, whole] * (1.0 - part) + total[:, whole + 1] * part)

    return np.asarray((up_to(centre + half) - up_to(centre - half)) / (2 * half), dtype=np.float32)


@lru_cache(maxsize=1)
def _lifter() -> Array:
    quefrency = np.minimum(np.arange(SIZE), SIZE - np.arange(SIZE)) / SPOKEN_RATE
    smoothing = np.sinc(TONE_HZ * quefrency)
    recovery = 1.0 - 2.0 * RECOVERED + 2.0 * RECOVERED * np.cos(2 * np.pi * quefrency * TONE_HZ)
    return np.asarray(smoothing * recovery, dtype=np.float32)


def _breath(padded: Array, count: int) -> Array:
    """How unlike the last period each band is: the correlation at one period is the tone's share of the power."""
    shares = np.empty((count, len(BANDS_HZ) - 1), dtype=np.float32)
    spectrum = fft.rfft(padded, workers=1)
    hz = np.arange(len(spectrum)) * SPOKEN_RATE / len(padded)
    window = np.hanning(2 * PERIOD + 2)[1:-1].astype(np.float32)
    for band, (low, high) in enumerate(pairwise(BANDS_HZ)):
        part = fft.irfft(np.where((hz >= low) & (hz < high), spectrum, 0.0), len(padded), workers=1)
        now, before = part[PERIOD:], part[:-PERIOD]
        product = signal.oaconvolve(now * before, window, mode="valid")
        energy = signal.oaconvolve(0.5 * (now**2 + before**2), window, mode="valid")
        start = PERIOD // 2  # of the window whose two halves of the pair lie around the frame
        likeness = (product / np.maximum(energy, FLOOR * PERIOD))[start::STEP][:count]
        shares[:, band] = np.clip(1.0 - likeness, 0.0, LOUDEST_BREATH)
    return shares


def settled(phones: tuple[Uttered, ...], samples: Array) -> tuple[Uttered, ...]:
    """Move each phone's start over the silence before it: espeak counts a stop's closure to the phone before."""
    loud = np.abs(samples) > 1e-3
    found: list[Uttered] = []
    start = 0.0
    for place, phone in enumerate(phones):
        end = phone.end
        after = phones[place + 1].kind if place + 1 < len(phones) else Kind.PAUSE
        first, last = round(phone.start * SPOKEN_RATE), round(phone.end * SPOKEN_RATE)
        sounding = np.flatnonzero(loud[first:last])
        if phone.kind is not Kind.PAUSE and len(sounding):
            end = min(end, (first + int(sounding[-1]) + 1) / SPOKEN_RATE)
        found.append(Uttered(phone.symbol, max(start, 0.0), end, phone.stress, phone.begins_word))
        holds = after in (Kind.STOP, Kind.AFFRICATE, Kind.SOFT_STOP)
        start = end if holds else phone.end
    return tuple(found)
