"""Which frames of a song are written anew and which stay: segments of a latent song, for an edit or a continuation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from diffrhythm.errors import InvalidRequestError

Span = tuple[int, int]
"""Frames from the first up to, without, the second."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A song's old latents (frames, channels) and the spans to write anew; these may overlap, or reach beyond it."""

    latents: Tensor
    spans: tuple[Span, ...]

    def __post_init__(self) -> None:
        if self.latents.ndim != 2 or not self.latents.is_floating_point():
            shown = f"{tuple(self.latents.shape)} of {self.latents.dtype}"
            raise InvalidRequestError("latents", f"(frames, channels) of real numbers, not {shown}")
        if not bool(self.latents.isfinite().all()):
            bad = int((~self.latents.isfinite()).any(dim=1).nonzero()[0])
            raise InvalidRequestError("latents", f"finite numbers; frame {bad} has others")
        for start, end in self.spans:
            if not 0 <= start < end:
                raise InvalidRequestError("segments", f"a frame from 0 and a later one, not {start} to {end}")
        if not bool(self.mask().any()):
            raise InvalidRequestError("segments", f"at least one frame of the {self.frames} to write anew")

    @property
    def frames(self) -> int:
        return self.latents.shape[0]

    def mask(self) -> Tensor:
        """Return (frames,) of bool: true where a frame is written anew."""
        mask = torch.zeros(self.frames, dtype=torch.bool, device=self.latents.device)
        for start, end in self.spans:
            mask[start:end] = True
        return mask

    def context(self) -> Tensor:
        """Return what the network is told of the old song: (frames, channels), zero where it shall write."""
        return torch.where(self.mask()[:, None], 0.0, self.latents)

    def applied(self, made: Tensor) -> Tensor:
        """Put what was made (takes, frames, channels) into the spans; all else stays bit for bit, as float32."""
        return torch.where(self.mask().to(made.device)[:, None], made, self.latents.to(made))

    @classmethod
    def continuation(cls, latents: Tensor, frames: int) -> Edit:
        """Keep all of `latents` and write on until there are `frames`."""
        given, channels = latents.shape
        if not 0 < given < frames:
            raise InvalidRequestError("latents", f"fewer frames than the {frames} of the whole song, not {given}")
        return cls(torch.cat([latents, latents.new_zeros(frames - given, channels)]), ((given, frames),))

    @classmethod
    def rewriting(cls, latents: Tensor, frames: int, spans: Sequence[Span]) -> Edit:
        """Write the spans of a song of `frames` anew. Frames beyond are cut; missing ones must be inside a span."""
        given, channels = latents.shape
        if given >= frames:
            return cls(latents[:frames], tuple(spans))
        edit = cls(torch.cat([latents, latents.new_zeros(frames - given, channels)]), tuple(spans))
        if not bool(edit.mask()[given:].all()):
            raise InvalidRequestError("latents", f"{frames} frames, or spans that cover what is missing, not {given}")
        return edit
