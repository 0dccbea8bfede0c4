"""Stems: one file a bus, together the mix before its master, and nothing half-written."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile

from musicgen_web.engines.base import Cancelled, Progress
from musicgen_web.engines.sketch import wishes
from musicgen_web.engines.sketch.engine import sound_for
from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE
from musicgen_web.engines.sketch.master import between_steps, fades
from musicgen_web.engines.sketch.multitrack import MIDI_NAME, write_multitrack, write_stems
from musicgen_web.engines.sketch.performance import mixed
from musicgen_web.engines.sketch.stems import Notes
from musicgen_web.engines.sketch.version import VERSION, can_take_apart
from tests.engines.sketch.songs import request, song

SECONDS = 5


@dataclass(frozen=True, slots=True)
class Taken:
    """What a taking apart left and told. `longest_silence`: processor seconds between two steps."""

    stems: list[Path]
    score: Path
    steps: list[Progress]
    longest_silence: float


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Taken:
    steps: list[Progress] = []
    times = [time.thread_time()]

    def on_progress(step: Progress) -> None:
        steps.append(step)
        times.append(time.thread_time())

    *stems, score = write_multitrack(request("pop", duration=SECONDS), tmp_path_factory.mktemp("stems"), on_progress)
    return Taken(stems, score, steps, max(later - before for before, later in pairwise(times)))


def test_the_stems_added_up_are_the_mix(taken: Taken) -> None:
    score = song("pop", duration=SECONDS)
    clean = replace(sound_for(wishes.read("pop")), drive=0.0, wow_cents=0.0, vinyl=0.0)  # the tape is the sum's
    mix = mixed(score, clean, 1, Notes(), lambda *told: None)
    mix *= between_steps(fades(len(mix)), 0, len(mix))[:, None]
    total = sum(soundfile.read(path, dtype="float32")[0] for path in taken.stems)
    gain = float(np.vdot(total, mix) / np.vdot(mix, mix))
    assert np.abs(total - gain * mix).max() < 5e-5


def test_each_stem_is_as_long_as_the_song_in_24_bits_and_the_loudest_peaks_at_minus_one(
    taken: Taken,
) -> None:
    stems, score = taken.stems, taken.score
    assert [path.name for path in stems] == ["drums.flac", "bass.flac", "chords.flac", "lead.flac"]
    assert score.name == MIDI_NAME and score.read_bytes().startswith(b"MThd")
    for path in stems:
        info = soundfile.info(path)
        assert (info.format, info.subtype, info.frames, info.channels) == ("FLAC", "PCM_24", SECONDS * SAMPLE_RATE, 2)
    peaks = [np.abs(soundfile.read(path)[0]).max() for path in stems]
    assert min(peaks) > 0.01
    assert 20 * np.log10(max(peaks)) == pytest.approx(-1.0, abs=0.01)
    assert {*score.parent.iterdir()} == {*stems, score}


def test_the_steps_only_go_forward_name_who_plays_where_and_are_never_far_apart(taken: Taken) -> None:
    fractions = [step.fraction for step in taken.steps]
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (0.0, 1.0)
    assert {"Piano, chorus", "drums"} <= {step.detail for step in taken.steps}
    assert taken.longest_silence < 0.2


@pytest.mark.parametrize("stage", ["composing", "decoding", "saving"])
def test_a_cancelled_song_leaves_no_file(tmp_path: Path, stage: str) -> None:
    def on_progress(step: Progress) -> None:
        if step.stage == stage:
            raise Cancelled

    with pytest.raises(Cancelled):
        write_stems(request("solo piano", duration=5.0), tmp_path, on_progress)
    assert list(tmp_path.iterdir()) == []


def test_only_buses_that_somebody_plays_in_become_files(tmp_path: Path) -> None:
    paths = write_stems(request("solo piano", duration=5.0), tmp_path, lambda step: None)
    assert [path.name for path in paths] == ["chords.flac", "lead.flac"]


def test_a_song_of_another_version_cannot_be_taken_apart() -> None:
    assert can_take_apart({"sketch": VERSION, "numpy": "0"})
    assert not can_take_apart({"sketch": "1"})
    assert not can_take_apart({"diffrhythm": "1.2"})
