"""The band's instruments by name: who plays a note, how it is damped, and how loud it stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from musicgen_web.engines.sketch.instruments import (
    bass,
    bells,
    blown,
    bowed,
    brass,
    chip,
    club,
    drums,
    dub,
    electric,
    fiddle,
    jazz_winds,
    keys,
    leads,
    mallets,
    organs,
    pads,
    strings,
    synth_bass,
    synths,
    woodwinds,
    zithers,
)
from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE, Mono
from musicgen_web.engines.sketch.voice.choir import choir
from musicgen_web.engines.writer import Samples

Played = Callable[[int, float, float, int], Samples]  # (pitch, seconds, velocity, variation)

LAYERS = (0.35, 0.55, 0.75, 0.95)  # velocities that are really played; between them only the level changes
DAMPED = 5.0  # time constants from a note's end to silence


@dataclass(frozen=True, slots=True)
class Instrument:
    """`held` sounds as if never let go; `release`: the damper's time constant in seconds; `longest`: when even a held
    note has died away; `level_db` brings all instruments to one loudness; `turns`: how many versions of each note."""

    held: Played
    release: float
    longest: float
    level_db: float = 0.0
    turns: int = 1
    sustained: bool = False  # it sounds on as long as it is held, so it can swell


INSTRUMENTS: dict[str, Instrument] = {
    "piano": Instrument(keys.piano, 0.09, 9.0, -11.2, turns=1),
    "rhodes": Instrument(keys.rhodes, 0.07, 9.0, -8.2),
    "nylon_guitar": Instrument(strings.nylon_guitar, 0.06, 5.0, -8.4, turns=2),
    "steel_guitar": Instrument(strings.steel_guitar, 0.07, 6.0, -10.0, turns=2),
    "round_bass": Instrument(bass.round_bass, 0.035, 6.0, -8.2, turns=2),
    "upright_bass": Instrument(bass.upright_bass, 0.05, 4.0, -9.6, turns=2),
    "sub_bass": Instrument(bass.sub_bass, 0.03, 24.0, -10.3, sustained=True),
    "saw_bass": Instrument(synths.saw_bass, 0.03, 6.0, -10.6),
    "organ_bass": Instrument(synths.organ_bass, 0.025, 4.0, -7.4),
    "warm_pad": Instrument(pads.warm_pad, 0.32, 24.0, -14.5, sustained=True),
    "glass_pad": Instrument(pads.glass_pad, 0.45, 24.0, -12.4, sustained=True),
    "saw_pad": Instrument(synths.saw_pad, 0.28, 24.0, -16.4, sustained=True),
    "strings": Instrument(pads.strings, 0.16, 24.0, -15.3, sustained=True),
    "choir": Instrument(choir, 0.22, 24.0, -18.6, sustained=True),
    "pluck_lead": Instrument(leads.pluck_lead, 0.08, 4.0, -9.6, turns=2),
    "soft_lead": Instrument(leads.soft_lead, 0.07, 16.0, -13.1),
    "saw_lead": Instrument(synths.saw_lead, 0.08, 16.0, -14.2),
    "flute": Instrument(leads.flute, 0.05, 16.0, -15.7),
    "bells": Instrument(bells.bells, 0.5, 5.0, -13.1, turns=2),
    "vibes": Instrument(bells.vibes, 0.4, 8.0, -11.3),
    "celesta": Instrument(bells.celesta, 0.4, 6.0, -12.0, turns=2),
    "music_box": Instrument(bells.music_box, 0.6, 5.0, -12.0, turns=2),
    "harp": Instrument(strings.harp, 0.25, 7.0, -11.3, turns=2),
    "guzheng": Instrument(zithers.guzheng, 0.18, 6.0, -11.2, turns=3),
    "pipa": Instrument(zithers.pipa, 0.06, 8.0, -11.0, turns=2),
    "violin": Instrument(bowed.violin, 0.06, 16.0, -14.0, turns=2, sustained=True),
    "viola": Instrument(bowed.viola, 0.08, 16.0, -14.0, turns=2, sustained=True),
    "cello": Instrument(bowed.cello, 0.08, 16.0, -14.0, turns=2, sustained=True),
    "low_strings": Instrument(bowed.low_strings, 0.09, 16.0, -15.0, sustained=True),
    "spiccato": Instrument(bowed.spiccato, 0.06, 0.8, -8.5, turns=3),
    "erhu": Instrument(bowed.erhu, 0.06, 16.0, -14.0, turns=2, sustained=True),
    "french_horns": Instrument(brass.french_horns, 0.11, 16.0, -15.2, sustained=True),
    "trumpet": Instrument(brass.trumpet, 0.05, 12.0, -13.3, turns=2),
    "trumpets": Instrument(brass.trumpets, 0.045, 12.0, -15.3, turns=2),
    "clarinet": Instrument(woodwinds.clarinet, 0.045, 16.0, -14.4, turns=2),
    "oboe": Instrument(woodwinds.oboe, 0.045, 16.0, -14.6, turns=2),
    "bamboo_flute": Instrument(woodwinds.bamboo_flute, 0.05, 16.0, -13.2, turns=3),
    "accordion": Instrument(woodwinds.accordion, 0.04, 16.0, -14.4, sustained=True),
    "pulse_lead": Instrument(chip.pulse_lead, 0.012, 12.0, -11.5),
    "thin_pulse": Instrument(chip.thin_pulse, 0.01, 4.0, -10.5),
    "square_lead": Instrument(chip.square_lead, 0.012, 12.0, -11.2),
    "triangle_bass": Instrument(chip.triangle_bass, 0.012, 12.0, -12.0),
    "clean_guitar": Instrument(strings.clean_guitar, 0.025, 5.0, -10.0, turns=2),
    "organ_bubble": Instrument(dub.organ_bubble, 0.02, 8.0, -13.2, sustained=True),
    "melodica": Instrument(dub.melodica, 0.05, 12.0, -14.0),
    "bass_808": Instrument(synth_bass.bass_808, 0.05, 5.0, -13.6, turns=3),
    "reese_bass": Instrument(synth_bass.reese_bass, 0.04, 8.0, -11.4, sustained=True),
    "acid_bass": Instrument(synth_bass.acid_bass, 0.02, 3.0, -8.4, turns=3),
    "dub_bass": Instrument(synth_bass.dub_bass, 0.05, 5.0, -8.2, turns=2),
    "supersaw": Instrument(club.supersaw, 0.06, 12.0, -14.6, sustained=True),
    "trance_pluck": Instrument(club.trance_pluck, 0.08, 3.0, -11.6, turns=2),
    "stab": Instrument(club.stab, 0.05, 1.5, -10.2, turns=2),
    "vocal_chop": Instrument(club.vocal_chop, 0.04, 3.0, -10.6, turns=3),
    "saxophone": Instrument(jazz_winds.saxophone, 0.06, 12.0, -14.2),
    "muted_trumpet": Instrument(jazz_winds.muted_trumpet, 0.05, 12.0, -14.6),
    "dark_bell": Instrument(bells.dark_bell, 0.4, 6.0, -12.6, turns=2),
    "marimba": Instrument(mallets.marimba, 0.2, 3.0, -8.6, turns=2),
    "steel_drum": Instrument(mallets.steel_drum, 0.15, 4.0, -10.8, turns=2),
    "picked_bass": Instrument(bass.picked_bass, 0.03, 6.0, -10.6, turns=2),
    "slap_bass": Instrument(bass.slap_bass, 0.02, 4.0, -8.6, turns=2),
    "fretless_bass": Instrument(bass.fretless_bass, 0.05, 8.0, -12.4, turns=2),
    "electric_guitar": Instrument(electric.electric_guitar, 0.05, 5.0, -10.0, turns=2),
    "muted_guitar": Instrument(electric.muted_guitar, 0.02, 2.0, -10.0, turns=2),
    "crunch_guitar": Instrument(electric.crunch_guitar, 0.025, 6.0, -10.0, turns=4),
    "metal_guitar": Instrument(electric.metal_guitar, 0.015, 6.0, -10.0, turns=4),
    "lead_guitar": Instrument(electric.lead_guitar, 0.04, 12.0, -10.0, turns=2),
    "blues_guitar": Instrument(electric.blues_guitar, 0.04, 10.0, -10.0, turns=2),
    "pedal_steel": Instrument(electric.pedal_steel, 0.12, 12.0, -13.2, turns=2, sustained=True),
    "organ": Instrument(organs.organ, 0.02, 20.0, -9.6, sustained=True),
    "clavinet": Instrument(organs.clavinet, 0.015, 3.0, -10.0, turns=2),
    "brass": Instrument(blown.brass, 0.04, 10.0, -13.4),
    "harmonica": Instrument(blown.harmonica, 0.05, 12.0, -16.7, turns=2),
    "fiddle": Instrument(fiddle.fiddle, 0.05, 12.0, -15.0, turns=2),
}
DRUM_TURNS = 3


def layer(velocity: float) -> float:
    """Return the nearest velocity that is really played."""
    return min(LAYERS, key=lambda played: abs(played - velocity))


def loudness(velocity: float) -> float:
    """Return a note's gain: about 20 dB between a whisper and the hardest stroke."""
    return float(10.0 ** ((velocity - 1.0) * 20.0 / 20.0))


@lru_cache(maxsize=16)
def rise(frames: int) -> Mono:
    """Return the gain in which a note comes (frames,): with the damper of a swell, their powers add up to one."""
    angle = np.arange(frames, dtype=np.float32) * np.float32(0.5 * np.pi / max(frames, 1))
    return np.asarray(np.sin(angle), dtype=np.float32)


def damper(instrument: str, swell: float = 0.0) -> Mono:
    """Return the gain from a note's end to silence (frames,); a sustained one goes in the time in which others come."""
    if swell > 0.0 and INSTRUMENTS[instrument].sustained:
        return rise(round(swell * SAMPLE_RATE))[::-1]
    release = INSTRUMENTS[instrument].release
    frames = round(DAMPED * release * SAMPLE_RATE)
    time = np.arange(frames, dtype=np.float32) / SAMPLE_RATE
    return np.asarray(
        np.exp(-time / np.float32(release)) * (1.0 - np.arange(frames, dtype=np.float32) / frames), dtype=np.float32
    )


def held(instrument: str, pitch: int, seconds: float, velocity: float, variation: int) -> Samples:
    """Return a note that is not let go, brought to the band's common loudness."""
    entry = INSTRUMENTS[instrument]
    samples = entry.held(pitch, min(seconds, entry.longest), velocity, variation)
    return samples * np.float32(10.0 ** (entry.level_db / 20.0))


def render_note(instrument: str, pitch: int, seconds: float, velocity: float, variation: int = 0) -> Samples:
    """Return one note (frames, 2) from its start through its release; drums (`kit:pop`) ring as long as they ring."""
    if instrument.startswith("kit:"):
        return drums.hit(instrument.removeprefix("kit:"), pitch, velocity, variation) * np.float32(loudness(velocity))
    fade = damper(instrument)
    samples = held(instrument, pitch, seconds + len(fade) / SAMPLE_RATE, layer(velocity), variation)
    samples *= np.float32(loudness(velocity))
    damp(samples, round(seconds * SAMPLE_RATE), fade)
    return samples


def damp(samples: Samples, end: int, fade: Mono) -> None:
    """Let go of a note at frame `end`, in place; what has died away before is left as it is."""
    rest = len(samples) - end
    if rest <= 0:
        edge = min(len(samples), len(fade))
        samples[-edge:] *= np.linspace(1.0, 0.0, edge, dtype=np.float32)[:, None]
        return
    size = min(rest, len(fade))
    samples[end : end + size] *= fade[:size, None]
    samples[end + size :] = 0.0
