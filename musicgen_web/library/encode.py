"""The child process that copies one song into another format: python -m musicgen_web.library.encode SRC DST FORMAT.

With `tagged` as a fourth word SRC has the format already and the copy gets the sheet on standard input written into it.
It stands alone: a crash of the encoders' C code, or a file that wants too much memory, ends here and not in the server.
The copy appears under its name when it is whole and on the disk, never before.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import soundfile

from musicgen_web.library.errand import errand
from musicgen_web.library.tags import flac, id3, ogg, picture, wav
from musicgen_web.library.tags.sheet import Sheet

BLOCK_FRAMES = 65_536  # one write of ten minutes crashes the Vorbis encoder
OPUS_HZ = 48_000  # of the usual rates the only one that Opus takes

# Lossy copies have a variable bit rate of about 190 kbit/s; `compression_level` is libsndfile's, 0 the best.
_HOW: dict[str, dict[str, str | float]] = {
    "wav": {"format": "WAV"},
    "mp3": {"format": "MP3", "subtype": "MPEG_LAYER_III", "bitrate_mode": "VARIABLE", "compression_level": 0.2},
    "ogg": {"format": "OGG", "subtype": "VORBIS", "compression_level": 0.4},
    "opus": {"format": "OGG", "subtype": "OPUS"},
}

_TAGS = {"flac": flac.write, "wav": wav.write, "mp3": id3.write, "ogg": ogg.write, "opus": ogg.write}

Blocks = Iterator[np.ndarray[tuple[int, ...], np.dtype[np.float32 | np.int32]]]


def main(source: str, target: str, fmt: str, tagged: str = "") -> int:
    """Make the copy; return 0, or what the disk refused."""
    parent = os.getppid()

    def write(file: BinaryIO) -> None:
        if tagged:
            tag(Path(source), file, fmt, Sheet.from_bytes(sys.stdin.buffer.read()))
        else:
            encode(Path(source), file, fmt, lambda: os.getppid() == parent)

    return errand(Path(target), write)


def encode(source: Path, target: BinaryIO, fmt: str, is_wanted: Callable[[], bool] = lambda: True) -> None:
    """Write `source` into an open file as wav, mp3, ogg (Vorbis) or opus, block by block while it is wanted."""
    watched = _Watched(target)
    try:
        with soundfile.SoundFile(source) as song, _opened(watched, song, fmt) as copy:
            for block in _blocks(song, fmt):
                if watched.error or not is_wanted():
                    break
                copy.write(block)
    except (soundfile.SoundFileError, AssertionError):
        if not watched.error:
            raise
    if watched.error:
        raise watched.error
    if not is_wanted():
        raise InterruptedError("the server that asked for this copy is gone")


def tag(source: Path, target: BinaryIO, fmt: str, sheet: Sheet) -> None:
    """Copy `source`, which has the format, into an open file with what the sheet says; the sound stays as it is."""
    with source.open("rb") as copy:
        _TAGS[fmt](copy, target, sheet, picture.png(sheet.picture))


class _Watched:
    """A file that remembers why it could not be written: libsndfile keeps such news to itself for some formats."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek, self.tell, self.read, self.readinto = file.seek, file.tell, file.read, file.readinto  # type: ignore[attr-defined]
        self.error: OSError | None = None

    def write(self, data: bytes) -> int:
        try:
            return self._file.write(data)
        except OSError as error:
            self.error = self.error or error
            return 0


def _opened(target: _Watched, song: soundfile.SoundFile, fmt: str) -> soundfile.SoundFile:
    rate = OPUS_HZ if fmt == "opus" else song.samplerate
    how = _HOW[fmt] if fmt != "wav" else {**_HOW[fmt], "subtype": song.subtype}
    return soundfile.SoundFile(target, "w", rate, song.channels, **how)


def _blocks(song: soundfile.SoundFile, fmt: str) -> Blocks:
    """Yield the samples: whole numbers for WAV, which then is the same song exactly, else fractions of full scale."""
    if fmt != "opus":
        yield from song.blocks(BLOCK_FRAMES, dtype="int32" if fmt == "wav" else "float32")
        return
    import soxr  # only here: the other formats need no resampling

    resampled = soxr.ResampleStream(song.samplerate, OPUS_HZ, song.channels, dtype="float32")
    for block in song.blocks(BLOCK_FRAMES, dtype="float32"):
        yield resampled.resample_chunk(block, last=song.tell() >= song.frames)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
