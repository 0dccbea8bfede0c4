"""The stem of a voice: its lines are sung one by one, when the song comes to them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from diffrhythm.phonemes import Pronouncer
from diffrhythm.phonemes.syllables import Syllable, syllables
from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE, silence
from musicgen_web.engines.sketch.score import Part, Score, SungLine
from musicgen_web.engines.sketch.voice.analysis import Analysis, analyse
from musicgen_web.engines.sketch.voice.line import Sung, sing
from musicgen_web.engines.sketch.voice.rules import spoken_by_rule
from musicgen_web.engines.sketch.voice.singers import singer_of
from musicgen_web.engines.sketch.voice.speech import Speech, speak, words_of
from musicgen_web.engines.sketch.voice.timing import SungNote
from musicgen_web.engines.writer import Samples

LEAD = 0.8  # seconds before its first note in which a line may begin with its consonants
LA = ("l", "ɑː")


@dataclass(frozen=True, slots=True)
class _Placed:
    """A line with its notes in seconds."""

    line: SungLine
    notes: tuple[SungNote, ...]
    in_chorus: bool

    @property
    def start(self) -> float:
        return self.notes[0].start


class VoiceStem:
    """The sound of one voice, asked for block by block from the start of the song to its end."""

    def __init__(self, part: Part, score: Score, seed: int) -> None:
        self.part = part
        self._seed = seed
        self._lines = sorted((_placed(line, score) for line in part.lines if line.syllables), key=lambda one: one.start)
        self._speeches: list[Speech | None] | None = None
        self._next = 0
        self._at = 0
        self._ahead = silence(0)  # what sounds on past the last block

    def block(self, frames: int, breathe: Callable[[], None]) -> Samples:
        """Return the next `frames` frames; `breathe` is called at least every tenth of a second of work."""
        until = self._at + frames
        sung = []
        while self._next < len(self._lines) and (self._lines[self._next].start - LEAD) * SAMPLE_RATE < until:
            sound = self.line(self._next, breathe)
            self._next += 1
            if sound is not None:
                sung.append((round(sound.start * SAMPLE_RATE) - self._at, sound.samples))
        longest = max([frames, len(self._ahead), *(at + len(samples) for at, samples in sung)])
        buffer = silence(longest)
        buffer[: len(self._ahead)] = self._ahead
        for at, samples in sung:
            first = max(at, 0)
            buffer[first : at + len(samples)] += samples[first - at :]
        self._at = until
        self._ahead = buffer[frames:].copy(order="F")
        return buffer[:frames]

    def line(self, number: int, breathe: Callable[[], None]) -> Sung | None:
        """Sing one line, the lines in order; None if nothing of it can be sung."""
        placed = self._lines[number]
        singer = singer_of(self.part.instrument, in_chorus=placed.in_chorus)
        if self._speeches is None:
            self._speeches = speak([one.line.text for one in self._lines], singer.voices, breathe)
        breathe()
        speech, self._speeches[number] = self._speeches[number], None
        analysis = analyse(speech) if speech else _by_rule(placed.line)
        if analysis is None:
            return None
        return sing(analysis, placed.notes, singer, self._seed, (self.part.name, number), breathe)


def _by_rule(line: SungLine) -> Analysis | None:
    """Build a line from formants; one whose words nobody can read is sung on la."""
    with Pronouncer() as pronouncer:
        found = syllables(line.text, pronouncer)
    return spoken_by_rule(found or tuple(Syllable(LA, 0, 0, 0) for _ in line.syllables))


def _placed(line: SungLine, score: Score) -> _Placed:
    syllables = sorted(line.syllables, key=lambda one: one.note.start)
    notes = tuple(
        SungNote(
            score.seconds(syllable.note.start),
            score.seconds(syllable.note.start + syllable.note.length),
            syllable.note.pitch,
            syllable.note.velocity,
            word,
        )
        for syllable, word in zip(syllables, _words(line.text, [one.text for one in syllables]), strict=True)
    )
    beat = syllables[0].note.start
    kind = next((one.kind for one in reversed(score.sections) if one.start <= beat + 0.5), "")
    return _Placed(line, notes, kind == "chorus")


def _words(text: str, parts: Sequence[str]) -> list[int]:
    """Say which word of a line each of its syllables belongs to, by their letters."""
    starts = [word.start() for word in words_of(text)]
    found, at = [], 0
    for place, part in enumerate(parts):
        is_repeated = place > 0 and part == parts[place - 1] and text.find(part, at) != at
        if part and not is_repeated and (start := text.find(part, at)) >= 0:
            at = start + len(part)
        found.append(max(bisect_right(starts, at - 1) - 1, 0))
    return found
