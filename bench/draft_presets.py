"""How far each draft preset's latents are from a solution in 128 steps, and how many passes it takes.

`python bench/draft_presets.py [--seeds 4] [--frames 64] [--weights FILE]`. Without weights: the small random ones of
the tests' reference set, so the figures rank the presets and say nothing of how a song sounds. Error: root mean square
of the difference, over that of the solution; the same noise and guidance for all.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import replace
from pathlib import Path

import torch
from safetensors.torch import load_file

from diffrhythm.checkpoints import load
from diffrhythm.dit import DiT
from diffrhythm.plans import DRAFTS, Plan
from diffrhythm.sampling import Inputs, noise_for, sample
from diffrhythm.spec import BASE

SMALL = Path(__file__).parents[1] / "tests" / "golden" / "model" / "small_base"
PLANS = {"as the authors do (32)": Plan(), **DRAFTS, "midpoint, 9 points": Plan(steps=9, solver="midpoint")}


def small() -> DiT:
    about = json.loads((SMALL / "cases.json").read_text(encoding="utf-8"))["model"]
    spec = replace(
        BASE,
        dim=about["dim"],
        depth=about["depth"],
        ff_mult=about["ff_mult"],
        condition_dim=about["cond_dim"],
        text_layers=about["conv_layers"],
    )
    model = DiT(spec)
    weights = load_file(SMALL / "weights.safetensors")
    model.load_state_dict({name.removeprefix("transformer."): weight.float() for name, weight in weights.items()})
    return model


def inputs(model: DiT, frames: int, seed: int) -> Inputs:
    drawn = torch.Generator().manual_seed(1_000 + seed)
    tokens = torch.randint(0, model.spec.phones + 1, (frames,), generator=drawn)
    style, away = torch.randn(2, model.spec.condition_dim, generator=drawn)
    return Inputs(tokens, style, away)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seeds", type=int, default=4)
    asked.add_argument("--frames", type=int, default=64)
    asked.add_argument("--weights", type=Path)
    asked.add_argument("--device", default="cpu")
    options = asked.parse_args()
    model = load(options.weights, device=options.device) if options.weights else small().to(options.device)
    songs = [(inputs(model, options.frames, seed), noise_for(seed, 1, options.frames)) for seed in range(options.seeds)]
    passes = [0]
    model.register_forward_hook(lambda *_: passes.__setitem__(0, passes[0] + 1))
    solutions = [sample(model, *song, Plan(steps=129), batched=False) for song in songs]
    write = sys.stdout.write
    write(f"{model.spec.parameters / 1e6:.1f} M parameters, {options.frames} frames, {len(songs)} songs\n")
    write(f"{'plan':<24}{'passes':>8}{'error':>9}{'seconds':>9}\n")
    for name, plan in PLANS.items():
        passes[0], start = 0, time.perf_counter()
        made = [sample(model, *song, plan, batched=False) for song in songs]
        took = (time.perf_counter() - start) / len(songs)
        pairs = zip(made, solutions, strict=True)
        error = sum(float((a - b).norm() / b.norm()) for a, b in pairs) / len(songs)
        write(f"{name:<24}{passes[0] // len(songs):>8}{error:>9.4f}{took:>9.2f}\n")


if __name__ == "__main__":
    main()
