"""What a child process does that writes one file for the library: it is modest, and the file appears when it is whole.

It stands alone: a crash of somebody's C code, or a file that wants too much memory, ends there and not in the server.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

MEMORY = 2 * 1024**3  # bytes of address space
DISK_FULL, READ_ONLY = 28, 30  # how such a process ends when the disk is full, or takes no writes at all
_REFUSED = {errno.ENOSPC: DISK_FULL, errno.EDQUOT: DISK_FULL, errno.EROFS: READ_ONLY}


def part_of(target: Path, pid: int) -> Path:
    """Return where the process writes until the file is whole."""
    return target.with_name(f"{target.name}.{pid}.part")


def errand(target: Path, write: Callable[[BinaryIO], None]) -> int:
    """Let `write` fill the file; return 0, or what the disk refused. The name is there when all is on the disk."""
    _be_modest()
    part = part_of(target, os.getpid())
    try:
        with part.open("w+b") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
        _sync_folder(part.parent)
    except OSError as error:
        if error.errno not in _REFUSED:
            raise
        return _REFUSED[error.errno]
    finally:
        with contextlib.suppress(OSError):  # a disk that takes no writes; what stays, the next start sweeps
            part.unlink()
    return 0


def _be_modest() -> None:
    """Leave the processor to those who wait for a page, and let a poisonous file end in an error, not a full memory."""
    if sys.platform == "win32":
        return
    import resource

    os.nice(10)
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard), hard))


def _sync_folder(folder: Path) -> None:
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
