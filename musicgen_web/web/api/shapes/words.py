"""The words that the shapes share: ids, times, statuses, counts."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from musicgen_web.engines.base import SEEDS, STAGES
from musicgen_web.models import FINAL, STATUSES


def one_of(words: tuple[str, ...], description: str = "") -> Meta:
    """Return what says that a text is one of these."""
    return Meta(description=description or None, extra_json_schema={"enum": list(words)})


Id = Annotated[str, Meta(description="Random, 128 bits.", examples=["5f0c2b6f7d8e4f1a9b3c0d2e4f6a8b1c"])]
MOMENT = "2026-01-01T00:00:00.000Z"
Time = Annotated[str, Meta(examples=[MOMENT], extra_json_schema={"format": "date-time"})]
Status = Annotated[str, one_of(STATUSES, f"Final once it is {', '.join(FINAL[:-1])} or {FINAL[-1]}.")]
Stage = Annotated[str, one_of(STAGES, "What it is at now.")]
Fraction = Annotated[float, Meta(ge=0, le=1)]
Count = Annotated[int, Meta(ge=0)]
Seconds = Annotated[float, Meta(ge=0, description="Seconds.")]
Cursor = Annotated[str | None, Meta(description="Send it as `cursor` for the next page; null on the last one.")]
SeedNumber = Annotated[int, Meta(ge=0, le=SEEDS - 1, examples=[7])]
