"""Any recording as the model can continue or edit it: 44.1 kHz, two channels, and its latents at a known level."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import soxr
import torch
from numpy.typing import NDArray

from diffrhythm.autoencoder import Autoencoder, OnChunk, round_latents
from diffrhythm.errors import AudioError
from diffrhythm.loudness import SILENCE, Samples
from diffrhythm.spec import SAMPLE_RATE, SAMPLES_PER_FRAME

REFERENCE_LEVEL = 10.0 ** (-6.0 / 20.0)  # the peak at which the model's authors encode what is to be edited
MAX_CHANNELS = 32  # more than that is a sound with its axes exchanged
SAMPLE_RATES = range(1_000, 768_001)


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """A recording at 44.1 kHz, its latents, and the gain that brings what is decoded from them to its level.

    `audio` (2, samples) float32 · `latents` (frames, 64) float16, a frame for every 2048 samples begun.
    """

    audio: Samples
    latents: NDArray[np.float16]
    gain: float


def record(
    autoencoder: Autoencoder, audio: Samples, sample_rate: int, *, seed: int, on_chunk: OnChunk | None = None
) -> Recording:
    """Encode a recording (channels, samples) or (samples,) at a peak of −6 dB, drawn with a seed. Raises AudioError."""
    stereo = prepare(audio, sample_rate)
    level, gain = at_reference_level(stereo)
    posterior = autoencoder.encode(torch.from_numpy(level), on_chunk=on_chunk)
    return Recording(stereo, round_latents(posterior.sample(seed)).numpy(), 1.0 / gain)


def prepare(audio: Samples, sample_rate: int) -> Samples:
    """Return (channels, samples) or (samples,) as (2, samples) at 44.1 kHz: one channel twice, or the first two.

    Raises AudioError if a sample is not finite, the shape is no sound's, or it is shorter than one frame (46 ms).
    """
    if isinstance(sample_rate, bool) or sample_rate not in SAMPLE_RATES:
        raise AudioError(f"A sample rate is a whole number of Hz from 1000 to 768000, not {sample_rate}.")
    channels = np.atleast_2d(np.asarray(audio))
    if channels.ndim != 2 or not 1 <= len(channels) <= MAX_CHANNELS or channels.dtype.kind != "f":
        found = f"{channels.dtype} {np.shape(audio)}"
        raise AudioError(f"Sound is (channels, samples) in floating point, full scale 1, not {found}.")
    if not np.isfinite(channels).all():
        raise AudioError("The sound has samples that are not finite numbers.")
    stereo = np.repeat(channels, 2, axis=0) if len(channels) == 1 else channels[:2]
    with np.errstate(over="ignore"):  # told below
        stereo = stereo.astype(np.float32)
    if sample_rate != SAMPLE_RATE:
        stereo = soxr.resample(np.ascontiguousarray(stereo.T), sample_rate, SAMPLE_RATE).T
    if stereo.shape[1] < SAMPLES_PER_FRAME:
        raise AudioError(
            f"The sound has {stereo.shape[1]} samples at 44.1 kHz; at least {SAMPLES_PER_FRAME} are needed."
        )
    if not np.isfinite(stereo).all():
        raise AudioError("The sound has samples too large to be sound.")
    return np.ascontiguousarray(stereo)


def at_reference_level(audio: Samples) -> tuple[Samples, float]:
    """Return the sound with its highest sample at −6 dB, and the gain that did it; silence stays silence, at gain 1."""
    peak = float(np.abs(audio).max())
    if peak < SILENCE:
        return audio.copy(), 1.0
    gain = REFERENCE_LEVEL / peak
    return (audio.astype(np.float64) * gain).astype(np.float32), gain
