"""The console: stems in, one stereo mix out, block by block, with the style's room, tape and dirt."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy import signal

from musicgen_web.engines.sketch.effects import Duck, Echo, Reverb, Wow, tremolo, vinyl
from musicgen_web.engines.sketch.instruments.partials import SAMPLE_RATE, Mono, silence
from musicgen_web.engines.sketch.instruments.strokes import band
from musicgen_web.engines.sketch.ride import Ride
from musicgen_web.engines.sketch.score import Part, Score
from musicgen_web.engines.sketch.stems import Notes, Stem, kicks
from musicgen_web.engines.sketch.style import Sound
from musicgen_web.engines.writer import Samples

BLOCK = 1 << 17  # frames mixed at once: 3 s
ROLE_DB = {"drums": -6.5, "bass": -0.8, "chords": -6.5, "pad": -8.5, "lead": -2.5}
UPPER = ("chords", "pad", "lead")
LOW_CUT_HZ = 140.0  # below, the bass and the kick are alone: the uppers are cut there
ALONE_CUT_HZ = 55.0  # where nobody plays the bass, the left hand does
DUCKED = {"bass": 1.0, "pad": 1.0, "chords": 0.6}  # by how much of the style's depth
ECHO_BEATS, ECHO_FEEDBACK, ECHO_LEVEL = 0.75, 0.38, 0.16

OnPart = Callable[[Part], None]


class Mixer:
    """Ask every stem for its next block and put them together; call `block` until the song is over."""

    def __init__(self, score: Score, sound: Sound, seed: int, notes: Notes) -> None:
        self._sound = sound
        self._seed = seed
        self._at = 0
        self._stems = [Stem(part, score, sound.kit, notes) for part in score.parts]
        frames = round(score.duration * SAMPLE_RATE)
        self._duck = Duck(kicks(score.parts, score), frames, sound.sidechain_db) if sound.sidechain_db > 0 else None
        self._reverb = Reverb(sound.reverb_t60, sound.reverb_predelay, BLOCK)
        self._echo = Echo(ECHO_BEATS * 60.0 / score.bpm, ECHO_FEEDBACK)
        self._wow = Wow(sound.wow_cents, seed) if sound.wow_cents > 0 else None
        self._cut = _Cut(LOW_CUT_HZ if any(part.role == "bass" for part in score.parts) else ALONE_CUT_HZ)
        self._ride = Ride(score, sound.ride_db, sound.ride_seconds, 0.5 + 0.6 * sound.width)
        self._ducked: tuple[int, Mono] = (-1, np.zeros(0, dtype=np.float32))

    @property
    def parts(self) -> Sequence[Part]:
        return [stem.part for stem in self._stems]

    def block(self, frames: int, on_part: OnPart, breathe: Callable[[], None]) -> Samples:
        """Return the next block of the mix (at most BLOCK frames)."""
        dry, upper, send, echoed = silence(frames), silence(frames), silence(frames), silence(frames)
        for stem in self._stems:
            on_part(stem.part)
            heard = self._channel(stem, frames, breathe)
            bus = upper if stem.part.role in UPPER else dry
            bus += heard
            send += np.float32(self._sound.reverb_send.get(stem.part.role, 0.15)) * heard
            if stem.part.role == "lead":
                echoed += heard
        echo = np.float32(ECHO_LEVEL) * self._echo.block(echoed)
        breathe()
        dry += self._cut.block(upper)
        dry += echo
        send += np.float32(0.4) * echo
        dry += self._reverb.block(send)
        out = self._tape(self._ride.block(dry, self._at))
        self._at += frames
        return out

    def _channel(self, stem: Stem, frames: int, breathe: Callable[[], None]) -> Samples:
        """One stem through its strip: level and place, tremolo, ducking."""
        part = stem.part
        samples = stem.block(frames, breathe)
        angle = (np.clip(part.pan, -1.0, 1.0) + 1.0) * np.pi / 4
        level = 10.0 ** ((part.level_db + ROLE_DB.get(part.role, -6.0)) / 20.0) * np.sqrt(2.0)
        samples *= np.array([level * np.cos(angle), level * np.sin(angle)], dtype=np.float32)
        if part.instrument == "rhodes":
            tremolo(samples, self._at, 4.1, 0.22)
        if self._duck is not None and part.role in DUCKED:
            gain = self._ducking(frames)
            share = np.float32(DUCKED[part.role])
            samples *= (np.float32(1.0) - share + share * gain)[:, None]
        return samples

    def _ducking(self, frames: int) -> Mono:
        if self._duck is not None and self._ducked[0] != self._at:
            self._ducked = (self._at, self._duck.gain(self._at, frames))
        return self._ducked[1]

    def _tape(self, samples: Samples) -> Samples:
        if self._sound.drive > 0:
            push = np.float32(1.0 + 1.6 * self._sound.drive)
            samples = np.tanh(push * samples) / push
        if self._wow is not None:
            samples = self._wow.block(samples, self._at)
        if self._sound.vinyl > 0:
            samples += vinyl(len(samples), self._at, self._seed, self._sound.vinyl)
        return samples


class _Cut:
    """A high-pass that goes on from block to block."""

    def __init__(self, hz: float) -> None:
        self._sections = band("highpass", hz)
        self._state: Samples | None = None

    def block(self, samples: Samples) -> Samples:
        if self._state is None:
            self._state = np.zeros((len(self._sections), 2, *samples.shape[1:]), dtype=np.float32)
        out, self._state = signal.sosfilt(self._sections, samples, axis=0, zi=self._state)
        return np.asarray(out, dtype=np.float32)
