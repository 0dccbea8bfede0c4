"""Songs for the voice alone, and an ear for them: lines of words on tunes of chance, and which line a recogniser hears.

The ear is pocketsphinx with the small English model of its wheel; it knows nothing of how the voice is made.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from diffrhythm.phonemes import Pronouncer
from diffrhythm.phonemes.syllables import syllables
from musicgen_web.engines.sketch.chance import chance
from musicgen_web.engines.sketch.metre import METRES
from musicgen_web.engines.sketch.score import Note, Part, Score, Section, SungLine, SungSyllable

LINES = (
    "the rain is falling on the garden wall",
    "i left my window open to the stars",
    "you carry summer in your open hands",
    "we danced along the river after dark",
    "a paper boat is sailing out to sea",
    "tell me the story of the silver moon",
    "every little candle burns for you",
    "my heart remembers what the morning said",
    "nobody knows the color of the wind",
    "come back and find me in the yellow light",
    "the city sleeps beneath a blanket of snow",
    "i hear your footsteps coming down the hall",
    "hold on to me until the thunder ends",
    "there is a song inside the kitchen door",
    "the mountain keeps the secret of the sun",
    "we were young and running through the trees",
    "slowly the evening turns from red to blue",
    "bring me a glass of water and a smile",
    "your letter travels over land and ocean",
    "under the bridge the gentle fishes dream",
    "take my hand and never let me go",
    "the train is leaving for another town",
    "golden fields are waiting for the spring",
    "sing me to sleep beside the quiet fire",
)
OTHERS = (
    "seven brown horses wander by the fence",
    "put the kettle on before they call",
    "old machines are humming in the yard",
    "she bought a pair of shoes and wore them out",
    "nothing in the market costs a dime",
    "please remind the doctor of the key",
    "big dogs bark at people passing by",
    "grandfather paints the chairs a brighter green",
    "both of the brothers learned to play chess",
    "the engine coughs and finally gives up",
    "pass the butter and a piece of bread",
    "a stranger bought the house across the street",
)
RANGES = {"voice:low": (45, 64), "voice:high": (55, 74)}
HELD, HELD_LONG = (0.4, 0.8), (1.0, 2.0)  # seconds
SCALE = (0, 2, 4, 5, 7, 9, 11)
REST = 0.7  # seconds between two lines
RATE = 16_000  # the ear's
ROOM = 0.0025  # the noise of a room, 48 dB under the voice's peak: no microphone gives digital silence, which it fears

Mono = NDArray[np.float32]


@cache
def pronouncer() -> Pronouncer:
    return Pronouncer()


@dataclass(frozen=True, slots=True)
class Tune:
    """A song of one voice at 60 beats a minute: a beat is a second."""

    score: Score
    texts: tuple[str, ...]

    @property
    def part(self) -> Part:
        return self.score.parts[0]

    def window(self, line: int) -> tuple[float, float]:
        """Return the seconds in which a line is sung."""
        notes = [syllable.note for syllable in self.part.lines[line].syllables]
        return notes[0].start - 0.45, notes[-1].start + notes[-1].length + 0.2


def tune(
    texts: Sequence[str],
    instrument: str,
    rates: tuple[float, float] = (4.0, 7.0),
    held: tuple[float, float] = HELD,
    seed: int = 1,
    kind: str = "verse",
    rhythms_of: Sequence[str] | None = None,
) -> Tune:
    """Set lines to music by chance: so many syllables a second, the last held so many seconds. `rhythms_of`: the lines
    whose syllables are counted, where others are sung on them."""
    at, lines = 0.6, []
    for number, text in enumerate(texts):
        dice = chance(seed, "tune", instrument, number)
        found = syllables((rhythms_of or texts)[number], pronouncer())
        rate = dice.uniform(*rates)
        pitches = _melody(len(found), RANGES.get(instrument, RANGES["voice:high"]), dice)
        sung = []
        for place, syllable in enumerate(found):
            is_last = place == len(found) - 1
            length = dice.uniform(*held) if is_last else float(dice.choice([0.7, 1.0, 1.0, 1.3])) / rate
            note = Note(at, length, pitches[place], 0.65 + 0.1 * syllable.stress)
            sung.append(SungSyllable(text[syllable.start : syllable.end], syllable.stress, note))
            at += length
        lines.append(SungLine(text, number + 1, tuple(sung)))
        at += REST
    notes = tuple(syllable.note for line in lines for syllable in line.syllables)
    part = Part("Voice", instrument, "voice", notes, lines=tuple(lines))
    duration = math.ceil(at + 1.0)
    section = Section(kind, kind, 0.0, duration, 0.6)
    score = Score("pop", 60.0, "C", "major", METRES["4/4"], duration, (section,), (), (part,))
    return Tune(score, tuple(texts))


def _melody(count: int, bounds: tuple[int, int], dice: np.random.Generator) -> list[int]:
    """Steps and small leaps in C major that stay within the bounds."""
    ladder = [pitch for pitch in range(bounds[0], bounds[1] + 1) if pitch % 12 in SCALE]
    place = int(dice.integers(len(ladder) // 3, 2 * len(ladder) // 3))
    pitches = []
    for _ in range(count):
        pitches.append(ladder[place])
        step = int(dice.choice([-2, -1, -1, 0, 1, 1, 2, 3]))
        place = place + step if 0 <= place + step < len(ladder) else place - step
        place = min(max(place, 0), len(ladder) - 1)
    return pitches


class Ear:
    """A recogniser that may answer with one of these lines only."""

    def __init__(self, texts: Sequence[str]) -> None:
        from pocketsphinx import Config, Decoder

        self._texts = {text.lower(): number for number, text in enumerate(texts)}
        self._decoder = Decoder(Config(lm=None, loglevel="FATAL"))
        grammar = " | ".join(text.lower() for text in texts)
        self._decoder.add_jsgf_string("lines", f"#JSGF V1.0;\ngrammar lines;\npublic <line> = {grammar};\n")
        self._decoder.activate_search("lines")

    def line(self, voice: Mono, rate: int = 44_100) -> int | None:
        """Say which line this is; None if it is none."""
        heard = signal.resample_poly(voice, RATE // 100, rate // 100)
        heard = np.pad(heard, RATE // 3)
        heard *= 0.6 / max(float(np.abs(heard).max()), 1e-6)
        heard += ROOM * np.random.default_rng(1).standard_normal(len(heard))
        self._decoder.start_utt()
        self._decoder.process_raw((heard * 32_767).astype("<i2").tobytes(), full_utt=True)
        self._decoder.end_utt()
        found = self._decoder.hyp()
        return self._texts.get(found.hypstr) if found else None
