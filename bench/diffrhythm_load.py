"""How long the network takes to load and how much memory at its peak, against building it plainly and copying into it.

`python bench/diffrhythm_load.py [--small] [--folder DIR]`. Run by hand on an idle machine: at full size it writes
2.2 GB of random weights (by a seed) into a temporary folder. Each way runs in a process of its own; the memory is the
highest above that process before loading, mapped pages of the file included.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch

from diffrhythm.checkpoints import load, without_weights
from diffrhythm.dit import DiT
from diffrhythm.spec import BASE, ModelSpec

SMALL = replace(BASE, dim=512, depth=4)


def write_weights(spec: ModelSpec, path: Path) -> None:
    generator = torch.Generator().manual_seed(0)
    wanted = without_weights(spec).state_dict()
    weights = {
        f"transformer.{name}": torch.empty(like.shape, dtype=torch.float16).normal_(0, 0.02, generator=generator)
        for name, like in wanted.items()
    }
    torch.save({"model_state_dict": weights}, path)


def plainly(path: Path, spec: ModelSpec, dtype: torch.dtype | None) -> DiT:
    """Build with random numbers, read the whole file, copy: as the authors' code does."""
    model = DiT(spec).to(dtype or torch.float16)
    held = torch.load(path, map_location="cpu", weights_only=True)["model_state_dict"]
    model.load_state_dict({name.removeprefix("transformer."): weight for name, weight in held.items()}, strict=False)
    return model


def ours(path: Path, spec: ModelSpec, dtype: torch.dtype | None) -> DiT:
    return load(path, spec, dtype=dtype)


WAYS: dict[str, tuple[Callable[[Path, ModelSpec, torch.dtype | None], DiT], torch.dtype | None]] = {
    "plain, as stored": (plainly, None),
    "ours, as stored": (ours, None),
    "plain, to float32": (plainly, torch.float32),
    "ours, to float32": (ours, torch.float32),
}


def highest(name: str) -> int:
    """Return a figure of this process in bytes: VmHWM is the most it has ever had, RssAnon what is not a file's now."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    found = re.search(rf"^{name}:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def measure(way: str, path: Path, spec: ModelSpec) -> dict[str, float]:
    load_so, dtype = WAYS[way]
    before = highest("VmHWM")
    start = time.perf_counter()
    model = load_so(path, spec, dtype)
    seconds = time.perf_counter() - start
    size = sum(weight.nbytes for weight in model.parameters())
    return {"seconds": seconds, "peak": highest("VmHWM") - before, "own": highest("RssAnon"), "weights": size}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--small", action="store_true", help="a network of 25 M parameters, to try the bench itself")
    asked.add_argument("--folder", type=Path, help="where the weights are written (default: the temporary folder)")
    asked.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    asked.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    options = asked.parse_args()
    spec = SMALL if options.small else BASE
    write = sys.stdout.write
    if options.way:
        write(json.dumps(measure(options.way, options.file, spec)))
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        path = Path(folder) / "cfm_model.pt"
        write_weights(spec, path)
        write(f"{spec.parameters / 1e6:.0f} M parameters, {path.stat().st_size / 1e9:.2f} GB, the file warm\n")
        write(f"{'':<20}{'seconds':>9}{'peak GB':>9}{'/ weights':>11}\n")
        for way in WAYS:
            command = [sys.executable, __file__, "--way", way, "--file", str(path), *["--small"] * options.small]
            told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
            share = told["peak"] / told["weights"]
            write(f"{way:<20}{told['seconds']:>9.2f}{told['peak'] / 1e9:>9.2f}{share:>11.2f}\n")


if __name__ == "__main__":
    main()
