"""The console's channels, one a role: where its fader rests, what its filters do, and who makes it step back."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Channel:
    """`level_db` of its fader; `low_cut_hz`: nothing below; `bells` (Hz, dB, Q); `air_db` above 8 kHz.

    `kick`: its share of the style's ducking by the kick. `voice_db`: how far it steps back while a voice sings —
    everywhere, around 550 Hz, and around 2 kHz where words are told apart.
    """

    level_db: float
    low_cut_hz: float
    bells: tuple[tuple[float, float, float], ...] = ()
    air_db: float = 0.0
    kick: float = 0.0
    voice_db: tuple[float, float, float] = (0.0, 0.0, 0.0)


CHANNELS = {
    "drums": Channel(-6.5, 30.0, ((380.0, -2.0, 1.0),), air_db=1.0, voice_db=(0.5, 0.5, 1.5)),
    "bass": Channel(-0.8, 30.0, ((240.0, -1.5, 1.0), (850.0, 1.5, 0.8)), kick=1.0, voice_db=(0.0, 0.5, 1.5)),
    "chords": Channel(-6.5, 140.0, ((300.0, -1.5, 0.9),), kick=0.6, voice_db=(1.0, 3.0, 5.0)),
    "pad": Channel(-8.5, 170.0, ((320.0, -2.0, 0.8), (2_600.0, -1.5, 0.8)), kick=1.0, voice_db=(1.5, 3.0, 5.0)),
    "lead": Channel(-2.5, 140.0, ((2_800.0, 1.0, 0.9),), voice_db=(2.0, 4.0, 6.0)),
    "voice": Channel(5.0, 90.0, ((300.0, -1.5, 0.9), (3_200.0, 2.0, 0.8)), air_db=1.5),
}
ALONE_CUT_HZ = 55.0  # where nobody plays the bass, the left hand does
