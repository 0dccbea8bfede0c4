"""The network: layers stacked and told what to sing. What stays the same over a song's steps is computed once.

`DiT.condition` does the part that needs no latent and no time, and gives a `Condition`; `DiT.forward` does the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from einops import rearrange
from torch import Tensor, nn
from torch.nn import functional as F

from diffrhythm.layers import (
    AdaptiveNorm,
    Block,
    InputEmbedding,
    Rotation,
    ScalarEmbedding,
    TextEmbedding,
    rotation,
)
from diffrhythm.spec import ModelSpec

OnBlock = Callable[[], None]
"""Called between the network's blocks; an exception from it stops the song."""

FLOAT_PARTS = ("time_embed.", "start_time_embed.", "duration_time_embed.")
"""Modules whose weights are always float32: small, and what they embed does not survive rounding."""


def nothing() -> None:
    """Do nothing between two blocks."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What is the same at every step of a song. C rows; a latent of K rows uses each of them for K / C rows in a row.

    projected (C, N, D): the input projection of everything but the latent and the time, its bias included.
    residuals: per fused block (C, N, D), added behind that block. scalars (C, condition_dim): start and duration.
    """

    projected: Tensor
    residuals: tuple[Tensor, ...]
    scalars: Tensor
    rotation: Rotation

    @property
    def rows(self) -> int:
        return self.projected.shape[0]

    def row(self, index: int) -> Condition:
        """Return one row as a condition of its own; nothing is copied."""
        at = slice(index, index + 1)
        return Condition(
            self.projected[at], tuple(each[at] for each in self.residuals), self.scalars[at], self.rotation
        )


class DiT(nn.Module):
    """Velocity of a latent at a time (flow matching, from noise at 0 to a song at 1)."""

    def __init__(self, spec: ModelSpec, *, reference_rounding: bool = False) -> None:
        super().__init__()
        self.spec, self.reference_rounding = spec, reference_rounding
        dim, condition_dim = spec.dim, spec.condition_dim
        self.time_embed = ScalarEmbedding(condition_dim)
        self.start_time_embed = ScalarEmbedding(condition_dim)
        if spec.has_duration:
            self.duration_time_embed = ScalarEmbedding(condition_dim)
        self.text_embed = TextEmbedding(spec.phones, condition_dim, spec.text_layers)
        self.input_embed = InputEmbedding(spec.input_dim, dim)
        self.transformer_blocks = nn.ModuleList(
            Block(dim, spec.heads, spec.ff_dim, causal=spec.causal) for _ in range(spec.depth)
        )
        self.text_fusion_linears = nn.ModuleList(
            nn.Sequential(nn.Linear(condition_dim, dim), nn.SiLU()) for _ in range(spec.fused)
        )
        self.norm_out = AdaptiveNorm(condition_dim, dim)
        self.proj_out = nn.Linear(dim, spec.latent_channels)
        self.requires_grad_(False)
        self.eval()

    @property
    def device(self) -> torch.device:
        return self.proj_out.weight.device

    @property
    def dtype(self) -> torch.dtype:
        return self.proj_out.weight.dtype

    def compile_blocks(self) -> None:
        """Let torch.compile make one fast block and use it for all of them; the first pass then takes half a minute."""
        for block in self.transformer_blocks:
            block.compile()

    def condition(self, tokens: Tensor, style: Tensor, context: Tensor, start: Tensor, duration: Tensor) -> Condition:
        """Do what needs neither the latent nor the time, for C rows at once.

        tokens (C, N) phone ids + 1, 0 for none; style (C, condition_dim); context (C, N, latent_channels), zero where
        the model shall write; start, duration (C,): fractions, the latter of `max_frames`.
        """
        text = self.text_embed(tokens, reference_rounding=self.reference_rounding)
        _, known, words, sound, _ = self._parts()
        told = F.linear(context.to(self.dtype), known) + F.linear(text, words)
        projected = told + F.linear(style.to(self.dtype), sound, self.input_embed.proj.bias)[:, None]
        scalars = self.start_time_embed(start, reference_rounding=self.reference_rounding)
        if self.spec.has_duration:
            scalars = scalars + self.duration_time_embed(duration, reference_rounding=self.reference_rounding)
        residuals = tuple(linear(text) for linear in self.text_fusion_linears)
        return Condition(projected, residuals, scalars, self._rotation(tokens.shape[1]))

    def forward(self, latent: Tensor, time: Tensor, condition: Condition, on_block: OnBlock = nothing) -> Tensor:
        """Return the velocity (K, N, latent_channels), float32, of a latent of that shape at time () or (K,)."""
        repeats = latent.shape[0] // condition.rows
        scalars = self.time_embed(time.reshape(-1), reference_rounding=self.reference_rounding)
        scalars = scalars + condition.scalars.repeat_interleave(repeats, dim=0)
        noisy, *_, moment = self._parts()
        x = F.linear(latent.to(self.dtype), noisy) + F.linear(scalars.to(self.dtype), moment)[:, None]
        x = _added(x, condition.projected)
        x = x + self.input_embed.conv_pos_embed(x)
        for index, block in enumerate(self.transformer_blocks):
            x = block(x, condition.rotation)
            if index < len(condition.residuals):
                x = _added(x, condition.residuals[index])
            on_block()
        return self.proj_out(self.norm_out(x, scalars)).float()

    def _parts(self) -> tuple[Tensor, ...]:
        """Cut the input projection by what it is given: latent, context, text, style, scalars."""
        latent, wide = self.spec.latent_channels, self.spec.condition_dim
        return torch.split(self.input_embed.proj.weight, [latent, latent, wide, wide, wide], dim=1)

    def _rotation(self, frames: int) -> Rotation:
        cos, sin = rotation(frames, self.spec.head_dim, reference_rounding=self.reference_rounding)
        return cos.to(self.device, self.dtype), sin.to(self.device, self.dtype)


def _added(x: Tensor, part: Tensor) -> Tensor:
    """Add each of the C rows of `part` to its K / C rows of x (K, N, D), without copying it for each."""
    if part.shape[0] in (1, x.shape[0]):
        return x + part
    grouped = rearrange(x, "(C k) N D -> C k N D", C=part.shape[0])
    return rearrange(grouped + part[:, None], "C k N D -> (C k) N D")
