"""From mix to master: tone, bus compression, −14 LUFS, and no peak above −1 dBTP — as one gain curve over the mix."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, signal

from musicgen_web.engines.sketch import loudness, tone
from musicgen_web.engines.sketch.dynamics import released
from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE, Mono
from musicgen_web.engines.writer import Samples

TARGET_LUFS, CEILING_DBTP = -14.0, -1.2  # a little under −1: rounding, dither and the moving gain take their share
STEP = 63  # frames between two points of the gain curve; a loudness hop is 70 of them
STEPS_PER_HOP = loudness.HOP // STEP
AHEAD = 4  # steps the limiter looks ahead: 5.7 ms
RELEASE_SECONDS = 0.09
AROUND = 3 * SAMPLE_RATE // STEP  # steps whose mean the compressor works against
OVERSAMPLING, TAPS = 4, 24  # the true-peak filter
MARGIN = 0.6  # a step whose samples stay below this share of the ceiling has no true peak above it
HEAD_SECONDS = 0.004
ROUND = 120 * STEPS_PER_HOP * STEP // 4  # frames worked on at once: 30 hops

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Master:
    """The gain at each step's middle; `gain(start, frames)` gives it per frame."""

    steps: Array
    loudness: float
    limited_db: float  # how far the limiter goes at most

    def gain(self, start: int, frames: int) -> Mono:
        return between_steps(self.steps, start, frames)


def between_steps(steps: Array, start: int, frames: int) -> Mono:
    """Return a curve given at each step's middle, at each frame from `start` on."""
    first = max(start // STEP - 1, 0)
    points = steps[first : (start + frames) // STEP + 2]
    at = (np.arange(frames) + start - first * STEP - (STEP - 1) / 2) / STEP
    return np.interp(at, np.arange(len(points)), points).astype(np.float32)


def mastered(mix: Samples, *, slope: float, lowpass_hz: float | None, breathe: Callable[[], None]) -> Master:
    """Shape the tone of the mix in place, and return the gain that makes it the master."""
    taps = tone.minimum_phase(tone.correction(tone.octave_levels(mix), slope), lowpass_hz)
    tone.shape(mix, taps, breathe)
    meter, powers, peaks = loudness.Meter(STEP), [], []
    for start in range(0, len(mix), ROUND):
        breathe()
        block = mix[start : start + ROUND]
        meter.add(block)
        powers.append(_per_step(np.einsum("ij,ij->i", block, block)).mean(axis=1))
        peaks.append(_per_step(np.maximum(np.abs(block[:, 0]), np.abs(block[:, 1]))).max(axis=1))
    weighted, power, peak = meter.energies(), np.concatenate(powers), np.concatenate(peaks)

    shaped = compression(power) * fades(len(mix))
    gain = _gain_to_target(weighted, shaped, peak)
    ceiling = 10.0 ** (CEILING_DBTP / 20.0)
    suspects = np.flatnonzero(peak * shaped * gain > MARGIN * ceiling)
    for first in range(0, len(suspects), 4_096):
        breathe()
        chosen = suspects[first : first + 4_096]
        peak[chosen] = np.maximum(peak[chosen], true_peaks(mix, chosen))
    gain = _gain_to_target(weighted, shaped, peak)
    limit = limiting(peak * shaped * gain / ceiling)
    steps = shaped * gain * limit
    return Master(steps, loudness.integrated(_hops(weighted * steps**2)), abs(float(20.0 * np.log10(limit.min()))))


def _per_step(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.pad(values, (0, -len(values) % STEP)).reshape(-1, STEP)


def _gain_to_target(weighted: Array, shaped: Array, peak: NDArray[np.float32]) -> float:
    """Find the gain that, with the limiter at work, gives the loudness aimed at."""
    ceiling = 10.0 ** (CEILING_DBTP / 20.0)
    gain = 1.0
    for _ in range(12):
        steps = shaped * gain * limiting(peak * shaped * gain / ceiling)
        level = loudness.integrated(_hops(weighted * steps**2))
        if not np.isfinite(level):
            return 1.0
        gain *= 10.0 ** ((TARGET_LUFS - level) / 20.0)
        if abs(level - TARGET_LUFS) < 0.01:
            break
    return float(gain)


def _hops(energies: Array) -> Array:
    """Put steps together to the standard's hops; a hop that is not full does not count."""
    hops = max(1, len(energies) // STEPS_PER_HOP)
    return np.asarray(np.resize(energies, hops * STEPS_PER_HOP).reshape(hops, STEPS_PER_HOP).mean(axis=1))


def compression(power: NDArray[np.float32]) -> Array:
    """Return a 2:1 compressor's gain per step: it holds what stands out of the seconds around it, slow enough not to
    be heard — and leaves a loud section as much louder than a quiet one as it came."""
    smooth = ndimage.uniform_filter1d(power.astype(np.float64), 9)
    level = 10.0 * np.log10(smooth + 1e-12)
    around = 10.0 * np.log10(ndimage.uniform_filter1d(smooth, AROUND, mode="nearest") + 1e-12)
    loud = level[level > level.max() - 30.0]
    floor = 10.0 * np.log10(np.mean(10.0 ** (loud / 10.0))) - 3.0
    over = np.maximum(level - np.maximum(around, floor) + 0.5, 0.0) / 2.0
    held = released(np.minimum(over, 5.0), STEP / SAMPLE_RATE / 0.16)
    return np.asarray(10.0 ** (-ndimage.uniform_filter1d(held, 11) / 20.0))


def limiting(over: Array) -> Array:
    """Return the limiter's gain per step for peaks given against the ceiling: never above what any of them allows."""
    reduction = released(20.0 * np.log10(np.maximum(over, 1.0)), STEP / SAMPLE_RATE / RELEASE_SECONDS)
    needed = ndimage.maximum_filter1d(reduction, 2 * AHEAD + 3)  # one more step each way: gain is drawn between steps
    return np.asarray(10.0 ** (-ndimage.uniform_filter1d(needed, 2 * AHEAD + 1) / 20.0))


def fades(frames: int) -> Array:
    """Return the gain per step that begins and ends a song: no step at the start, silence in the last 30 ms."""
    middle = (np.arange(-(-frames // STEP)) * STEP + STEP / 2) / SAMPLE_RATE
    duration = frames / SAMPLE_RATE
    tail = min(1.4, 0.12 * duration)
    head = np.clip(middle / HEAD_SECONDS, 0.0, 1.0)
    left = np.clip((duration - 0.025 - middle) / tail, 0.0, 1.0)
    return np.asarray(head * np.sin(0.5 * np.pi * left) ** 2)


def true_peaks(mix: Samples, steps: NDArray[np.intp]) -> NDArray[np.float32]:
    """Return the greatest value between the samples of each step, by fourfold oversampling (BS.1770-4, annex 2)."""
    reach = TAPS // 2
    at = steps[:, None] * STEP + np.arange(-reach, STEP + reach)
    inside = (at >= 0) & (at < len(mix))
    windows = mix[np.clip(at, 0, len(mix) - 1)] * inside[:, :, None]
    filters = signal.firwin(OVERSAMPLING * TAPS + 1, 1.0 / OVERSAMPLING, window=("kaiser", 7.0)) * OVERSAMPLING
    greatest = np.zeros(len(steps), dtype=np.float32)
    for phase in range(1, OVERSAMPLING):
        taps = filters[phase::OVERSAMPLING].astype(np.float32)
        for channel in (0, 1):
            between = ndimage.correlate1d(windows[:, :, channel], taps[::-1], axis=1, mode="constant")
            np.maximum(greatest, np.abs(between[:, reach - 1 : reach + STEP]).max(axis=1), out=greatest)
    return greatest
