"""Write a song's samples to a FLAC file in blocks, and keep what must be known of it: peaks, MD5 and length."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import soundfile
from numpy.typing import NDArray

Samples = NDArray[np.float32]  # (frames, channels), full scale is 1

PEAKS = 800  # pairs of min and max over a whole song
MAX_FRAMES = 65_536  # a write: one huge write into libsndfile can take the process down
FULL_SCALE = 32_767.0
PROBE_BYTES = 1 << 16


class SongWriter:
    """Write exactly `frames` frames of 16-bit FLAC to `path`, dithered by `seed`; without `finish` nothing is kept.

    Digital silence stays digital silence; everything else gets triangular dither, so that a fade ends in noise
    rather than in steps.
    """

    def __init__(self, path: Path, frames: int, *, sample_rate: int = 44_100, channels: int = 2, seed: int = 0) -> None:
        if frames < 1:
            raise ValueError(f"a song has at least one frame, not {frames}")
        self.frames = frames
        self.written = 0
        self._path = path
        self._channels = channels
        self._noise = np.random.Generator(np.random.PCG64([seed, 0xD17E]))
        self._edges = np.arange(PEAKS + 1, dtype=np.int64) * frames // PEAKS
        self._lows = np.full(PEAKS, np.iinfo(np.int32).max, dtype=np.int32)
        self._highs = np.full(PEAKS, np.iinfo(np.int32).min, dtype=np.int32)
        self._finished = False
        path.touch()  # so that a folder that cannot be written to says so as OSError, with its own errno
        try:
            self._file = soundfile.SoundFile(path, "w", sample_rate, channels, subtype="PCM_16", format="FLAC")
        except soundfile.LibsndfileError as error:
            raise disk_error(self._path, str(error)) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._finished:
            self._abandon()

    def write(self, block: Samples) -> None:
        """Append one block (frames, channels) of finite samples; beyond ±1 they are cut off."""
        if block.ndim != 2 or block.shape[1] != self._channels:
            raise ValueError(f"a block is (frames, {self._channels}), not {block.shape}")
        if self.written + len(block) > self.frames:
            raise ValueError(f"{self.written + len(block)} frames do not fit a song of {self.frames}")
        for start in range(0, len(block), MAX_FRAMES):
            self._write(block[start : start + MAX_FRAMES])

    def finish(self) -> tuple[str, bytes, int]:
        """Close the file, bring it to the disk, and return (MD5 of the samples, peaks, frames)."""
        if self.written != self.frames:
            raise ValueError(f"only {self.written} of {self.frames} frames were written")
        try:
            self._file.close()
        except soundfile.LibsndfileError as error:
            raise disk_error(self._path, str(error)) from error
        with self._path.open("rb+") as file:
            header = file.read(42)
            file.seek(0, os.SEEK_END)
            os.fsync(file.fileno())
        if len(header) < 42 or header[:4] != b"fLaC" or self._frames_in(header) != self.frames:
            raise disk_error(self._path, "the FLAC file is not whole")
        self._finished = True
        return header[26:42].hex(), self._peaks(), self.frames

    def _write(self, block: Samples) -> None:
        if not np.isfinite(block).all():
            raise ValueError(f"a sample after frame {self.written} is not a finite number")
        pcm = self._quantised(np.ascontiguousarray(block, dtype=np.float32))
        try:
            self._file.write(pcm)
        except (soundfile.LibsndfileError, AssertionError) as error:  # soundfile asserts that nothing was cut short
            raise disk_error(self._path, str(error)) from error
        self._note_peaks(pcm)
        self.written += len(block)

    def _quantised(self, block: Samples) -> NDArray[np.int16]:
        dither = self._noise.random(block.shape, dtype=np.float32)
        dither -= self._noise.random(block.shape, dtype=np.float32)
        dither += block * np.float32(FULL_SCALE)
        np.rint(dither, out=dither)
        np.clip(dither, -FULL_SCALE - 1, FULL_SCALE, out=dither)
        pcm = dither.astype(np.int16)
        silent = np.logical_and.reduce([block[:, channel] == 0.0 for channel in range(self._channels)])
        pcm[silent] = 0
        return pcm

    def _note_peaks(self, pcm: NDArray[np.int16]) -> None:
        mono = np.add.reduce([pcm[:, channel].astype(np.int32) for channel in range(self._channels)])
        first = int(np.searchsorted(self._edges, self.written, side="right")) - 1
        last = int(np.searchsorted(self._edges, self.written + len(pcm), side="left"))
        starts = np.maximum(self._edges[first:last] - self.written, 0)
        kept = np.append(np.diff(starts) > 0, True)  # a song of fewer frames than peaks has empty bins
        bins = np.arange(first, last)[kept]
        self._lows[bins] = np.minimum(self._lows[bins], np.minimum.reduceat(mono, starts[kept]))
        self._highs[bins] = np.maximum(self._highs[bins], np.maximum.reduceat(mono, starts[kept]))

    def _peaks(self) -> bytes:
        scale = 127.0 / (FULL_SCALE * self._channels)
        empty = self._lows > self._highs
        pairs = np.stack([np.where(empty, 0, self._lows), np.where(empty, 0, self._highs)], axis=1) * scale
        return np.clip(np.rint(pairs), -127, 127).astype(np.int8).tobytes()

    def _abandon(self) -> None:
        """Let go of a half-written file: the error on its way out says why, a second one would hide it."""
        try:
            self._file.close()
        except soundfile.LibsndfileError:
            pass
        finally:
            self._path.unlink(missing_ok=True)

    @staticmethod
    def _frames_in(header: bytes) -> int:
        """Return STREAMINFO's count of frames: 36 bits after the rate, the channels and the sample size."""
        return int.from_bytes(header[21:26], "big") & 0xF_FFFF_FFFF


def disk_error(path: Path, cause: str) -> OSError:
    """Ask the system why a write failed, by trying one: libsndfile loses errno on the way."""
    try:
        with path.open("ab") as file:
            file.write(bytes(PROBE_BYTES))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return error
    return OSError(errno.EIO, f"{os.strerror(errno.EIO)} ({cause})", str(path))
