"""The console: the band steps back before a voice sings and the voice stands over it; filters, hall, drums, echo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from musicgen_web.engines.sketch import mix, wishes
from musicgen_web.engines.sketch.channels import CHANNELS
from musicgen_web.engines.sketch.curve import STEP, drawn
from musicgen_web.engines.sketch.dynamics import Press
from musicgen_web.engines.sketch.engine import sound_for
from musicgen_web.engines.sketch.equaliser import Equaliser, bell, high_shelf, low_cut
from musicgen_web.engines.sketch.hall import hall, plate
from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE, Mono, silence
from musicgen_web.engines.sketch.score import Note, Part, Score, SungLine, SungSyllable
from musicgen_web.engines.sketch.sidechain import Duck, StepBack
from musicgen_web.engines.sketch.stems import Notes, Stem
from musicgen_web.engines.sketch.style import Sound
from musicgen_web.engines.sketch.vocal import Heard, Vocal
from musicgen_web.engines.writer import Samples
from tests.engines.sketch.songs import song

SECOND = SAMPLE_RATE // STEP * STEP  # as whole steps


def line(start: float, *lengths: float) -> SungLine:
    syllables, at = [], start
    for length in lengths:
        syllables.append(SungSyllable("la", 1, Note(at, length, 60, 0.8)))
        at += length
    return SungLine("la " * len(lengths), 1, tuple(syllables))


def voice(*lines: SungLine) -> Part:
    return Part("Voice", "voice:low", "voice", tuple(s.note for sung in lines for s in sung.syllables), lines=lines)


def noise(frames: int, level: float) -> Samples:
    return np.random.default_rng(5).normal(0.0, level, (frames, 2)).astype(np.float32)


def level_db(samples: Samples) -> float:
    return float(10 * np.log10(np.mean(samples.astype(np.float64) ** 2) + 1e-15))


def tone(hz: float, frames: int = SECOND) -> Samples:
    wave = np.sin(2 * np.pi * hz * np.arange(frames) / SAMPLE_RATE).astype(np.float32)
    return np.stack([wave, wave], axis=1)


class Singer:
    """A stand-in for the voice: noise wherever a syllable is sung."""

    def __init__(self, part: Part, score: Score) -> None:
        self.part = part
        self._at = 0
        self._sound = silence(round(score.duration * SAMPLE_RATE))
        for note in part.notes:
            begin, end = (round(score.seconds(beat) * SAMPLE_RATE) for beat in (note.start, note.start + note.length))
            self._sound[begin:end] = noise(end - begin, 0.1)

    def block(self, frames: int, breathe: Callable[[], None]) -> Samples:
        self._at += frames
        return self._sound[self._at - frames : self._at].copy()


def heard(part: Part, *blocks: int) -> list[Heard]:
    score = replace(song("pop", duration=5.0), parts=(part,), tempo_map=((0.0, 0.0), (6.0, 6.0)), duration=6.0)
    singer, vocal = Singer(part, score), Vocal([part], score)
    return [vocal.block(frames, lambda asked: singer.block(asked, lambda: None)) for frames in blocks]


def test_the_band_hears_a_voice_before_it_sounds_and_a_little_after() -> None:
    (block,) = heard(voice(line(1.0, 0.5), line(1.7, 0.3)), 4 * SECOND)
    presence = {second: float(block.presence[round(second * SAMPLE_RATE)]) for second in (0.8, 1.0, 1.6, 2.1, 2.6)}
    assert presence[0.8] == presence[2.6] == 0.0
    assert presence[1.0] > 0.5
    assert presence[1.6] == pytest.approx(1.0, abs=1e-5), "between two lines so near nobody comes forward"
    assert presence[2.1] > 0.9
    assert np.abs(np.diff(block.presence)).max() < 0.001, "it never jumps"


def test_a_voice_heard_ahead_comes_out_in_its_time_whatever_the_blocks() -> None:
    part = voice(line(0.5, 0.4, 0.7), line(3.0, 1.0))
    (whole,) = heard(part, 4 * SECOND)
    pieces = heard(part, SECOND, 3 * STEP, 2 * SECOND, SECOND - 3 * STEP)
    for name in ("samples", "presence", "throw"):
        together = np.concatenate([getattr(piece, name) for piece in pieces])
        assert np.abs(together - getattr(whole, name)).max() < 1e-6
    assert int(np.argmax(np.abs(whole.samples).max(axis=1) > 0)) == SAMPLE_RATE // 2


def test_the_echo_opens_at_the_end_of_a_line_that_a_rest_follows() -> None:
    (block,) = heard(voice(line(0.0, 0.5, 0.5), line(1.0, 0.5, 0.5)), 4 * SECOND)
    opened = [float(block.throw[round(second * SAMPLE_RATE)]) for second in (0.25, 0.75, 1.25, 1.75, 2.25)]
    assert opened == pytest.approx([0.0, 0.0, 0.0, 1.0, 0.0], abs=1e-5)


def test_stepping_back_leaves_the_lows_and_takes_most_where_words_are() -> None:
    def change(hz: float, presence: float) -> float:
        out = StepBack(*CHANNELS["chords"].voice_db).block(tone(hz), np.full(SECOND, presence, dtype=np.float32))
        return level_db(out[SECOND // 2 :]) - level_db(tone(hz)[SECOND // 2 :])

    everywhere, vowels, words = CHANNELS["chords"].voice_db
    assert change(2_000.0, 0.0) == pytest.approx(0.0, abs=0.01)
    assert -everywhere - 1.0 < change(80.0, 1.0) <= -everywhere
    assert change(2_000.0, 1.0) < -everywhere - words + 0.5
    assert change(2_000.0, 1.0) < change(550.0, 1.0) < -everywhere - vowels + 0.5


def test_a_voice_stands_over_the_band_while_it_sings_and_the_stems_are_still_the_mix(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stem_of(part: Part, score: Score, sound: Sound, seed: int, notes: Notes) -> Stem | Singer:
        return Singer(part, score) if part.role == "voice" else Stem(part, score, sound.kit, notes)

    monkeypatch.setattr(mix, "stem_of", stem_of)
    score = song("pop", duration=5.0)
    score = replace(score, parts=(*score.parts, voice(line(1.0, *[0.9] * 6))))
    sound, notes = sound_for(wishes.read("pop")), Notes()
    whole, apart = (mix.Mixer(score, sound, 1, notes, lambda: None, apart=is_apart) for is_apart in (False, True))
    frames = [mix.BLOCK, 5 * SAMPLE_RATE - mix.BLOCK]
    buses = [apart.block(count, lambda part: None, lambda: None) for count in frames]
    together = np.concatenate([whole.block(count, lambda part: None, lambda: None)[mix.MIX] for count in frames])
    stems = {name: np.concatenate([block[name] for block in buses]) for name in apart.outputs}
    assert list(stems) == ["drums", "bass", "chords", "lead", "voice"]
    assert np.abs(sum(stems.values()) - together).max() < 5e-5
    begin, end = (round(score.seconds(beat) * SAMPLE_RATE) for beat in (1.0, 1.0 + 0.9 * 6))
    sung = stems.pop("voice")[begin:end]
    over = level_db(sung) - level_db(sum(stems.values())[begin:end])
    assert 3.0 < over < 6.0


def test_each_filter_does_what_it_says() -> None:
    def gain(section: object, hz: float) -> float:
        out = Equaliser(section).block(tone(hz))  # type: ignore[arg-type]
        return level_db(out[SECOND // 2 :]) - level_db(tone(hz)[SECOND // 2 :])

    assert gain(bell(1_000.0, -4.0, 1.0), 1_000.0) == pytest.approx(-4.0, abs=0.05)
    assert gain(bell(1_000.0, -4.0, 1.0), 60.0) == pytest.approx(0.0, abs=0.1)
    assert gain(high_shelf(8_000.0, 3.0), 16_000.0) == pytest.approx(3.0, abs=0.3)
    assert gain(low_cut(120.0), 120.0) == pytest.approx(-3.0, abs=0.1)
    assert gain(low_cut(120.0), 30.0) < -22.0


def test_the_kick_opens_a_gap_of_the_asked_depth_that_closes_again() -> None:
    gain = Duck([SAMPLE_RATE], 2 * SECOND, 6.0).gain(0, 2 * SECOND)
    assert gain[: SECOND - STEP].min() == gain[-1] == pytest.approx(1.0, abs=0.02)
    assert 20 * np.log10(gain.min()) == pytest.approx(-6.0, abs=0.1)
    assert SAMPLE_RATE < int(np.argmin(gain)) < SAMPLE_RATE + 0.05 * SAMPLE_RATE


def test_pressed_drums_ring_longer_behind_strokes_that_stay_and_blocks_do_not_show() -> None:
    fall = np.exp(-np.arange(SECOND) / (0.06 * SAMPLE_RATE)).astype(np.float32)[:, None]
    strokes = np.concatenate([noise(SECOND, 0.3) * fall] * 2)
    pressed = Press(0.4).block(strokes)

    def change(first: float, last: float) -> float:
        begin, end = round(first * SAMPLE_RATE), round(last * SAMPLE_RATE)
        return level_db(pressed[begin:end]) - level_db(strokes[begin:end])

    assert abs(change(0.0, 0.02)) < 2.0
    assert change(0.25, 0.4) > change(0.0, 0.02) + 2.0
    press = Press(0.4)
    pieces = [press.block(part) for part in np.split(strokes, [STEP * 100, STEP * 101])]
    assert np.abs(np.concatenate(pieces) - pressed).max() < 1e-6
    assert np.abs(Press(0.0).block(strokes) - strokes).max() == 0.0


@pytest.mark.parametrize("room", [hall, plate])
def test_a_room_dies_away_in_its_time_the_highs_first(room: Callable[[float, float], Samples]) -> None:
    impulse = room(1.2, 0.03)
    assert np.sum(impulse**2, axis=1) == pytest.approx([1.0, 1.0], abs=1e-3)
    assert 0.2 < np.corrcoef(impulse)[0, 1] < 0.8, "its halves know each other, and differ"

    def t60(low: float, high: float) -> float:
        spectrum = np.fft.rfft(impulse[0])
        hz = np.fft.rfftfreq(impulse.shape[1], 1 / SAMPLE_RATE)
        spectrum[(hz < low) | (hz >= high)] = 0.0
        left = np.cumsum(np.fft.irfft(spectrum)[::-1] ** 2)[::-1]
        first, last = (int(np.argmax(left < left[0] * 10 ** (db / 10))) for db in (-8, -28))
        return 3 * (last - first) / SAMPLE_RATE

    assert t60(500.0, 900.0) == pytest.approx(1.2, rel=0.25)
    assert t60(6_500.0, 12_000.0) < 0.75 * t60(500.0, 900.0)


def test_early_reflections_come_before_the_tail_one_by_one() -> None:
    early = hall(2.0, 0.06)[0, round(0.03 * SAMPLE_RATE) : round(0.06 * SAMPLE_RATE)]
    peaks = np.abs(early) > 0.3 * np.abs(early).max()
    assert 3 <= np.count_nonzero(np.diff(peaks.astype(int)) == 1) <= 40
    assert np.count_nonzero(peaks) < 0.1 * len(early)


def test_a_curve_goes_straight_from_point_to_point() -> None:
    points: Mono = np.array([0.0, 1.0, 0.5], dtype=np.float32)
    line = drawn(points, 2 * STEP - 5)
    assert len(line) == 2 * STEP - 5
    assert [line[0], line[STEP // 2], line[STEP]] == pytest.approx([0.0, 0.5, 1.0])
