"""A song as it was made: its sound, and what it takes to edit or continue it without decoding a note anew."""

from __future__ import annotations

import io
import json
import math
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from diffrhythm.errors import AudioError, InvalidRequestError, SongFileError
from diffrhythm.loudness import Samples
from diffrhythm.sound_files import read_sound, write_sound
from diffrhythm.spec import LATENT_CHANNELS, SAMPLE_RATE
from diffrhythm.whole_files import write_whole

FORMAT = 1  # of the kept file; a reader refuses what is newer
FADE_SECONDS = 0.05
MAX_UNPACKED = 16 << 20  # bytes; a song of 285 seconds has 785 kB


@dataclass(frozen=True, slots=True)
class About:
    """What is kept of a song beside its latents: `sound` is the name of its sound file."""

    format: int
    sound: str
    gain: float
    seed: int
    sample_rate: int
    versions: dict[str, str]

    def __post_init__(self) -> None:
        whole = (self.format, self.seed, self.sample_rate)
        if any(type(number) is not int for number in whole) or type(self.gain) not in (int, float):
            raise ValueError("a number that is none")
        if self.format != FORMAT:
            raise ValueError(f"expected format {FORMAT}, found {self.format}")
        if not math.isfinite(self.gain) or self.gain <= 0 or self.sample_rate <= 0:
            raise ValueError(f"a gain of {self.gain} at {self.sample_rate} Hz")
        if not isinstance(self.sound, str) or not self.sound or self.sound != Path(self.sound).name:
            raise ValueError("a sound file that is not beside it")
        if not isinstance(self.versions, dict):
            raise ValueError("versions that are none")


@dataclass(frozen=True, slots=True, eq=False)
class Song:
    """`audio` (channels, samples) float32, full scale 1 · `latents` (frames, 64) float16, what it was decoded from.

    `gain` is the factor from the decoder's level to the song's, for an edit to sound at the same level. `versions`
    names what made it, as {"diffrhythm": "1.2", "torch": "2.13.0"}. `others`: the further takes that were asked for.
    """

    audio: Samples
    latents: NDArray[np.float16]
    gain: float
    seed: int
    sample_rate: int = SAMPLE_RATE
    versions: Mapping[str, str] = field(default_factory=dict)
    others: tuple[Song, ...] = ()

    def __post_init__(self) -> None:
        if self.audio.ndim != 2 or self.audio.dtype != np.float32:
            raise AudioError(
                f"A song's sound is (channels, samples) float32, not {self.audio.dtype} {self.audio.shape}."
            )
        _check_latents(self.latents)

    @property
    def duration(self) -> float:
        """The length of its sound in seconds."""
        return float(self.audio.shape[1] / self.sample_rate)

    @property
    def takes(self) -> tuple[Song, ...]:
        """All takes that were made together, this one first."""
        return (self, *self.others)

    def cut(self, duration: float, *, fade_seconds: float = FADE_SECONDS) -> Song:
        """Return the song no longer than `duration` seconds, its end faded; the latents stay whole."""
        return replace(self, audio=cut(self.audio, duration, self.sample_rate, fade_seconds=fade_seconds))

    def save(self, path: str | Path, *, bits: int = 24) -> None:
        """Save the sound as `path` (.flac or .wav), and beside it, as .npz, what an edit needs: at most 1 MB.

        Each file is written whole or not at all. Raises AudioError, or OSError as `sound_files.write_sound` says.
        """
        path = Path(path)
        write_sound(path, self.audio, self.sample_rate, bits=bits)
        about = About(FORMAT, path.name, float(self.gain), int(self.seed), self.sample_rate, dict(self.versions))
        packed = io.BytesIO()
        np.savez_compressed(packed, latents=self.latents, about=np.array(json.dumps(asdict(about))))
        write_whole(path.with_suffix(".npz"), packed.getbuffer())

    @classmethod
    def load(cls, path: str | Path, *, sound: str | Path | None = None) -> Song:
        """Return the song kept as `path` (.npz), with the sound file that stands beside it, or another one.

        Raises SongFileError if the file is not a song's, and AudioError if its sound is missing or cannot be read.
        """
        path = Path(path)
        latents, about = _unpacked(path)
        beside = Path(sound) if sound is not None else path.parent / about.sound
        audio, sample_rate = read_sound(beside)
        if sample_rate != about.sample_rate:
            expected = f"expected {about.sample_rate} Hz as the song was made"
            raise SongFileError(f"{beside.name}: {expected}, found {sample_rate}.")
        return cls(audio, latents, about.gain, about.seed, sample_rate, about.versions)


def cut(
    audio: Samples, duration: float, sample_rate: int = SAMPLE_RATE, *, fade_seconds: float = FADE_SECONDS
) -> Samples:
    """Return sound (channels, samples) no longer than `duration` seconds; what is cut ends in a fade of `fade_seconds`.

    Sound that is not longer is returned as it is. Raises AudioError if the duration is not positive.
    """
    if not math.isfinite(duration) or duration <= 0 or not math.isfinite(fade_seconds) or fade_seconds < 0:
        raise AudioError(f"A song is cut to a positive duration in seconds, not {duration} (fade {fade_seconds}).")
    samples = max(1, round(duration * sample_rate))
    if samples >= audio.shape[1]:
        return audio
    kept = audio[:, :samples].copy()
    fade = min(samples, round(fade_seconds * sample_rate))
    kept[:, samples - fade :] *= np.cos(np.linspace(0.0, np.pi / 2, fade)).astype(np.float32) ** 2
    return kept


def _check_latents(latents: NDArray[np.float16]) -> None:
    if latents.ndim != 2 or latents.shape[1] != LATENT_CHANNELS or latents.dtype != np.float16 or not len(latents):
        raise InvalidRequestError(
            "latents", f"Latents are (frames, {LATENT_CHANNELS}) float16, not {latents.dtype} {latents.shape}."
        )
    if not np.isfinite(latents).all():
        raise InvalidRequestError("latents", "The latents have numbers that are not finite.")


def _unpacked(path: Path) -> tuple[NDArray[np.float16], About]:
    try:
        with zipfile.ZipFile(path) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MAX_UNPACKED:
                raise ValueError("far more than a song's latents")
        with np.load(path, allow_pickle=False) as entries:
            latents, about = entries["latents"], About(**json.loads(str(entries["about"])))
        _check_latents(latents)
    except FileNotFoundError as error:
        raise SongFileError(f"{path.name}: there is no such file.") from error
    except (
        OSError,
        ValueError,
        TypeError,
        KeyError,
        EOFError,
        zlib.error,
        zipfile.BadZipFile,
        NotImplementedError,
        InvalidRequestError,
    ) as error:
        raise SongFileError(f"{path.name}: this is no kept song ({error}).") from error
    return latents, about
