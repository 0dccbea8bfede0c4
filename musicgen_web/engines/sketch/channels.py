"""The console's channels, one a role: where its fader rests, what its filters take away, and who makes it step back."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Channel:
    """`level_db` of its fader; `low_cut_hz`: nothing below; `kick`: its share of the style's ducking by the kick."""

    level_db: float
    low_cut_hz: float = 0.0
    kick: float = 0.0


CHANNELS = {
    "drums": Channel(-6.5),
    "bass": Channel(-0.8, kick=1.0),
    "chords": Channel(-6.5, low_cut_hz=140.0, kick=0.6),
    "pad": Channel(-8.5, low_cut_hz=140.0, kick=1.0),
    "lead": Channel(-2.5, low_cut_hz=140.0),
    "voice": Channel(-2.5, low_cut_hz=90.0),
}
ALONE_CUT_HZ = 55.0  # where nobody plays the bass, the left hand does
