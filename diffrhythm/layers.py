"""The network's parts: attention with rotary positions, feed-forward, the text block, positions by convolution.

Attribute names are those of the published weights. Shapes: K rows at once, N frames, D wide, H heads. float32 unless
the weights are in half precision; what must stay exact says so.
"""

from __future__ import annotations

import math

import torch
from einops import rearrange
from torch import Tensor, nn
from torch.nn import functional as F

ROPE_BASE = 10_000.0
EPS = 1e-6
GRID = 1_000.0  # scalars from 0 to 1 are spread over this range before they become angles
SCALAR_DIM = 256

Rotation = tuple[Tensor, Tensor]
"""Cosine and sine, each (frames, head_dim / 2)."""


def rotation(frames: int, head_dim: int, *, reference_rounding: bool = False) -> Rotation:
    """Return RoPE's table in float32, on the CPU, so that it is the same for every device.

    `reference_rounding` rounds the frequencies to half precision, as the authors' inference code does and
    their training did not: up to 0.98 rad apart over 6 144 frames.
    """
    inverse = 1.0 / ROPE_BASE ** (torch.arange(0, head_dim, 2, dtype=torch.float32) / head_dim)
    if reference_rounding:
        inverse = inverse.half().float()
    angles = torch.outer(torch.arange(frames, dtype=torch.float32), inverse)
    return angles.cos(), angles.sin()


def rotate(x: Tensor, by: Rotation) -> Tensor:
    """Turn the first half of the channels against the second. x (K, H, N, head_dim)."""
    cos, sin = by
    first, second = x.chunk(2, dim=-1)
    return torch.cat((first * cos - second * sin, second * cos + first * sin), dim=-1)


def text_positions(frames: int, dim: int, *, reference_rounding: bool = False) -> Tensor:
    """Return the text's position table (frames, dim) in float32: all cosines, then all sines."""
    inverse = 1.0 / ROPE_BASE ** (torch.arange(0, dim, 2, dtype=torch.float32) / dim)
    angles = torch.outer(torch.arange(frames, dtype=torch.float32), inverse)
    table = torch.cat((angles.cos(), angles.sin()), dim=-1)
    return table.half().float() if reference_rounding else table


class RMSNorm(nn.Module):
    """Root mean square norm; the mean is taken in float32 whatever the weights are. On CUDA in one kernel."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(dim))

    def forward(self, x: Tensor) -> Tensor:
        if x.is_cuda:
            return F.rms_norm(x, list(self.weight.shape), self.weight, EPS)
        wide = x.float()
        normed = wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + EPS)
        return self.weight * normed.to(x.dtype)


class Attention(nn.Module):
    """Every frame looks at every frame, without any mask; `causal` (version 1): at itself and earlier ones."""

    def __init__(self, dim: int, heads: int, *, causal: bool) -> None:
        super().__init__()
        self.heads, self.causal = heads, causal
        self.q_proj = nn.Linear(dim, dim, bias=False)
        self.k_proj = nn.Linear(dim, dim, bias=False)
        self.v_proj = nn.Linear(dim, dim, bias=False)
        self.o_proj = nn.Linear(dim, dim, bias=False)

    def forward(self, x: Tensor, by: Rotation) -> Tensor:
        q, k, v = (
            rearrange(project(x), "K N (H d) -> K H N d", H=self.heads)
            for project in (self.q_proj, self.k_proj, self.v_proj)
        )
        mixed = F.scaled_dot_product_attention(rotate(q, by), rotate(k, by), v, is_causal=self.causal)
        return self.o_proj(rearrange(mixed, "K H N d -> K N (H d)"))


class FeedForward(nn.Module):
    """SwiGLU: one projection opens a gate for the other."""

    def __init__(self, dim: int, ff_dim: int) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(dim, ff_dim, bias=False)
        self.up_proj = nn.Linear(dim, ff_dim, bias=False)
        self.down_proj = nn.Linear(ff_dim, dim, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Block(nn.Module):
    """One Llama-style block: norm, attention, norm, feed-forward, each added to what came in. (K, N, D) to the same."""

    def __init__(self, dim: int, heads: int, ff_dim: int, *, causal: bool) -> None:
        super().__init__()
        self.input_layernorm = RMSNorm(dim)
        self.self_attn = Attention(dim, heads, causal=causal)
        self.post_attention_layernorm = RMSNorm(dim)
        self.mlp = FeedForward(dim, ff_dim)

    def forward(self, x: Tensor, by: Rotation) -> Tensor:
        x = x + self.self_attn(self.input_layernorm(x), by)
        return x + self.mlp(self.post_attention_layernorm(x))


class ScalarEmbedding(nn.Module):
    """A number from 0 to 1 as a vector: sines, cosines, two linear layers. (K,) to (K, condition_dim), in float32."""

    def __init__(self, condition_dim: int) -> None:
        super().__init__()
        self.time_mlp = nn.Sequential(
            nn.Linear(SCALAR_DIM, condition_dim), nn.SiLU(), nn.Linear(condition_dim, condition_dim)
        )

    def forward(self, value: Tensor, *, reference_rounding: bool = False) -> Tensor:
        half = SCALAR_DIM // 2
        spread = (GRID * value.half()).float() if reference_rounding else GRID * value.float()
        steps = torch.arange(half, dtype=torch.float32, device=value.device)
        frequencies = torch.exp(steps * (-math.log(ROPE_BASE) / (half - 1)))
        angles = spread[:, None] * frequencies
        return self.time_mlp(torch.cat((angles.sin(), angles.cos()), dim=-1))


class GlobalResponseNorm(nn.Module):
    """ConvNeXt V2's norm (arXiv 2301.00808): how loud a channel is over the whole song, against the other channels.

    It looks at all frames at once, so that a text cannot be padded or cut into pieces.
    """

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.zeros(1, 1, dim))
        self.beta = nn.Parameter(torch.zeros(1, 1, dim))

    def forward(self, x: Tensor) -> Tensor:
        loudness = torch.linalg.vector_norm(x.float(), dim=1, keepdim=True)
        relative = loudness / (loudness.mean(dim=-1, keepdim=True) + EPS)
        return self.gamma * (x * relative.to(x.dtype)) + self.beta + x


class TextBlock(nn.Module):
    """One ConvNeXt V2 block over the text. (K, N, condition_dim) to the same."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.dwconv = nn.Conv1d(dim, dim, kernel_size=7, padding=3, groups=dim)
        self.norm = nn.LayerNorm(dim, eps=EPS)
        self.pwconv1 = nn.Linear(dim, 2 * dim)
        self.grn = GlobalResponseNorm(2 * dim)
        self.pwconv2 = nn.Linear(2 * dim, dim)

    def forward(self, x: Tensor) -> Tensor:
        near = rearrange(self.dwconv(rearrange(x, "K N c -> K c N")), "K c N -> K N c")
        return x + self.pwconv2(self.grn(F.gelu(self.pwconv1(self.norm(near)))))


class TextEmbedding(nn.Module):
    """Phones as vectors that know their place. (K, N) whole numbers to (K, N, condition_dim); 0 is "no phone"."""

    def __init__(self, phones: int, dim: int, layers: int) -> None:
        super().__init__()
        self.text_embed = nn.Embedding(phones + 1, dim)
        self.text_blocks = nn.Sequential(*(TextBlock(dim) for _ in range(layers)))

    def forward(self, tokens: Tensor, *, reference_rounding: bool = False) -> Tensor:
        x: Tensor = self.text_embed(tokens)
        places = text_positions(tokens.shape[1], x.shape[-1], reference_rounding=reference_rounding)
        return self.text_blocks(x + places.to(x))


class ConvPosition(nn.Module):
    """Where a frame stands, from its neighbours: two grouped convolutions of 31 frames. (K, N, D) to the same."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.conv1d = nn.Sequential(self._conv(dim), nn.Mish(), self._conv(dim), nn.Mish())

    def forward(self, x: Tensor) -> Tensor:
        channels = rearrange(x, "K N D -> K D N")
        if x.device.type == "cpu" and x.dtype != torch.float32:
            return rearrange(self._in_float(channels), "K D N -> K N D").to(x.dtype)
        return rearrange(self.conv1d(channels), "K D N -> K N D")

    @staticmethod
    def _conv(dim: int) -> nn.Conv1d:
        return nn.Conv1d(dim, dim, kernel_size=31, padding=15, groups=16)

    def _in_float(self, channels: Tensor) -> Tensor:
        """Grouped convolutions in half precision have no fast kernel on a CPU: minutes instead of a second."""
        out = channels.float()
        for conv in (self.conv1d[0], self.conv1d[2]):
            assert isinstance(conv, nn.Conv1d) and conv.bias is not None
            out = F.mish(F.conv1d(out, conv.weight.float(), conv.bias.float(), padding=15, groups=16))
        return out


class InputEmbedding(nn.Module):
    """One linear layer over everything a frame is told, kept in parts; and the frame's place."""

    def __init__(self, input_dim: int, dim: int) -> None:
        super().__init__()
        self.proj = nn.Linear(input_dim, dim)
        self.conv_pos_embed = ConvPosition(dim)


class AdaptiveNorm(nn.Module):
    """A norm without weights of its own: scale and shift come from the scalars, once per row."""

    def __init__(self, condition_dim: int, dim: int) -> None:
        super().__init__()
        self.linear = nn.Linear(condition_dim, 2 * dim)

    def forward(self, x: Tensor, scalars: Tensor) -> Tensor:
        scale, shift = self.linear(F.silu(scalars).to(x.dtype))[:, None].chunk(2, dim=-1)
        return F.layer_norm(x, x.shape[-1:], eps=EPS) * (1 + scale) + shift
