"""Drum kits by General MIDI number: each stroke is modelled (sweeps, modes, bands of noise)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from musicgen_web.engines.sketch.instruments import chip_drums, percussion, taikos
from musicgen_web.engines.sketch.instruments.partials import (
    SAMPLE_RATE,
    Partials,
    attack,
    decaying_noise,
    dice,
    silence,
    sound,
)
from musicgen_web.engines.sketch.instruments.riser import RISER, RISER_DB, rise
from musicgen_web.engines.sketch.instruments.strokes import both, filtered, modes, noise, sweep
from musicgen_web.engines.writer import Samples


@dataclass(frozen=True, slots=True)
class Kit:
    """What makes a kit: the kick's and snare's tune and length, how bright it all is (1 = open), how long it rings."""

    number: int
    kick_hz: float
    kick_seconds: float
    kick_click: float
    snare_hz: float
    snare_seconds: float
    snare_noise: float
    bright: float
    ring: float
    top_hz: float  # nothing above
    drive: float
    gate: float = 0.0  # seconds the snare's hall is let through before it is cut off
    brushed: bool = False  # instead of sticks on the snare
    rumble: float = 0.0  # of the kick's hall, low-passed: the floor of a warehouse
    room: float = 0.0  # time constant of the room that answers skins, seconds


KITS = {
    "pop": Kit(20, 51.0, 0.115, 0.5, 188.0, 0.068, 0.75, 1.0, 1.0, 17_000.0, 1.6),
    "lofi": Kit(21, 55.0, 0.1, 0.16, 172.0, 0.06, 0.6, 0.6, 0.7, 7_500.0, 2.2),
    "ambient": Kit(22, 45.0, 0.2, 0.05, 160.0, 0.11, 0.5, 0.55, 1.5, 10_000.0, 1.0),
    "soft": Kit(23, 60.0, 0.085, 0.1, 195.0, 0.05, 0.55, 0.7, 0.8, 12_000.0, 1.1),
    "room": Kit(24, 57.0, 0.14, 0.2, 168.0, 0.09, 0.65, 0.7, 1.1, 14_000.0, 1.3),
    "gated": Kit(25, 49.0, 0.12, 0.45, 178.0, 0.08, 0.9, 0.9, 1.1, 16_500.0, 2.0, gate=0.21),
    "machine": Kit(26, 47.0, 0.15, 0.6, 205.0, 0.06, 0.8, 1.0, 0.9, 17_000.0, 2.4),
    "orchestral": Kit(30, 41.0, 0.3, 0.1, 150.0, 0.1, 0.7, 0.8, 1.7, 17_000.0, 1.2),
    "latin": Kit(31, 58.0, 0.09, 0.2, 215.0, 0.05, 0.6, 0.9, 0.8, 17_000.0, 1.1),
    "chip": Kit(32, 46.0, 0.075, 0.4, 160.0, 0.05, 0.9, 1.0, 1.0, 17_000.0, 1.0),
    "folk percussion": Kit(33, 74.0, 0.26, 0.1, 160.0, 0.1, 0.3, 0.7, 1.2, 15_000.0, 1.0),
    "jazz": Kit(60, 54.0, 0.13, 0.08, 190.0, 0.07, 0.6, 0.7, 1.5, 15_000.0, 1.0, brushed=True),
    "reggae": Kit(61, 54.0, 0.13, 0.3, 262.0, 0.045, 0.55, 0.75, 0.8, 14_500.0, 1.4),
    "boombap": Kit(62, 53.0, 0.105, 0.45, 192.0, 0.075, 0.95, 0.75, 0.75, 10_500.0, 3.0),
    "trap": Kit(63, 46.0, 0.13, 0.75, 212.0, 0.085, 1.0, 1.1, 0.6, 17_500.0, 2.0),
    "techno": Kit(64, 48.0, 0.17, 0.55, 200.0, 0.05, 0.8, 0.9, 0.8, 16_500.0, 3.0, rumble=0.5),
    "dnb": Kit(65, 51.0, 0.095, 0.7, 218.0, 0.075, 0.9, 1.0, 0.8, 17_000.0, 2.6),
    "afro": Kit(66, 56.0, 0.12, 0.3, 225.0, 0.05, 0.65, 0.8, 0.8, 15_500.0, 1.4),
    "rock": Kit(40, 58.0, 0.12, 0.6, 184.0, 0.085, 0.85, 0.95, 1.2, 17_000.0, 1.9, room=0.15),
    "metal": Kit(41, 54.0, 0.08, 1.3, 204.0, 0.06, 0.8, 1.0, 1.0, 17_000.0, 2.3, room=0.09),
    "brush": Kit(42, 60.0, 0.1, 0.12, 190.0, 0.06, 0.6, 0.9, 1.0, 17_000.0, 1.1, room=0.08, brushed=True),
    "funk": Kit(43, 63.0, 0.07, 0.55, 232.0, 0.05, 0.85, 1.0, 0.75, 17_000.0, 1.6, room=0.045),
    "disco": Kit(44, 55.0, 0.09, 0.5, 186.0, 0.06, 0.7, 0.95, 0.85, 17_000.0, 1.7),
}
OWN_HITS = {
    "orchestral": taikos.HITS, "latin": percussion.LATIN_HITS, "chip": chip_drums.HITS,
    "folk percussion": percussion.FOLK_HITS,
}  # fmt: skip
"""What a kit strikes instead of the drums that all kits have, or beside them."""

ALIKE = {
    35: 36, 40: 38, 41: 45, 43: 45, 48: 50, 52: 49, 57: 49, 53: 51, 59: 51,
    60: 63, 61: 64, 62: 63, 69: 70, 82: 70, 75: 37, 76: 37, 77: 37,
}  # fmt: skip
"""Drums that are not in the kits -> the nearest that is."""

BALANCE_DB = {
    36: 0.0, 37: -6.0, 38: -3.0, 39: -4.0, 42: -10.0, 44: -11.0, 45: -3.0, 46: -11.5, 47: -3.0, 49: -9.0, 50: -4.0,
    51: -11.0, 54: -12.0, 55: -9.0, 63: -6.0, 64: -5.0, 70: -11.0,
    RISER: RISER_DB,
}  # fmt: skip
"""The peak of each drum's hardest stroke, against the kick's."""

SKINS = {36: 0.5, 38: 1.0, 45: 0.9, 47: 0.9, 50: 0.9}
"""How loudly the room answers each drum."""

SWELL_SECONDS = 1.5  # from nothing to the loudest of a rolled cymbal

Hit = Callable[[Kit, float, np.random.Generator], Samples]


def hit(kit: str, drum: int, velocity: float, variation: int) -> Samples:
    """Return one stroke (frames, 2), as long as it rings. An unknown drum is a rim click."""
    own = OWN_HITS.get(kit, {})
    drum = drum if drum in own else ALIKE.get(drum, drum)
    played = KITS.get(kit, KITS["pop"])
    chance = dice(played.number, drum, round(velocity * 100), variation)
    samples = own[drum](velocity, chance) if drum in own else HITS.get(drum, _rim)(played, velocity, chance)
    if played.room and drum in SKINS:
        samples = _in_room(samples, played.room, SKINS[drum], chance)
    if played.top_hz < 16_000.0:
        samples = filtered(samples, "lowpass", played.top_hz)
    balance = BALANCE_DB | percussion.BALANCE_DB if own else BALANCE_DB
    samples *= np.float32(10.0 ** (balance.get(drum, -6.0) / 20.0) / np.abs(samples).max())
    return _faded(samples)


def _faded(samples: Samples) -> Samples:
    fade = min(len(samples), SAMPLE_RATE // 50)
    samples[-fade:] *= np.linspace(1.0, 0.0, fade, dtype=np.float32)[:, None]
    return samples


def _in_room(samples: Samples, seconds: float, level: float, chance: np.random.Generator) -> Samples:
    """Let the walls answer: a short, wide tail that begins a few milliseconds after the stroke."""
    late = round(0.007 * SAMPLE_RATE)
    tail = filtered(noise(chance, round(4.5 * seconds * SAMPLE_RATE), seconds, 0.9), "bandpass", 160.0, 4_200.0)
    out = silence(max(len(samples), late + len(tail)))
    out[: len(samples)] = _faded(samples)
    out[late : late + len(tail)] += attack(tail, 0.012) * np.float32(0.2 * level * np.abs(samples).max())
    return out


def _kick(kit: Kit, velocity: float, chance: np.random.Generator) -> Samples:
    frames = round(min(0.9, kit.kick_seconds * 4.5) * SAMPLE_RATE)
    tune = kit.kick_hz * chance.uniform(0.99, 1.01)
    body = sweep(frames, tune, tune * (2.4 + 1.4 * velocity), 0.022, kit.kick_seconds)
    body += np.float32(0.5 * kit.kick_click) * sweep(frames, 95.0, 420.0, 0.011, 0.03)
    body = np.tanh(np.float32(kit.drive) * body) / np.float32(np.tanh(kit.drive))
    click = both(decaying_noise(chance, SAMPLE_RATE // 50, 0.0022))
    body[: len(click)] += (np.float32(kit.kick_click * velocity**1.5) * filtered(click, "bandpass", 1_200.0, 6_500.0))[
        :, 0
    ]
    out = attack(both(body), 0.0012)
    return _rumbling(kit, out, chance) if kit.rumble else out


def _rumbling(kit: Kit, kick: Samples, chance: np.random.Generator) -> Samples:
    """A kick and its hall, of which only the lowest is left: in the middle, and swelling until the next beat."""
    frames = round(0.44 * SAMPLE_RATE)
    time = np.arange(frames, dtype=np.float32) / SAMPLE_RATE
    hall = filtered(both(chance.standard_normal(frames, dtype=np.float32)), "bandpass", 38.0, 95.0)
    swells = np.float32(kit.rumble) * np.minimum(time / np.float32(0.14), 1.0) ** 2 * np.exp(-time / np.float32(0.3))
    hall *= (swells / np.float32(np.std(hall) * 3.0))[:, None]
    hall[: len(kick)] += kick[:frames]
    return hall


def _snare(kit: Kit, velocity: float, chance: np.random.Generator) -> Samples:
    if kit.brushed:
        return _brushed(kit, velocity, chance)
    frames = round(min(0.7, kit.snare_seconds * 5.5) * SAMPLE_RATE)
    tune = kit.snare_hz * chance.uniform(0.985, 1.015) * (1.0 + 0.04 * velocity)
    skin = sweep(frames, tune, tune * 1.45, 0.012, 0.5 * kit.snare_seconds)
    skin += np.float32(0.55) * sweep(frames, tune * 1.78, tune * 2.1, 0.01, 0.32 * kit.snare_seconds)
    wires = filtered(
        noise(chance, frames, kit.snare_seconds, 0.45), "bandpass", 900.0, 4_200.0 + 5_800.0 * velocity * kit.bright
    )
    snap = attack(filtered(noise(chance, frames, 0.012, 0.3), "bandpass", 2_500.0, 9_000.0), 0.003)
    out = both(np.float32(0.62) * skin)
    out += np.float32(0.95 * kit.snare_noise * (0.45 + 0.65 * velocity)) * wires
    out += np.float32(0.28 * velocity**1.5 * kit.bright) * snap
    if kit.gate:
        left = kit.gate - np.arange(frames, dtype=np.float32) / SAMPLE_RATE
        hall = filtered(noise(chance, frames, 0.3, 0.8), "bandpass", 250.0, 5_500.0)
        out += np.float32(0.5 * (0.4 + 0.6 * velocity)) * hall * np.clip(left / np.float32(0.025), 0.0, 1.0)[:, None]
    return attack(np.tanh(np.float32(0.8 * kit.drive) * out) / np.float32(0.8 * kit.drive), 0.0015)


def _brushed(kit: Kit, velocity: float, chance: np.random.Generator) -> Samples:
    """Wires on a coated skin: drawn across it when it is soft, laid on it when it is loud."""
    drawn, slapped = float(np.clip(1.3 - 1.6 * velocity, 0.0, 1.0)), velocity**1.5
    frames = round(0.42 * SAMPLE_RATE)
    time = np.arange(frames, dtype=np.float32) / SAMPLE_RATE
    wires = filtered(noise(chance, frames, 1e3, 0.5), "bandpass", 1_400.0, 4_500.0 + 4_000.0 * velocity)
    stroke = np.minimum(time / np.float32(0.07), 1.0) ** 2 * np.exp(-np.maximum(time - 0.09, 0.0) / np.float32(0.07))
    slap = np.exp(-time / np.float32(kit.snare_seconds))
    skin = sweep(frames, kit.snare_hz, kit.snare_hz * 1.3, 0.012, 0.6 * kit.snare_seconds)
    out = wires * (np.float32(0.5 * drawn) * stroke + np.float32(slapped) * slap)[:, None]
    return attack(out + np.float32(0.3 * slapped) * both(skin), 0.004)


def _rim(kit: Kit, velocity: float, chance: np.random.Generator) -> Samples:
    hz = np.array([430.0, 815.0, 1_690.0, 2_480.0, 3_900.0, 5_600.0]) * chance.uniform(0.985, 1.015, 6)
    level = np.array([0.5, 0.4, 0.75, 0.45, 0.25, 0.15]) * (0.4 + 0.6 * velocity) ** np.arange(6)
    out = sound(modes(chance, hz, np.array([0.02, 0.018, 0.014, 0.01, 0.006, 0.004]), level, 0.3), SAMPLE_RATE // 7)
    return attack(out, 0.0006)


def _clap(kit: Kit, velocity: float, chance: np.random.Generator) -> Samples:
    frames = round(0.4 * SAMPLE_RATE)
    out = silence(frames)
    for number, start in enumerate(np.cumsum([0.0, *chance.uniform(0.008, 0.0125, 3)])):
        at = round(start * SAMPLE_RATE)
        last = number == 3
        burst = noise(chance, frames - at, 0.075 * kit.ring if last else 0.006, 0.6)
        out[at:] += burst * np.float32(0.75 if last else chance.uniform(0.7, 1.0))
    return attack(filtered(out, "bandpass", 850.0, 2_400.0 + 3_000.0 * velocity * kit.bright), 0.001)


def _metal(kit: Kit, chance: np.random.Generator, size: int, low_hz: float, decay: float, velocity: float) -> Partials:
    """A cymbal's modes: dense, inharmonic, the high ones short; a harder stroke wakes more of the high ones."""
    hz = low_hz * (1.0 + 13_500.0 / low_hz * np.sort(chance.random(size)) ** 1.15)
    tilt = (hz / 6_000.0) ** -(1.1 - 0.9 * velocity * kit.bright)
    level = tilt * chance.uniform(0.3, 1.0, size) / np.sqrt(size) / (1.0 + (3_000.0 / hz) ** 4)
    return modes(
        chance, hz, decay * chance.uniform(0.6, 1.3, size) * np.minimum(1.0, (7_000.0 / hz) ** 0.7), level, 0.55
    )


def _hat(kit: Kit, velocity: float, chance: np.random.Generator, decay: float, seconds: float) -> Samples:
    frames = round(seconds * SAMPLE_RATE)
    metal = sound(_metal(kit, dice(kit.number, 42), 90, 3_300.0, decay * 1.2, velocity), frames)
    hiss = filtered(noise(chance, frames, decay, 0.5), "highpass", 6_200.0 + 1_200.0 * chance.uniform(-1.0, 1.0))
    stick = filtered(noise(chance, frames, 0.0035, 0.2), "highpass", 3_500.0)
    out = np.float32(0.8) * metal + np.float32(0.3) * hiss + np.float32(0.22 * velocity) * stick
    return attack(out, 0.0016)


def _closed_hat(kit: Kit, velocity: float, chance: np.random.Generator) -> Samples:
    return _hat(kit, velocity, chance, (0.022 + 0.016 * velocity) * (0.7 + 0.3 * kit.ring), 0.22)


def _pedal_hat(kit: Kit, velocity: float, chance: np.random.Generator) -> Samples:
    return _hat(kit, 0.7 * velocity, chance, 0.03, 0.2)


def _open_hat(kit: Kit, velocity: float, chance: np.random.Generator) -> Samples:
    return _hat(kit, velocity, chance, 0.17 * kit.ring, 0.9)


def _crash(kit: Kit, velocity: float, chance: np.random.Generator) -> Samples:
    frames = round(2.6 * SAMPLE_RATE)
    metal = sound(_metal(kit, chance, 150, 420.0, 0.75 * kit.ring, velocity), frames)
    wash = filtered(noise(chance, frames, 0.45 * kit.ring, 0.8), "highpass", 3_200.0)
    return attack(np.float32(0.75) * metal + np.float32(0.28) * wash, 0.003)


def _swell(kit: Kit, velocity: float, chance: np.random.Generator) -> Samples:
    """A cymbal rolled with mallets from nothing to its loudest, where the next section begins."""
    rise = round(SWELL_SECONDS * SAMPLE_RATE)
    frames = rise + SAMPLE_RATE // 2
    metal = sound(_metal(kit, chance, 120, 500.0, 40.0, velocity), frames)
    wash = filtered(noise(chance, frames, 1e3, 0.8), "highpass", 2_600.0)
    after = np.arange(frames - rise, dtype=np.float32) / SAMPLE_RATE
    envelope = np.concatenate([np.linspace(0.0, 1.0, rise, dtype=np.float32) ** 3, np.exp(-after / np.float32(0.06))])
    return np.asarray((metal * np.float32(0.5) + wash * np.float32(0.3)) * envelope[:, None], dtype=np.float32)


def _ride(kit: Kit, velocity: float, chance: np.random.Generator) -> Samples:
    frames = round(1.4 * SAMPLE_RATE)
    fixed = dice(kit.number, 51)  # one cymbal: the same modes at every stroke
    ping_hz = np.array([610.0, 1_130.0, 2_240.0, 3_050.0, 4_180.0, 5_320.0, 6_900.0, 8_300.0])
    ping = modes(
        fixed, ping_hz, np.full(8, 0.28 * kit.ring), np.array([0.05, 0.09, 0.16, 0.2, 0.2, 0.16, 0.12, 0.08]), 0.4
    )
    metal = _metal(kit, fixed, 90, 700.0, 0.42 * kit.ring, velocity)
    stick = filtered(noise(chance, frames, 0.004, 0.2), "highpass", 3_000.0)
    out = sound(Partials.joined(ping, metal), frames) * np.float32(0.8)
    return attack(out + np.float32(0.25 * velocity) * stick, 0.001)


def _tom(low_hz: float) -> Hit:
    def play(kit: Kit, velocity: float, chance: np.random.Generator) -> Samples:
        frames = round(0.85 * SAMPLE_RATE)
        tune = low_hz * chance.uniform(0.99, 1.01)
        skin = sweep(frames, tune, tune * (1.25 + 0.35 * velocity), 0.045, 0.17 * kit.ring)
        skin += np.float32(0.35) * sweep(frames, tune * 1.58, tune * 1.9, 0.03, 0.07 * kit.ring)
        out = both(skin)
        out += np.float32(0.3 * velocity) * filtered(noise(chance, frames, 0.014, 0.4), "bandpass", 700.0, 4_000.0)
        return attack(out, 0.0012)

    return play


def _shaker(kit: Kit, velocity: float, chance: np.random.Generator) -> Samples:
    frames = round(0.16 * SAMPLE_RATE)
    time = np.arange(frames, dtype=np.float32) / SAMPLE_RATE
    grains = filtered(noise(chance, frames, 1e3, 0.35), "bandpass", 4_200.0, 11_000.0)
    rise, fall = 0.028 - 0.012 * velocity, 0.022
    envelope = np.minimum(time / np.float32(rise), 1.0) ** 2 * np.exp(
        -np.maximum(time - np.float32(rise), 0.0) / np.float32(fall)
    )
    return np.asarray(grains * envelope[:, None], dtype=np.float32)


def _tambourine(kit: Kit, velocity: float, chance: np.random.Generator) -> Samples:
    frames = round(0.35 * SAMPLE_RATE)
    jingles = sound(_metal(kit, chance, 60, 4_500.0, 0.065 * kit.ring, velocity), frames)
    second = round(chance.uniform(0.012, 0.018) * SAMPLE_RATE)
    out = jingles + np.float32(0.12) * filtered(noise(chance, frames, 0.03, 0.4), "highpass", 5_500.0)
    out[second:] += np.float32(0.45) * jingles[:-second]
    return attack(out, 0.002)


def _borrowed(drum: int) -> Hit:
    """A drum of the Latin kit that stands in every kit."""

    def play(kit: Kit, velocity: float, chance: np.random.Generator) -> Samples:
        return percussion.LATIN_HITS[drum](velocity, chance)

    return play


def _riser(kit: Kit, velocity: float, chance: np.random.Generator) -> Samples:
    return rise(chance)


HITS: dict[int, Hit] = {
    36: _kick, 37: _rim, 38: _snare, 39: _clap, 42: _closed_hat, 44: _pedal_hat, 46: _open_hat, 45: _tom(92.0),
    47: _tom(124.0), 49: _crash, 50: _tom(165.0), 51: _ride, 54: _tambourine, 55: _swell, 70: _shaker,
    63: _borrowed(63), 64: _borrowed(64),
    RISER: _riser,
}  # fmt: skip
