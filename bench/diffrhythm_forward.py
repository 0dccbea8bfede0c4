"""How fast a pass of the network is, and a song, against the matrix products it is made of, in the same run.

`python bench/diffrhythm_forward.py [--small] [--frames 2048] [--dtype float32] [--device cpu] [--compile] [--song]`.
Run by hand on an idle machine. The share is floating point operations a second over those of the bare matrix products
with the network's own shapes; it may be compared between machines, seconds may not. Beside it stands the same network
the way the authors run it: an explicit mask, and text and context computed again at every pass.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import replace
from unittest.mock import patch

import torch
from torch import Tensor
from torch.nn import functional as F

from diffrhythm.checkpoints import without_weights
from diffrhythm.devices import parse_device, parse_dtype, use_physical_cores
from diffrhythm.dit import FLOAT_PARTS, DiT
from diffrhythm.plans import Plan
from diffrhythm.sampling import Inputs, branches, noise_for, sample
from diffrhythm.spec import BASE, BASE_FRAMES, FULL, ModelSpec


def random_network(spec: ModelSpec, device: torch.device, dtype: torch.dtype) -> DiT:
    model = without_weights(spec)
    generator = torch.Generator(device).manual_seed(0)
    weights = {}
    for name, like in model.state_dict().items():
        kind = torch.float32 if name.startswith(FLOAT_PARTS) else dtype
        weights[name] = torch.empty(like.shape, dtype=kind, device=device).normal_(0, 0.02, generator=generator)
    model.load_state_dict(weights, assign=True)
    return model.requires_grad_(False)


def fastest(run: Callable[[], object], device: torch.device, times: int) -> float:
    """Return the seconds of the fastest of some runs, one before them not counted."""
    taken = []
    for _ in range(times + 1):
        start = time.perf_counter()
        run()
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        elif device.type == "mps":
            torch.mps.synchronize()
        taken.append(time.perf_counter() - start)
    return min(taken[1:])


def products(spec: ModelSpec, frames: int, device: torch.device, dtype: torch.dtype, times: int) -> float:
    """Return the operations a second of the block's own matrix products, by themselves and in its proportions."""
    x, wide = (torch.randn(frames, width, device=device, dtype=dtype) for width in (spec.dim, spec.ff_dim))
    square, up, down = (
        torch.randn(out, into, device=device, dtype=dtype)
        for out, into in ((spec.dim, spec.dim), (spec.ff_dim, spec.dim), (spec.dim, spec.ff_dim))
    )

    def run() -> None:
        for weight, given, count in ((square, x, 4), (up, x, 2), (down, wide, 1)):
            for _ in range(count):
                F.linear(given, weight)

    operations = 2 * frames * (4 * spec.dim**2 + 3 * spec.dim * spec.ff_dim)
    return operations / fastest(run, device, times)


def operations(spec: ModelSpec, frames: int) -> float:
    """Return the floating point operations of one pass: linear layers, attention, positions."""
    linear = spec.depth * (4 * spec.dim**2 + 3 * spec.dim * spec.ff_dim)
    linear += spec.dim * 2 * spec.latent_channels + 2 * spec.dim * (spec.dim // 16) * 31
    attention = 4 * frames**2 * spec.dim * spec.depth / (2 if spec.causal else 1)
    return 2 * linear * frames + attention


@contextmanager
def as_the_authors_do(frames: int, device: torch.device, dtype: torch.dtype):  # type: ignore[no-untyped-def]
    """Give every attention a mask of zeros."""
    mask = torch.zeros(1, 1, frames, frames, device=device, dtype=dtype)
    plain = F.scaled_dot_product_attention

    def masked(q: Tensor, k: Tensor, v: Tensor, *, is_causal: bool = False) -> Tensor:
        return plain(q, k, v, attn_mask=mask)

    with patch.object(F, "scaled_dot_product_attention", masked):
        yield


@torch.no_grad()
def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--small", action="store_true", help="a network of 25 M parameters, to try the bench itself")
    asked.add_argument("--frames", type=int, default=BASE_FRAMES)
    asked.add_argument("--device", default="cpu")
    asked.add_argument("--dtype", default="auto")
    asked.add_argument("--compile", action="store_true")
    asked.add_argument("--song", action="store_true", help="a whole song too: 62 passes, both branches in one on a GPU")
    asked.add_argument("--times", type=int, default=3)
    options = asked.parse_args()
    device = parse_device(options.device)
    dtype, threads, frames = parse_dtype(options.dtype, device), use_physical_cores(), options.frames
    spec = BASE if frames <= BASE_FRAMES else FULL
    spec = replace(spec, dim=512, depth=4) if options.small else spec
    model = random_network(spec, device, dtype)
    drawn = torch.Generator().manual_seed(0)
    tokens = torch.randint(0, spec.phones + 1, (frames,), generator=drawn)
    inputs = Inputs(tokens, *torch.randn(2, spec.condition_dim, generator=drawn))
    latent, half_way = noise_for(0, 1, frames).to(device), torch.full((), 0.5, device=device)
    write = sys.stdout.write
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else f"{device}, {threads} threads"
    write(f"{spec.parameters / 1e6:.0f} M parameters, {frames} frames, {dtype}, torch {torch.__version__}, {name}\n")
    bare = products(spec, frames, device, dtype, options.times)
    write(f"{'bare matrix products':<30}{'':>10}{bare / 1e9:>12.0f} GFLOP/s\n")

    def told(what: str, seconds: float, passes: int = 1) -> None:
        reached = passes * operations(spec, frames) / seconds
        write(f"{what:<30}{seconds:>9.3f}s{reached / 1e9:>12.0f} GFLOP/s{reached / bare:>8.0%}\n")

    with as_the_authors_do(frames, device, dtype):
        again = lambda: model(latent, half_way, branches(model, inputs).row(0))  # noqa: E731
        told("mask, nothing kept", fastest(again, device, options.times))
    condition = branches(model, inputs).row(0)
    write(f"{'once a song: the condition':<30}{fastest(lambda: branches(model, inputs), device, 1):>9.3f}s\n")
    if options.compile:
        model.compile_blocks()
    what = "a pass, blocks compiled" if options.compile else "a pass"
    told(what, fastest(lambda: model(latent, half_way, condition), device, options.times))
    if options.song:
        song = fastest(lambda: sample(model, inputs, latent, Plan()), device, 1)
        told(f"a song, {Plan().most_passes} passes", song, Plan().most_passes)
        write(f"{'':<30}{frames * Plan().most_passes / song:>9.0f} tokens/s\n")


if __name__ == "__main__":
    main()
