"""Every instrument: in tune, in range, different by velocity, silent at its end, the same each time."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from musicgen_web.engines.sketch.instruments import drums
from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE, midi_hz
from musicgen_web.engines.sketch.instruments.registry import INSTRUMENTS, render_note
from musicgen_web.engines.writer import Samples

LOW = {name: 33 for name in INSTRUMENTS if "bass" in name} | {"low_strings": 36}
EVERY = pytest.mark.parametrize("name", INSTRUMENTS)
DRUMS = pytest.mark.parametrize(("kit", "drum"), [(kit, drum) for kit in drums.KITS for drum in drums.HITS])


def spectrum(samples: Samples) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    mono = samples.mean(axis=1)
    size = 1 << 16
    mono = mono[:size]
    return np.fft.rfftfreq(size, 1 / SAMPLE_RATE), np.abs(np.fft.rfft(mono * np.hanning(len(mono)), size))


def brightness(samples: Samples) -> float:
    hz, power = spectrum(samples)
    return float((hz * power).sum() / power.sum())


@EVERY
def test_it_sounds_at_the_pitch_it_was_asked_for(name: str) -> None:
    pitch = LOW.get(name, 64)
    hz, level = spectrum(render_note(name, pitch, 1.2, 0.7))
    near = (hz > midi_hz(pitch - 0.7)) & (hz < midi_hz(pitch + 0.7))
    peak = hz[near][np.argmax(level[near])]
    assert abs(1_200 * np.log2(peak / midi_hz(pitch))) < 12
    assert level[near].max() > 0.15 * level.max()


@EVERY
def test_it_is_finite_within_range_and_ends_in_silence(name: str) -> None:
    for pitch, velocity in ((LOW.get(name, 60), 1.0), (LOW.get(name, 60) + 19, 0.3)):
        samples = render_note(name, pitch, 0.6, velocity)
        assert samples.shape[1] == 2
        assert samples.dtype == np.float32
        assert np.isfinite(samples).all()
        assert 0.005 < np.abs(samples).max() < 1.2
        assert np.abs(samples[-100:]).max() < 1e-3 * np.abs(samples).max() + 1e-4
        assert np.abs(samples[0]).max() < 0.02  # no step at the start


@EVERY
def test_a_harder_touch_is_louder_and_brighter(name: str) -> None:
    pitch = LOW.get(name, 57)
    soft, hard = (render_note(name, pitch, 0.7, velocity) for velocity in (0.35, 0.95))
    assert np.std(hard) > 2.0 * np.std(soft)
    assert brightness(hard) > 1.03 * brightness(soft)


@EVERY
def test_nothing_lies_near_the_end_of_the_spectrum(name: str) -> None:
    hz, level = spectrum(render_note(name, 100 if name not in LOW else 50, 0.5, 1.0))
    assert level[hz > 20_000].max() < 1e-3 * level.max()


@DRUMS
def test_a_drum_is_finite_short_and_ends_in_silence(kit: str, drum: int) -> None:
    samples = drums.hit(kit, drum, 0.9, 0)
    assert np.isfinite(samples).all()
    assert 0.05 < np.abs(samples).max() <= 1.001
    assert np.abs(samples[-20:]).max() < 1e-3


def test_a_kit_with_strokes_of_its_own_has_them_in_order() -> None:
    for kit, own in drums.OWN_HITS.items():
        for drum in own:
            samples = drums.hit(kit, drum, 0.9, 0)
            assert np.isfinite(samples).all()
            assert 0.1 < np.abs(samples).max() <= 1.001
            assert np.abs(samples[0]).max() < 0.02
            assert np.abs(samples[-20:]).max() < 1e-3
    assert len(drums.hit("orchestral", 36, 0.9, 0)) > 3 * len(drums.hit("chip", 36, 0.9, 0))


def test_an_erhu_slides_into_its_note_and_a_guzheng_by_turns() -> None:
    for name, turn in (("erhu", 0), ("guzheng", 1)):
        samples = render_note(name, 81, 1.0, 0.7, turn)
        heard = []
        for start, end in ((0.005, 0.045), (0.3, 0.9)):
            hz, level = spectrum(samples[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)])
            near = (hz > 700) & (hz < 1_000)
            heard.append(hz[near][np.argmax(level[near])])
        assert heard[0] < 0.985 * heard[1]
        assert abs(1_200 * np.log2(heard[1] / midi_hz(81))) < 40


def test_strokes_take_turns_and_a_harder_one_is_brighter() -> None:
    assert not np.array_equal(drums.hit("pop", 38, 0.8, 0), drums.hit("pop", 38, 0.8, 1))
    assert brightness(drums.hit("pop", 38, 1.0, 0)) > brightness(drums.hit("pop", 38, 0.3, 0))


def test_a_gated_snare_is_cut_off_where_others_die_away() -> None:
    gate = drums.KITS["gated"].gate
    levels = [
        np.std(drums.hit("gated", 38, 0.9, 0)[round(at * SAMPLE_RATE) : round((at + 0.03) * SAMPLE_RATE)])
        for at in (0.1, gate - 0.05, gate + 0.02)
    ]
    assert levels[1] > 0.3 * levels[0]
    assert levels[2] < 0.35 * levels[1]


def test_a_muted_string_dies_where_an_open_one_rings() -> None:
    for name in ("electric_guitar", "muted_guitar", "crunch_guitar", "metal_guitar"):
        muted, ringing = (render_note(name, 45, 1.0, velocity) for velocity in (0.55, 0.75))
        left = [np.std(samples[20_000:24_000]) / np.std(samples[:4_000]) for samples in (muted, ringing)]
        assert left[0] < 0.25 * left[1], name


def test_a_room_answers_the_snare_and_a_brush_sweeps_before_it_sounds() -> None:
    late = slice(round(0.2 * SAMPLE_RATE), round(0.3 * SAMPLE_RATE))
    rock, dry = (drums.hit(kit, 38, 0.95, 0) for kit in ("rock", "disco"))
    assert np.std(rock[late]) > 3.0 * np.std(dry[late])
    loudest = {kit: np.argmax(np.abs(drums.hit(kit, 38, 0.35, 0)).max(axis=1)) for kit in ("brush", "disco")}
    assert loudest["brush"] > 0.02 * SAMPLE_RATE > loudest["disco"]


def test_an_unknown_drum_or_kit_still_sounds() -> None:
    assert np.abs(drums.hit("no such kit", 81, 0.8, 0)).max() > 0.05


def test_kick_and_basses_stand_in_the_middle() -> None:
    for samples in (
        drums.hit("pop", 36, 0.9, 0),
        render_note("round_bass", 36, 0.5, 0.8),
        render_note("sub_bass", 36, 0.5, 0.8),
        render_note("saw_bass", 36, 0.5, 0.8),
        render_note("organ_bass", 36, 0.5, 0.8),
        render_note("bass_808", 36, 0.5, 0.8),
        render_note("acid_bass", 36, 0.5, 0.8),
        render_note("dub_bass", 36, 0.5, 0.8),
        drums.hit("techno", 36, 0.9, 0),
        render_note("picked_bass", 36, 0.5, 0.8),
        render_note("slap_bass", 36, 0.5, 0.8),
        render_note("fretless_bass", 36, 0.5, 0.8),
    ):
        assert np.abs(samples[:, 0] - samples[:, 1]).max() < 1e-4


def test_an_808_falls_to_its_pitch_and_every_third_time_slides_there() -> None:
    quick, slid = (render_note("bass_808", 36, 0.6, 0.7, turn)[:, 0] for turn in (0, 2))
    away = [
        12 * np.log2(SAMPLE_RATE / (2 * np.diff(crossings).mean()) / midi_hz(36))
        for note in (quick, slid)
        for crossings in [np.flatnonzero(np.diff(np.signbit(note[round(0.08 * SAMPLE_RATE) :])))[:5]]
    ]
    assert abs(away[0]) < 0.3
    assert away[1] > 1.0


def test_an_acid_filter_closes_while_the_note_sounds() -> None:
    note = render_note("acid_bass", 36, 0.5, 0.9)
    assert brightness(note[4_000:8_000]) > 1.5 * brightness(note[14_000:18_000])


def test_below_the_kick_a_reese_is_in_the_middle_and_above_it_is_wide() -> None:
    note = render_note("reese_bass", 33, 2.0, 0.8)
    middle, side = (np.abs(np.fft.rfft(note @ np.array(way))) ** 2 for way in ((0.5, 0.5), (0.5, -0.5)))
    low = np.fft.rfftfreq(len(note), 1 / SAMPLE_RATE) < 120.0
    assert side[low].sum() < 1e-3 * middle[low].sum()
    assert side[~low].sum() > 1e-2 * middle[~low].sum()


def test_brushes_are_drawn_when_soft_and_slap_when_hard() -> None:
    soft, hard = (np.abs(drums.hit("jazz", 38, velocity, 0)).max(axis=1) for velocity in (0.2, 0.95))
    assert np.argmax(hard) < 0.03 * SAMPLE_RATE < np.argmax(soft)


def test_a_note_is_the_same_in_another_process_with_other_threads() -> None:
    script = (
        "import hashlib\nfrom musicgen_web.engines.sketch.instruments.registry import render_note\n"
        "wanted = (('piano', 36), ('warm_pad', 48), ('strings', 55), ('choir', 60), ('kit:pop', 49))\n"
        "notes = [render_note(name, pitch, 2.0, 0.8) for name, pitch in wanted]\n"
        "print(hashlib.md5(b''.join(note.tobytes('F') for note in notes)).hexdigest())"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads in ("1", "4")
    }
    assert len(told) == 1
