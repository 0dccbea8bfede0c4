"""The autoencoder as it is published: a TorchScript file, and the native layers that may stand in for it.

A native half takes over only after it gave the same as the file's own program on a seeded probe, both in float32 on
the processor. Otherwise the program itself is run, and why is logged and told by `describe`.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

import torch
from torch import Tensor

from diffrhythm import oobleck
from diffrhythm.errors import CheckpointError
from diffrhythm.spec import LATENT_CHANNELS, SAMPLES_PER_FRAME
from diffrhythm.trust import OnBytes, trusted

PROBE_FRAMES = 8  # every tap of every kernel touches something: the widest reaches 3.4 frames to each side
PROBE_SEED = 20_240_801
TOLERANCE = 1e-4  # of the peak of what the program gives; float32 in another order of sums differs by about 1e-6

log = logging.getLogger(__name__)


class Program(Protocol):
    """What the file must bring: both take and give a batch, channels first."""

    def decode_export(self, latents: Tensor) -> Tensor: ...
    def encode_export(self, audio: Tensor) -> Tensor: ...
    def state_dict(self) -> dict[str, Tensor]: ...
    def to(self, device: torch.device) -> Program: ...


Half = Callable[[Tensor], Tensor]
"""Latents (batch, 64, frames) to audio (batch, 2, 2048 · frames), or audio to mean and scale (batch, 128, frames)."""


@dataclass(frozen=True, slots=True)
class Halves:
    """Both directions, on their device, and for each what runs it: "native", or "TorchScript" and why."""

    decode: Half
    encode: Half
    decoder: str
    encoder: str


def load(
    path: Path,
    *,
    device: torch.device,
    native: bool = True,
    channels_last: bool | None = None,
    trust_files: bool = False,
    record: Path | None = None,
    on_bytes: OnBytes | None = None,
) -> Halves:
    """Open the file, after its hash matched (`trust.trusted`), and take what runs fastest and gives the same.

    `channels_last` defaults to what is faster: on the processor (1.3 to 1.4 times), elsewhere not.
    Raises UntrustedFileError, and CheckpointError if it is not such a file.
    """
    with trusted(path, trust_files=trust_files, record=record, on_bytes=on_bytes) as file:
        program = _program(file, path)
    if channels_last is None:
        channels_last = device.type == "cpu"
    decode, decoder = _better(
        program.decode_export, oobleck.decoder_from, program.state_dict(), latent_probe(), channels_last, native
    )
    encode, encoder = _better(
        program.encode_export, oobleck.encoder_from, program.state_dict(), audio_probe(), channels_last, native
    )
    moved = [half.to(device) if isinstance(half, oobleck.Half) else half for half in (decode, encode)]
    if "native" not in (decoder, encoder) or decoder != encoder:
        program.to(device)  # in place; its bound methods go with it
    return Halves(moved[0], moved[1], decoder, encoder)


def latent_probe() -> Tensor:
    """Return seeded latents (1, 64, 8) of unit variance, as songs have."""
    return torch.randn(1, LATENT_CHANNELS, PROBE_FRAMES, generator=torch.Generator().manual_seed(PROBE_SEED))


def audio_probe() -> Tensor:
    """Return seeded noise (1, 2, 8 · 2048) at a quarter of full scale."""
    noise = torch.randn(1, 2, PROBE_FRAMES * SAMPLES_PER_FRAME, generator=torch.Generator().manual_seed(PROBE_SEED))
    return 0.25 * noise


def difference(ours: Tensor, theirs: Tensor) -> float:
    """Return the largest difference as a share of `theirs`' peak; infinite if shapes differ or a number is none."""
    if ours.shape != theirs.shape or not torch.isfinite(theirs).all() or not torch.isfinite(ours).all():
        return float("inf")
    peak = theirs.abs().max().item()
    apart = (ours - theirs).abs().max().item()
    return apart / peak if peak > 0 else float("inf")  # a silent probe proves nothing


def _better(
    program: Half,
    build: Callable[..., oobleck.Half],
    state: Mapping[str, Tensor],
    probe: Tensor,
    channels_last: bool,
    native: bool,
) -> tuple[Half, str]:
    if not native:
        return program, "TorchScript: as was asked for"
    try:
        ours = build(state, channels_last=channels_last)
        with torch.inference_mode():
            apart = difference(ours(probe), program(probe))
    except (oobleck.StructureError, RuntimeError) as error:
        reason = str(error).strip().splitlines()[-1]
    else:
        if apart <= TOLERANCE:
            return ours, "native"
        reason = f"the native layers differ by {apart:.1e} of the peak on a probe, allowed are {TOLERANCE:.0e}"
    log.warning("autoencoder.torchscript reason=%s", reason)
    return program, f"TorchScript: {reason}"


def _program(file: BinaryIO, path: Path) -> Program:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"`torch\.jit\.load` is", DeprecationWarning)  # what is published is one
        try:
            program = torch.jit.load(_source(file), map_location="cpu").eval()  # type: ignore[no-untyped-call]
        except (RuntimeError, ValueError) as error:
            found = str(error).strip().splitlines()[0]
            raise CheckpointError(path, "a TorchScript file", [f"none ({found})"]) from error
    missing = [name for name in ("decode_export", "encode_export") if not hasattr(program, name)]
    if missing:
        found = f"no {' and no '.join(missing)}"
        raise CheckpointError(path, "the methods decode_export and encode_export", [found])
    found_program: Program = program
    return found_program


def _source(file: BinaryIO) -> BinaryIO | str:
    """Name the open file for torch: by descriptor it is read in pieces, as an object whole and four times over."""
    descriptor = Path(f"/proc/self/fd/{file.fileno()}")
    return str(descriptor) if descriptor.exists() else file
