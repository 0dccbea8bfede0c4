"""Every machine belongs to one line of the table."""

import pytest

from musicgen_web.limits import GB
from musicgen_web.machine import MIB, Gpu, Graphics
from musicgen_web.web.tiers import TIERS, tier_of


@pytest.mark.parametrize(
    ("graphics", "name"),
    [
        (Graphics("cpu"), "cpu"),
        (Graphics("mps"), "mps"),
        (Graphics("cuda", (Gpu("RTX 3050", 6 * GB, 0, "1"),)), "cuda-8"),
        (Graphics("cuda", (Gpu("RTX 3060", 12_288 * MIB, 0, "1"),)), "cuda-12"),
        (Graphics("cuda", (Gpu("RTX 3060", 12_288 * MIB, 0, "1"), Gpu("RTX 4090", 24_564 * MIB, 0, "1"))), "cuda-24"),
    ],
)
def test_a_machine_is_known_by_its_best_card(graphics: Graphics, name: str) -> None:
    assert tier_of(graphics) == name
    assert name in [tier.name for tier in TIERS]
