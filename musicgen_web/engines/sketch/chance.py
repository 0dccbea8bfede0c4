"""Chance that can be repeated: one generator per decision, so that a new decision never disturbs an old one."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

from numpy.random import PCG64, Generator

T = TypeVar("T")


def chance(seed: int, *decision: object) -> Generator:
    """Return the generator of one decision, named by words and numbers ("melody", "chorus", 2)."""
    name = "/".join(str(part) for part in (seed, *decision))
    return Generator(PCG64(int.from_bytes(hashlib.sha256(name.encode()).digest()[:16], "big")))


def pick(rng: Generator, items: Sequence[T], weights: Sequence[float] | None = None) -> T:
    """Pick one of the items, each as likely as its weight says."""
    if weights is None:
        return items[int(rng.random() * len(items))]
    left = rng.random() * sum(weights)
    for item, weight in zip(items, weights, strict=True):
        left -= weight
        if left < 0:
            return item
    return items[-1]
