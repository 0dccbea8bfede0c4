"""Sound files: FLAC and WAV, whole or not at all."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import soundfile

from diffrhythm.errors import AudioError
from diffrhythm.loudness import Samples
from diffrhythm.whole_files import write_whole

FORMATS = {".flac": "FLAC", ".wav": "WAV"}
BITS = (16, 24)
BLOCK = 65_536  # samples a write: one huge write into libsndfile can take the process down


def write_sound(path: Path, audio: Samples, sample_rate: int, *, bits: int = 24) -> None:
    """Write (channels, samples) as FLAC or WAV, by the name's ending, rounded to 16 or 24 bits; beyond ±1 it is cut.

    Raises AudioError for another ending, another count of bits or samples that are not finite, and OSError (a full
    disk, a folder that is read-only) with nothing of the file left and an older file of that name untouched.
    """
    if path.suffix.lower() not in FORMATS:
        raise AudioError(f"{path.name}: a song is saved as {' or '.join(FORMATS)}.")
    if bits not in BITS:
        raise AudioError(f"A song is saved with 16 or 24 bits, not {bits}.")
    if audio.ndim != 2 or not audio.shape[1] or not np.isfinite(audio).all():
        raise AudioError(f"Sound to save is (channels, samples) of finite samples, not {audio.shape}.")
    coded = io.BytesIO()
    with soundfile.SoundFile(
        coded, "w", sample_rate, audio.shape[0], subtype=f"PCM_{bits}", format=FORMATS[path.suffix.lower()]
    ) as file:
        for start in range(0, audio.shape[1], BLOCK):
            scaled = np.rint(audio[:, start : start + BLOCK].T.astype(np.float64) * 2 ** (bits - 1))
            whole = np.clip(scaled, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1).astype(np.int32)
            file.write(np.left_shift(whole, 32 - bits))
    write_whole(path, coded.getbuffer())


def read_sound(path: Path) -> tuple[Samples, int]:
    """Return (channels, samples) float32 and the sample rate. Raises AudioError if it is no sound file."""
    try:
        with path.open("rb") as opened:
            audio, sample_rate = soundfile.read(opened, dtype="float32", always_2d=True)
    except FileNotFoundError as error:
        raise AudioError(f"{path.name}: there is no such sound file.") from error
    except soundfile.LibsndfileError as error:
        raise AudioError(f"{path.name}: this is no sound file that can be read ({error.error_string})") from error
    return np.ascontiguousarray(audio.T), int(sample_rate)
