"""A vocal tract by rule: what each phone's formants are, and how source and tract sound together.

Formants: Klatt 1980 (JASA 67, table II), with what Mandarin needs beside. Source: the spectrum of Liljencrants' and
Fant's glottal flow by its one parameter Rd (Fant 1995, STL-QPSR 36), low when pressed, high when breathy.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Formants = tuple[float, float, float]  # Hz

VOWELS: dict[str, Formants] = {
    "i": (310.0, 2_020.0, 2_960.0),
    "ɪ": (400.0, 1_800.0, 2_570.0),
    "e": (480.0, 1_720.0, 2_520.0),
    "ɛ": (530.0, 1_680.0, 2_500.0),
    "æ": (620.0, 1_660.0, 2_430.0),
    "a": (700.0, 1_240.0, 2_550.0),
    "ɑ": (700.0, 1_120.0, 2_600.0),
    "ɐ": (640.0, 1_250.0, 2_550.0),
    "ɒ": (640.0, 980.0, 2_570.0),
    "ɔ": (600.0, 920.0, 2_570.0),
    "o": (510.0, 900.0, 2_350.0),
    "ʌ": (620.0, 1_220.0, 2_550.0),
    "ə": (500.0, 1_350.0, 2_500.0),
    "ʊ": (430.0, 1_020.0, 2_350.0),
    "u": (340.0, 880.0, 2_200.0),
    "ɜ": (470.0, 1_270.0, 1_560.0),
    "ɚ": (470.0, 1_290.0, 1_560.0),
    "y": (290.0, 1_850.0, 2_200.0),
    "ɨ": (370.0, 1_350.0, 2_550.0),
}
CONSONANTS: dict[str, Formants] = {
    "m": (270.0, 1_270.0, 2_130.0),
    "n": (270.0, 1_340.0, 2_470.0),
    "ŋ": (280.0, 2_000.0, 2_850.0),
    "l": (330.0, 1_050.0, 2_880.0),
    "ɹ": (330.0, 1_060.0, 1_380.0),
    "ɾ": (330.0, 1_600.0, 2_600.0),
    "w": (290.0, 610.0, 2_150.0),
    "j": (260.0, 2_070.0, 3_020.0),
    "ɥ": (260.0, 1_850.0, 2_250.0),
    "b": (200.0, 1_100.0, 2_150.0),
    "d": (200.0, 1_600.0, 2_600.0),
    "ɡ": (200.0, 1_990.0, 2_850.0),
    "p": (400.0, 1_100.0, 2_150.0),
    "t": (400.0, 1_600.0, 2_600.0),
    "k": (300.0, 1_990.0, 2_850.0),
    "f": (340.0, 1_100.0, 2_080.0),
    "v": (220.0, 1_100.0, 2_080.0),
    "θ": (320.0, 1_290.0, 2_540.0),
    "ð": (270.0, 1_290.0, 2_540.0),
    "s": (320.0, 1_390.0, 2_530.0),
    "z": (240.0, 1_390.0, 2_530.0),
    "ʃ": (300.0, 1_840.0, 2_750.0),
    "ʒ": (300.0, 1_840.0, 2_750.0),
}
NEUTRAL: Formants = VOWELS["ə"]
HIGHER_HZ = (3_300.0, 3_850.0, 4_900.0)
WIDTHS_HZ = (70.0, 95.0, 140.0, 220.0, 260.0, 400.0)
GLOTTAL_HZ = 170.0  # the glottal formant of a singing voice, about its tone


def target(symbol: str) -> Formants:
    return VOWELS.get(symbol) or CONSONANTS.get(symbol) or NEUTRAL


def tract(formants: Array, hz: Array) -> Array:
    """Return the tract's gain as a natural logarithm of amplitude (frames, bins) for formants in Hz (frames, 3)."""
    log = np.zeros((len(formants), len(hz)))
    for number, width in enumerate(WIDTHS_HZ):
        centre = formants[:, number, None] if number < 3 else np.full((len(formants), 1), HIGHER_HZ[number - 3])
        ratio = (hz / centre) ** 2
        log -= 0.5 * np.log((1.0 - ratio) ** 2 + ratio * (width / centre) ** 2)
    return log


def source(hz: Array, rd: float, tone_hz: float = 150.0) -> Array:
    """Return the glottal source with the lips' radiation, as a natural logarithm of amplitude (bins,)."""
    returned = (4.8 * rd - 1.0) / 100.0 / tone_hz  # Ta, seconds
    bend_hz = 1.0 / (2 * np.pi * max(returned, 1e-5))
    return -0.5 * np.log1p((hz / GLOTTAL_HZ) ** 2) - 0.5 * np.log1p((hz / bend_hz) ** 2)
