"""What a weight file is, before and while it is opened: its tensors, memory-mapped, or in words why it has none.

Nothing is unpickled but by torch's restricted reader (`weights_only=True`), so that a foreign file runs no code.
"""

from __future__ import annotations

import json
import pickle
import re
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from diffrhythm.errors import CheckpointError

EXPECTED = "a PyTorch (zip) or safetensors file"
POINTER = b"version https://git-lfs.github.com/spec/"
MAX_HEADER = 100_000_000  # bytes; what the safetensors format allows
EMA_COUNTERS = ("initted", "step")  # numbers that stand among averaged weights

Tensors = dict[str, Tensor]


def read_tensors(path: Path) -> Tensors:
    """Return every tensor of a weight file by its name, memory-mapped; CheckpointError if that cannot be done."""
    head = _head(path)
    if head.startswith(b"PK\x03\x04"):
        return _from_zip(path)
    if len(head) > 8 and head[8:9] == b"{":
        return _from_safetensors(path, head)
    raise CheckpointError(path, EXPECTED, [_called(path, head)])


def _head(path: Path) -> bytes:
    if path.name.endswith((".incomplete", ".part", ".crdownload", ".aria2")):
        raise CheckpointError(path, EXPECTED, ["a download that has not ended"])
    if not path.is_file():
        unfinished = sorted(each.name for each in path.parent.glob(f"{path.name}*") if each.is_file())
        more = f", but an unfinished {unfinished[0]}" if unfinished else ""
        what = "a folder" if path.is_dir() else f"no such file{more}"
        raise CheckpointError(path, EXPECTED, [what])
    try:
        with path.open("rb") as file:
            return file.read(512)
    except OSError as problem:
        raise CheckpointError(path, EXPECTED, [f"a file that cannot be read ({problem.strerror})"]) from problem


def _called(path: Path, head: bytes) -> str:
    """Name what a file is by how it begins."""
    if not head:
        return "an empty file"
    if not head.strip(b"\0"):
        return f"{path.stat().st_size} bytes that begin with zeros: a download that has not ended"
    if head.startswith(POINTER):
        size = re.search(rb"size (\d+)", head)
        told = f" for {int(size[1])} bytes" if size else ""
        return f"a Git LFS pointer{told}: the text that stands for the file, not the file"
    if re.match(rb"\s*(<!doctype|<html|<\?xml)", head, re.IGNORECASE):
        return "a web page"
    if head.startswith(b"\x80"):
        return "a pickle outside a zip: a format that PyTorch left years ago, and that cannot be memory-mapped"
    return f"something else, which begins with {head[:8]!r}"


def _from_zip(path: Path) -> Tensors:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError) as problem:
        size = path.stat().st_size
        raise CheckpointError(path, EXPECTED, [f"a zip that breaks off after {size} bytes: truncated"]) from problem
    if any(name.endswith("/constants.pkl") or "/code/" in name for name in names):
        found = "a TorchScript module, as the autoencoder's vae_model.pt is"
        raise CheckpointError(path, "a checkpoint of the network's weights", [found])
    if not any(name.endswith("data.pkl") for name in names):
        raise CheckpointError(path, EXPECTED, ["a zip that PyTorch did not write"])
    try:
        held = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    except pickle.UnpicklingError as problem:
        named = re.search(r"GLOBAL ([\w.]+)", str(problem))
        what = f" ({named[1]})" if named else ""
        found = f"Python objects beside tensors{what}: not opened, for they could run code"
        raise CheckpointError(path, "weights and nothing else", [found]) from problem
    except (RuntimeError, OSError, EOFError, KeyError, ValueError, AttributeError, TypeError) as problem:
        words = str(problem).strip().partition("\n")[0]
        raise CheckpointError(path, EXPECTED, [f"a damaged one ({words})"]) from problem
    return _unwrapped(path, held)


def _unwrapped(path: Path, held: object) -> Tensors:
    """Take the weights out of what a training run saved around them; averaged ones where there are no others."""
    if not isinstance(held, Mapping):
        raise CheckpointError(path, "a table of tensors", [f"one {type(held).__name__}"])
    if isinstance(plain := held.get("model_state_dict"), Mapping):
        return _tensors(path, plain)
    if isinstance(averaged := held.get("ema_model_state_dict"), Mapping):
        kept = {name: value for name, value in averaged.items() if name not in EMA_COUNTERS}
        return {name.removeprefix("ema_model."): value for name, value in _tensors(path, kept).items()}
    return _tensors(path, held)


def _tensors(path: Path, table: Mapping[object, object]) -> Tensors:
    others = [f"{name} is no tensor" for name, value in table.items() if not isinstance(value, Tensor)]
    if others:
        raise CheckpointError(path, "a table of tensors", others)
    return {str(name): cast(Tensor, value) for name, value in table.items()}


def _from_safetensors(path: Path, head: bytes) -> Tensors:
    size, (length,) = path.stat().st_size, struct.unpack("<Q", head[:8])
    if length > MAX_HEADER:
        raise CheckpointError(path, EXPECTED, [_called(path, head)])
    if 8 + length > size:
        raise CheckpointError(path, EXPECTED, [f"a safetensors file that breaks off in its header, after {size} bytes"])
    needed = _needed(path, length)
    if needed > size:
        found = f"{size} of {needed} bytes: a safetensors file that is truncated"
        raise CheckpointError(path, EXPECTED, [found])
    try:
        with safe_open(path, framework="pt", device="cpu") as file:
            return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is no dict
    except (SafetensorError, OSError, ValueError) as problem:
        raise CheckpointError(path, EXPECTED, [f"a damaged safetensors file ({problem})"]) from problem


def _needed(path: Path, length: int) -> int:
    """Return how many bytes the header says that the file has."""
    with path.open("rb") as file:
        file.seek(8)
        try:
            header = json.loads(file.read(length))
            ends = [entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__"]
            return 8 + length + max(map(int, ends), default=0)
        except (ValueError, KeyError, IndexError, TypeError, AttributeError) as problem:
            raise CheckpointError(path, EXPECTED, ["a safetensors file whose header is damaged"]) from problem
