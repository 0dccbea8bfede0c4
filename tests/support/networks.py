"""Small networks for the tests of the model: the stored reference sets, and random weights by a seed."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor

from diffrhythm.checkpoints import without_weights
from diffrhythm.dit import DiT
from diffrhythm.sampling import Inputs
from diffrhythm.spec import BASE, FULL, ModelSpec

GOLDEN = Path(__file__).parents[1] / "golden" / "model"
SETS = sorted(folder.name for folder in GOLDEN.iterdir())

SMALL = {"dim": 64, "depth": 4, "condition_dim": 32, "text_layers": 1, "phones": 20}
TINY = replace(BASE, **SMALL)  # type: ignore[arg-type]
TINY_FULL = replace(FULL, **SMALL)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Case:
    """One stored answer of the reference: what went in, what came out, and how far float32 itself is from float64."""

    set_name: str
    about: dict[str, Any]
    arrays: dict[str, Tensor]

    def __getitem__(self, name: str) -> Tensor:
        """Return an array as float32, whole numbers as int64."""
        array = self.arrays[name]
        return array.float() if array.is_floating_point() else array.long()

    def __contains__(self, name: str) -> bool:
        return name in self.arrays

    @property
    def allowed(self) -> float:
        """What a right implementation may be away: the noise of float32 with room, and never above the promise."""
        return min(1e-4, max(3e-5, 3 * float(self.about["fp32_vs_fp64_maxabs"])))


def spec_of(about: dict[str, Any]) -> ModelSpec:
    model = about["model"]
    like = FULL if model["max_frames"] == FULL.max_frames else BASE
    return replace(
        like,
        dim=model["dim"],
        depth=model["depth"],
        ff_mult=model["ff_mult"],
        condition_dim=model["cond_dim"],
        text_layers=model["conv_layers"],
        phones=model["text_num_embeds"],
    )


@cache
def golden(set_name: str) -> tuple[DiT, tuple[Case, ...]]:
    """Return a set's network, its stored weights in float32, and its cases."""
    folder = GOLDEN / set_name
    about = json.loads((folder / "cases.json").read_text(encoding="utf-8"))
    model = DiT(spec_of(about))
    weights = load_file(folder / "weights.safetensors")
    model.load_state_dict({name.removeprefix("transformer."): weight.float() for name, weight in weights.items()})
    with np.load(folder / "cases.npz") as stored:
        arrays = {name: torch.from_numpy(stored[name]) for name in stored.files}
    cases = []
    for case in about["cases"]:
        prefix = f"{ {'forward': 'fwd', 'sample': 'sample'}[case['kind']] }/{case['id']}/"
        own = {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
        cases.append(Case(set_name, case, own))
    return model, tuple(cases)


def golden_ids(kind: str, *, with_: str = "kind") -> list[tuple[str, str]]:
    """Return (set, case) of every stored case of a kind that has a property, read from the files."""
    return [
        (set_name, case["id"])
        for set_name in SETS
        for case in json.loads((GOLDEN / set_name / "cases.json").read_text(encoding="utf-8"))["cases"]
        if case["kind"] == kind and case[with_]
    ]


def golden_case(set_name: str, case_id: str) -> tuple[DiT, Case]:
    model, cases = golden(set_name)
    return model, next(case for case in cases if case.about["id"] == case_id)


def random_weights(spec: ModelSpec, seed: int = 0) -> dict[str, Tensor]:
    """Return weights for a network of this shape, none of them trivial, the same for the same seed."""
    generator = torch.Generator().manual_seed(seed)
    wanted = without_weights(spec).state_dict()
    weights = {}
    for name, like in wanted.items():
        drawn = torch.randn(like.shape, generator=generator)
        is_norm = name.endswith(("layernorm.weight", "norm.weight"))
        weights[name] = 1 + 0.1 * drawn if is_norm else drawn / (like[0].numel() ** 0.5 if like.ndim > 1 else 4)
    return weights


def network(spec: ModelSpec = TINY, seed: int = 0) -> DiT:
    model = DiT(spec)
    model.load_state_dict(random_weights(spec, seed))
    return model


def inputs_for(spec: ModelSpec, frames: int, seed: int = 0) -> Inputs:
    generator = torch.Generator().manual_seed(seed)
    return Inputs(
        torch.randint(0, spec.phones + 1, (frames,), generator=generator),
        torch.randn(spec.condition_dim, generator=generator),
        torch.randn(spec.condition_dim, generator=generator),
    )
