"""What the pages need to know of this server: its engines and the chosen one, its limits, and whose idea is next."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from itertools import count
from typing import Any

from musicgen_web.engines.base import EngineSpec, HardLine, Understanding


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
        spec = self._spec(engine or self.engine)
        if spec is None or not spec.reads:
            return None
        heard: Understanding = _named(spec.reads)(prompt)
        return heard

    def hard_lines(self, engine: str, lyrics: str, duration: float) -> Sequence[HardLine] | None:
        """Ask an engine which lines it will not sing as they are written; None where it cannot tell. Blocks."""
        spec = self._spec(engine or self.engine)
        if spec is None or not spec.sings:
            return None
        found: Sequence[HardLine] = _named(spec.sings)(lyrics, duration)
        return found

    def player_of(self, engine: str, versions: Mapping[str, object]) -> EngineSpec | None:
        """Return the engine that can play a song of these versions again note for note: its stems and notes are had."""
        spec = self._spec(engine)
        return spec if spec and spec.plays_again and _named(spec.plays_again)(versions) else None

    def _spec(self, engine: str) -> EngineSpec | None:
        return next((spec for spec in self.engines if spec.name == engine), None)


@cache
def _named(place: str) -> Callable[..., Any]:
    """Find what "module:callable" names: the pages know no engine by its own name."""
    module, _, name = place.partition(":")
    found: Callable[..., Any] = getattr(import_module(module), name)
    return found
