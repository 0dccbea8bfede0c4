"""A small random autoencoder of the real one's shape, with weight norm, as a TorchScript file to hold ours against.

Written with the framework's one-dimensional convolutions, apart from the library: the two share no line.
"""

from __future__ import annotations

import math
import warnings
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

STRIDES = (2, 4, 4, 8, 8)
WIDTHS = (2, 2, 4, 4, 8, 8)  # channels at each rate, from samples to frames


def normed(module: nn.Module, shape: tuple[int, ...], outputs: int, gain: float, *, bias: bool = True) -> None:
    module.bias = nn.Parameter(0.1 * torch.randn(outputs)) if bias else None
    module.weight_g = nn.Parameter(gain * (0.8 + 0.4 * torch.rand(shape[0], 1, 1)))
    module.weight_v = nn.Parameter(torch.randn(shape))


class Convolution(nn.Module):
    def __init__(
        self, inputs: int, outputs: int, kernel: int, *, stride: int = 1, dilation: int = 1, gain: float = 1.0,
        bias: bool = True,
    ) -> None:  # fmt: skip
        super().__init__()
        normed(self, (outputs, inputs, kernel), outputs, gain, bias=bias)
        self.stride, self.dilation = stride, dilation
        self.padding = math.ceil(stride / 2) if stride > 1 else dilation * (kernel - 1) // 2

    def forward(self, x: Tensor) -> Tensor:
        weight = torch._weight_norm(self.weight_v, self.weight_g, 0)
        return F.conv1d(x, weight, self.bias, self.stride, self.padding, self.dilation)


class Upsampling(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        normed(self, (inputs, outputs, 2 * stride), outputs, math.sqrt(stride))
        self.stride, self.padding = stride, math.ceil(stride / 2)

    def forward(self, x: Tensor) -> Tensor:
        weight = torch._weight_norm(self.weight_v, self.weight_g, 0)
        return F.conv_transpose1d(x, weight, self.bias, self.stride, self.padding)


class Snake(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.alpha = nn.Parameter(0.3 * torch.randn(channels))
        self.beta = nn.Parameter(0.3 * torch.randn(channels))

    def forward(self, x: Tensor) -> Tensor:
        rate, depth = torch.exp(self.alpha).reshape(1, -1, 1), torch.exp(self.beta).reshape(1, -1, 1)
        return x + torch.sin(x * rate) ** 2 / (depth + 1e-9)


class Unit(nn.Module):
    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        wide = Convolution(channels, channels, 7, dilation=dilation)
        self.layers = nn.Sequential(
            Snake(channels), wide, Snake(channels), Convolution(channels, channels, 1, gain=0.3)
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.layers(x)


class Block(nn.Module):
    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x)


def units(channels: int) -> list[nn.Module]:
    return [Unit(channels, dilation) for dilation in (1, 3, 9)]


class Twin(nn.Module):
    """Both halves and the two exported methods, on seeded random weights."""

    def __init__(self, seed: int = 0, widths: tuple[int, ...] = WIDTHS) -> None:
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            down: list[nn.Module] = [Convolution(2, widths[0], 7)]
            for at, stride in enumerate(STRIDES):
                shrink = Convolution(widths[at], widths[at + 1], 2 * stride, stride=stride)
                down.append(Block(*units(widths[at]), Snake(widths[at]), shrink))
            self.encoder = Block(*down, Snake(widths[-1]), Convolution(widths[-1], 128, 3, gain=0.3))
            up: list[nn.Module] = [Convolution(64, widths[-1], 7)]
            for at, stride in reversed(list(enumerate(STRIDES))):
                grow = Upsampling(widths[at + 1], widths[at], stride)
                up.append(Block(Snake(widths[at + 1]), grow, *units(widths[at])))
            self.decoder = Block(*up, Snake(widths[0]), Convolution(widths[0], 2, 7, gain=0.1, bias=False))
        self.eval().requires_grad_(False)

    def forward(self, latents: Tensor) -> Tensor:
        return self.decoder(latents)

    @torch.jit.export
    def decode_export(self, latents: Tensor) -> Tensor:
        return self.decoder(latents)

    @torch.jit.export
    def encode_export(self, audio: Tensor) -> Tensor:
        return self.encoder(audio)


def saved(module: nn.Module, path: Path) -> Path:
    """Write a module as TorchScript, which its own framework calls outdated, and return the path."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"`torch\.jit\.\w+` is (deprecated|not supported)", DeprecationWarning)
        torch.jit.script(module).save(str(path))
    return path
