"""What stands between an instrument and the console: guitar amplifiers with their cabinets, and the rotary speaker.

A chord is bent as a sum, as in a real amplifier: its notes make new ones with each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE, Mono, stereo
from musicgen_web.engines.sketch.instruments.strokes import band
from musicgen_web.engines.writer import Samples

Sections = NDArray[np.float32]  # (biquads, 6)
Bell = tuple[float, float, float]  # Hz, dB, Q


class Amp(Protocol):
    """Something a stem goes through, block by block."""

    def block(self, samples: Samples) -> Samples: ...


@dataclass(frozen=True, slots=True)
class Voicing:
    """How an amplifier is set: what is cut and lifted before it is driven, how far, and the speaker behind it."""

    drive_db: float
    level_db: float
    bias: float = 0.0  # pushes the wave off centre: even harmonics
    tight_hz: float = 90.0  # below, less goes in: a driven low end turns to mud
    before: tuple[Bell, ...] = ()
    cabinet: tuple[Bell, ...] = ((110.0, 3.0, 1.0), (420.0, -4.0, 0.9), (2_600.0, 5.0, 1.1))
    low_hz: float = 80.0
    high_hz: float = 5_000.0


VOICINGS: Mapping[str, Voicing] = {
    "electric_guitar": Voicing(6.0, -4.0, bias=0.15, cabinet=((180.0, 2.0, 0.8), (3_000.0, 3.0, 0.8)), high_hz=6_500.0),
    "muted_guitar": Voicing(8.0, -2.0, bias=0.1, cabinet=((420.0, -3.0, 0.8), (2_400.0, 4.0, 0.8)), high_hz=7_500.0),
    "blues_guitar": Voicing(21.0, -15.0, bias=0.3, before=((750.0, 5.0, 0.7),), high_hz=4_600.0),
    "crunch_guitar": Voicing(27.0, -14.0, bias=0.2, before=((900.0, 4.0, 0.6),)),
    "lead_guitar": Voicing(35.0, -19.0, bias=0.12, tight_hz=160.0, before=((1_000.0, 7.0, 0.6),), high_hz=4_800.0),
    "metal_guitar": Voicing(
        40.0,
        -16.0,
        tight_hz=180.0,
        before=((1_100.0, 6.0, 0.6),),
        cabinet=((105.0, 5.0, 1.2), (500.0, -6.0, 0.8), (2_900.0, 5.0, 1.0)),
        high_hz=5_600.0,
    ),
}


def amp_for(instrument: str) -> Amp | None:
    """Return a fresh amplifier for an instrument that is played through one."""
    if instrument == "organ":
        return Rotary()
    return GuitarAmp(VOICINGS[instrument]) if instrument in VOICINGS else None


class GuitarAmp:
    """A gain stage that rounds the wave, between an equaliser and a speaker."""

    def __init__(self, voicing: Voicing) -> None:
        self._before = _Chain([band("highpass", voicing.tight_hz, order=1), *(bell(*one) for one in voicing.before)])
        self._after = _Chain(
            [
                band("highpass", voicing.low_hz),
                band("lowpass", voicing.high_hz, order=4),
                *(bell(*one) for one in voicing.cabinet),
            ]
        )
        self._drive = np.float32(10.0 ** (voicing.drive_db / 20.0))
        self._level = np.float32(10.0 ** (voicing.level_db / 20.0))
        self._bias = np.float32(voicing.bias)
        self._last = self._bias  # where the wave stood at the end of the block before

    def block(self, samples: Samples) -> Samples:
        wave = np.empty(len(samples) + 1, dtype=np.float32)
        wave[0] = self._last
        wave[1:] = self._before.block(_mono(samples)) * self._drive + self._bias
        self._last = wave[-1]
        heard = self._level * self._after.block(clipped(wave))
        return stereo(heard, heard)


def clipped(wave: Mono) -> Mono:
    """Bend x to x/√(1+x²), as the mean over each step from sample to sample (one fewer than samples): little aliases.

    The mean is exact: with the antiderivative √(1+x²), its difference quotient is (x₀+x₁)/(√(1+x₀²)+√(1+x₁²))
    (Parker, Zavalishin and Le Bivic, "Reducing the aliasing of nonlinear waveshaping", DAFx 2016).
    """
    root = np.sqrt(np.float32(1.0) + wave * wave)
    return np.asarray((wave[1:] + wave[:-1]) / (root[1:] + root[:-1]), dtype=np.float32)


def _mono(samples: Samples) -> Mono:
    return np.asarray(np.float32(0.5) * (samples[:, 0] + samples[:, 1]), dtype=np.float32)


class Rotary:
    """A horn and a drum that turn before the microphones, slow and fast by turns, as a hand on the lever would."""

    CROSSING_HZ = 800.0
    SLOW_HZ, FAST_HZ, TURNS_EVERY = 0.8, 6.1, 15.0  # seconds from slow to fast and back
    DOPPLER = 9.0  # frames the horn comes nearer and goes away
    STEP = 32  # frames between two places of the horn that are worked out

    def __init__(self) -> None:
        self._low, self._high = (
            _Chain([band("lowpass", self.CROSSING_HZ)]),
            _Chain([band("highpass", self.CROSSING_HZ)]),
        )
        self._past = np.zeros(2 * round(self.DOPPLER) + 4, dtype=np.float32)
        self._turned = 0.0  # of the horn, in turns
        self._at = 0

    def block(self, samples: Samples) -> Samples:
        frames = len(samples)
        mono = _mono(samples)
        horn, drum = self._high.block(mono), self._low.block(mono)
        line = np.concatenate([self._past, horn])
        places = np.arange(frames)
        angle = self._angle(frames)
        heard = []
        for ear in (0.0, 0.5 * np.pi):
            turn = np.sin(angle + np.float32(ear))
            behind = places + len(self._past) - np.float32(self.DOPPLER + 2.0) + np.float32(self.DOPPLER) * turn
            whole = behind.astype(np.int32)
            part = (behind - whole).astype(np.float32)
            near = line.take(whole)
            moved = near + part * (line.take(whole + 1) - near)
            heard.append(
                moved * (np.float32(0.78) + np.float32(0.3) * turn) + drum * (np.float32(0.95) + np.float32(0.1) * turn)
            )
        self._past = line[frames:]
        self._at += frames
        return stereo(*heard)

    def _angle(self, frames: int) -> Mono:
        steps = np.arange(0, frames + self.STEP, self.STEP)
        lever = np.tanh(4.0 * np.sin(2 * np.pi * (self._at + steps) / SAMPLE_RATE / self.TURNS_EVERY))
        speed = self.SLOW_HZ + (self.FAST_HZ - self.SLOW_HZ) * (0.5 + 0.5 * lever)
        turns = self._turned + np.concatenate([[0.0], np.cumsum(speed[:-1]) * self.STEP / SAMPLE_RATE])
        self._turned = float(np.interp(frames, steps, turns)) % 1.0
        return np.asarray(2 * np.pi * np.interp(np.arange(frames), steps, turns), dtype=np.float32)


class _Chain:
    """Biquads one after the other that go on from block to block."""

    def __init__(self, sections: list[Sections]) -> None:
        self._sections = np.concatenate(sections)
        self._state = np.zeros((len(self._sections), 2), dtype=np.float32)

    def block(self, mono: Mono) -> Mono:
        out, self._state = signal.sosfilt(self._sections, mono, zi=self._state)
        return np.asarray(out, dtype=np.float32)


def bell(hz: float, db: float, q: float) -> Sections:
    """Return a peaking filter (Bristow-Johnson, "Cookbook formulae for audio equalizer biquads")."""
    angle, gain = 2 * np.pi * hz / SAMPLE_RATE, 10.0 ** (db / 40.0)
    alpha, middle = np.sin(angle) / (2.0 * q), -2.0 * np.cos(angle)
    a0 = 1.0 + alpha / gain
    section = [1.0 + alpha * gain, middle, 1.0 - alpha * gain, a0, middle, 1.0 - alpha / gain]
    return np.array([section], dtype=np.float32) / np.float32(a0)
