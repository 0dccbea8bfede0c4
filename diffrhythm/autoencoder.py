"""Latents to sound and back, in chunks whose seams are those of the whole, so that a long song needs no more memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional as F

from diffrhythm import chunks, torchscript
from diffrhythm.chunks import Chunk
from diffrhythm.errors import AudioError, CheckpointError, InvalidRequestError
from diffrhythm.spec import LATENT_CHANNELS, SAMPLES_PER_FRAME
from diffrhythm.trust import OnBytes

PUBLISHED = Path("vae_model.pt")
SCALE_FLOOR = 1e-4  # added to the posterior's standard deviation, as the model was trained

Scheme = Literal["exact", "reference", "whole"]
"""How a song is cut: with exact seams (what to use), as the authors' code does, or not at all (the most memory)."""

OnChunk = Callable[[int, int], None]
"""Told (chunks done, chunks in all) after each chunk; raising from it stops the work."""


@dataclass(frozen=True, slots=True)
class Posterior:
    """What the encoder says of a sound: `mean` and `scale` (frames, 64), float32 on the processor."""

    mean: Tensor
    scale: Tensor

    def sample(self, noise: Tensor | int) -> Tensor:
        """Draw latents (frames, 64), float32, with noise of that shape, or with a seed for it: the same everywhere."""
        if isinstance(noise, int):
            noise = torch.randn(self.mean.shape, generator=torch.Generator().manual_seed(noise))
        return self.mean + (F.softplus(self.scale) + SCALE_FLOOR) * noise


@dataclass(frozen=True, slots=True)
class Description:
    """What runs: each direction "native", or "TorchScript" and why; where, and how many frames at once."""

    decoder: str
    encoder: str
    device: str
    chunk_frames: int


class Autoencoder:
    """The two directions on one device. Takes and gives tensors on the processor, float32."""

    def __init__(
        self, halves: torchscript.Halves, *, device: torch.device, chunk_frames: int = chunks.CHUNK_FRAMES
    ) -> None:
        chunks.exact(1, chunk_frames)  # refuses a size that has no room beside its context
        self._halves = halves
        self._device = device
        self._chunk_frames = chunk_frames

    @classmethod
    def load(
        cls,
        path: str | Path,
        *,
        device: str | torch.device = "cpu",
        chunk_frames: int = chunks.CHUNK_FRAMES,
        native: bool = True,
        channels_last: bool | None = None,
        trust_files: bool = False,
        record: str | Path | None = None,
        on_bytes: OnBytes | None = None,
    ) -> Autoencoder:
        """Open the published file `vae_model.pt`.

        `trust_files` allows the first opening of a file that is in no record, and records it (see `trust`); `record`
        is a record elsewhere than beside the file. `native` False keeps to the file's own program. `chunk_frames`
        bounds the memory: about 2 GiB for 128 frames at full size, and in proportion.

        Raises UntrustedFileError or CheckpointError; ValueError if a chunk has no room beside its context.
        """
        chunks.exact(1, chunk_frames)
        where = torch.device(device)
        halves = torchscript.load(
            Path(path),
            device=where,
            native=native,
            channels_last=channels_last,
            trust_files=trust_files,
            record=None if record is None else Path(record),
            on_bytes=on_bytes,
        )
        return cls(halves, device=where, chunk_frames=chunk_frames)

    def describe(self) -> Description:
        return Description(self._halves.decoder, self._halves.encoder, str(self._device), self._chunk_frames)

    def decode(self, latents: Tensor, *, scheme: Scheme = "exact", on_chunk: OnChunk | None = None) -> Tensor:
        """Return the sound (2, 2048 · frames) of latents (frames, 64), as `decode_blocks` gives it in pieces."""
        return torch.cat(list(self.decode_blocks(latents, scheme=scheme, on_chunk=on_chunk)), dim=1)

    def decode_blocks(
        self, latents: Tensor, *, scheme: Scheme = "exact", on_chunk: OnChunk | None = None
    ) -> Iterator[Tensor]:
        """Yield the sound (2, samples) of latents (frames, 64) piece by piece, each as soon as it is decoded.

        Latents are rounded to float16 first, so that what is kept of a song is what was heard. The level is the
        decoder's own: `loudness` brings a song to its level. Close the iterator to stop.

        Raises InvalidRequestError at once if the latents have another shape or are not finite.
        """
        rounded = round_latents(latents)
        return self._decoded(rounded, self._chunks(len(rounded), scheme), on_chunk)

    def encode(self, audio: Tensor, *, scheme: Scheme = "exact", on_chunk: OnChunk | None = None) -> Posterior:
        """Return the posterior of sound (2, samples), float32 at 44.1 kHz.

        A last frame that is not full is filled with silence: there is a frame for every sample. The scheme "reference"
        drops those samples, as the authors' code does, and reads its last chunk flush with the end.

        Raises AudioError if the sound is not finite, has other than two channels, or less than one frame.
        """
        if audio.dim() != 2 or audio.shape[0] != 2 or audio.shape[1] < SAMPLES_PER_FRAME:
            raise AudioError(f"Sound to encode is (2, at least {SAMPLES_PER_FRAME} samples), not {tuple(audio.shape)}.")
        if not torch.isfinite(audio).all():
            raise AudioError("The sound has samples that are not finite numbers.")
        ragged = audio.shape[1] % SAMPLES_PER_FRAME
        if scheme != "reference":
            audio = F.pad(audio.float(), (0, -audio.shape[1] % SAMPLES_PER_FRAME))
        cut = self._chunks(audio.shape[1] // SAMPLES_PER_FRAME, scheme, is_ragged=ragged > 0)
        kept: list[Tensor] = []
        for done, chunk in enumerate(cut, start=1):
            late = ragged if scheme == "reference" and done == len(cut) else 0
            start, stop = (at * SAMPLES_PER_FRAME + late for at in (chunk.start, chunk.stop))
            coded = self._run(self._halves.encode, audio[:, start:stop], 2 * LATENT_CHANNELS, chunk.stop - chunk.start)
            kept.append(coded[:, chunk.keep_start - chunk.start : chunk.keep_stop - chunk.start].T)
            if on_chunk:
                on_chunk(done, len(cut))
        coded = torch.cat(kept)
        return Posterior(coded[:, :LATENT_CHANNELS], coded[:, LATENT_CHANNELS:])

    def _decoded(self, latents: Tensor, cut: list[Chunk], on_chunk: OnChunk | None) -> Iterator[Tensor]:
        for done, chunk in enumerate(cut, start=1):
            frames = chunk.stop - chunk.start
            read = latents[chunk.start : chunk.stop].T.float()
            audio = self._run(self._halves.decode, read, 2, frames * SAMPLES_PER_FRAME)
            first, last = ((at - chunk.start) * SAMPLES_PER_FRAME for at in (chunk.keep_start, chunk.keep_stop))
            block = audio[:, first:last].clone()  # so that what is not kept can go
            del audio
            if on_chunk:
                on_chunk(done, len(cut))
            yield block

    def _run(self, half: torchscript.Half, read: Tensor, channels: int, length: int) -> Tensor:
        """Return what a direction gives for one item (channels, length), on the processor."""
        with torch.inference_mode():
            made = half(read.unsqueeze(0).to(self._device))
            if tuple(made.shape) != (1, channels, length):
                raise CheckpointError(PUBLISHED, f"it to give ({channels}, {length})", [f"{tuple(made.shape[1:])}"])
            out = made[0].to("cpu", torch.float32)
        return out.clone()  # an ordinary tensor, which may leave inference mode

    def _chunks(self, frames: int, scheme: Scheme, *, is_ragged: bool = False) -> list[Chunk]:
        match scheme:
            case "exact":
                return chunks.exact(frames, self._chunk_frames)
            case "reference":
                return [chunk for chunk in chunks.reference(frames, is_ragged=is_ragged) if not chunk.is_empty]
            case "whole":
                return chunks.whole(frames)
        raise ValueError(f"a scheme is exact, reference or whole, not {scheme!r}")


def round_latents(latents: Tensor) -> Tensor:
    """Return latents (frames, 64) as they are kept: float16 on the processor.

    Raises InvalidRequestError if they have another shape or a number that is not finite, or too large for float16.
    """
    if latents.dim() != 2 or latents.shape[0] < 1 or latents.shape[1] != LATENT_CHANNELS:
        raise InvalidRequestError("latents", f"Latents are (frames, {LATENT_CHANNELS}), not {tuple(latents.shape)}.")
    rounded = latents.detach().to("cpu", torch.float16)
    broken = (~torch.isfinite(rounded)).any(dim=1).nonzero()
    if len(broken):
        raise InvalidRequestError("latents", f"Frame {int(broken[0])} of the latents has a number that is not finite.")
    return rounded
