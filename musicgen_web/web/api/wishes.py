"""What programs send: the bodies of requests, field by field, with their limits. `forms.check` is who enforces them."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from musicgen_web.engines.base import (
    DEFAULT_DURATION,
    DEFAULT_GUIDANCE,
    DEFAULT_STEPS,
    MAX_DURATION,
    MAX_GUIDANCE,
    MAX_LYRICS,
    MAX_PROMPT,
    MAX_STEPS,
    MAX_TAKES,
    MAX_TITLE,
    MIN_DURATION,
    MIN_STEPS,
    SEEDS,
)

PROMPT = "warm lo-fi, 82 bpm, in A minor"  # everybody's example
MAX_KEY = 255  # characters of an Idempotency-Key

Prompt = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=MAX_PROMPT,
        description="What it shall sound like: style, instruments, mood, tempo, key.",
        examples=[PROMPT],
    ),
]
Lyrics = Annotated[
    str,
    Meta(
        max_length=MAX_LYRICS,
        description="Plain words, with tags like `[Verse]` where you like, or LRC.",
    ),
]
Title = Annotated[
    str,
    Meta(max_length=MAX_TITLE, description="What it is called. Left out, it is taken from the words."),
]
Duration = Annotated[
    float,
    Meta(ge=MIN_DURATION, le=MAX_DURATION, description="Seconds; may be a fraction."),
]
Seed = Annotated[
    int,
    Meta(
        ge=0,
        le=SEEDS - 1,
        description="The same request with the same seed is the same sound. Left out, one is chosen.",
    ),
]
Steps = Annotated[int, Meta(ge=MIN_STEPS, le=MAX_STEPS, description="For DiffRhythm; sketch does not use it.")]
Guidance = Annotated[float, Meta(ge=0, le=MAX_GUIDANCE, description="For DiffRhythm; sketch does not use it.")]
Takes = Annotated[
    int,
    Meta(
        ge=1,
        le=MAX_TAKES,
        description="One job, several tracks; each take has the seed after the one before.",
    ),
]
Engine = Annotated[str, Meta(description="What makes it. `auto` is the server's choice.")]


class SongWish(Struct, forbid_unknown_fields=True):
    """A song asked for. A field that is null or left out takes its default; all wrong fields are named at once."""

    prompt: Prompt
    lyrics: Lyrics | None = ""
    title: Title | None = ""
    duration: Annotated[Duration | None, Meta(examples=[30])] = DEFAULT_DURATION
    engine: Engine | None = "auto"
    seed: Seed | None = None
    steps: Steps | None = DEFAULT_STEPS
    guidance: Guidance | None = DEFAULT_GUIDANCE
    takes: Takes | None = 1


class TrackChange(Struct, forbid_unknown_fields=True):
    """What shall be different about a track. What is left out stays as it is."""

    title: (
        Annotated[str, Meta(min_length=1, max_length=MAX_TITLE, description="One line.", examples=["Rain on the pier"])]
        | UnsetType
    ) = UNSET
    favourite: Annotated[bool, Meta(description="Whether it stands among the favourites.")] | UnsetType = UNSET
