"""The stem of a voice: in tune, the same in any blocks, wide in a chorus, and there whatever happens."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.singing import tune
from bench.sung_words import cents_off
from musicgen_web.engines.sketch.score import Score
from musicgen_web.engines.sketch.voice import stem as stems
from musicgen_web.engines.sketch.voice.stem import VoiceStem
from musicgen_web.engines.writer import Samples

ROOT = Path(__file__).parents[4]
RATE = 44_100
WORDS = ("hold on to me", "burn")


def whole(score: Score, block: int = 1 << 17, seed: int = 1) -> Samples:
    stem = VoiceStem(score.parts[0], score, seed)
    frames = round(score.duration * RATE)
    return np.concatenate([stem.block(min(block, frames - at), lambda: None) for at in range(0, frames, block)])


def test_the_same_seed_gives_the_same_bytes_however_the_song_is_cut() -> None:
    score = tune(WORDS[1:], "voice:low").score
    once = whole(score)
    assert np.array_equal(once, whole(score, block=50_021))
    assert not np.array_equal(once, whole(score, seed=2))
    assert once.dtype == np.float32 and np.isfinite(once).all() and np.abs(once).max() < 1.0


def test_a_line_is_the_same_in_another_process_with_other_threads() -> None:
    script = (
        "import hashlib\nfrom bench.singing import tune\nfrom musicgen_web.engines.sketch.voice.stem import VoiceStem\n"
        "song = tune(('hold on to me', 'burn'), 'voice:low')\n"
        "line = VoiceStem(song.part, song.score, 1).line(0, lambda: None)\n"
        "print(hashlib.md5(line.samples.tobytes()).hexdigest())"
    )
    threads = {**os.environ, "OPENBLAS_NUM_THREADS": "4", "OMP_NUM_THREADS": "4"}
    told = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=threads, capture_output=True, text=True, check=True
    )
    song = tune(WORDS, "voice:low")
    line = VoiceStem(song.part, song.score, 1).line(0, lambda: None)
    assert line is not None
    assert hashlib.md5(line.samples.tobytes()).hexdigest() == told.stdout.strip()


def test_it_is_in_tune_and_silent_between_its_lines() -> None:
    song = tune(WORDS, "voice:high")
    stem = VoiceStem(song.part, song.score, 1)
    for number in range(2):
        line = stem.line(number, lambda: None)
        assert line is not None
        off = np.abs(cents_off(line))
        assert len(off) > 20 and np.median(off) < 5 and np.percentile(off, 95) < 50
    heard = whole(song.score)
    start, end = song.window(1)
    assert np.abs(heard[round((start + 0.2) * RATE) : round(end * RATE)]).max() > 0.1
    rest = heard[round((song.window(0)[1] - 0.1) * RATE) : round((start + 0.2) * RATE)]
    assert len(rest) > RATE // 10 and np.abs(rest).max() < 1e-4


def test_a_chorus_is_sung_wide_and_a_verse_in_the_middle() -> None:
    verse, chorus = (whole(tune(WORDS[:1], "voice:low", kind=kind).score) for kind in ("verse", "chorus"))
    assert np.array_equal(verse[:, 0], verse[:, 1])
    side, middle = np.std(chorus[:, 0] - chorus[:, 1]), np.std(chorus.sum(axis=1))
    assert 0.1 < side / middle < 0.7


def test_without_espeak_and_without_words_the_melody_is_still_sung(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stems, "speak", lambda lines, *_: [None] * len(lines))
    song = tune(WORDS, "voice:low")
    unreadable = tuple(replace(line, text="♪ ☼") for line in song.part.lines)
    for part in (song.part, replace(song.part, lines=unreadable)):
        line = VoiceStem(part, song.score, 1).line(0, lambda: None)
        assert line is not None and np.abs(line.samples).max() > 0.1
        assert np.median(np.abs(cents_off(line))) < 5


def test_a_line_whose_syllables_are_counted_otherwise_is_sung_all_the_same() -> None:
    song = tune(("月亮挂在天上", "burn"), "voice:low", rhythms_of=("hold on to me", "burn"))
    (line, other) = song.part.lines
    for syllables in (line.syllables[:1], line.syllables):
        odd = (replace(line, syllables=syllables), replace(other, syllables=()))
        sung = VoiceStem(replace(song.part, lines=odd), song.score, 1).line(0, lambda: None)
        assert sung is not None and np.abs(sung.samples).max() > 0.1


def test_it_breathes_often_and_can_be_left_at_any_breath() -> None:
    score = tune(WORDS, "voice:low").score
    breaths = 0

    def breathe() -> None:
        nonlocal breaths
        breaths += 1
        if breaths > 12:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        VoiceStem(score.parts[0], score, 1).block(8 * RATE, breathe)
