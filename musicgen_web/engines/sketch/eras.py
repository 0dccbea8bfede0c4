"""The sound of a time: how an era bends a style's room, tape and console, and which instruments it had instead.

The facts are studio history: narrow stereo and spring rooms on four tracks (1960s), dry close-miked drums and tape
(1970s), gated reverb, digital halls and FM or analogue synthesizers (1980s), samplers and drier rooms (1990s),
loudness and clean low end (2000s and after).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from musicgen_web.engines.sketch.band import chairs
from musicgen_web.engines.sketch.style import Player, Sound, Style


@dataclass(frozen=True, slots=True, kw_only=True)
class Era:
    """What a time does to a sound. Factors and additions to the style's own; `least` and `most` are limits."""

    width: float = 1.0  # factor
    least_width: float = 0.0
    reverb_t60: float = 1.0  # factor
    least_t60: float = 0.0  # seconds
    most_t60: float = 6.0
    most_lowpass_hz: float | None = None
    is_clean: bool = False  # no crackle, no wow, no low-pass
    drive: float = 0.0  # added
    least_vinyl: float = 0.0
    least_wow_cents: float = 0.0
    sidechain_db: float = 0.0  # added
    tilt_db_per_octave: float = 0.0  # added
    drum_send: float = 0.0  # added
    kits: Mapping[str, str] = field(default_factory=dict)  # the style's → the era's
    plays: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # an instrument → what stood in its place


_NO_SYNTHS = {
    "saw_pad": ("strings",),
    "glass_pad": ("strings",),
    "warm_pad": ("organ", "strings"),
    "supersaw": ("strings",),
    "saw_lead": ("trumpet", "flute"),
    "pluck_lead": ("clean_guitar", "vibes"),
    "soft_lead": ("flute",),
    "saw_bass": ("round_bass",),
    "sub_bass": ("round_bass",),
    "bass_808": ("round_bass",),
    "reese_bass": ("round_bass",),
    "acid_bass": ("round_bass",),
    "trance_pluck": ("clean_guitar", "vibes"),
    "stab": ("brass", "organ"),
}
ERAS: Mapping[str, Era] = {
    "50s": Era(
        width=0.35, most_t60=1.3, most_lowpass_hz=6_500.0, drive=0.16, least_vinyl=0.45, least_wow_cents=5.0,
        tilt_db_per_octave=-0.4, kits={"pop": "room", "machine": "room", "gated": "room"},
        plays=_NO_SYNTHS | {"round_bass": ("upright_bass",), "rhodes": ("piano",)},
    ),
    "60s": Era(
        width=0.55, least_t60=1.3, most_t60=2.2, most_lowpass_hz=9_000.0, drive=0.14, least_vinyl=0.2,
        least_wow_cents=3.0, tilt_db_per_octave=-0.2, kits={"pop": "room", "machine": "room", "gated": "room"},
        plays=_NO_SYNTHS | {"rhodes": ("organ", "piano")},
    ),
    "70s": Era(
        width=0.85, reverb_t60=0.7, most_t60=1.4, most_lowpass_hz=12_000.0, drive=0.1, least_wow_cents=2.5,
        tilt_db_per_octave=-0.4, kits={"machine": "room", "gated": "room"},
        plays={"warm_pad": ("strings",), "glass_pad": ("strings",), "saw_pad": ("strings",), "piano": ("rhodes",),
               "sub_bass": ("round_bass",), "pluck_lead": ("clavinet", "clean_guitar")},
    ),
    "80s": Era(
        least_width=0.95, least_t60=1.9, tilt_db_per_octave=0.3, drum_send=0.08,
        kits=dict.fromkeys(("pop", "rock", "room", "disco", "funk", "brush"), "gated"),
        plays={"piano": ("rhodes",), "warm_pad": ("saw_pad",), "strings": ("saw_pad",), "round_bass": ("saw_bass",),
               "picked_bass": ("saw_bass",), "pluck_lead": ("saw_lead",), "supersaw": ("saw_pad",)},
    ),
    "90s": Era(
        width=0.95, reverb_t60=0.8, most_lowpass_hz=14_000.0, drive=0.06, tilt_db_per_octave=-0.2,
        kits={"gated": "machine"}, plays={"saw_pad": ("warm_pad",), "saw_lead": ("soft_lead",)},
    ),
    "2000s": Era(is_clean=True, least_width=0.85, reverb_t60=0.85, drive=0.1, sidechain_db=1.0),
    "vintage": Era(
        width=0.65, most_t60=1.8, most_lowpass_hz=8_500.0, drive=0.14, least_vinyl=0.35, least_wow_cents=5.0,
        tilt_db_per_octave=-0.3, kits={"pop": "room"},
    ),
    "modern": Era(
        is_clean=True, least_width=0.95, reverb_t60=0.8, sidechain_db=1.5, tilt_db_per_octave=0.2,
        plays={"round_bass": ("sub_bass",)},
    ),
}  # fmt: skip


def dated(style: Style, name: str | None) -> Style:
    """Return a style as it would have sounded in an era."""
    if name is None:
        return style
    era = ERAS[name]
    band = tuple(_of_its_time(player, era) for player in style.band)
    return replace(style, sound=_sound(style.sound, era), band=band)


def _of_its_time(player: Player, era: Era) -> Player:
    """Let a player take up what the era had instead, where somebody can play it; the part stays the same."""
    for instrument in era.plays.get(player.instrument, ()):
        if instrument in chairs():
            return replace(player, instrument=instrument, name=chairs()[instrument].name)
    return player


def _sound(sound: Sound, era: Era) -> Sound:
    edges = [edge for edge in (None if era.is_clean else sound.lowpass_hz, era.most_lowpass_hz) if edge is not None]
    return replace(
        sound,
        width=min(1.0, max(sound.width * era.width, era.least_width)),
        reverb_t60=min(max(sound.reverb_t60 * era.reverb_t60, era.least_t60), max(era.most_t60, era.least_t60)),
        reverb_send={**sound.reverb_send, "drums": sound.reverb_send.get("drums", 0.1) + era.drum_send},
        kit=era.kits.get(sound.kit, sound.kit),
        lowpass_hz=min(edges, default=None),
        vinyl=0.0 if era.is_clean else max(sound.vinyl, era.least_vinyl),
        wow_cents=0.0 if era.is_clean else max(sound.wow_cents, era.least_wow_cents),
        drive=min(1.0, sound.drive + era.drive),
        sidechain_db=sound.sidechain_db + era.sidechain_db,
        tilt_db_per_octave=sound.tilt_db_per_octave + era.tilt_db_per_octave,
    )
