"""The console: stems in, and out the mix or its buses, block by block, each in the style's room."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy import signal

from musicgen_web.engines.sketch.channels import ALONE_CUT_HZ, CHANNELS
from musicgen_web.engines.sketch.effects import tremolo
from musicgen_web.engines.sketch.instruments.drums import band
from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE, Mono, silence
from musicgen_web.engines.sketch.room import Room, Sends
from musicgen_web.engines.sketch.score import BUSES, Part, Score
from musicgen_web.engines.sketch.sidechain import Duck
from musicgen_web.engines.sketch.stems import Notes, Stem, kicks
from musicgen_web.engines.sketch.style import Sound
from musicgen_web.engines.writer import Samples

BLOCK = 1 << 17  # frames mixed at once: 3 s
MIX = "mix"  # the name of everything together
ECHOED = ("lead",)

OnPart = Callable[[Part], None]


class Mixer:
    """Ask every stem for its next block and put them together; call `block` until the song is over."""

    def __init__(self, score: Score, sound: Sound, seed: int, notes: Notes, *, apart: bool = False) -> None:
        self._sound = sound
        self._at = 0
        self._stems = [Stem(part, score, sound.kit, notes) for part in score.parts]
        roles = [role for role in BUSES if any(part.role == role for part in score.parts)]
        self._out = {role: BUSES[role] if apart else MIX for role in roles}
        self._rooms = {name: Room(score, sound, BLOCK) for name in dict.fromkeys(self._out.values())}
        frames = round(score.duration * SAMPLE_RATE)
        self._duck = Duck(kicks(score.parts, score), frames, sound.sidechain_db) if sound.sidechain_db > 0 else None
        self._cuts = {role: _LowCut(_low_cut_hz(role, "bass" in roles)) for role in roles if CHANNELS[role].low_cut_hz}

    @property
    def parts(self) -> Sequence[Part]:
        return [stem.part for stem in self._stems]

    @property
    def outputs(self) -> Sequence[str]:
        """The names of what `block` returns: the mix, or the buses that somebody plays in."""
        return tuple(self._rooms)

    def block(self, frames: int, on_part: OnPart, breathe: Callable[[], None]) -> dict[str, Samples]:
        """Return the next block (at most BLOCK frames) of every output; together they are the mix."""
        groups = self._groups(frames, on_part, breathe)
        sends = {name: Sends.of(frames) for name in self._rooms}
        kick = None if self._duck is None else self._duck.gain(self._at, frames)
        for role, samples in groups.items():
            breathe()
            heard = self._channel(role, samples, kick)
            into = sends[self._out[role]]
            into.dry += heard
            into.hall += np.float32(self._sound.reverb_send.get(role, 0.15)) * heard
            if role in ECHOED:
                into.echo += heard
        out = {name: room.block(sends[name], self._at, breathe) for name, room in self._rooms.items()}
        self._at += frames
        return out

    def _groups(self, frames: int, on_part: OnPart, breathe: Callable[[], None]) -> dict[str, Samples]:
        """Return what the players of each role play together, each at his level and place."""
        groups = {role: silence(frames) for role in self._out}
        for stem in self._stems:
            part = stem.part
            on_part(part)
            samples = stem.block(frames, breathe)
            angle = (np.clip(part.pan, -1.0, 1.0) + 1.0) * np.pi / 4
            level = 10.0 ** ((part.level_db + CHANNELS[part.role].level_db) / 20.0) * np.sqrt(2.0)
            samples *= np.array([level * np.cos(angle), level * np.sin(angle)], dtype=np.float32)
            if part.instrument == "rhodes":
                tremolo(samples, self._at, 4.1, 0.22)
            groups[part.role] += samples
        return groups

    def _channel(self, role: str, samples: Samples, kick: Mono | None) -> Samples:
        """One role through its channel of the console."""
        if role in self._cuts:
            samples = self._cuts[role].block(samples)
        if kick is not None and (share := np.float32(CHANNELS[role].kick)):
            samples *= (np.float32(1.0) - share + share * kick)[:, None]
        return samples


def _low_cut_hz(role: str, has_bass: bool) -> float:
    wanted = CHANNELS[role].low_cut_hz
    return wanted if has_bass else min(wanted, ALONE_CUT_HZ)


class _LowCut:
    """A high-pass that goes on from block to block."""

    def __init__(self, hz: float) -> None:
        self._sections = band("highpass", hz)
        self._state: Samples | None = None

    def block(self, samples: Samples) -> Samples:
        if self._state is None:
            self._state = np.zeros((len(self._sections), 2, *samples.shape[1:]), dtype=np.float32)
        out, self._state = signal.sosfilt(self._sections, samples, axis=0, zi=self._state)
        return np.asarray(out, dtype=np.float32)
