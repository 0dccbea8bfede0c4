"""General MIDI: which program of a synthesizer comes nearest to an instrument of the band (numbered from 0)."""

from __future__ import annotations

DRUM_CHANNEL = 9  # the tenth, when people count
PITCHED_CHANNELS = tuple(channel for channel in range(16) if channel != DRUM_CHANNEL)

PROGRAMS = {
    "piano": 0, "rhodes": 4, "clavinet": 7, "celesta": 8, "music_box": 10, "vibes": 11, "marimba": 12, "bells": 14,
    "dark_bell": 14, "organ": 16, "organ_bubble": 17, "accordion": 21, "harmonica": 22, "melodica": 22,
    "nylon_guitar": 24, "pedal_steel": 25, "steel_guitar": 25, "clean_guitar": 27, "electric_guitar": 27,
    "muted_guitar": 28, "blues_guitar": 29, "crunch_guitar": 29, "lead_guitar": 30, "metal_guitar": 30,
    "upright_bass": 32, "round_bass": 33, "picked_bass": 34, "fretless_bass": 35, "slap_bass": 36, "acid_bass": 38,
    "reese_bass": 38, "saw_bass": 38, "triangle_bass": 38, "bass_808": 39, "dub_bass": 39, "organ_bass": 39,
    "sub_bass": 39, "fiddle": 40, "violin": 40, "viola": 41, "cello": 42, "harp": 46, "low_strings": 48, "spiccato": 48,
    "strings": 48, "choir": 52, "voice": 53, "vocal_chop": 54, "trumpet": 56, "muted_trumpet": 59, "french_horns": 60,
    "brass": 61, "trumpets": 61, "saxophone": 65, "oboe": 68, "clarinet": 71, "flute": 73, "bamboo_flute": 77,
    "pulse_lead": 80, "soft_lead": 80, "square_lead": 80, "thin_pulse": 80, "saw_lead": 81, "stab": 81,
    "pluck_lead": 84, "trance_pluck": 84, "glass_pad": 88, "warm_pad": 89, "saw_pad": 90, "supersaw": 90, "pipa": 105,
    "guzheng": 107, "erhu": 110, "steel_drum": 114,
}  # fmt: skip
OF_ROLE = {"drums": 0, "bass": 33, "chords": 0, "pad": 89, "lead": 80, "voice": 53}


def program(instrument: str, role: str) -> int:
    """Return the program of an instrument; one that General MIDI does not know is what its role usually is."""
    return PROGRAMS.get(instrument.partition(":")[0], OF_ROLE[role])
