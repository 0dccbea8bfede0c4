"""The engine `sketch`: a small band that composes and plays by rules, without weights or network."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import replace
from pathlib import Path

import numpy as np
import scipy

from musicgen_web.engines.base import OnProgress, Progress, Song, SongRequest
from musicgen_web.engines.sketch import compose, wishes
from musicgen_web.engines.sketch.blends import style_for
from musicgen_web.engines.sketch.effects import impulse
from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE
from musicgen_web.engines.sketch.performance import CHANNELS, perform
from musicgen_web.engines.sketch.score import Score
from musicgen_web.engines.sketch.stems import Notes
from musicgen_web.engines.sketch.style import all_styles

VERSION = "4"  # raised whenever the same request and seed give other samples
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
        """Make the rooms of all styles, so that the first song does not wait for them."""
        for style in all_styles().values():
            impulse(style.sound.reverb_t60, style.sound.reverb_predelay)

    def generate(self, request: SongRequest, path: Path, on_progress: OnProgress) -> Song:
        """Make the song, and write it to `path`. The same request gives the same samples."""
        ticks = round(min(max(request.duration, FEWEST_TICKS), MOST_TICKS))
        on_progress(Progress("styling", 0.0, 0, ticks, "the wish"))
        asked = wishes.read(request.prompt)
        score = self._composed(request, ticks, on_progress)
        sound = style_for(asked).sound
        sound = replace(sound, tilt_db_per_octave=sound.tilt_db_per_octave + BRIGHTER * asked.brightness)
        recording = perform(score, sound, request.seed, path, self._notes, _Voice(on_progress, ticks).tell)
        on_progress(Progress("saving", 1.0, ticks, ticks))
        return Song(
            duration=recording.frames / SAMPLE_RATE,
            sample_rate=SAMPLE_RATE,
            channels=CHANNELS,
            md5=recording.md5,
            peaks=recording.peaks,
            plan=compose.plan_json(score, asked),
            versions={"sketch": VERSION, "numpy": np.__version__, "scipy": scipy.__version__},
        )

    def _composed(self, request: SongRequest, ticks: int, on_progress: OnProgress) -> Score:
        """Compose beside, so that a long song can be cancelled while it is still on paper."""
        score: Future[Score] = self._desk.submit(compose.compose, request)
        while True:
            on_progress(Progress("composing", 0.01, 0, ticks, "the form, the harmony, the tune"))
            try:
                return score.result(timeout=SPEAK_EVERY)
            except NotYet:
                if score.done():  # the composer's own
                    raise


class _Voice:
    """Tell how far the performance is: every change of words at once, everything else a few times a second."""

    def __init__(self, on_progress: OnProgress, ticks: int) -> None:
        self._on_progress = on_progress
        self._ticks = ticks
        self._said = ("", "")
        self._at = 0.0

    def tell(self, stage: str, fraction: float, detail: str) -> None:
        now = time.monotonic()
        if (stage, detail) == self._said and now - self._at < SPEAK_EVERY:
            return
        self._said, self._at = (stage, detail), now
        whole = WRITTEN + (1.0 - WRITTEN) * fraction
        self._on_progress(Progress(stage, whole, int(whole * self._ticks), self._ticks, detail))
