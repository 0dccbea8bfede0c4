"""A song taken apart: one FLAC a bus, which together are the mix before its master, and the score as MIDI."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import numpy as np
import soundfile

from musicgen_web.engines.base import OnProgress, SongRequest
from musicgen_web.engines.sketch import wishes
from musicgen_web.engines.sketch.engine import Telling, composed, sound_for
from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE
from musicgen_web.engines.sketch.master import between_steps, fades
from musicgen_web.engines.sketch.midi import write_midi
from musicgen_web.engines.sketch.mix import Mixer
from musicgen_web.engines.sketch.performance import CHANNELS, Tell, mixed_blocks
from musicgen_web.engines.sketch.score import BUSES, Score
from musicgen_web.engines.sketch.stems import Notes
from musicgen_web.engines.writer import MAX_FRAMES, disk_error

STEM_NAMES = tuple(f"{bus}.flac" for bus in dict.fromkeys(BUSES.values()))
MIDI_NAME = "song.mid"
PEAK = 10.0 ** (-1.0 / 20.0)  # of the loudest stem
PLAYED = 0.8  # the share of the work that lies behind when everything is played, and only FLAC is left to write
FRAME_BYTES = CHANNELS * 4
QUIETEST = 1e-9


def write_multitrack(request: SongRequest, folder: Path, on_progress: OnProgress) -> list[Path]:
    """Write the stems and the score (`song.mid`) of a song; return their paths."""
    score, stems = _taken_apart(request, folder, on_progress)
    write_midi(score, folder / MIDI_NAME, title=request.title)
    return [*stems, folder / MIDI_NAME]


def write_stems(request: SongRequest, folder: Path, on_progress: OnProgress) -> list[Path]:
    """Write `drums.flac`, `bass.flac` … of a song: as many buses as are played, each as long as the song, 24 bits.

    All stand at one gain: added up they are the mix, but for tape, vinyl and the master, which belong to the sum. The
    files appear under their names when all of them are whole; an interruption leaves none.
    """
    return _taken_apart(request, folder, on_progress)[1]


def _taken_apart(request: SongRequest, folder: Path, on_progress: OnProgress) -> tuple[Score, list[Path]]:
    folder.mkdir(parents=True, exist_ok=True)
    telling = Telling(on_progress, request.duration)
    desk = ThreadPoolExecutor(1, "composer")
    try:
        score = composed(desk, request, telling)
    finally:
        desk.shutdown(wait=False)
    sound = sound_for(wishes.read(request.prompt))
    at_the_desk = partial(telling.tell, "decoding", 0.0, "the band")
    mixer = Mixer(score, sound, request.seed, Notes(), at_the_desk, apart=True)
    takes = {name: folder / f".{name}.raw.part" for name in mixer.outputs}
    parts = {name: folder / f".{name}.flac.part" for name in mixer.outputs}
    try:
        gain = PEAK / max(_played(mixer, score, takes, telling.tell), QUIETEST)
        for number, (name, take) in enumerate(takes.items()):

            def breathe(share: float, name: str = name, number: int = number) -> None:
                telling.tell("saving", PLAYED + (1.0 - PLAYED) * (number + share) / len(takes), name)

            _encoded(take, parts[name], gain, breathe)
            take.unlink()
        for name, part in parts.items():
            part.replace(folder / f"{name}.flac")
    finally:
        for path in (*takes.values(), *parts.values()):
            path.unlink(missing_ok=True)
    telling.end()
    return score, [folder / f"{name}.flac" for name in mixer.outputs]


def _played(mixer: Mixer, score: Score, takes: Mapping[str, Path], tell: Tell) -> float:
    """Write every output of the console to its file as bare samples; return the highest peak of all."""
    peak = 0.0
    fade = fades(round(score.duration * SAMPLE_RATE))
    with ExitStack() as stack:
        files = {name: stack.enter_context(path.open("wb")) for name, path in takes.items()}
        for start, blocks in mixed_blocks(mixer, score, lambda *told: tell(told[0], PLAYED * told[1], told[2])):
            for name, block in blocks.items():
                block *= between_steps(fade, start, len(block))[:, None]
                peak = max(peak, float(np.abs(block).max()))
                files[name].write(np.ascontiguousarray(block).data)
    return peak


def _encoded(take: Path, part: Path, gain: float, breathe: Callable[[float], None]) -> None:
    """Turn bare samples into FLAC at a gain; `breathe` is told which share of them is written."""
    part.touch()  # so that a folder that cannot be written to says so as OSError, with its own errno
    size, written = take.stat().st_size, 0
    try:
        with (
            take.open("rb") as samples,
            soundfile.SoundFile(part, "w", SAMPLE_RATE, CHANNELS, subtype="PCM_24", format="FLAC") as file,
        ):
            while block := samples.read(MAX_FRAMES * FRAME_BYTES):
                breathe(written / size)
                file.write(np.frombuffer(block, np.float32).reshape(-1, CHANNELS) * np.float32(gain))
                written += len(block)
    except (soundfile.LibsndfileError, AssertionError) as error:  # soundfile asserts that nothing was cut short
        raise disk_error(part, str(error)) from error
