"""The band's instruments by name: who plays a note, how it is damped, and how loud it stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from musicgen_web.engines.sketch.instruments import bass, bells, drums, keys, leads, pads, strings, synths
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
