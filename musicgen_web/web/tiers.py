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


TIERS = (
    Tier(
        "cpu",
        "A processor alone, 8\u00a0GB",
        "Sketch, any length, in seconds. DiffRhythm: about 40 minutes for 95 seconds on two cores.",
        "Reckoned from one network step of 38 seconds, measured on two cores without the real weights.",
    ),
    Tier(
        "mps",
        "Apple silicon, 16\u00a0GB",
        "DiffRhythm: 2 to 3 minutes for 95 seconds, 8 to 11 for 4:45.",
        "Reckoned for an M2 with 10 cores at 50 to 70 % of what it can compute.",
    ),
    Tier(
        "cuda-8",
        "NVIDIA, 8\u00a0GB",
        "DiffRhythm, decoded in pieces.",
        "Its users report 6.6 GB where decoding in one piece took 14.5 GB.",
    ),
    Tier(
        "cuda-12",
        "NVIDIA, 12\u00a0GB",
        "DiffRhythm up to 4:45 in 1 to 1½ minutes.",
        "Reckoned for an RTX 3060 in the same way; one of its users reports half a minute.",
    ),
    Tier(
        "cuda-24",
        "NVIDIA, 24\u00a0GB and more",
        "DiffRhythm up to 4:45 in 10 to 14 seconds, decoded in one piece.",
        "Reckoned for an RTX 4090 in the same way; its authors say ten.",
    ),
)


def tier_of(graphics: Graphics) -> str:
    """Return the name of the tier that a machine belongs to."""
    if graphics.device != "cuda":
        return graphics.device
    size = max(gpu.size for gpu in graphics.gpus)
    return "cuda-24" if size >= 23 * GB else "cuda-12" if size >= 11 * GB else "cuda-8"
