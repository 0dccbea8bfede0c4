"""Small disks that tests can fill and break. Where none can be mounted, the test is skipped and says so."""

from __future__ import annotations

import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

PIECE = bytes(1 << 20)


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    """Mount a small disk in memory on a folder."""
    folder.mkdir()
    _mount("-t", "tmpfs", "-o", f"size={megabytes}m,mode=0700", "tmpfs", str(folder))
    try:
        yield
    finally:
        _unmount(folder)


@contextmanager
def breakable_disk(folder: Path, image: Path, megabytes: int) -> Iterator[None]:
    """Mount an ext4 disk that turns read-only at its first fault, as servers' disks do."""
    folder.mkdir()
    with image.open("wb") as file:
        file.truncate(megabytes << 20)
    if not (make := shutil.which("mkfs.ext4", path="/usr/sbin:/sbin:/usr/bin:/bin")):
        pytest.skip("there is no mkfs.ext4 here, so no disk can be broken")
    _run(make, "-q", "-F", str(image))
    mount_image(folder, image)
    try:
        yield
    finally:
        _unmount(folder)


def mount_image(folder: Path, image: Path) -> None:
    _mount("-o", "loop,errors=remount-ro", str(image), str(folder))


def break_disk(folder: Path) -> None:
    """Let the kernel find a fault on this disk: from now on it refuses every write, to open files too."""
    device = subprocess.run(["findmnt", "-no", "SOURCE", str(folder)], capture_output=True, text=True, check=True)
    trigger = Path("/sys/fs/ext4") / Path(device.stdout.strip()).name / "trigger_fs_error"
    try:
        trigger.write_text("1")
    except OSError as error:
        pytest.skip(f"no fault can be made on this disk: {error}")


def repair_disk(folder: Path, image: Path) -> None:
    """What its owner does: unmount, check, mount again."""
    _unmount(folder)
    subprocess.run(["e2fsck", "-p", "-f", str(image)], capture_output=True, check=False)  # 1: repaired
    mount_image(folder, image)


def fill(folder: Path) -> Path:
    """Fill a disk to its last byte; deleting the returned file frees it."""
    filler = folder / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            if file.write(PIECE) < len(PIECE):
                break
    with suppress(OSError), filler.open("ab", buffering=0) as file:
        while file.write(b"\0"):
            pass
    assert shutil.disk_usage(folder).free == 0
    return filler


@contextmanager
def no_writing(*processes: psutil.Process) -> Iterator[None]:
    """Let every write of these processes to a file fail until this is left."""
    before = [process.rlimit(resource.RLIMIT_FSIZE) for process in processes]
    try:
        for process, (_, hard) in zip(processes, before, strict=True):
            process.rlimit(resource.RLIMIT_FSIZE, (0, hard))
        yield
    finally:
        for process, limits in zip(processes, before, strict=True):
            with suppress(psutil.NoSuchProcess):
                process.rlimit(resource.RLIMIT_FSIZE, limits)


def _mount(*arguments: str) -> None:
    try:
        _run("mount", *arguments)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no small disk can be mounted here: {getattr(error, 'stderr', error)}")


def _unmount(folder: Path) -> None:
    subprocess.run(["umount", str(folder)], capture_output=True, check=False)


def _run(*command: str) -> None:
    subprocess.run(command, capture_output=True, text=True, check=True)
