"""A score as a Standard MIDI File: tempo map, key, sections and words, and a track for everybody who plays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import cycle, pairwise
from pathlib import Path

from mido import MetaMessage, MidiFile, MidiTrack
from mido.messages import Message

from musicgen_web.engines.base import SongRequest
from musicgen_web.engines.sketch.channels import CHANNELS
from musicgen_web.engines.sketch.compose import compose
from musicgen_web.engines.sketch.general_midi import DRUM_CHANNEL, PITCHED_CHANNELS, program
from musicgen_web.engines.sketch.score import Note, Part, Score, SungLine
from musicgen_web.engines.sketch.theory import signature

TICKS = 480  # a quarter note
CLOCKS = 24  # MIDI clocks in a quarter note
VOLUME, PAN = 7, 10  # controllers

Event = tuple[int, int, Message | MetaMessage]  # tick, rank among those of one tick, what happens


def write_midi_of(request: SongRequest, path: Path) -> None:
    """Compose the song of a request once more, and write its score to `path`."""
    write_midi(compose(request), path, title=request.title)


def write_midi(score: Score, path: Path, *, title: str = "") -> None:
    """Write a score to `path` as MIDI of type 1; the file appears when it is whole."""
    part = path.with_name(f".{path.name}.part")
    try:
        midi(score, title).save(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def midi(score: Score, title: str = "") -> MidiFile:
    """Return a score as a MIDI file: the conductor's track, then one a part; all end with the song."""
    end = max(tick(beat) for beat, _ in score.tempo_map)
    file = MidiFile(type=1, ticks_per_beat=TICKS, charset="utf-8")
    file.tracks.append(_track(title or score.style, list(_conducted(score)), end))
    for part, channel in zip(score.parts, _channels(score.parts), strict=True):
        file.tracks.append(_track(part.name, list(_played(part, channel)), end))
    return file


def tick(beat: float) -> int:
    return round(beat * TICKS)


def _track(name: str, events: Sequence[Event], end: int) -> MidiTrack:
    track = MidiTrack([MetaMessage("track_name", name=name, time=0)])
    now = 0
    for at, _, message in sorted(events, key=lambda event: event[:2]):
        track.append(message.copy(time=at - now))
        now = at
    track.append(MetaMessage("end_of_track", time=max(end - now, 0)))
    return track


def _conducted(score: Score) -> Iterator[Event]:
    over, under = map(int, score.metre.name.split("/"))
    click = round(CLOCKS * score.metre.pulse)
    yield 0, 0, MetaMessage("time_signature", numerator=over, denominator=under, clocks_per_click=click)
    yield 0, 0, MetaMessage("key_signature", key=_signature(score.key, score.mode))
    if score.lift:
        yield tick(score.lift.start), 0, MetaMessage("key_signature", key=_signature(score.lift.key, score.mode))
    for at, microseconds in _tempos(score):
        yield at, 1, MetaMessage("set_tempo", tempo=microseconds)
    for section in score.sections:
        yield tick(section.start), 2, MetaMessage("marker", text=section.name)


def _signature(key: str, mode: str) -> str:
    return f"{key}m" if mode == "minor" else signature(key, mode)


def _key(tonic: str, mode: str) -> str:
    """Name a key as MIDI can: other modes than minor by the major key that has their sharps or flats."""
    return f"{tonic}m" if mode == "minor" else signature(tonic, mode)


def _tempos(score: Score) -> Iterator[tuple[int, int]]:
    """Yield where a new tempo begins, and how many microseconds its quarter notes take."""
    if len(score.tempo_map) < 2:
        yield 0, round(60e6 / score.bpm)
    for (beat, second), (next_beat, next_second) in pairwise(score.tempo_map):
        yield tick(beat), round((next_second - second) / (next_beat - beat) * 1e6)


def _channels(parts: Sequence[Part]) -> Iterator[int]:
    """Give everybody a channel: drums the tenth, the others one each while there are any."""
    free = cycle(PITCHED_CHANNELS)
    for part in parts:
        yield DRUM_CHANNEL if part.role == "drums" else next(free)


def _played(part: Part, channel: int) -> Iterator[Event]:
    volume = 127 * 10.0 ** ((part.level_db + CHANNELS[part.role].level_db) / 40.0)  # General MIDI: 40·log(value/127) dB
    if part.role != "drums":
        yield 0, 0, Message("program_change", channel=channel, program=program(part.instrument, part.role))
    yield 0, 0, Message("control_change", channel=channel, control=VOLUME, value=_seven_bits(volume))
    yield 0, 0, Message("control_change", channel=channel, control=PAN, value=_seven_bits(64 + 63 * part.pan))
    for line in part.lines:
        yield from _sung(line)
    for note, until in _in_turn(part.notes):
        velocity = max(_seven_bits(127 * note.velocity), 1)
        yield tick(note.start), 3, Message("note_on", channel=channel, note=note.pitch, velocity=velocity)
        yield until, 1, Message("note_off", channel=channel, note=note.pitch)


def _in_turn(notes: Sequence[Note]) -> Iterator[tuple[Note, int]]:
    """Yield each note and the tick it ends at: at the latest where its own key is struck again."""
    struck: dict[int, int] = {}
    for note in sorted(notes, key=lambda note: note.start, reverse=True):
        start = tick(note.start)
        until = max(tick(note.start + note.length), start + 1)
        again = struck.get(note.pitch, until)
        struck[note.pitch] = start
        if again > start:
            yield note, min(until, again)


def _sung(line: SungLine) -> Iterator[Event]:
    """Yield a line's syllables as the recommended practice for lyrics has them: a space after a word, a return after
    a line (RP-017)."""
    left = line.text
    for number, syllable in enumerate(line.syllables, start=1):
        at = left.find(syllable.text)
        left = left[at + len(syllable.text) :] if at >= 0 else left
        ending = "\r" if number == len(line.syllables) else "" if left[:1].isalnum() else " "
        yield tick(syllable.note.start), 2, MetaMessage("lyrics", text=syllable.text + ending)


def _seven_bits(value: float) -> int:
    return min(max(round(value), 0), 127)
