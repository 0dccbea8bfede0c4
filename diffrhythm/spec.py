"""What the published models are: sizes, ids, the lengths they make, and what they need. Pure: no torch."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePath

from diffrhythm.errors import InvalidRequestError

SAMPLE_RATE = 44_100
CHANNELS = 2
SAMPLES_PER_FRAME = 2_048  # the autoencoder's stride
FRAMES_PER_SECOND = SAMPLE_RATE / SAMPLES_PER_FRAME  # 21.53; one frame is 46 ms
LATENT_CHANNELS = 64

BASE_FRAMES = 2_048  # 95.1 s
FULL_FRAMES = 6_144  # 285.3 s
BASE_DURATION = 95  # seconds; the one length of a base model
MAX_DURATION = 285  # seconds; a full model makes every whole second above BASE_DURATION up to here

VERSIONS = ("1.2", "1")


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """The shape of one network, and what it was trained for.

    `heads` is 32 whatever the published configuration says: it is not wired there (DIFFRHYTHM-1_2/config.json).
    """

    name: str
    repo: str
    version: str
    max_frames: int
    causal: bool = False  # version 1 was trained with attention to earlier frames only
    has_duration: bool = False  # an embedding of the length asked for: the full model of 1.2
    dim: int = 2_048
    depth: int = 16
    heads: int = 32
    ff_mult: int = 4
    condition_dim: int = 512  # the style vector, the text and every scalar embedding have this width
    text_layers: int = 4
    phones: int = 363  # without the 0 that means "no phone on this frame"
    latent_channels: int = LATENT_CHANNELS

    def __post_init__(self) -> None:
        if self.dim % (2 * self.heads):
            raise ValueError(f"{self.heads} heads of even width do not divide dim {self.dim}")

    @property
    def head_dim(self) -> int:
        return self.dim // self.heads

    @property
    def ff_dim(self) -> int:
        return self.dim * self.ff_mult

    @property
    def input_dim(self) -> int:
        """Channels of the input projection: noisy latent, context latent, text, style, scalars."""
        return 2 * self.latent_channels + 3 * self.condition_dim

    @property
    def fused(self) -> int:
        """How many blocks, counted from the first, have the text added behind them."""
        return self.depth // 2

    @property
    def parameters(self) -> int:
        """1 109 315 648 for base, 1 109 709 888 for full."""
        dim, condition = self.dim, self.condition_dim
        scalars = (2 + self.has_duration) * (256 * condition + condition + condition * condition + condition)
        text_block = condition * 7 + condition + 2 * condition + 4 * condition
        text_block += 2 * (2 * condition * condition) + 2 * condition + condition
        text = (self.phones + 1) * condition + self.text_layers * text_block
        positions = 2 * (dim * (dim // 16) * 31 + dim)
        block = 4 * dim * dim + 3 * dim * self.ff_dim + 2 * dim
        head = 2 * dim * condition + 2 * dim + self.latent_channels * dim + self.latent_channels
        entry = dim * self.input_dim + dim + positions
        return scalars + text + entry + self.depth * block + self.fused * (condition * dim + dim) + head

    def weight_bytes(self, itemsize: int) -> int:
        return self.parameters * itemsize

    def working_bytes(self, frames: int, rows: int, itemsize: int) -> int:
        """Estimate the peak, in bytes, of what a song needs beside the weights: an estimate, not a measurement.

        `rows` sequences go through the network at once. The feed-forward is the peak: the stream, its norm, two wide
        tensors and the one being made. Kept per song for both branches: the input projection and the text residuals.
        """
        passing = rows * frames * (4 * self.dim + 3 * self.ff_dim) * itemsize
        kept = 2 * frames * (1 + self.fused) * self.dim * itemsize
        return passing + kept + 64 * 2**20  # the libraries' own workspaces

    @property
    def shortest(self) -> int:
        """The shortest song it makes, in seconds."""
        return BASE_DURATION if self.max_frames == BASE_FRAMES else BASE_DURATION + 1

    @property
    def longest(self) -> int:
        """The longest song it makes, in seconds."""
        return BASE_DURATION if self.max_frames == BASE_FRAMES else MAX_DURATION

    def frames(self, duration: float) -> int:
        """Return how many latent frames a song of `duration` seconds has; InvalidRequestError where none is made."""
        seconds = whole_seconds(duration)
        if not self.shortest <= seconds <= self.longest:
            shown = f"{self.shortest}" if self.shortest == self.longest else f"{self.shortest} to {self.longest}"
            raise InvalidRequestError("duration", f"{self.name} makes {shown} seconds, not {seconds}")
        if self.max_frames == BASE_FRAMES:
            return BASE_FRAMES
        return min(int(seconds * FRAMES_PER_SECOND), self.max_frames)


BASE = ModelSpec("DiffRhythm 1.2 base", "ASLP-lab/DiffRhythm-1_2", "1.2", BASE_FRAMES)
FULL = ModelSpec("DiffRhythm 1.2 full", "ASLP-lab/DiffRhythm-1_2-full", "1.2", FULL_FRAMES, has_duration=True)
BASE_V1 = ModelSpec("DiffRhythm 1 base", "ASLP-lab/DiffRhythm-base", "1", BASE_FRAMES, causal=True)
FULL_V1 = ModelSpec("DiffRhythm 1 full", "ASLP-lab/DiffRhythm-full", "1", FULL_FRAMES, causal=True)
MODELS = (BASE, FULL, BASE_V1, FULL_V1)


def spec_for(duration: float, version: str = "1.2") -> ModelSpec:
    """Return the model that makes a song of this many seconds: 95 is base, 96 to 285 is full."""
    seconds = whole_seconds(duration)
    if not BASE_DURATION <= seconds <= MAX_DURATION:
        raise InvalidRequestError("duration", f"from {BASE_DURATION} to {MAX_DURATION} seconds, not {seconds}")
    frames = BASE_FRAMES if seconds == BASE_DURATION else FULL_FRAMES
    check_version(version)
    return next(spec for spec in MODELS if (spec.version, spec.max_frames) == (version, frames))


def spec_named(name: str | PurePath, version: str | None = None) -> ModelSpec | None:
    """Recognise a hub id, or a folder named like one (plain, or as the hub's cache names it); None if it is neither.

    The files of version 1 look like those of 1.2 base, so that only the id or `version` can tell them apart.
    """
    if version is not None:
        check_version(version)
    parts = PurePath(name).parts
    cached = {part.removeprefix("models--").replace("--", "/", 1) for part in parts if part.startswith("models--")}
    pairs = {"/".join(pair) for pair in pairwise(parts)}
    for spec in MODELS:
        if spec.repo in cached | pairs:
            if version not in (None, spec.version):
                raise InvalidRequestError("version", f"{spec.repo} is version {spec.version}, not {version}")
            return spec
    return None


def check_version(version: str) -> None:
    if version not in VERSIONS:
        raise InvalidRequestError("version", f"one of {', '.join(VERSIONS)}, not {version!r}")


def whole_seconds(duration: float) -> int:
    """The models count whole seconds; anything else is refused by name."""
    if isinstance(duration, bool) or not math.isfinite(duration) or duration != int(duration):
        raise InvalidRequestError("duration", f"a whole number of seconds, not {duration!r}")
    return int(duration)
