"""What the pages need to know of this server: which engines it has, which one is chosen, how much may wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from musicgen_web.engines.base import EngineSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    engines: Sequence[EngineSpec]
    engine: str  # the pre-selected one
    max_queued: int

    def title_of(self, engine: str) -> str:
        """Return what an engine is called; one that this server has no longer is called by its name."""
        return next((spec.title for spec in self.engines if spec.name == engine), engine)
