"""The autoencoder's network as plain layers: residual convolutions with snakes between, in strides of 2, 4, 4, 8, 8.

The architecture is Oobleck, from Stable Audio Open (arXiv 2407.14358). Weights come from any state dict that has its
modules in the order in which they are passed through; names are read only for which half a module belongs to, which
parameter of a module a tensor is, and where numbers give an order. What does not fit is refused by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor, nn

from diffrhythm.spec import LATENT_CHANNELS, SAMPLES_PER_FRAME

AUDIO_CHANNELS = 2
DILATIONS = (1, 3, 9)  # of the three residual units at each rate
KERNEL = 7  # samples, of every convolution that neither strides nor mixes channels only
BLOCK_LAYERS = 2 + 4 * len(DILATIONS)  # modules with weights in a block: a snake, the stride, three residual units
SNAKE_FLOOR = 1e-9

Made = TypeVar("Made", nn.Conv2d, nn.ConvTranspose2d)

PARAMETERS = {
    "weight_v": "direction",
    "weight_g": "length",
    "parametrizations.weight.original1": "direction",
    "parametrizations.weight.original0": "length",
    "weight": "weight",
    "bias": "bias",
    "alpha": "alpha",
    "beta": "beta",
}


class StructureError(ValueError):
    """A state dict is no Oobleck: says at which module, what was expected and what was found."""


@dataclass(frozen=True, slots=True)
class Layer:
    """The weights of one module, named as in the file."""

    name: str
    tensors: Mapping[str, Tensor]

    def shapes(self) -> str:
        return ", ".join(f"{kind} {tuple(tensor.shape)}" for kind, tensor in self.tensors.items())

    @property
    def is_snake(self) -> bool:
        return set(self.tensors) == {"alpha", "beta"}


class Snake(nn.Module):
    """x + sin²(rate · x) / depth, a rate and a depth for each channel; the file has their logarithms."""

    def __init__(self, alpha: Tensor, beta: Tensor) -> None:
        super().__init__()
        self.register_buffer("rate", alpha.float().exp().reshape(1, -1, 1, 1))
        self.register_buffer("share", (1.0 / (beta.float().exp() + SNAKE_FLOOR)).reshape(1, -1, 1, 1))
        self.rate: Tensor
        self.share: Tensor

    def forward(self, x: Tensor) -> Tensor:
        wave = x * self.rate  # one buffer from here on: at full size a tensor of this is 134 MB a chunk
        return wave.sin_().square_().mul_(self.share).add_(x)


class Residual(nn.Module):
    """Snake, dilated convolution, snake, convolution of width one; added to what came in."""

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        added: Tensor = self.layers(x)
        return added.add_(x)


class Half(nn.Module):
    """The encoder or the decoder: (batch, channels, samples or frames) in and out, float32 unless moved."""

    def __init__(self, layers: Sequence[nn.Module], *, channels_last: bool) -> None:
        super().__init__()
        self.layers = nn.Sequential(*layers)
        self.format = torch.channels_last if channels_last else torch.contiguous_format
        self.to(memory_format=self.format)  # type: ignore[call-overload]
        self.eval().requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.layers(x.unsqueeze(2).contiguous(memory_format=self.format))
        return out.squeeze(2)


def decoder_from(state: Mapping[str, Tensor], *, channels_last: bool = True) -> Half:
    """Build the decoder: latents (batch, 64, frames) to audio (batch, 2, 2048 · frames). Raises StructureError."""
    layers = _half(state, "decoder")
    built: list[nn.Module] = [_convolution(layers[0], inputs=LATENT_CHANNELS)]
    width, stride = _outputs(built[0]), 1
    for block in _blocks(layers):
        built += [_snake(block[0], width), _upsampling(block[1], width)]
        width = _outputs(built[-1])
        stride *= _factor(built[-1])
        built += _residuals(block[2:], width)
    built += [_snake(layers[-2], width), _convolution(layers[-1], inputs=width, outputs=AUDIO_CHANNELS)]
    _check_stride(stride)
    return Half(built, channels_last=channels_last)


def encoder_from(state: Mapping[str, Tensor], *, channels_last: bool = True) -> Half:
    """Build the encoder: audio (batch, 2, samples) to mean and scale (batch, 128, frames). Raises StructureError."""
    layers = _half(state, "encoder")
    built: list[nn.Module] = [_convolution(layers[0], inputs=AUDIO_CHANNELS)]
    width, stride = _outputs(built[0]), 1
    for block in _blocks(layers):
        built += [*_residuals(block[:-2], width), _snake(block[-2], width), _downsampling(block[-1], width)]
        width = _outputs(built[-1])
        stride *= _factor(built[-1])
    built += [_snake(layers[-2], width), _convolution(layers[-1], inputs=width, outputs=2 * LATENT_CHANNELS, kernel=3)]
    _check_stride(stride)
    return Half(built, channels_last=channels_last)


def layers_of(state: Mapping[str, Tensor], half: str) -> list[Layer]:
    """Return the modules with weights of one half ("decoder" or "encoder"), in the order they are passed through."""
    modules: dict[str, dict[str, Tensor]] = {}
    for key, tensor in state.items():
        if half not in key.split("."):
            continue
        for suffix, kind in PARAMETERS.items():
            if key.endswith(f".{suffix}"):
                modules.setdefault(key.removesuffix(f".{suffix}"), {})[kind] = tensor
                break
        else:
            raise StructureError(f"{key}: a parameter of an unknown kind")
    seen: dict[str, int] = {}
    for name in modules:
        for part in name.split("."):
            seen.setdefault(part, len(seen))

    def place(name: str) -> list[tuple[int, int]]:  # numbers by value, words in the order of the file
        return [(0, int(part)) if part.isdigit() else (1, seen[part]) for part in name.split(".")]

    return [Layer(name, modules[name]) for name in sorted(modules, key=place)]


def _half(state: Mapping[str, Tensor], half: str) -> list[Layer]:
    layers = layers_of(state, half)
    if len(layers) < 3 + BLOCK_LAYERS or (len(layers) - 3) % BLOCK_LAYERS:
        raise StructureError(f"{half}: expected 3 + {BLOCK_LAYERS}·n modules with weights, found {len(layers)}")
    return layers


def _blocks(layers: Sequence[Layer]) -> list[Sequence[Layer]]:
    return [layers[at : at + BLOCK_LAYERS] for at in range(1, len(layers) - 2, BLOCK_LAYERS)]


def _residuals(layers: Sequence[Layer], width: int) -> list[nn.Module]:
    units: list[nn.Module] = []
    for at, dilation in enumerate(DILATIONS):
        outer, wide, inner, narrow = layers[4 * at : 4 * at + 4]
        units.append(
            Residual(
                _snake(outer, width),
                _convolution(wide, inputs=width, outputs=width, dilation=dilation),
                _snake(inner, width),
                _convolution(narrow, inputs=width, outputs=width, kernel=1),
            )
        )
    return units


def _snake(layer: Layer, width: int) -> Snake:
    if not layer.is_snake or any(tensor.numel() != width for tensor in layer.tensors.values()):
        raise StructureError(f"{layer.name}: expected a snake of {width} channels, found {layer.shapes()}")
    return Snake(layer.tensors["alpha"], layer.tensors["beta"])


def _convolution(
    layer: Layer, *, inputs: int, outputs: int | None = None, kernel: int = KERNEL, dilation: int = 1
) -> nn.Conv2d:
    weight = _folded(layer)
    if tuple(weight.shape) != (outputs or weight.shape[0], inputs, kernel):
        expected = f"a convolution ({outputs or 'any'}, {inputs}, {kernel})"
        raise StructureError(f"{layer.name}: expected {expected}, found {tuple(weight.shape)}")
    padding = dilation * (kernel - 1) // 2
    made = nn.Conv2d(
        inputs, weight.shape[0], (1, kernel), dilation=(1, dilation), padding=(0, padding), device="meta", bias=False
    )
    return _filled(made, layer, weight, weight.shape[0])


def _downsampling(layer: Layer, width: int) -> nn.Conv2d:
    weight = _folded(layer)
    stride = _stride(layer, weight, inputs=weight.shape[1], width=width)
    made = nn.Conv2d(
        width, weight.shape[0], (1, 2 * stride), stride=(1, stride), padding=(0, stride // 2), device="meta", bias=False
    )
    return _filled(made, layer, weight, weight.shape[0])


def _upsampling(layer: Layer, width: int) -> nn.ConvTranspose2d:
    weight = _folded(layer)
    stride = _stride(layer, weight, inputs=weight.shape[0], width=width)
    made = nn.ConvTranspose2d(
        width, weight.shape[1], (1, 2 * stride), stride=(1, stride), padding=(0, stride // 2), device="meta", bias=False
    )
    return _filled(made, layer, weight, weight.shape[1])


def _stride(layer: Layer, weight: Tensor, *, inputs: int, width: int) -> int:
    """Return the stride of a resampling convolution: half its kernel, and even, so that lengths come out whole."""
    kernel = weight.shape[2]
    if inputs != width or kernel % 4:
        expected = f"a resampling convolution of {width} channels with a kernel of twice an even stride"
        raise StructureError(f"{layer.name}: expected {expected}, found {tuple(weight.shape)}")
    return kernel // 2


def _folded(layer: Layer) -> Tensor:
    """Return the weight of a convolution (out, in, kernel), or (in, out, kernel) transposed; weight norm applied."""
    kinds = set(layer.tensors) - {"bias"}
    if kinds == {"weight"}:
        weight = layer.tensors["weight"]
    elif kinds == {"direction", "length"}:
        direction, length = layer.tensors["direction"].float(), layer.tensors["length"].float()
        if direction.dim() != 3 or length.numel() != direction.shape[0]:
            raise StructureError(f"{layer.name}: expected a length for each direction, found {layer.shapes()}")
        weight = direction * (length.reshape(-1, 1, 1) / direction.norm(2, dim=(1, 2), keepdim=True))
    else:
        raise StructureError(f"{layer.name}: expected a convolution's weights, found {layer.shapes()}")
    if weight.dim() != 3:
        raise StructureError(f"{layer.name}: expected a convolution over time, found {layer.shapes()}")
    return weight.float()


def _filled(made: Made, layer: Layer, weight: Tensor, outputs: int) -> Made:
    bias = layer.tensors.get("bias")
    if bias is not None and tuple(bias.shape) != (outputs,):
        raise StructureError(f"{layer.name}: expected a bias of {outputs}, found {tuple(bias.shape)}")
    made.weight = nn.Parameter(weight.unsqueeze(2).contiguous(), requires_grad=False)
    made.bias = None if bias is None else nn.Parameter(bias.detach().float(), requires_grad=False)
    return made


def _outputs(module: nn.Module) -> int:
    assert isinstance(module, nn.Conv2d | nn.ConvTranspose2d)
    return module.out_channels


def _factor(module: nn.Module) -> int:
    assert isinstance(module, nn.Conv2d | nn.ConvTranspose2d)
    return module.stride[1]


def _check_stride(stride: int) -> None:
    if stride != SAMPLES_PER_FRAME:
        raise StructureError(f"expected strides that multiply to {SAMPLES_PER_FRAME}, found {stride}")
