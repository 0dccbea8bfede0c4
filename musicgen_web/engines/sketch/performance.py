"""Play a score into a file: mix it block by block, master it, write it — and say how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE, silence
from musicgen_web.engines.sketch.master import Master, mastered
from musicgen_web.engines.sketch.mix import BLOCK, MIX, Mixer
from musicgen_web.engines.sketch.score import Part, Score
from musicgen_web.engines.sketch.stems import Notes
from musicgen_web.engines.sketch.style import Sound
from musicgen_web.engines.sketch.tape import Tape
from musicgen_web.engines.writer import MAX_FRAMES, Samples, SongWriter

CHANNELS = 2
MIXED, MASTERED = 0.78, 0.93  # shares of the work that lie behind when the mix, then the master, is done

Tell = Callable[[str, float, str], None]  # stage, fraction of the performance, detail


@dataclass(frozen=True, slots=True)
class Recording:
    """What came of it: the facts of the file, and the master's."""

    md5: str
    peaks: bytes
    frames: int
    loudness: float
    limited_db: float


def perform(score: Score, sound: Sound, seed: int, path: Path, notes: Notes, tell: Tell) -> Recording:
    """Render the whole song to `path`. `tell` is called at least once per note rendered or block worked on."""
    mix = mixed(score, sound, seed, notes, tell)
    master = mastered(
        mix,
        slope=sound.tilt_db_per_octave,
        lowpass_hz=sound.lowpass_hz,
        breathe=lambda: tell("decoding", MIXED, "the master"),
    )
    return _written(mix, master, seed, path, tell)


def mixed(score: Score, sound: Sound, seed: int, notes: Notes, tell: Tell) -> Samples:
    """Return the mix before the master, exactly as long as the song (frames, 2)."""
    mix = silence(round(score.duration * SAMPLE_RATE))
    tape = Tape(sound, seed)

    def at_the_desk(stage: str, fraction: float, detail: str) -> None:
        tell(stage, MIXED * fraction, detail)

    mixer = Mixer(score, sound, seed, notes, lambda: at_the_desk("decoding", 0.0, "the band"))
    for start, block in mixed_blocks(mixer, score, at_the_desk):
        mix[start : start + len(block[MIX])] = tape.block(block[MIX], start)
    return mix


def mixed_blocks(mixer: Mixer, score: Score, tell: Tell) -> Iterator[tuple[int, dict[str, Samples]]]:
    """Yield the song from its first block to its last: where it begins, and every output of the console."""
    frames = round(score.duration * SAMPLE_RATE)
    share = 1.0 / (-(-frames // BLOCK) * max(1, len(mixer.parts)))
    fraction, detail, place = 0.0, "the band", ""

    def breathe() -> None:
        tell("decoding", fraction, detail)

    def on_part(part: Part) -> None:
        nonlocal fraction, detail
        detail = f"{part.name}, {place}" if place else part.name
        tell("decoding", fraction, detail)
        fraction = min(fraction + share, 1.0)

    for start in range(0, frames, BLOCK):
        size = min(BLOCK, frames - start)
        place = section_at(score, (start + size / 2) / SAMPLE_RATE)
        yield start, mixer.block(size, on_part, breathe)


def section_at(score: Score, second: float) -> str:
    """Return the name of the section that sounds at a time."""
    name = ""
    for section in score.sections:
        if score.seconds(section.start) <= second:
            name = section.name
    return name


def _written(mix: Samples, master: Master, seed: int, path: Path, tell: Tell) -> Recording:
    with SongWriter(path, len(mix), sample_rate=SAMPLE_RATE, channels=CHANNELS, seed=seed) as writer:
        for start in range(0, len(mix), MAX_FRAMES):
            tell("saving", MASTERED + (1.0 - MASTERED) * start / len(mix), "")
            block = mix[start : start + MAX_FRAMES]
            writer.write(block * master.gain(start, len(block))[:, None])
        md5, peaks, frames = writer.finish()
    return Recording(md5, peaks, frames, master.loudness, master.limited_db)
