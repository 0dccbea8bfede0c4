"""Speech by rule, where espeak-ng cannot speak: the phones of a line become spectra and hisses, as if taken apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, signal

from diffrhythm.phonemes.syllables import Syllable
from musicgen_web.engines.sketch.voice import formants
from musicgen_web.engines.sketch.voice.analysis import BANDS_HZ, BINS, FRAMES_PER_SECOND, SIZE, STEP, Analysis
from musicgen_web.engines.sketch.voice.phones import VOICELESS, Kind, Uttered, kind_of
from musicgen_web.engines.sketch.voice.speech import SPOKEN_RATE

LENGTHS = {
    Kind.VOWEL: 0.2,
    Kind.GLIDE: 0.07,
    Kind.LIQUID: 0.08,
    Kind.NASAL: 0.08,
    Kind.BUZZ: 0.08,
    Kind.SOFT_STOP: 0.07,
    Kind.STOP: 0.1,
    Kind.HISS: 0.12,
    Kind.AFFRICATE: 0.12,
}
LEVELS_DB = {
    Kind.GLIDE: -4.0,
    Kind.LIQUID: -5.0,
    Kind.NASAL: -8.0,
    Kind.BUZZ: -13.0,
    Kind.SOFT_STOP: -17.0,
}
"""Beside a vowel's."""

HISSES = {
    "s": (6_300.0, 2_600.0, -27.0),
    "ʃ": (3_300.0, 1_600.0, -26.0),
    "ɕ": (4_300.0, 1_800.0, -26.0),
    "f": (4_500.0, 5_000.0, -32.0),
    "θ": (5_500.0, 4_000.0, -33.0),
    "h": (1_500.0, 1_800.0, -32.0),
    "x": (1_500.0, 1_300.0, -28.0),
    "p": (1_000.0, 1_200.0, -33.0),
    "t": (4_300.0, 2_800.0, -29.0),
    "k": (2_000.0, 1_200.0, -30.0),
}
"""Centre and width in Hz, and the level in dB re full scale."""

VOICED_HISSES = {"v": 0.35, "ð": 0.35, "z": 0.9, "ʒ": 0.9}  # how much of the upper bands is noise
CLOSURE = 0.5  # of a stop is silence
RD = 0.5
SMOOTHED = 0.018  # seconds, a standard deviation: formants take about 45 ms from one phone to the next
LEVEL_DB = -18.0
EDGE = 0.05  # seconds of silence around a line

_SOUNDS = re.compile(r"ts`|t[sʃɕ]|d[zʒ]|s`|ɹ`|[aeiouyæɐɑɒɔəɚɛɜɪʊʌɨ]+|[^\W\d_ːʰ⁼`]")
_ALIKE = {"ts`": "tʃ", "tɕ": "tʃ", "s`": "ʃ", "ɹ`": "ɹ", "g": "ɡ", "r": "ɹ"}


def spoken_by_rule(syllables: Sequence[Syllable]) -> Analysis | None:
    """Return a line of syllables as spectra; None where there is none."""
    phones = tuple(_laid(_sounds(syllables)))
    if not phones:
        return None
    count = round((phones[-1].end + EDGE) * FRAMES_PER_SECOND)
    tracks, level, noisy = _tracks(phones, count)
    hz = np.arange(BINS) * SPOKEN_RATE / SIZE
    log = formants.tract(tracks, hz) + formants.source(hz, RD)
    log += (0.5 * np.log(10.0 ** ((LEVEL_DB + level) / 10.0) / np.exp(2.0 * log).mean(axis=1)))[:, None]
    upper = np.array([low >= 1_800.0 for low in BANDS_HZ[:-1]])
    breath = np.where(upper, noisy[:, None], 0.15 * noisy[:, None])
    return Analysis(
        np.asarray(2.0 * log, dtype=np.float32), np.asarray(breath, dtype=np.float32), phones, _hissed(phones, count)
    )


def _sounds(syllables: Iterable[Syllable]) -> Iterator[tuple[str, int, bool]]:
    """Part the phones into single sounds: (symbol, stress, whether the syllable begins with it)."""
    for syllable in syllables:
        found = [_ALIKE.get(sound, sound) for phone in syllable.phones for sound in _SOUNDS.findall(phone)]
        if not any(kind_of(sound) is Kind.VOWEL for sound in found):  # an l, n or r is what is held
            last = found.pop() if found and kind_of(found[-1]) in (Kind.LIQUID, Kind.NASAL) else ""
            found += ["ə", last] if last else ["ə"]
        for place, sound in enumerate(found):
            yield sound, syllable.stress, place == 0


def _laid(sounds: Iterable[tuple[str, int, bool]]) -> Iterator[Uttered]:
    at = EDGE
    for symbol, stress, is_first in sounds:
        kind = kind_of(symbol)
        length = LENGTHS.get(kind, 0.05)
        yield Uttered(symbol, at, at + length, stress, is_first)
        at += length


def _tracks(
    phones: Sequence[Uttered], count: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return formants in Hz (frames, 3), level in dB beside a vowel's (frames,) and noise 0–1 (frames,)."""
    log = np.tile(np.log(formants.NEUTRAL), (count, 1))
    level, noisy = np.zeros(count), np.zeros(count)
    for phone in phones:
        colours = [formants.target(colour) for colour in phone.symbol if colour != "ː"] or [formants.NEUTRAL]
        edges = np.linspace(phone.start, phone.end, len(colours) + 1) * FRAMES_PER_SECOND
        for colour, (first, last) in zip(colours, pairwise(edges), strict=True):
            log[round(first) : round(last)] = np.log(colour)
        mine = slice(round(edges[0]), round(edges[-1]))
        level[mine] = LEVELS_DB.get(phone.kind, 0.0)
        noisy[mine] = VOICED_HISSES.get(phone.symbol[-1], 0.0)
    log[round(phones[-1].end * FRAMES_PER_SECOND) :] = log[round(phones[-1].end * FRAMES_PER_SECOND) - 1]
    smooth = ndimage.gaussian_filter1d(log, SMOOTHED * FRAMES_PER_SECOND, axis=0, mode="nearest")
    return np.exp(smooth), ndimage.gaussian_filter1d(level, 1.5), noisy


def _hissed(phones: Sequence[Uttered], count: int) -> NDArray[np.float32]:
    """Return the voiceless consonants as sound at 22 050 Hz, and silence between."""
    out = np.zeros(count * STEP + STEP, dtype=np.float32)
    dice = np.random.Generator(np.random.PCG64(1))
    for phone in phones:
        if phone.kind not in VOICELESS:
            continue
        first, last = round(phone.start * SPOKEN_RATE), round(phone.end * SPOKEN_RATE)
        begin = first if phone.kind is Kind.HISS else first + round(CLOSURE * (last - first))
        centre, width, db = HISSES.get(phone.symbol[-1], HISSES["h"])
        edges = (max(centre - width / 2, 150.0), min(centre + width / 2, 10_500.0))
        sections = signal.butter(2, edges, "bandpass", fs=SPOKEN_RATE, output="sos")
        noise = signal.sosfilt(sections, dice.standard_normal(last - begin + 400))[400:]
        time = np.linspace(0.0, 1.0, last - begin)
        shape = np.sin(np.pi * time) ** 0.5 if phone.kind is Kind.HISS else (1.0 - time) ** 0.7
        out[begin:last] = noise / noise.std() * shape * 10.0 ** (db / 20.0)
    return out
