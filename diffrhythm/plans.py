"""How a song is sampled: how many steps, how much guidance and where, which solver; and the opt-in drafts. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

from diffrhythm.errors import InvalidRequestError

MAX_STEPS = 1_000
MAX_GUIDANCE = 100.0
EVALUATIONS = {"euler": 1, "midpoint": 2, "adams-bashforth": 1}
"""How often each solver asks for the velocity in one step."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The authors' way, unless something is changed: 32 grid points, so 31 steps, so 62 passes with guidance.

    `guidance` s leads along p + (p − n)·s; 0 is off. `sway` moves the grid points toward the noise (negative) or away.
    Guidance is given from time `guided_from` to `guided_to` only. Fewer steps, another solver or a shorter span of
    guidance make a draft: quicker, and not what the authors heard.
    """

    steps: int = 32
    guidance: float = 4.0
    sway: float = 0.0
    solver: str = "euler"
    guided_from: float = 0.0
    guided_to: float = 1.0

    def __post_init__(self) -> None:
        if isinstance(self.steps, bool) or not isinstance(self.steps, int) or not 2 <= self.steps <= MAX_STEPS:
            raise InvalidRequestError("steps", f"a whole number from 2 to {MAX_STEPS}, not {self.steps!r}")
        if not 0 <= self.guidance <= MAX_GUIDANCE:
            raise InvalidRequestError("guidance", f"a number from 0 to {MAX_GUIDANCE:g}, not {self.guidance!r}")
        if not -1 <= self.sway <= 2 / (math.pi - 2):
            raise InvalidRequestError("sway", f"a number from -1 to {2 / (math.pi - 2):.2f}, not {self.sway!r}")
        if self.solver not in EVALUATIONS:
            raise InvalidRequestError("solver", f"one of {', '.join(EVALUATIONS)}, not {self.solver!r}")
        if not 0 <= self.guided_from <= self.guided_to <= 1:
            shown = f"{self.guided_from!r} to {self.guided_to!r}"
            raise InvalidRequestError("guided_from", f"a span of time inside 0 to 1, not {shown}")

    @property
    def is_guided(self) -> bool:
        return self.guidance >= 1e-5

    def is_guided_at(self, time: float) -> bool:
        return self.is_guided and self.guided_from <= time <= self.guided_to

    @property
    def is_draft(self) -> bool:
        """Whether it is quicker than the authors' way, at the price of what is heard."""
        return self.steps < 32 or self.solver != "euler" or (self.guided_from, self.guided_to) != (0, 1)

    @property
    def most_passes(self) -> int:
        """How often the network is run for a take, at most: 62 as the authors do it."""
        return (self.steps - 1) * EVALUATIONS[self.solver] * (1 + self.is_guided)


FULL_QUALITY = Plan()

DRAFTS = {
    "fewer-steps": Plan(steps=16),
    "middle-guidance": Plan(guided_from=0.2, guided_to=0.7),
    "second-order": Plan(steps=16, solver="adams-bashforth"),
    "quickest": Plan(steps=16, solver="adams-bashforth", guided_from=0.2, guided_to=0.7),
}
"""Quality-affecting, never chosen by itself. `bench/draft_presets.py` prints how far each is from 128 steps."""
