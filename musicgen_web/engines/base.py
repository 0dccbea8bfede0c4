"""What every engine receives and gives: a song request in, blocks of sound and a plan out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, Self

MIN_DURATION, MAX_DURATION, DEFAULT_DURATION = 5.0, 285.0, 95.0  # seconds
MAX_PROMPT, MAX_LYRICS, MAX_TITLE = 2_000, 10_000, 200  # characters
MAX_TAKES = 8
MIN_STEPS, MAX_STEPS, DEFAULT_STEPS = 4, 128, 32
MAX_GUIDANCE, DEFAULT_GUIDANCE = 20.0, 4.0
SEEDS = 2**32  # a seed is 0 … SEEDS − 1

STAGES = ("queued", "loading", "styling", "composing", "sampling", "decoding", "saving")

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


class Cancelled(Exception):
    """Raised out of `on_progress` when the song is no longer wanted: let it pass through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SongRequest:
    """What somebody asked for. `duration` in seconds; `seed` is always set, even when we chose it."""

    prompt: str
    engine: str
    seed: int
    lyrics: str = ""
    title: str = ""
    duration: float = DEFAULT_DURATION
    steps: int = DEFAULT_STEPS
    guidance: float = DEFAULT_GUIDANCE
    takes: int = 1

    def take(self, number: int) -> Self:
        """Return the request of one take (numbered from 1): the same wish with a seed of its own."""
        return replace(self, seed=(self.seed + number - 1) % SEEDS, takes=1)

    def as_json(self) -> dict[str, Json]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of a take. `fraction` is of the whole song (0–1) and never goes back.

    `done` of `total` are the ticks a person sees; `detail` says in words what is at work ("the chorus").
    """

    stage: str
    fraction: float
    done: int = 0
    total: int = 0
    detail: str = ""


OnProgress = Callable[[Progress], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Song:
    """What an engine tells of a song it has written to disk.

    `peaks`: 800 pairs of signed bytes (min, max) over the whole song, mono. `md5`: of the decoded samples, as FLAC
    keeps it. `plan`: what was understood and composed, for people and for the cover — for sketch `summary` (one line),
    `style`, `bpm`, `key` ("A"), `mode` ("minor"), `metre`, `instruments` ([name]), `sections`
    ([{name, start, end}], seconds), `chords` ([{name, start, end, bar}]), `bars` ([{bar, start, chords: [name]}], from
    bar 1), `tempo_map` ([[beat, second]]); where the last chorus lies higher, `lift` ({key, start}); where words are
    sung, `voice` ({lines, singer, reports}). Engines that know none of these leave them out.
    """

    duration: float
    sample_rate: int
    channels: int
    md5: str
    peaks: bytes
    plan: dict[str, Json]
    versions: dict[str, str]


class Engine(Protocol):
    """A thing that turns a request into a sound file. Built and used inside one worker process."""

    def load(self) -> None:
        """Get ready: read weights, warm caches. Called once, before the first song."""

    def generate(self, request: SongRequest, path: Path, on_progress: OnProgress) -> Song:
        """Write the song as FLAC to `path` (through `writer.SongWriter`) and tell about it.

        Calls `on_progress` at least every 0.2 s or once per network block, whichever is longer; it may raise Cancelled.
        """


@dataclass(frozen=True, slots=True)
class Correction:
    """A choice somebody has: what it is called, and the prompt that says it."""

    label: str
    prompt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One thing an engine takes from a prompt: asked for in it (`is_said`), or assumed where it says nothing.

    `kind`: era, style, tempo, key, metre, plays (one that was asked for), band (who plays besides), silent (one that
    was refused), mood or voice. `name` tells it from others of its kind.
    """

    kind: str
    name: str
    text: str
    is_said: bool
    corrections: tuple[Correction, ...] = ()


@dataclass(frozen=True, slots=True)
class Understanding:
    """What an engine would make of a prompt, in the order it is told, and the words it makes nothing of."""

    heard: tuple[Heard, ...]
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HardLine:
    """A line of lyrics (from 1) that an engine will not sing as it is written; `is_lost`: not at all."""

    number: int
    message: str
    is_lost: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSpec:
    """What the server knows of an engine without importing it.

    `factory`: "module:callable", resolved in the worker. `reads`: the same, resolved in the web process, so without
    numpy and quick: a prompt → its `Understanding`; empty where an engine takes words as they are. `plays_again`, too:
    a song's versions → whether it can be played again note for note. `writes_stems` and `writes_midi` name how, in a
    process of its own: (request, folder, on_progress) → paths, and (request, path); empty where it cannot. `sings`, in
    the web process and in a thread: (lyrics, seconds) → what will not be sung as it is written, as `HardLine`s.
    """

    name: str
    title: str
    factory: str
    about: str = ""
    device: str = "cpu"
    workers: int = 1
    threads: int = 0  # of its numeric libraries; 0: its share of the cores
    reads: str = ""
    plays_again: str = ""
    writes_stems: str = ""
    writes_midi: str = ""
    sings: str = ""


SKETCH = EngineSpec(
    name="sketch",
    title="Sketch",
    factory="musicgen_web.engines.sketch.engine:Sketch",
    about="A small band and a voice that sings your words, by rules.",
    threads=1,
    reads="musicgen_web.engines.sketch.understanding:understand",
    plays_again="musicgen_web.engines.sketch.version:can_take_apart",
    writes_stems="musicgen_web.engines.sketch.multitrack:write_stems",
    writes_midi="musicgen_web.engines.sketch.midi:write_midi_of",
    sings="musicgen_web.engines.sketch.sung:hard_lines",
)
