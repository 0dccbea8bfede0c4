"""Which weight files of a folder may be opened: a record beside them of each file's size and SHA-256.

A TorchScript file is a program. It is opened only while it is, byte for byte, the file that was trusted the first
time. What this covers: a file exchanged, cut short or half downloaded since then; a path or link that is turned to
another file between the check and the opening (both go through one descriptor); bytes written into the open file
meanwhile (its times and size are compared before the opened thing is handed out). What it cannot cover: somebody
who may write to the folder, for the record stands there too. `record` names a record kept elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from diffrhythm.errors import CheckpointError, ModelNotLoadedError, UntrustedFileError
from diffrhythm.whole_files import write_whole

RECORD_NAME = "trusted-files.json"
BLOCK = 1 << 20  # bytes hashed at a time
MAX_RECORD = 1 << 20  # bytes; a record of a handful of files has hundreds

OnBytes = Callable[[int, int], None]
"""Told (bytes hashed, bytes in all) after each block; raising from it stops the opening."""


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What is known of one trusted file: `size` in bytes, `sha256` in hex, `recorded_at` in ISO 8601, UTC."""

    size: int
    sha256: str
    recorded_at: str


@contextmanager
def trusted(
    path: Path, *, trust_files: bool = False, record: Path | None = None, on_bytes: OnBytes | None = None
) -> Iterator[BinaryIO]:
    """Open `path` for reading after its hash matched the record, or, with `trust_files`, for the first time.

    The file stands at its beginning. What is made of it inside the block may be used only after the block: there a
    file that changed meanwhile is refused, and a first opening is recorded (nothing is if the block fails).

    Raises ModelNotLoadedError if there is no such file, CheckpointError if it is no regular one or if the record
    cannot be read or written, and UntrustedFileError if it is not in the record or not the file that was recorded.
    """
    record = record or path.parent / RECORD_NAME
    known = read_record(record).get(path.name)
    if known is None and not trust_files:
        expected = f"an entry in {record.name}, or trust_files=True for the first opening"
        raise UntrustedFileError(path, expected, ["neither"])
    with _opened(path) as file:
        before = _marks(file)
        size = before[0]
        if known and known.size != size:
            raise UntrustedFileError(path, f"{known.size} bytes as recorded", [f"{size}"])
        sha256 = hash_of(file, size, on_bytes)
        if known and known.sha256 != sha256:
            raise UntrustedFileError(path, f"SHA-256 {known.sha256} as recorded", [sha256])
        file.seek(0)
        yield file
        if _marks(file) != before:
            raise UntrustedFileError(path, "a file at rest", ["one that was written to while it was opened"])
    if known is None:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        write_record(record, {**read_record(record), path.name: FileRecord(size, sha256, now)})


def hash_of(file: BinaryIO, size: int, on_bytes: OnBytes | None = None) -> str:
    """Return the SHA-256 of an open file in hex, read in blocks. `size` in bytes is what `on_bytes` counts up to."""
    digest, block, done = hashlib.sha256(), bytearray(BLOCK), 0
    view = memoryview(block)
    while count := file.readinto(view):  # type: ignore[attr-defined]
        digest.update(view[:count])
        done += count
        if on_bytes:
            on_bytes(done, size)
    return digest.hexdigest()


def read_record(record: Path) -> dict[str, FileRecord]:
    """Return the record's files by name; empty if there is no record. A broken one is refused, never passed over."""
    try:
        with record.open("rb") as file:
            text = file.read(MAX_RECORD)
        files = json.loads(text)["files"]
        known = {str(name): FileRecord(**entry) for name, entry in files.items()}
        for entry in known.values():
            if type(entry.size) is not int or not isinstance(entry.sha256, str) or len(entry.sha256) != 64:
                raise ValueError("an entry without size and hash")
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise CheckpointError(record, "a readable record of trusted files", [str(error.strerror)]) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CheckpointError(record, "a record of trusted files", ["something that is none"]) from error
    return known


def write_record(record: Path, files: dict[str, FileRecord]) -> None:
    """Replace the record in one step: a reader finds the old one or the new one, never a half."""
    text = json.dumps({"files": {name: asdict(files[name]) for name in sorted(files)}}, indent=2) + "\n"
    try:
        write_whole(record, text.encode())
    except OSError as error:
        expected = "a folder in which the record of trusted files can be written, or another place for it (record=…)"
        raise CheckpointError(record, expected, [str(error.strerror)]) from error


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait for its writer
            raise CheckpointError(path, "a file", ["something else of this name"])
        file = path.open("rb")
    except FileNotFoundError as error:
        raise ModelNotLoadedError(f"{path}: there is no such file.") from error
    except OSError as error:
        raise CheckpointError(path, "a file that can be read", [str(error.strerror)]) from error
    with file:
        yield file


def _marks(file: BinaryIO) -> tuple[int, int, int]:
    state = os.fstat(file.fileno())
    return state.st_size, state.st_mtime_ns, state.st_ctime_ns
