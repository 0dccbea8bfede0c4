"""The style a song is played in: one of the band's, or a blend of two, with the sound of its time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from musicgen_web.engines.sketch import eras, names
from musicgen_web.engines.sketch.style import Player, Sound, Style, all_styles
from musicgen_web.engines.sketch.wishes import Wishes

_COLOURS = ("chords", "pad", "lead")  # roles that come from the second style
_OPEN_HZ = 18_000.0  # where a console without a low-pass ends


def style_for(wishes: Wishes) -> Style:
    """Return the style of these wishes."""
    style = all_styles()[wishes.style]
    if wishes.blend:
        style = blended(style, all_styles()[wishes.blend])
    return eras.dated(style, wishes.era)


def blended(first: Style, second: Style) -> Style:
    """Blend two styles: tempo, groove, drums and bass of the first; harmony, tune, colours of the second."""
    return replace(
        first,
        name=names.blend(first.name, second.name),
        modes=second.modes,
        progressions=second.progressions,
        cadences=second.cadences,
        spice=second.spice,
        jazz=second.jazz,
        strict=second.strict,
        tones=second.tones,
        lift=second.lift,
        pedals=second.pedals,
        band=_band(first, second),
        tune=replace(second.tune, metre=second.tune.metre or second.metre),
        tunes=second.tunes,
        sound=_sound(first.sound, second.sound),
        laid_back_ms=_by_role(first.laid_back_ms, second.laid_back_ms),
        swell=_by_role(first.swell, second.swell),
    )


def _band(first: Style, second: Style) -> tuple[Player, ...]:
    lent = tuple(
        replace(player, metre=player.metre or second.metre) for player in second.band if player.role in _COLOURS
    )
    has_chords = any(player.role in ("chords", "pad") for player in lent)
    has_lead = any(player.role == "lead" for player in lent)
    kept = (
        player
        for player in first.band
        if player.role not in _COLOURS or not (has_lead if player.role == "lead" else has_chords)
    )
    return (*lent, *kept)


def _sound(first: Sound, second: Sound) -> Sound:
    """Stand half-way between two rooms; what is the drums' and the bass's stays as it is."""
    return replace(
        first,
        reverb_t60=_middle(first.reverb_t60, second.reverb_t60),
        reverb_predelay=_middle(first.reverb_predelay, second.reverb_predelay),
        reverb_send=_by_role(first.reverb_send, second.reverb_send),
        echo_send=_by_role(first.echo_send, second.echo_send),
        lowpass_hz=_lowpass(first.lowpass_hz, second.lowpass_hz),
        vinyl=_middle(first.vinyl, second.vinyl),
        wow_cents=_middle(first.wow_cents, second.wow_cents),
        drive=_middle(first.drive, second.drive),
        width=_middle(first.width, second.width),
        tilt_db_per_octave=_middle(first.tilt_db_per_octave, second.tilt_db_per_octave),
    )


def _by_role(first: Mapping[str, float], second: Mapping[str, float]) -> Mapping[str, float]:
    rhythm = {role: value for role, value in first.items() if role not in _COLOURS}
    return rhythm | {role: second[role] for role in _COLOURS if role in second}


def _middle(one: float, other: float) -> float:
    return (one + other) / 2


def _lowpass(one: float | None, other: float | None) -> float | None:
    """Return the middle of two edges in octaves."""
    if one is None and other is None:
        return None
    return float(((one or _OPEN_HZ) * (other or _OPEN_HZ)) ** 0.5)
