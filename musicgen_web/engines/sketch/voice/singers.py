"""Who sings: a part's instrument names the singer ("voice:low", "voice:high", "voice:back").

`low` sings about A2–E4, `high` about G3–D5; `back` anything between, softly and from both sides: for harmonies and
answers. In a chorus `low` and `high` are doubled by themselves; with ":double" behind the name ("voice:high:double")
they are all through the song. An unknown name is sung by `high`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from musicgen_web.engines.sketch.voice.colour import Colour
from musicgen_web.engines.sketch.voice.pitch import Manner


@dataclass(frozen=True, slots=True)
class Double:
    """The same singer once more: cents and seconds off, how loud, and where (−1 left … 1 right)."""

    cents: float
    seconds: float
    level_db: float
    pan: float


DOUBLES = (Double(8.0, 0.015, -7.0, -0.7), Double(-8.0, -0.008, -7.0, 0.7))
SIDES = (Double(6.0, 0.012, -3.0, -0.8), Double(-7.0, -0.006, -3.0, 0.8))


@dataclass(frozen=True, slots=True)
class Singer:
    """`voices` are espeak's, for English and for Mandarin; `centre_db`: how loud the voice is between its doubles."""

    voices: tuple[str, str]
    colour: Colour
    manner: Manner
    doubles: tuple[Double, ...] = ()
    centre_db: float = 0.0


VOICES = ("en-us+f2", "cmn+f2")  # of espeak's, the clearest to a recogniser
SINGERS = {
    "low": Singer(VOICES, Colour(0.92, ring_db=4.0), Manner(45.0)),
    "high": Singer(VOICES, Colour(1.06, ring_db=2.5, bright_db=-1.5), Manner(45.0)),
    "back": Singer(VOICES, Colour(0.97, 0.0, bright_db=-3.0, breath_db=6.0), Manner(25.0), SIDES, centre_db=-4.0),
}
UNKNOWN = "high"


def singer_of(instrument: str, *, in_chorus: bool = False) -> Singer:
    """Return who sings a part ("voice:high:double")."""
    _, _, name = instrument.partition(":")
    who, _, manner = name.partition(":")
    singer = SINGERS.get(who, SINGERS[UNKNOWN])
    wants_double = (in_chorus or manner == "double") and not singer.doubles
    return replace(singer, doubles=DOUBLES) if wants_double else singer
