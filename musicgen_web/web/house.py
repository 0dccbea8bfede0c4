"""What the pages need to know of this server: its engines and the chosen one, its limits, and whose idea is next."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from itertools import count

from musicgen_web.engines.base import EngineSpec, Understanding


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    engines: Sequence[EngineSpec]
    engine: str  # the pre-selected one
    max_queued: int
    trash_days: int  # how long a thrown away song waits
    ideas: Iterator[int] = field(default_factory=lambda: count(secrets.randbelow(1_000)))  # another for every visit

    def title_of(self, engine: str) -> str:
        """Return what an engine is called; one that this server has no longer is called by its name."""
        return next((spec.title for spec in self.engines if spec.name == engine), engine)

    def understand(self, engine: str, prompt: str) -> Understanding | None:
        """Ask an engine what it hears in a prompt; nothing where it takes words as they are."""
        reads = next((spec.reads for spec in self.engines if spec.name == (engine or self.engine)), "")
        return _named(reads)(prompt) if reads else None


@cache
def _named(place: str) -> Callable[[str], Understanding]:
    """Find what "module:callable" names: the pages know no engine by its own name."""
    module, _, name = place.partition(":")
    found: Callable[[str], Understanding] = getattr(import_module(module), name)
    return found
