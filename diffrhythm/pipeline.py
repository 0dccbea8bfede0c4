"""The model as one thing: open a folder of weights, make songs, make parts of them again, let go of the memory."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Self, TypeVar

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from diffrhythm import checkpoints
from diffrhythm.autoencoder import Autoencoder, round_latents
from diffrhythm.devices import parse_device, parse_dtype
from diffrhythm.dit import DiT
from diffrhythm.editing import continuation, paste, spans_of
from diffrhythm.errors import CheckpointError, InvalidRequestError, ModelNotLoadedError
from diffrhythm.inpainting import Edit
from diffrhythm.loudness import Samples, normalised
from diffrhythm.memory import require_memory, saying_what_did_not_fit
from diffrhythm.plans import DRAFTS, Plan
from diffrhythm.sampling import Inputs, noise_for, sample
from diffrhythm.song import Song
from diffrhythm.spec import ModelSpec

Part = TypeVar("Part")

AUTOENCODER_NAME = "vae_model.pt"
AUTOENCODER_REPO = "DiffRhythm-vae"
SAMPLED = 0.95  # of the whole work; the autoencoder is the rest (3 % of the operations, at a lower rate)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a song is: `stage` is sampling or decoding, `done` of `total` its steps or chunks.

    `fraction` of the whole, 0–1, never goes back; it also moves between the steps, with the network's blocks.
    """

    stage: str
    done: int
    total: int
    fraction: float


OnProgress = Callable[[Progress], None]
"""Told often; an exception from it stops the song and passes through, and nothing is kept."""


class DiffRhythm:
    """A network and its autoencoder on one device. Not for several threads at once."""

    def __init__(self, network: DiT, autoencoder: Autoencoder) -> None:
        self._network: DiT | None = network
        self._autoencoder: Autoencoder | None = autoencoder
        self.spec: ModelSpec = network.spec
        self.device, self.dtype = network.device, network.dtype

    @classmethod
    def from_pretrained(
        cls,
        path: str | Path,
        *,
        device: str | torch.device = "auto",
        torch_dtype: str | torch.dtype | None = None,
        version: str | None = None,
        autoencoder: str | Path | None = None,
        trust_files: bool = False,
        compile: bool = False,
        reference_rounding: bool = False,
    ) -> Self:
        """Open a folder with the network's file; the autoencoder's lies in it too, in a folder beside it, or elsewhere.

        `torch_dtype` None is what the device is fast at (`devices.fast_dtype`). `version` "1" is for files of version 1
        in a folder that does not say so by its name. `trust_files` allows the first opening of the autoencoder, which
        is a program, and records its hash (`trust`). `compile` lets torch.compile make the blocks faster: half a minute
        at the first step. Uses the threads that torch is set to: see `devices.use_physical_cores`.

        Raises DeviceError, CheckpointError (a file is missing or not what it should be), UntrustedFileError, and
        OutOfMemoryError. Then nothing stays in memory.
        """
        place = parse_device(device)
        dtype = parse_dtype(torch_dtype, place)
        folder = Path(path)
        decoder = find_autoencoder(folder if autoencoder is None else Path(autoencoder))
        with saying_what_did_not_fit(place):
            opened = Autoencoder.load(decoder, device=place, trust_files=trust_files)
            network = checkpoints.load(
                folder, version=version, device=place, dtype=dtype, reference_rounding=reference_rounding,
                on_spec=partial(_require_room, device=place, dtype=dtype),
            )  # fmt: skip
        if compile:
            network.compile_blocks()
        return cls(network, opened)

    def generate(
        self,
        *,
        style: ArrayLike | Tensor,
        tokens: ArrayLike | Tensor,
        duration: int,
        seed: int = 0,
        steps: int = 32,
        guidance: float = 4.0,
        negative_style: ArrayLike | Tensor | None = None,
        takes: int = 1,
        at_once: int = 1,
        draft: str | None = None,
        on_progress: OnProgress | None = None,
    ) -> Song:
        """Make a song, and as many `takes` of it as are asked for (`song.takes`), with the seeds `seed`, `seed` + 1, …

        style (512,); tokens (frames,): phone ids + 1, 0 where nobody sings, `spec.frames(duration)` of them; duration:
        whole seconds that this model makes. `at_once` takes go through the network together. `draft` names a preset
        that is quicker and changes what is heard (`plans.DRAFTS`); it brings its own steps.

        Raises InvalidRequestError, OutOfMemoryError, NotFiniteError.
        """
        frames = self.spec.frames(duration)
        inputs = Inputs(_tokens(tokens, frames), _style("style", style), _away(negative_style))
        plan = _plan(steps, guidance, draft)
        latents = self._sampled(inputs, plan, seed, takes, at_once, on_progress)
        songs = []
        for number, latent in enumerate(latents):
            heard = self._decoded(latent, partial(self._tell_chunks, on_progress, number, takes))
            audio, gain = normalised(heard)
            songs.append(Song(audio, _kept(latent), gain, seed + number, versions=self._versions()))
        return replace(songs[0], others=tuple(songs[1:]))

    def edit(
        self,
        song: Song,
        segments: Sequence[tuple[float, float]],
        *,
        style: ArrayLike | Tensor,
        tokens: ArrayLike | Tensor,
        seed: int = 0,
        steps: int = 32,
        guidance: float = 4.0,
        negative_style: ArrayLike | Tensor | None = None,
        draft: str | None = None,
        on_progress: OnProgress | None = None,
    ) -> Song:
        """Make parts of a song again: (start, end) in seconds, −1 for its beginning or its end.

        Outside them the latents stay bit for bit, and the sound sample for sample but for ten frames to each side, at
        the song's old level. tokens (frames,) are those of the whole song, old words and new ones.
        """
        frames = len(song.latents)
        spans = spans_of(segments, frames)
        edit = Edit.rewriting(torch.from_numpy(song.latents).float(), frames, spans)
        told = Inputs(_tokens(tokens, edit.frames), _style("style", style), _away(negative_style), edit)
        return self._rewritten(song, told, seed, _plan(steps, guidance, draft), on_progress)

    def extend(
        self,
        song: Song,
        seconds: float,
        *,
        style: ArrayLike | Tensor,
        tokens: ArrayLike | Tensor,
        seed: int = 0,
        steps: int = 32,
        guidance: float = 4.0,
        negative_style: ArrayLike | Tensor | None = None,
        draft: str | None = None,
        on_progress: OnProgress | None = None,
    ) -> Song:
        """Go on where a song ends, for so many seconds. tokens (frames,) are those of the longer song."""
        _, total = continuation(len(song.latents), seconds, self.spec.max_frames)
        edit = Edit.continuation(torch.from_numpy(song.latents).float(), total)
        told = Inputs(_tokens(tokens, edit.frames), _style("style", style), _away(negative_style), edit)
        return self._rewritten(song, told, seed, _plan(steps, guidance, draft), on_progress)

    def unload(self) -> None:
        """Let go of the weights. What is asked afterwards raises ModelNotLoadedError."""
        self._network = self._autoencoder = None
        gc.collect()
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
        elif self.device.type == "mps":
            torch.mps.empty_cache()

    def _rewritten(self, song: Song, inputs: Inputs, seed: int, plan: Plan, on_progress: OnProgress | None) -> Song:
        assert inputs.edit is not None
        latent = self._sampled(inputs, plan, seed, 1, 1, on_progress)[0]
        heard = self._decoded(latent, partial(self._tell_chunks, on_progress, 0, 1))
        audio = paste(song.audio, heard, inputs.edit.spans, song.gain)
        return Song(audio, _kept(latent), song.gain, seed, versions=self._versions())

    def _sampled(
        self, inputs: Inputs, plan: Plan, seed: int, takes: int, at_once: int, on_progress: OnProgress | None
    ) -> Tensor:
        network = _there(self._network)
        noise = noise_for(seed, takes, inputs.frames, self.spec.latent_channels)
        batched = require_memory(
            self.spec, inputs.frames, self.device, self.dtype, takes=min(takes, max(1, at_once)), loaded=True
        )
        steps = Steps(
            plan, groups=-(-takes // max(1, at_once)), blocks=self.spec.depth, batched=batched, tell=on_progress
        )
        with saying_what_did_not_fit(self.device):
            return sample(
                network, inputs, noise, plan, at_once=at_once, batched=batched,
                on_step=steps.step, on_block=steps.block,
            )  # fmt: skip

    def _decoded(self, latent: Tensor, on_chunk: Callable[[int, int], None]) -> Samples:
        with saying_what_did_not_fit(self.device):
            heard: Samples = _there(self._autoencoder).decode(latent.float(), on_chunk=on_chunk).numpy()
        return heard

    def _tell_chunks(self, tell: OnProgress | None, number: int, takes: int, done: int, total: int) -> None:
        if tell:
            share = (number + done / total) / takes
            tell(Progress("decoding", done, total, SAMPLED + (1 - SAMPLED) * share))

    def _versions(self) -> dict[str, str]:
        return {"diffrhythm": self.spec.version, "torch": torch.__version__}


class Steps:
    """Counts blocks and steps of all groups of takes, and tells how far the sampling is."""

    def __init__(self, plan: Plan, *, groups: int, blocks: int, batched: bool, tell: OnProgress | None) -> None:
        passes = plan.most_passes / (2 if batched and plan.is_guided else 1)
        self._blocks_a_step = passes / (plan.steps - 1) * blocks
        self._total = groups * (plan.steps - 1)
        self._done, self._within = 0, 0
        self._tell = tell

    def block(self) -> None:
        """Another block of the network is through."""
        self._within += 1
        self._say()

    def step(self, done: int, total: int) -> None:
        """`done` of `total` steps are."""
        self._done, self._total, self._within = done, total, 0
        self._say()

    def _say(self) -> None:
        if self._tell:
            reached = self._done + min(1.0, self._within / self._blocks_a_step)
            self._tell(Progress("sampling", self._done, self._total, SAMPLED * min(1.0, reached / self._total)))


def find_autoencoder(path: Path) -> Path:
    """Return the autoencoder's file: `path` itself, in that folder, or in the folder of its own name beside it.

    Beside: as `<organisation>/DiffRhythm-vae`, or in the hub's cache. Raises CheckpointError.
    """
    if path.is_file() and path.name not in checkpoints.NAMES:
        return path
    folder = path if path.is_dir() else path.parent
    places = [folder, folder.parent / AUTOENCODER_REPO]
    for parent in folder.absolute().parents:
        if parent.name.startswith("models--"):
            owner = parent.name.split("--")[1]
            places += sorted((parent.parent / f"models--{owner}--{AUTOENCODER_REPO}" / "snapshots").glob("*"))
    for place in places:
        if (place / AUTOENCODER_NAME).is_file():
            return place / AUTOENCODER_NAME
    looked = ", ".join(str(place) for place in places)
    raise CheckpointError(folder, f"{AUTOENCODER_NAME} in it, or named with autoencoder=…", [f"none in {looked}"])


def _require_room(spec: ModelSpec, device: torch.device, dtype: torch.dtype) -> None:
    """Refuse weights that would not leave room for the shortest song that the model makes."""
    require_memory(spec, spec.frames(spec.shortest), device, dtype)


def _there(part: Part | None) -> Part:
    if part is None:
        raise ModelNotLoadedError("The model was unloaded.")
    return part


def _plan(steps: int, guidance: float, draft: str | None) -> Plan:
    if draft is None:
        return Plan(steps=steps, guidance=guidance)
    if draft not in DRAFTS:
        raise InvalidRequestError("draft", f"one of {', '.join(DRAFTS)}, not {draft!r}")
    return replace(DRAFTS[draft], guidance=guidance)


def _tokens(tokens: ArrayLike | Tensor, frames: int) -> Tensor:
    given = torch.as_tensor(np.asarray(tokens))
    if tuple(given.shape) != (frames,):
        raise InvalidRequestError("tokens", f"one whole number for each of {frames} frames, not {tuple(given.shape)}")
    return given


def _style(field: str, style: ArrayLike | Tensor) -> Tensor:
    given = np.asarray(style)
    if given.dtype.kind not in "fiu":
        raise InvalidRequestError(field, f"a vector of numbers, not {given.dtype}")
    return torch.from_numpy(given.astype(np.float32))


def _away(style: ArrayLike | Tensor | None) -> Tensor | None:
    return None if style is None else _style("negative_style", style)


def _kept(latent: Tensor) -> NDArray[np.float16]:
    rounded: NDArray[np.float16] = round_latents(latent).numpy()
    return rounded
