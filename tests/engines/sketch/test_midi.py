"""The score as MIDI: read back it is the song, note for note, with its tempo, key, sections and words."""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import mido
import pytest

from musicgen_web.engines.sketch import theory
from musicgen_web.engines.sketch.general_midi import OF_ROLE, program
from musicgen_web.engines.sketch.midi import TICKS, midi, write_midi, write_midi_of
from musicgen_web.engines.sketch.score import Lift, Note, Part, Score, SungLine, SungSyllable
from tests.engines.sketch.songs import request, song


def read(score: Score, title: str = "") -> mido.MidiFile:
    data = io.BytesIO()
    midi(score, title).save(file=data)
    data.seek(0)
    return mido.MidiFile(file=data, charset="utf-8")


@pytest.fixture(scope="module")
def songs() -> list[tuple[Score, mido.MidiFile]]:
    wanted = {"lo-fi with flute, no drums": 30.0, "pop in 6/8": 20.0, "house": 20.0}
    scores = [song(prompt, duration=duration) for prompt, duration in wanted.items()]
    return [(score, read(score)) for score in scores]


def timed(track: mido.MidiTrack) -> list[tuple[int, mido.Message]]:
    now, found = 0, []
    for message in track:
        now += message.time
        found.append((now, message))
    return found


def only(track: mido.MidiTrack, kind: str) -> list[tuple[int, mido.Message]]:
    return [(at, message) for at, message in timed(track) if message.type == kind]


def heard_at(file: mido.MidiFile, tick: int) -> float:
    """Return when a tick sounds, in seconds, by the tempo events alone."""
    tempos = only(file.tracks[0], "set_tempo")
    second = 0.0
    for (at, message), (until, _) in pairwise([*tempos, (10**9, None)]):
        second += mido.tick2second(max(min(tick, until) - at, 0), TICKS, message.tempo)
    return second


def test_every_note_begins_within_a_tick_of_the_score_as_loud_as_there(
    songs: list[tuple[Score, mido.MidiFile]],
) -> None:
    for score, file in songs:
        assert file.type == 1
        assert [track.name for track in file.tracks[1:]] == [part.name for part in score.parts]
        for part, track in zip(score.parts, file.tracks[1:], strict=True):
            written = {(at, message.note): message.velocity for at, message in only(track, "note_on")}
            played = {(round(note.start * TICKS), note.pitch): note.velocity for note in part.notes}
            assert written.keys() == played.keys()
            assert all(abs(written[key] - 127 * played[key]) <= 1 for key in written)
            for note in part.notes[:: 1 + len(part.notes) // 20]:
                at = heard_at(file, round(note.start * TICKS))
                assert at == pytest.approx(score.seconds(note.start), abs=60 / score.bpm / TICKS)


def test_no_key_is_struck_while_it_is_down_and_all_are_let_go(songs: list[tuple[Score, mido.MidiFile]]) -> None:
    for _, file in songs:
        for track in file.tracks[1:]:
            down: set[int] = set()
            for _, message in timed(track):
                if message.type == "note_on":
                    assert message.note not in down
                    down.add(message.note)
                elif message.type == "note_off":
                    down.remove(message.note)
            assert not down


def test_it_lasts_as_long_as_the_song_also_where_the_end_slows_down(songs: list[tuple[Score, mido.MidiFile]]) -> None:
    for score, file in songs:
        assert file.length == pytest.approx(score.duration, abs=0.01)
    assert any(len(only(file.tracks[0], "set_tempo")) > 2 for _, file in songs)


def test_metre_key_and_sections_stand_in_the_first_track(songs: list[tuple[Score, mido.MidiFile]]) -> None:
    for score, _ in songs:
        first = read(score, "A title, 题目").tracks[0]
        (_, metre), (_, key) = only(first, "time_signature")[0], only(first, "key_signature")[0]
        assert first.name == "A title, 题目"
        assert f"{metre.numerator}/{metre.denominator}" == score.metre.name
        assert key.key == (f"{score.key}m" if score.mode == "minor" else theory.signature(score.key, score.mode))
        marked = [(at / TICKS, message.text) for at, message in only(first, "marker")]
        assert marked == [(section.start, section.name) for section in score.sections]


def test_a_lift_is_written_where_the_song_goes_on_higher(songs: list[tuple[Score, mido.MidiFile]]) -> None:
    score = replace(songs[0][0], key="A", mode="minor", lift=Lift(8.0, "B"))
    keys = [(at / TICKS, message.key) for at, message in only(read(score).tracks[0], "key_signature")]
    assert keys == [(0.0, "Am"), (8.0, "Bm")]


def test_a_mode_is_written_with_the_sharps_and_flats_of_its_scale() -> None:
    written = [
        ("A", "dorian", "G"),
        ("E", "phrygian", "C"),
        ("F", "lydian", "C"),
        ("G", "minor", "Bb"),
        ("Db", "major", "Db"),
    ]
    assert [theory.signature(key, mode) for key, mode, _ in written] == [signature for *_, signature in written]


def test_drums_play_on_the_tenth_channel_and_the_others_each_on_their_own(
    songs: list[tuple[Score, mido.MidiFile]],
) -> None:
    for score, file in songs:
        channels = []
        for part, track in zip(score.parts, file.tracks[1:], strict=True):
            (channel,) = {message.channel for _, message in timed(track) if not message.is_meta}
            programs = [message.program for _, message in only(track, "program_change")]
            assert programs == ([] if part.role == "drums" else [program(part.instrument, part.role)])
            assert {message.control for _, message in only(track, "control_change")} == {7, 10}
            channels.append(channel)
            assert (channel == 9) == (part.role == "drums")
        assert len(set(channels)) == len(channels)
    assert program("an instrument nobody knows", "bass") == OF_ROLE["bass"]


def test_the_words_stand_on_their_notes(songs: list[tuple[Score, mido.MidiFile]]) -> None:
    def line(text: str, number: int, start: float, *syllables: str) -> SungLine:
        sung = [SungSyllable(s, 1, Note(start + i, 0.9, 60 + i, 0.8)) for i, s in enumerate(syllables)]
        return SungLine(text, number, tuple(sung))

    lines = (line("Over the water", 1, 4.0, "O", "ver", "the", "wa", "ter"), line("你好", 2, 12.0, "你", "好"))
    notes = tuple(syllable.note for sung in lines for syllable in sung.syllables)
    voice = Part("Voice", "voice", "voice", notes, lines=lines)
    track = read(replace(songs[0][0], parts=(voice,))).tracks[1]
    sung = [(at / TICKS, message.text) for at, message in only(track, "lyrics")]
    assert [text for _, text in sung] == ["O", "ver ", "the ", "wa", "ter\r", "你", "好\r"]
    assert [at for at, _ in sung] == [note.start for note in notes]


def test_the_file_appears_whole_or_not_at_all(tmp_path: Path, songs: list[tuple[Score, mido.MidiFile]]) -> None:
    write_midi_of(request("pop", duration=10.0), tmp_path / "song.mid")
    assert [path.name for path in tmp_path.iterdir()] == ["song.mid"]
    broken = replace(songs[0][0], parts=(Part("Bell", "bells", "lead", (Note(0.0, 1.0, 200, 0.5),)),))
    with pytest.raises(ValueError, match="data byte"):
        write_midi(broken, tmp_path / "broken.mid")
    assert [path.name for path in tmp_path.iterdir()] == ["song.mid"]
