"""Synthesisers of the dance floor: the supersaw, its pluck, the stab, and a voice cut into single vowels."""

from __future__ import annotations

import numpy as np

from musicgen_web.engines.sketch.instruments.moving import formants, low_pass, moving, steps
from musicgen_web.engines.sketch.instruments.pads import Voices, ensemble, swell, warped
from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE, Partials, attack, dice, midi_hz, sound
from musicgen_web.engines.writer import Samples

SEVEN = Voices((-14.0, -9.0, -4.0, 0.3, 4.6, 9.8, 13.5), (0.7, 0.8, 0.95, 1.2, 0.95, 0.8, 0.7), spread_to=0.95)
FIVE = Voices((-10.0, -4.6, 0.2, 5.2, 10.5), (0.6, 0.8, 1.1, 0.8, 0.6), spread_to=0.8, unison=True)
THREE = Voices((-7.0, 0.4, 7.6), (0.8, 1.0, 0.8), spread_to=0.7, unison=True)
THROATS = Voices((-5.0, 0.0, 6.0), (0.5, 1.0, 0.5), spread_to=0.55, unison=True)
VOWELS = {  # the first three formants in hertz, and how strong each is
    "ah": ((730.0, 1_090.0, 2_440.0), (1.0, 0.6, 0.22)),
    "eh": ((530.0, 1_840.0, 2_480.0), (1.0, 0.42, 0.26)),
    "oh": ((500.0, 880.0, 2_400.0), (1.0, 0.45, 0.1)),
    "oo": ((340.0, 900.0, 2_240.0), (1.0, 0.25, 0.06)),
}
CHOPS = (("oh", "ah"), ("ah", "eh"), ("eh", "oo"))  # by turn: the vowel it begins with, the one it goes to
WIDTHS_HZ = np.array([110.0, 150.0, 220.0])


def supersaw(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """Seven saws, each free of the others, wide open: the wall of sound of a drop."""
    chance = dice(42, pitch, variation)
    f0 = midi_hz(pitch)
    frames = round(seconds * SAMPLE_RATE)
    n = np.arange(1.0, max(2, min(34, int(11_000.0 / f0))) + 1.0)
    open_hz = 1_800.0 + 6_500.0 * velocity**1.3
    harmonics = n**-0.85 / np.sqrt(1.0 + (n * f0 / open_hz) ** 4) / (1.0 + (170.0 / (n * f0)) ** 2)
    out = sound(ensemble(f0, SEVEN, harmonics, chance), frames)
    time = np.arange(frames, dtype=np.float32) / SAMPLE_RATE
    out *= (np.float32(0.8) + np.float32(0.35) * np.exp(-time / np.float32(0.14)))[:, None]
    return attack(out, 0.006)


def trance_pluck(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """Five saws behind a filter that snaps shut with a glint of resonance."""
    chance = dice(43, pitch, variation)
    f0 = midi_hz(pitch)
    frames = round(seconds * SAMPLE_RATE)
    n = np.arange(1.0, max(2, min(26, int(10_000.0 / f0))) + 1.0)
    voices = ensemble(f0, FIVE, n**-0.9, chance)
    plucked = Partials(voices.hz, np.full(len(voices.hz), 0.42), voices.left, voices.right)
    closing = np.exp(-steps(frames) / (0.055 + 0.05 * velocity))
    cutoff_hz = 420.0 + 300.0 * velocity + (900.0 + 7_000.0 * velocity**1.4) * closing
    return attack(moving(plucked, low_pass(voices.hz, cutoff_hz, 1.6), frames), 0.002)


def stab(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """A sampled chord's bark: saws through a band that falls, gone before the next stroke."""
    chance = dice(44, pitch, variation)
    f0 = midi_hz(pitch)
    frames = round(seconds * SAMPLE_RATE)
    n = np.arange(1.0, max(2, min(24, int(7_000.0 / f0))) + 1.0)
    voices = ensemble(f0, THREE, n**-0.8, chance)
    struck = Partials(voices.hz, np.full(len(voices.hz), 0.16 + 0.08 * velocity), voices.left, voices.right)
    cutoff_hz = 520.0 + (500.0 + 2_900.0 * velocity) * np.exp(-steps(frames) / 0.09)
    thin = 1.0 / (1.0 + (260.0 / voices.hz) ** 2)
    return attack(moving(struck, low_pass(voices.hz, cutoff_hz, 2.0) * (0.25 + 0.75 * thin), frames), 0.002)


def vocal_chop(pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """One vowel turning into another, cut out of a voice nobody knows; each turn says something else."""
    chance = dice(45, pitch, variation)
    f0 = midi_hz(pitch)
    frames = round(seconds * SAMPLE_RATE)
    n = np.arange(1.0, max(2, min(30, int(6_500.0 / f0))) + 1.0)
    voices = ensemble(f0, THROATS, n**-0.7 / (1.0 + (n * f0 / (1_200.0 + 2_800.0 * velocity)) ** 2), chance)
    (begun, loud), (gone, soft) = (VOWELS[vowel] for vowel in CHOPS[variation % len(CHOPS)])
    turned = (1.0 - np.exp(-steps(frames) / 0.11))[:, None]
    mouth = formants(
        voices.hz,
        np.array(begun) + turned * (np.array(gone) - np.array(begun)),
        WIDTHS_HZ,
        np.array(loud) + turned * (np.array(soft) - np.array(loud)),
    )
    fading = (0.25 + 0.75 * np.exp(-np.maximum(steps(frames) - 0.12, 0.0) / 0.3))[:, None]
    sung = moving(voices, (0.16 + 1.5 * mouth) * fading, frames)
    out = warped(sung, np.float32(9.0) * swell(frames, 0.2), chance.uniform(5.0, 5.8))
    return attack(out, 0.009)
