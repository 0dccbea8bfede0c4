"""Tracks, and what is told of each song."""

from __future__ import annotations

from typing import Annotated, NotRequired, TypedDict

from msgspec import Meta

from musicgen_web.web.api.shapes.jobs import SongInputs
from musicgen_web.web.api.shapes.words import Count, Cursor, Id, Seconds, SeedNumber, Time
from musicgen_web.web.api.wishes import PROMPT

BarNumber = Annotated[int, Meta(ge=1, description="From 1.")]


class Section(TypedDict):
    """A part of the song, in seconds."""

    name: str
    start: Seconds
    end: Seconds


class Chord(TypedDict):
    """A chord, the seconds it begins and ends at, and the bar it begins in."""

    name: Annotated[str, Meta(examples=["Am7"])]
    start: Seconds
    end: NotRequired[Seconds]
    bar: NotRequired[BarNumber]


class Bar(TypedDict):
    """A bar, the second it begins at, and the chords that sound in it."""

    bar: BarNumber
    start: Seconds
    chords: list[str]


class Lift(TypedDict):
    """Where the song goes on in a higher key, to its end."""

    key: Annotated[str, Meta(examples=["B"])]
    start: Seconds


class HardLine(TypedDict):
    """A line of the lyrics (from 1) that is not sung as it is written; `needed` and `had` are seconds."""

    line: Annotated[int, Meta(ge=1)]
    what: Annotated[str, Meta(description="`tight` (hard to follow), `cut` (its end is missing), `left out`.")]
    needed: Seconds
    had: Seconds
    why: NotRequired[Annotated[str, Meta(description="Where time is not the reason.")]]


class Voice(TypedDict):
    """Who sings the words, how many lines, and which of them otherwise than written."""

    lines: Count
    singer: Annotated[str, Meta(examples=["high"])]
    reports: list[HardLine]


class Plan(TypedDict, total=False):
    """What was understood and composed. An engine leaves out what it does not know."""

    summary: Annotated[str, Meta(description="One line.")]
    style: str
    bpm: float
    key: Annotated[str, Meta(examples=["A"])]
    mode: Annotated[str, Meta(examples=["minor"])]
    metre: Annotated[str, Meta(examples=["4/4"])]
    era: Annotated[str, Meta(description="The time it is to sound of.", examples=["80s"])]
    voice: Voice
    instruments: list[str]
    sections: list[Section]
    chords: list[Chord]
    bars: list[Bar]
    lift: Lift
    tempo_map: Annotated[
        list[list[float]],
        Meta(description="Quarter notes from the start, and the second they fall on.", examples=[[[0, 0], [96, 60]]]),
    ]


class Track(TypedDict):
    """A finished song in the library."""

    id: Id
    url: Annotated[str, Meta(description="Its address.", examples=["/api/v1/tracks/5f0c2b6f7d8e4f1a9b3c0d2e4f6a8b1c"])]
    title: Annotated[str, Meta(examples=["Lamplight on the weir"])]
    prompt: Annotated[str, Meta(examples=[PROMPT])]
    engine: Annotated[str, Meta(examples=["sketch"])]
    seed: Annotated[SeedNumber, Meta(description="Of this take.")]
    duration: Seconds
    size: Annotated[int, Meta(ge=0, description="Bytes of the FLAC.", examples=[2_412_003])]
    favourite: bool
    plan: Plan
    job_id: Id
    take: Annotated[int, Meta(ge=1, description="Which of the job's takes it is.")]
    audio: Annotated[dict[str, str], Meta(description="Format to address.")]
    created_at: Time
    deleted_at: Annotated[Time | None, Meta(description="When it went to the trash; null in the library.")]


class Tracks(TypedDict):
    """One page of tracks, newest first."""

    items: list[Track]
    next_cursor: Cursor


class Peaks(TypedDict):
    """The waveform: as many lows as highs, spread evenly over the song."""

    duration: Seconds
    low: list[Annotated[int, Meta(ge=-128, le=127)]]
    high: list[Annotated[int, Meta(ge=-128, le=127)]]


class Sound(TypedDict):
    """The samples. `md5` is of the decoded ones: equal MD5, equal song."""

    md5: str
    duration: Seconds
    sample_rate: int
    channels: int
    size: Count


class Place(TypedDict):
    """Where the song stands in this library."""

    track_id: Id
    job_id: Id
    take_number: int
    title: str


class Times(TypedDict):
    """When it was made and how long the device worked on it."""

    created_at: Time
    device_seconds: Seconds


class Receipt(TypedDict):
    """All that made the song. Only `library` and `times` differ when the same song is made again."""

    inputs: SongInputs
    audio: Sound
    plan: Plan
    versions: dict[str, str]
    library: Place
    times: Times
