"""The network with its weights: strictly, every tensor accounted for, no random number in place of a missing one.

The network is made on the meta device, where it needs no memory; the file is memory-mapped; each tensor is converted by
itself and put in its place. At no time is there more than the weights and one tensor.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from diffrhythm.containers import Tensors, read_tensors
from diffrhythm.dit import FLOAT_PARTS, DiT
from diffrhythm.errors import CheckpointError
from diffrhythm.spec import BASE, BASE_V1, FULL, FULL_V1, ModelSpec, check_version, spec_named

PREFIX = "transformer."
NAMES = ("cfm_model.pt", "cfm_model.safetensors", "model.safetensors")
"""What the network's file is called in a folder, the published name first."""
READABLE = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
CONFIGURED = {
    "dim": "dim",
    "depth": "depth",
    "ff_mult": "ff_mult",
    "text_dim": "condition_dim",
    "conv_layers": "text_layers",
    "mel_dim": "latent_channels",
    "text_num_embeds": "phones",
    "max_frames": "max_frames",
}
"""What the authors' configuration calls the sizes of a network, and what we do."""
DURATION = "duration_time_embed."
"""Only the full model of version 1.2 has tensors of this name."""


def load(
    path: Path,
    spec: ModelSpec | None = None,
    *,
    version: str | None = None,
    device: torch.device | str = "cpu",
    dtype: torch.dtype | None = None,
    reference_rounding: bool = False,
    on_spec: Callable[[ModelSpec], None] = lambda spec: None,
) -> DiT:
    """Load a network from a file or its folder. `dtype` None keeps what the file has.

    Without a `spec` it is what the path's name, `config.json` and the file say; `on_spec` hears which, before weights
    take memory. On the CPU, in the stored dtype, weights stay in the
    mapped file: do not overwrite it while the network lives. Raises CheckpointError, which names every bad tensor.
    """
    file = find(path)
    tensors = _named_plainly(read_tensors(file))
    meant = spec or configured(file, spec_named(path.absolute(), version) or recognise(tensors, version))
    model = without_weights(meant, reference_rounding=reference_rounding)
    wanted = model.state_dict()
    _check(file, meant, wanted, tensors)
    on_spec(meant)
    _fill(model, file, tensors, torch.device(device), dtype)
    return model


class Unset(TorchFunctionMode):
    """Leave new weights as they are: there is nothing to fill on the meta device, and trying loads half of torch."""

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        if getattr(func, "__module__", "") == "torch.nn.init":
            return args[0] if args else (kwargs or {})["tensor"]
        return func(*args, **(kwargs or {}))


def without_weights(spec: ModelSpec, *, reference_rounding: bool = False) -> DiT:
    """Return a network of this shape on the meta device: it has names and shapes, and needs no memory."""
    with torch.device("meta"), Unset():
        return DiT(spec, reference_rounding=reference_rounding)


def find(path: Path) -> Path:
    """Return the network's file: `path` itself, or the one of a known name in the folder `path`."""
    if not path.is_dir():
        return path
    for name in NAMES:
        if (path / name).is_file():
            return path / name
    inside = sorted(each.name for each in path.iterdir())[:8]
    found = f"a folder with {', '.join(inside)}" if inside else "an empty folder"
    raise CheckpointError(path, f"one of {', '.join(NAMES)}", [found])


def recognise(tensors: Tensors, version: str | None = None) -> ModelSpec:
    """Tell full from base by the embedding of the duration; version 1 looks like base and must be asked for."""
    check_version(version or BASE.version)
    if version == BASE_V1.version:
        return FULL_V1
    return FULL if any(name.startswith(DURATION) for name in tensors) else BASE


def configured(file: Path, like: ModelSpec) -> ModelSpec:
    """Return `like` in the size that `config.json` beside the file names; as it is where there is none.

    Its `heads` are not read (they are wired nowhere), nor what has no weight. `max_frames` is of ours: the published
    files do not have it. Raises CheckpointError if it is no such file.
    """
    config = file.parent / "config.json"
    if not config.is_file():
        return like
    expected = f"the sizes of {like.name} as whole numbers, in the member “model”"
    try:
        model = json.loads(config.read_bytes())["model"]
        given = {ours: model[theirs] for theirs, ours in CONFIGURED.items() if theirs in model}
        wrong = [
            f"{name} {value!r}" for name, value in given.items() if type(value) is not int or not 0 < value < 2**20
        ]
        if wrong:
            raise CheckpointError(config, expected, wrong)
        return replace(like, **given)
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as problem:
        raise CheckpointError(config, expected, [f"{type(problem).__name__} at {problem}"]) from problem


def _named_plainly(tensors: Tensors) -> Tensors:
    if not any(name.startswith(PREFIX) for name in tensors):
        return tensors
    return {name.removeprefix(PREFIX): tensor for name, tensor in tensors.items()}


def _check(file: Path, spec: ModelSpec, wanted: Tensors, tensors: Tensors) -> None:
    """Refuse the file if a tensor is missing, extra, misshapen or of a kind that is no weight; name all of them."""
    expected = f"the {len(wanted)} tensors of {spec.name}"
    if not wanted.keys() & tensors.keys():
        shown = ", ".join(sorted(tensors)[:3]) or "no tensor at all"
        raise CheckpointError(file, expected, [f"{len(tensors)} tensors of another model ({shown})"])
    problems = _contradiction(spec, tensors)
    problems += [f"{name} is missing" for name in wanted if name not in tensors]
    problems += [f"{name} is unknown" for name in tensors if name not in wanted]
    for name in wanted.keys() & tensors.keys():
        has, needs = tuple(tensors[name].shape), tuple(wanted[name].shape)
        if has != needs:
            problems.append(f"{name} has the shape {has} instead of {needs}")
        if tensors[name].dtype not in READABLE:
            problems.append(f"{name} is {_shown(tensors[name].dtype)}, which is no dtype of weights")
    if problems:
        raise CheckpointError(file, expected, problems)


def _contradiction(spec: ModelSpec, tensors: Tensors) -> list[str]:
    has_duration = any(name.startswith(DURATION) for name in tensors)
    if has_duration and not spec.has_duration:
        return [f"the weights of {FULL.name} (they have {DURATION}time_mlp)"]
    if spec.has_duration and not has_duration:
        return [f"the weights of {BASE.name}, or of version 1 (they lack {DURATION}time_mlp)"]
    return []


def _fill(model: DiT, file: Path, tensors: Tensors, device: torch.device, dtype: torch.dtype | None) -> None:
    """Put each tensor in its place; whatever goes wrong on the way, nothing of it stays in memory."""
    ready: Tensors = {}
    try:
        if problems := _convert(tensors, ready, device, dtype or _stored(tensors)):
            raise CheckpointError(file, "finite weights", problems)
        model.load_state_dict(ready, strict=True, assign=True)
    finally:
        ready.clear()
        tensors.clear()
    model.requires_grad_(False)


def _convert(tensors: Tensors, ready: Tensors, device: torch.device, dtype: torch.dtype) -> list[str]:
    """Move tensors from the file to where they are used, one by one; return what is wrong with their numbers."""
    problems: list[str] = []
    for name in list(tensors):
        tensor = tensors.pop(name)
        if problem := _damage(name, tensor):
            problems.append(problem)
        if not problems:  # else go on only to name every damaged tensor
            kind = torch.float32 if name.startswith(FLOAT_PARTS) else dtype
            ready[name] = tensor.detach().to(device).to(kind)
    return problems


def _stored(tensors: Tensors) -> torch.dtype:
    """Return the dtype that most of the weights have: that of the largest tensor, never wider than float32."""
    largest = max(tensors.values(), key=Tensor.numel).dtype
    return torch.float32 if largest == torch.float64 else largest


def _damage(name: str, tensor: Tensor) -> str:
    """Say what is wrong with the numbers, if anything: not finite, or a matrix of nothing but zeros (a hole)."""
    low, high = torch.aminmax(tensor)
    if not bool(torch.isfinite(low) & torch.isfinite(high)):
        return f"{name} has numbers that are not finite"
    if name.startswith("transformer_blocks.") and tensor.ndim == 2 and bool((low == 0) & (high == 0)):
        return f"{name} holds nothing but zeros, as a file with a hole does"
    return ""


def _shown(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")
