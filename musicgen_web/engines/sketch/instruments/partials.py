"""Add up sounding partials, quickly: every instrument with a pitch is a set of decaying sinusoids.

A string, a bar or a bell *is* its modes, so a plucked string needs no delay line: the loop filter of Karplus and
Strong only says how fast each mode decays, and here that is written down directly — in tune at every pitch and free
of aliasing. Sustained sounds are the same with slow or no decay. With t = aB + b, e^(st) = e^(saB)·e^(sb), and the sum
over partials becomes one matrix product.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from musicgen_web.engines.writer import Samples

SAMPLE_RATE = 44_100
HIGHEST_HZ = 17_000.0  # no partial above: nothing to alias, nothing lost
BLOCK = 512
TOGETHER = 128  # partials in one product: with more, BLAS splits the sum by its threads, and the last bit with it
INAUDIBLE = 2e-4  # of the loudest partial: −74 dB

Array = NDArray[np.float64]
Mono = NDArray[np.float32]  # (frames,)


@dataclass(frozen=True, slots=True)
class Partials:
    """Sinusoids (partials,): frequency in Hz, decay (time constant) in seconds, amplitude and phase left and right."""

    hz: Array
    decay: Array
    left: NDArray[np.complex128]
    right: NDArray[np.complex128]

    @staticmethod
    def joined(*sets: Partials) -> Partials:
        return Partials(
            np.concatenate([s.hz for s in sets]),
            np.concatenate([s.decay for s in sets]),
            np.concatenate([s.left for s in sets]),
            np.concatenate([s.right for s in sets]),
        )


def midi_hz(pitch: float) -> float:
    return float(440.0 * 2.0 ** ((pitch - 69.0) / 12.0))


def dice(*key: int) -> np.random.Generator:
    """Return the chance of one note: the same note always falls the same way."""
    return np.random.Generator(np.random.PCG64(key))


def spread(hz: Array, decay: Array, amplitude: Array, phase: Array, pan: Array, width: Array) -> Partials:
    """Place partials between the speakers: `pan` −1…1, `width` turns the phases apart (radians, left against right)."""
    left = amplitude * np.sqrt(np.clip(1.0 - pan, 0.0, 2.0)) * np.exp(1j * (phase - width / 2))
    right = amplitude * np.sqrt(np.clip(1.0 + pan, 0.0, 2.0)) * np.exp(1j * (phase + width / 2))
    size = np.broadcast_shapes(hz.shape, decay.shape, left.shape, right.shape)
    kept = np.broadcast_to(hz, size) < HIGHEST_HZ
    return Partials(
        np.broadcast_to(hz, size)[kept],
        np.broadcast_to(decay, size)[kept],
        np.broadcast_to(left, size)[kept],
        np.broadcast_to(right, size)[kept],
    )


def sound(partials: Partials, frames: int) -> Samples:
    """Return the sum of the partials (frames, 2); each is followed only until nobody hears it."""
    out = np.zeros((2, frames), dtype=np.float32)
    strength = np.maximum(np.abs(partials.left), np.abs(partials.right)) + 1e-12
    lasting = partials.decay * np.log(strength / (INAUDIBLE * strength.max(initial=1e-12)))
    audible = np.minimum(lasting * SAMPLE_RATE, frames)
    edge = 0.0
    for length in sorted({frames >> halvings for halvings in range(6)} - {0}):
        chosen = np.flatnonzero((audible > edge) & (audible <= length))
        for start in range(0, len(chosen), TOGETHER):
            _add(out[:, :length], partials, chosen[start : start + TOGETHER])
        edge = length
    return out.T


def _add(out: NDArray[np.float32], partials: Partials, chosen: NDArray[np.intp]) -> None:
    frames = out.shape[1]
    step = np.exp((2j * np.pi * partials.hz[chosen] - 1.0 / partials.decay[chosen]) / SAMPLE_RATE)
    rows = -(-frames // BLOCK)
    inner = powers(step, BLOCK)  # (BLOCK, partials)
    outer = powers(step**BLOCK, rows)  # (rows, partials)
    right_hand = np.concatenate([inner.real.T, inner.imag.T]).astype(np.float32)  # (2 partials, BLOCK)
    for channel, start in enumerate((partials.left[chosen], partials.right[chosen])):
        turned = outer * start
        left_hand = np.concatenate([turned.real, -turned.imag], axis=1).astype(np.float32)
        with _libraries().limit(limits=1, user_api="blas"):  # how a product is shared out changes its last bits
            out[channel] += (left_hand @ right_hand).reshape(-1)[:frames]


@cache
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()


def powers(step: NDArray[np.complex128], count: int) -> NDArray[np.complex128]:
    """Return step⁰ … step^(count − 1) as (count, partials), by doubling."""
    out = np.empty((count, len(step)), dtype=np.complex128)
    out[0] = 1.0
    filled, jump = 1, step
    while filled < count:
        size = min(filled, count - filled)
        np.multiply(out[:size], jump, out=out[filled : filled + size])
        filled, jump = filled + size, jump * jump
    return out


def stereo(left: Mono, right: Mono) -> Samples:
    """Return (frames, 2) whose channels each lie in one piece: what is done along time then runs at full speed."""
    return np.array([left, right]).T


def silence(frames: int) -> Samples:
    return np.zeros((2, frames), dtype=np.float32).T


def attack(samples: Samples, seconds: float) -> Samples:
    """Let a sound begin without a step: a raised cosine over `seconds`, in place."""
    size = min(max(round(seconds * SAMPLE_RATE), 2), len(samples))
    samples[:size] *= (0.5 - 0.5 * np.cos(np.pi * np.arange(size, dtype=np.float32) / size))[:, None]
    return samples


def decaying_noise(chance: np.random.Generator, frames: int, seconds: float) -> Mono:
    """White noise with an exponential decay (time constant `seconds`)."""
    time = np.arange(frames, dtype=np.float32) / SAMPLE_RATE
    return chance.standard_normal(frames, dtype=np.float32) * np.exp(-time / np.float32(seconds))
