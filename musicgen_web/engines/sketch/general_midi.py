"""General MIDI: which program of a synthesizer comes nearest to an instrument of the band (numbered from 0)."""

from __future__ import annotations

DRUM_CHANNEL = 9  # the tenth, when people count
PITCHED_CHANNELS = tuple(channel for channel in range(16) if channel != DRUM_CHANNEL)

PROGRAMS = {
    "piano": 0, "grand_piano": 0, "upright_piano": 1, "house_piano": 1, "honky_tonk": 3, "rhodes": 4, "wurlitzer": 4,
    "electric_piano": 5, "harpsichord": 6, "clavinet": 7, "celesta": 8, "glockenspiel": 9, "music_box": 10, "vibes": 11,
    "marimba": 12, "xylophone": 13, "bells": 14, "dulcimer": 15, "organ": 16, "hammond": 16, "rock_organ": 18,
    "church_organ": 19, "accordion": 21, "harmonica": 22, "bandoneon": 23, "nylon_guitar": 24, "steel_guitar": 25,
    "jazz_guitar": 26, "clean_guitar": 27, "electric_guitar": 27, "muted_guitar": 28, "overdriven_guitar": 29,
    "distorted_guitar": 30, "upright_bass": 32, "round_bass": 33, "electric_bass": 33, "picked_bass": 34,
    "fretless_bass": 35, "slap_bass": 36, "saw_bass": 38, "acid_bass": 38, "reese_bass": 38, "organ_bass": 39,
    "sub_bass": 39, "bass_808": 39, "violin": 40, "fiddle": 40, "viola": 41, "cello": 42, "pizzicato": 45, "harp": 46,
    "timpani": 47, "strings": 48, "string_quartet": 48, "synth_strings": 50, "choir": 52, "voice": 53, "trumpet": 56,
    "trombone": 57, "muted_trumpet": 59, "horn": 60, "horns": 60, "brass": 61, "synth_brass": 62, "sax": 65,
    "saxophone": 65, "clarinet": 71, "flute": 73, "bamboo_flute": 77, "whistle": 78, "pulse_lead": 80, "saw_lead": 81,
    "soft_lead": 80, "pluck_lead": 84, "glass_pad": 88, "warm_pad": 89, "saw_pad": 90, "supersaw": 90, "dark_pad": 89,
    "sitar": 104, "banjo": 105, "shamisen": 106, "koto": 107, "guzheng": 107, "zither": 107, "kalimba": 108,
    "erhu": 110, "mandolin": 25, "steel_drums": 114, "spiccato": 48, "low_strings": 48, "french_horns": 60,
    "trumpets": 61, "oboe": 68, "pipa": 105, "thin_pulse": 80, "square_lead": 80, "triangle_bass": 38,
    "crunch_guitar": 29, "blues_guitar": 29, "metal_guitar": 30, "lead_guitar": 30, "pedal_steel": 25,
}  # fmt: skip
OF_ROLE = {"drums": 0, "bass": 33, "chords": 0, "pad": 89, "lead": 80, "voice": 53}


def program(instrument: str, role: str) -> int:
    """Return the program of an instrument; one that General MIDI does not know is what its role usually is."""
    return PROGRAMS.get(instrument, OF_ROLE[role])
