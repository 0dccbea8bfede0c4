"""What the pages need to know of this server: its engines and the chosen one, and its limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from musicgen_web.engines.base import EngineSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    engines: Sequence[EngineSpec]
    engine: str  # the pre-selected one
    max_queued: int
    trash_days: int  # how long a thrown away song waits

    def title_of(self, engine: str) -> str:
        """Return what an engine is called; one that this server has no longer is called by its name."""
        return next((spec.title for spec in self.engines if spec.name == engine), engine)
