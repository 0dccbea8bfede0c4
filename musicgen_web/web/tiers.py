"""What kinds of machine there are and what each can carry: the table of the System page."""

from __future__ import annotations

from dataclasses import dataclass

from musicgen_web.limits import GB
from musicgen_web.machine import Graphics


@dataclass(frozen=True, slots=True)
class Tier:
    """One kind of machine. `basis`: where the figure comes from."""

    name: str
    title: str
    carries: str
    basis: str
    is_measured: bool = False


TIERS = (
    Tier(
        "cpu",
        "Two cores, 8 GB",
        "Sketch, any length, in seconds. DiffRhythm: about 40 minutes for a song of 95 seconds.",
        "Reckoned from one network step of 38 seconds, measured on two cores without the real weights; 7.1 GiB at most.",
    ),
    Tier(
        "mps",
        "Apple silicon, 16 GB",
        "DiffRhythm: minutes for 95 seconds, a quarter of an hour for 4:45.",
        "Reckoned from the arithmetic of an M2 with 10 cores: at the very least 1½ and 5½ minutes.",
    ),
    Tier(
        "cuda-8",
        "NVIDIA, 8 GB",
        "DiffRhythm, decoded in pieces.",
        "Its users report 6.6 GB where decoding in one piece took 14.5 GB.",
    ),
    Tier(
        "cuda-12",
        "NVIDIA, 12 GB",
        "DiffRhythm up to 4:45, about a minute.",
        "Reckoned for an RTX 3060: at the very least 12 seconds for 95, 45 for 4:45. One user reports 30.",
    ),
    Tier(
        "cuda-24",
        "NVIDIA, 24 GB and more",
        "DiffRhythm up to 4:45, decoded in one piece, in some ten seconds.",
        "Reckoned for an RTX 4090: at the very least 2 and 7 seconds. Its authors say ten.",
    ),
)


def tier_of(graphics: Graphics) -> str:
    """Return the name of the tier that a machine belongs to."""
    if graphics.device != "cuda":
        return graphics.device
    size = max(gpu.size for gpu in graphics.gpus)
    return "cuda-24" if size >= 23 * GB else "cuda-12" if size >= 11 * GB else "cuda-8"
