"""The console: stems in, and out the mix or its buses, block by block, each in the style's room."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from musicgen_web.engines.sketch.channels import ALONE_CUT_HZ, CHANNELS, Channel
from musicgen_web.engines.sketch.dynamics import Press
from musicgen_web.engines.sketch.effects import tremolo
from musicgen_web.engines.sketch.equaliser import Equaliser, bell, high_shelf, low_cut
from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE, Mono, silence
from musicgen_web.engines.sketch.room import Room, Sends
from musicgen_web.engines.sketch.score import BUSES, Part, Score
from musicgen_web.engines.sketch.sidechain import Duck, StepBack
from musicgen_web.engines.sketch.stems import Notes, Stem, kicks
from musicgen_web.engines.sketch.style import Sound
from musicgen_web.engines.sketch.vocal import Heard, Rider, Vocal
from musicgen_web.engines.sketch.voice.stem import VoiceStem
from musicgen_web.engines.writer import Samples

BLOCK = 1 << 17  # frames mixed at once: 3 s
MIX = "mix"  # the name of everything together
AIR_HZ = 8_000.0
PLATE_SEND, THROW_SEND = 0.2, 2.2  # of a voice, into its plate and, at the end of a line, into the echo

Breathe = Callable[[], None]  # called at least every tenth of a second of work
OnPart = Callable[[Part], None]


class Mixer:
    """Ask every stem for its next block and put them together; call `block` until the song is over."""

    def __init__(
        self, score: Score, sound: Sound, seed: int, notes: Notes, breathe: Breathe, *, apart: bool = False
    ) -> None:
        self._sound = sound
        self._at = 0
        self._stems: list[Stem | VoiceStem] = []
        for part in score.parts:
            breathe()
            self._stems.append(stem_of(part, score, sound, seed, notes))
        roles = [role for role in BUSES if any(part.role == role for part in score.parts)]
        self._out = {role: BUSES[role] if apart else MIX for role in roles}
        self._rooms: dict[str, Room] = {}
        for name in dict.fromkeys(self._out.values()):
            breathe()
            self._rooms[name] = Room(score, sound, BLOCK, has_voice=self._out.get("voice") == name)
        breathe()
        frames = round(score.duration * SAMPLE_RATE)
        self._duck = Duck(kicks(score.parts, score), frames, sound.sidechain_db) if sound.sidechain_db > 0 else None
        self._equalisers = {role: equaliser(CHANNELS[role], has_bass="bass" in roles) for role in roles}
        self._press = Press(sound.press)
        singers = [part for part in score.parts if part.role == "voice"]
        self._vocal = Vocal(singers, score) if singers else None
        self._rider = Rider()
        self._steps_back = {role: StepBack(*CHANNELS[role].voice_db) for role in roles if role != "voice"}

    @property
    def parts(self) -> Sequence[Part]:
        return [stem.part for stem in self._stems]

    @property
    def outputs(self) -> Sequence[str]:
        """The names of what `block` returns: the mix, or the buses that somebody plays in."""
        return tuple(self._rooms)

    def block(self, frames: int, on_part: OnPart, breathe: Breathe) -> dict[str, Samples]:
        """Return the next block (at most BLOCK frames) of every output; together they are the mix."""
        sends = {name: Sends.of(frames) for name in self._rooms}
        voices = self._voices(frames, on_part, breathe)
        band = self._band(frames, on_part, breathe)
        kick = None if self._duck is None else self._duck.gain(self._at, frames)
        for role, samples in band.items():
            breathe()
            heard = band[role] = self._channel(role, samples, kick, voices)
            into = sends[self._out[role]]
            into.dry += heard
            into.hall += np.float32(self._sound.reverb_send.get(role, 0.15)) * heard
            if share := self._sound.echo_send.get(role, 0.0):
                into.echo += np.float32(share) * heard
        if voices is not None:
            self._sing(voices, sum(band.values(), silence(frames)), sends[self._out["voice"]])
        out = {name: room.block(sends[name], self._at, breathe) for name, room in self._rooms.items()}
        self._at += frames
        return out

    def _voices(self, frames: int, on_part: OnPart, breathe: Breathe) -> Heard | None:
        if self._vocal is None:
            return None

        def pull(asked: int) -> Samples:
            together = self._together(("voice",), asked, on_part, breathe)["voice"]
            return self._equalisers["voice"].block(together)

        return self._vocal.block(frames, pull)

    def _sing(self, voices: Heard, band: Samples, into: Sends) -> None:
        """Put the voices in front of the band as it now is, with their plate, their hall and, between lines, echo."""
        sung = voices.samples * self._rider.gain(voices, band)[:, None]
        into.dry += sung
        into.hall += np.float32(self._sound.reverb_send.get("voice", 0.08)) * sung
        into.plate += np.float32(PLATE_SEND) * sung
        into.echo += np.float32(THROW_SEND) * sung * voices.throw[:, None]

    def _band(self, frames: int, on_part: OnPart, breathe: Breathe) -> dict[str, Samples]:
        return self._together([role for role in self._out if role != "voice"], frames, on_part, breathe)

    def _together(self, roles: Sequence[str], frames: int, on_part: OnPart, breathe: Breathe) -> dict[str, Samples]:
        """Return what the players of each role play together, each at his level and place."""
        groups = {role: silence(frames) for role in roles}
        for stem in self._stems:
            part = stem.part
            if part.role not in groups:
                continue
            on_part(part)
            samples = stem.block(frames, breathe)
            angle = (np.clip(part.pan, -1.0, 1.0) + 1.0) * np.pi / 4
            level = 10.0 ** ((part.level_db + CHANNELS[part.role].level_db) / 20.0) * np.sqrt(2.0)
            samples *= np.array([level * np.cos(angle), level * np.sin(angle)], dtype=np.float32)
            if part.instrument == "rhodes":
                tremolo(samples, self._at, 4.1, 0.22)
            groups[part.role] += samples
        return groups

    def _channel(self, role: str, samples: Samples, kick: Mono | None, voices: Heard | None) -> Samples:
        """One role through its channel of the console."""
        samples = self._equalisers[role].block(samples)
        if role == "drums":
            samples = self._press.block(samples)
        if kick is not None and (share := np.float32(CHANNELS[role].kick)):
            samples *= (np.float32(1.0) - share + share * kick)[:, None]
        return samples if voices is None else self._steps_back[role].block(samples, voices.presence)


def stem_of(part: Part, score: Score, sound: Sound, seed: int, notes: Notes) -> Stem | VoiceStem:
    """Return who makes a part's sound: its singer, or its instrument."""
    return VoiceStem(part, score, seed) if part.role == "voice" else Stem(part, score, sound.kit, notes)


def equaliser(channel: Channel, *, has_bass: bool) -> Equaliser:
    """Return the filters of a channel; without a bass the left hand keeps its lows."""
    cut = channel.low_cut_hz if has_bass else min(channel.low_cut_hz, ALONE_CUT_HZ)
    return Equaliser(low_cut(cut), *(bell(*one) for one in channel.bells), high_shelf(AIR_HZ, channel.air_db))
