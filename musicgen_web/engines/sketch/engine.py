"""The engine `sketch`: a small band that composes and plays by rules, without weights or network."""

from __future__ import annotations

import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import replace
from pathlib import Path

import numpy as np
import scipy

from musicgen_web.engines.base import OnProgress, Progress, Song, SongRequest
from musicgen_web.engines.sketch import compose, wishes
from musicgen_web.engines.sketch.blends import style_for
from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE
from musicgen_web.engines.sketch.performance import CHANNELS, perform
from musicgen_web.engines.sketch.score import Score
from musicgen_web.engines.sketch.stems import Notes
from musicgen_web.engines.sketch.style import Sound
from musicgen_web.engines.sketch.version import VERSION
from musicgen_web.engines.sketch.wishes import Wishes

FEWEST_TICKS, MOST_TICKS = 16, 64
WRITTEN = 0.04  # the share of the whole work that lies behind when the notes are written
SPEAK_EVERY = 0.05  # seconds
BRIGHTER = 0.5  # dB per octave between a neutral wish and the brightest


class Sketch:
    """Write a score for a request, and play it. Notes once rendered are kept for the next song."""

    def __init__(self) -> None:
        self._notes = Notes()
        self._desk = ThreadPoolExecutor(1, "composer")

    def load(self) -> None:
        """Nothing has to be read: rooms and notes are made when the first song needs them, in milliseconds."""

    def generate(self, request: SongRequest, path: Path, on_progress: OnProgress) -> Song:
        """Make the song, and write it to `path`. The same request gives the same samples."""
        telling = Telling(on_progress, request.duration)
        score = composed(self._desk, request, telling)
        asked = wishes.read(request.prompt)
        recording = perform(score, sound_for(asked), request.seed, path, self._notes, telling.tell)
        telling.end()
        return Song(
            duration=recording.frames / SAMPLE_RATE,
            sample_rate=SAMPLE_RATE,
            channels=CHANNELS,
            md5=recording.md5,
            peaks=recording.peaks,
            plan=compose.plan_json(score, asked),
            versions={"sketch": VERSION, "numpy": np.__version__, "scipy": scipy.__version__},
        )


def sound_for(asked: Wishes) -> Sound:
    """Return the sound of the style these wishes ask for, as bright as they want it."""
    sound = style_for(asked).sound
    return replace(sound, tilt_db_per_octave=sound.tilt_db_per_octave + BRIGHTER * asked.brightness)


def composed(desk: Executor, request: SongRequest, telling: Telling) -> Score:
    """Compose beside, so that a long song can be cancelled while it is still on paper."""
    telling.begin()
    score: Future[Score] = desk.submit(compose.compose, request)
    while True:
        telling.compose()
        try:
            return score.result(timeout=SPEAK_EVERY)
        except NotYet:
            if score.done():  # the composer's own
                raise


class Telling:
    """Tell how far a song is: every change of words at once, everything else a few times a second."""

    def __init__(self, on_progress: OnProgress, duration: float) -> None:
        self._on_progress = on_progress
        self._ticks = round(min(max(duration, FEWEST_TICKS), MOST_TICKS))
        self._said = ("", "")
        self._at = 0.0

    def begin(self) -> None:
        self._on_progress(Progress("styling", 0.0, 0, self._ticks, "the wish"))

    def compose(self) -> None:
        self._on_progress(Progress("composing", 0.01, 0, self._ticks, "the form, the harmony, the tune"))

    def tell(self, stage: str, fraction: float, detail: str) -> None:
        """Tell of a performance, of which `fraction` lies behind."""
        now = time.monotonic()
        if (stage, detail) == self._said and now - self._at < SPEAK_EVERY:
            return
        self._said, self._at = (stage, detail), now
        whole = WRITTEN + (1.0 - WRITTEN) * fraction
        self._on_progress(Progress(stage, whole, int(whole * self._ticks), self._ticks, detail))

    def end(self) -> None:
        self._on_progress(Progress("saving", 1.0, self._ticks, self._ticks))
