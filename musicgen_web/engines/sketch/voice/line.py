"""One line, sung: laid on its notes, given pitch and colour, doubled, and brought through the voice's own strip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage, signal

from musicgen_web.engines.sketch.chance import chance
from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE, Mono
from musicgen_web.engines.sketch.instruments.strokes import band
from musicgen_web.engines.sketch.voice.analysis import Analysis
from musicgen_web.engines.sketch.voice.colour import NEPER
from musicgen_web.engines.sketch.voice.pitch import Curve, curve
from musicgen_web.engines.sketch.voice.singers import Double, Singer
from musicgen_web.engines.sketch.voice.timing import SungNote, lay
from musicgen_web.engines.sketch.voice.tract import spectra
from musicgen_web.engines.sketch.voice.vocoder import Breathe, Throat, unvoiced
from musicgen_web.engines.writer import Samples

AROUND = 0.06  # seconds of silence before the first phone and after the last
LOW_CUT_HZ = 70.0
THRESHOLD_DB, RATIO = -24.0, 3.0
FOLLOWED, SETTLED = 0.012, 0.03  # seconds over which level and gain are smoothed
LOOKED = 32  # samples from one look at the level to the next


@dataclass(frozen=True, slots=True)
class Sung:
    """A line's sound (frames, 2) and the second of the song it begins at, which may lie before the song."""

    start: float
    samples: Samples
    pitch: Curve


def sing(
    analysis: Analysis, notes: Sequence[SungNote], singer: Singer, seed: int, name: object, breathe: Breathe
) -> Sung | None:
    """Sing a line; None where it has nothing to sing. `name` tells this line's chances from those of all others."""
    laid = lay(analysis.phones, notes)
    if not laid:
        return None
    start, end = laid[0].start - AROUND, max(laid[-1].end, notes[-1].end) + AROUND

    def dice(what: object) -> np.random.Generator:
        return chance(seed, "voice", name, what)

    breathe()
    pitch = curve(notes, start, end, singer.manner, dice("pitch"))
    shape = spectra(analysis, laid, pitch, singer.colour, dice("colour"), breathe)
    breathe()
    throat = Throat(shape, breathe)
    middle = throat.sung(pitch, dice("shimmer"), breathe)
    breath = throat.breath(pitch, dice("breath"), breathe)
    middle[: len(breath)] += breath[: len(middle)]
    hiss = unvoiced(analysis.samples, laid, pitch, shape.gain_db)
    middle[: len(hiss)] += hiss[: len(middle)]
    strip = _Strip(middle)
    out = np.repeat(strip.heard(middle)[:, None] * np.float32(10 ** (singer.centre_db / 20)), 2, axis=1)
    for double in singer.doubles:
        manner = replace(singer.manner, detune_cents=double.cents)
        again = curve(notes, start, end, manner, dice(("pitch", double.cents)))
        voice = throat.sung(again, dice(("shimmer", double.cents)), breathe)
        _place(out, strip.heard(voice), double)
    return Sung(start, out, pitch)


class _Strip:
    """High-pass and compressor; the gain follows the voice alone, so that its doubles move with it."""

    def __init__(self, voice: Mono) -> None:
        self._sections = band("highpass", LOW_CUT_HZ)
        level = ndimage.uniform_filter1d(voice**2, LOOKED)[::LOOKED]
        power = ndimage.gaussian_filter1d(level, FOLLOWED * SAMPLE_RATE / LOOKED, mode="constant")
        over = np.maximum(10.0 * np.log10(power + 1e-9) - THRESHOLD_DB, 0.0)
        gain_db = ndimage.gaussian_filter1d(over * (1.0 / RATIO - 1.0), SETTLED * SAMPLE_RATE / LOOKED)
        frames = np.arange(len(voice), dtype=np.float32)
        self._gain = np.interp(frames, frames[::LOOKED], np.exp(NEPER * gain_db)).astype(np.float32)

    def heard(self, voice: Mono) -> Mono:
        cut = np.asarray(signal.sosfilt(self._sections, voice), dtype=np.float32)
        return np.asarray(cut * self._gain[: len(voice)])


def _place(out: Samples, voice: Mono, double: Double) -> None:
    """Add a double in place: later or earlier, to one side."""
    shift = round(double.seconds * SAMPLE_RATE)
    level = 10 ** (double.level_db / 20)
    angle = (double.pan + 1.0) * np.pi / 4
    begin, source = max(shift, 0), max(-shift, 0)
    size = min(len(out) - begin, len(voice) - source)
    sides = np.array([np.cos(angle), np.sin(angle)], dtype=np.float32) * np.float32(level * np.sqrt(2.0))
    out[begin : begin + size] += voice[source : source + size, None] * sides
