"""The doctor: looks at the machine, the folders and the software, and says of each how it is and what to do.

It changes nothing, loads nothing that computes, and names no path: what it finds is shown on a page too.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import socket
import sqlite3
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from musicgen_web import machine
from musicgen_web.datadir import DataDir, foreign_files, served_at, try_to_write
from musicgen_web.limits import (
    DISK,
    DRIVER,
    FILES,
    GPU_MEMORY,
    MEMORY,
    MEMORY_WITH_GPU,
    OK,
    PROBLEM,
    PYTHON,
    WARNING,
    gigabytes,
    memory_gigabytes,
)
from musicgen_web.machine import Graphics, Memory
from musicgen_web.migrate import in_one_line, revisions
from musicgen_web.parts import INSTALL, SOFTWARE, WEIGHTS, absent_files, is_installed
from musicgen_web.settings import Settings

OPEN_FILES = 16_384  # what the server raises its limit to


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `words`: how it is; `note`: more of it; `remedy`: what to do, empty where all is well."""

    name: str
    title: str
    status: str
    words: str
    note: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """What is looked at. `is_serving`: the server itself asks, so the port and the folder are its own."""

    settings: Settings
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    is_serving: bool = False
    run: machine.Run = machine.ask

    @property
    def datadir(self) -> DataDir:
        return DataDir(self.settings.data_dir.expanduser().absolute())


@dataclass(frozen=True, slots=True)
class Report:
    graphics: Graphics
    findings: tuple[Finding, ...]

    @property
    def has_problem(self) -> bool:
        return any(finding.status == PROBLEM for finding in self.findings)


def examine(patient: Patient) -> Report:
    """Look at everything. Blocks for a moment: call it in a thread."""
    graphics = machine.graphics(patient.environment, patient.run)
    cache = patient.settings.model_cache_dir
    findings = (
        of_graphics(graphics),
        of_memory(machine.memory(), graphics),
        of_disk(patient.datadir.root),
        of_data_directory(patient.datadir),
        of_database(patient.datadir.database),
        of_python(sys.version_info[:3]),
        of_torch(_version("torch"), graphics),
        of_espeak(_version("espeakng-loader")),
        of_ffmpeg(),
        of_model_cache(cache),
        of_port(patient),
        of_open_files(machine.open_files(OPEN_FILES)),
    )
    return Report(graphics, findings)


def of_graphics(graphics: Graphics) -> Finding:
    """Say what DiffRhythm would compute on."""
    told = ("graphics", "Graphics")
    if graphics.trouble:
        remedy = "Install or reload NVIDIA's driver, then try nvidia-smi by itself. Sketch needs no GPU."
        return Finding(*told, WARNING, "A GPU that does not answer", f"{graphics.trouble}.", remedy)
    if graphics.is_forced:
        return Finding(*told, OK, "Processor, by choice", 'CUDA_VISIBLE_DEVICES="" hides every GPU.')
    if graphics.device == "mps":
        return Finding(*told, OK, "Apple silicon (MPS)", "Shares the machine's memory.")
    if not graphics.gpus:
        return Finding(
            *told, OK, "Processor only", "Enough for Sketch. DiffRhythm wants an NVIDIA GPU or Apple silicon."
        )
    first, more = graphics.gpus[0], len(graphics.gpus) - 1
    note = f"CUDA, driver {first.driver}, {memory_gigabytes(first.free)} free." + (f" And {more} more." if more else "")
    words = f"{first.name}, {memory_gigabytes(first.size)}" if first.size else first.name
    if DRIVER.judge(_leading(first.driver)) != OK:
        remedy = f"PyTorch for CUDA 12 needs driver {DRIVER.warning} or newer: update NVIDIA's driver."
        return Finding(*told, WARNING, words, note, remedy)
    if first.size and GPU_MEMORY.judge(first.size) != OK:
        return Finding(*told, WARNING, words, note, f"DiffRhythm wants {GPU_MEMORY.warning} GB; shorter songs may fit.")
    return Finding(*told, OK, words, note)


def of_memory(memory: Memory, graphics: Graphics) -> Finding:
    told = ("memory", "Memory")
    if memory.size is None:
        return Finding(*told, OK, "Not told by this system")
    limit = MEMORY_WITH_GPU if graphics.device != "cpu" else MEMORY
    note = "" if memory.free is None else f"{memory_gigabytes(memory.free)} free."
    status = limit.judge(memory.size)
    remedy = (
        "" if status == OK else f"{limit.warning} GB are wanted{' with a GPU' if limit is MEMORY_WITH_GPU else ''}."
    )
    return Finding(*told, status, memory_gigabytes(memory.size), note, remedy)


def of_disk(folder: Path) -> Finding:
    told = ("disk", "Disk")
    try:
        free = shutil.disk_usage(_existing(folder)).free
    except OSError as error:
        return Finding(
            *told, PROBLEM, f"Cannot be asked ({error.strerror})", remedy="Choose another folder: MUSICGEN_DATA_DIR."
        )
    status = DISK.judge(free)
    remedy = "" if status == OK else f"Free some space: {DISK.warning} GB are wanted, or move MUSICGEN_DATA_DIR."
    return Finding(*told, status, f"{gigabytes(free)} free", "", remedy)


def of_data_directory(datadir: DataDir) -> Finding:
    told = ("data_directory", "Data directory")
    remedy = "Give this user the right to write there, or choose another folder with MUSICGEN_DATA_DIR."
    if not _is_there(datadir.root):
        can = os.access(_existing(datadir.root), os.W_OK | os.X_OK)
        words = "Will be made at the first start" if can else "Cannot be made"
        return Finding(*told, OK if can else PROBLEM, words, "", "" if can else remedy)
    try:
        for folder in (datadir.root, datadir.incoming, datadir.tracks, datadir.cache):
            if folder is datadir.root or _is_there(folder):
                try_to_write(folder)
    except OSError as error:
        return Finding(*told, PROBLEM, f"Cannot be written ({error.strerror})", "", remedy)
    if foreign := foreign_files(datadir):
        remedy = "Give everything in the data directory to this user (chown -R)."
        return Finding(
            *told, PROBLEM, f"Holds files of another user: {', '.join(path.name for path in foreign)}", "", remedy
        )
    return Finding(*told, OK, "Can be written")


def of_database(path: Path) -> Finding:
    """Ask SQLite whether the file is sound. Nobody else opens it: closing it by hand would drop a server's locks."""
    told = ("database", "Database")
    if not _is_there(path):
        return Finding(*told, OK, "Will be made at the first start")
    try:
        is_in_use = _is_there(path.with_name(path.name + "-wal"))  # else looking must not make that file
        address = f"{path.absolute().as_uri()}?mode=ro{'' if is_in_use else '&immutable=1'}"
        with closing(sqlite3.connect(address, uri=True, isolation_level=None)) as connection:
            if (said := connection.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
                raise sqlite3.DatabaseError(said)
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        remedy = "Stop the server. Copy the newest file of backups/ to its place, or move it away to begin anew."
        return Finding(*told, PROBLEM, "Damaged, or not ours", f"SQLite says: {in_one_line(error)}.", remedy)
    known = revisions()
    if row is None or row[0] not in known:
        remedy = "Install the version that made it, or a later one."
        return Finding(*told, PROBLEM, "Made by a newer version", remedy=remedy)
    return Finding(*told, OK, "Sound", "" if row[0] == known[-1] else "Of an older version; the next start updates it.")


def of_python(version: tuple[int, ...]) -> Finding:
    said = ".".join(str(part) for part in version)
    is_new = version[:2] >= PYTHON
    remedy = "" if is_new else f"Install Python {PYTHON[0]}.{PYTHON[1]} or newer."
    return Finding("python", "Python", OK if is_new else PROBLEM, said, "", remedy)


def of_torch(version: str | None, graphics: Graphics) -> Finding:
    """PyTorch is DiffRhythm's: on a machine that could not run it quickly, its absence is no flaw."""
    told = ("pytorch", "PyTorch")
    if version is None:
        if graphics.device == "cpu":
            return Finding(*told, OK, "Not installed", "Only DiffRhythm needs it.")
        return Finding(*told, WARNING, "Not installed", "Only DiffRhythm needs it.", f"Install it: {INSTALL}")
    if graphics.device == "cuda" and "+cpu" in version:
        return Finding(*told, WARNING, version, "This build cannot use the GPU.", f"Install the CUDA build: {INSTALL}")
    if absent := [name for name in SOFTWARE if not is_installed(name)]:
        return Finding(*told, WARNING, version, f"DiffRhythm lacks {', '.join(absent)}.", f"Install them: {INSTALL}")
    return Finding(*told, OK, version)


def of_espeak(version: str | None) -> Finding:
    """Its library comes with the program, as the wheel espeakng-loader; one of the system is not used."""
    told = ("espeak", "Words to sounds")
    if version is None:
        words, detail = "espeakng-loader is not installed", "English lyrics are pronounced by simple rules."
        return Finding(*told, WARNING, words, detail, "Install it: pip install espeakng-loader")
    return Finding(*told, OK, f"espeak-ng, by espeakng-loader {version}")


def of_ffmpeg(which: Callable[[str], str | None] = shutil.which) -> Finding:
    words = "ffmpeg is installed" if which("ffmpeg") else "ffmpeg is absent"
    return Finding("ffmpeg", "Other formats", OK, words, "Optional: WAV, MP3, OGG and Opus are made without it.")


def of_model_cache(cache: Path) -> Finding:
    if _is_there(cache) and not os.access(cache, os.R_OK | os.X_OK):
        remedy = "Let this user read the folder, or choose another one with MODEL_CACHE_DIR."
        return Finding("model_cache", "DiffRhythm’s files", WARNING, "Cannot be read", "", remedy)
    here = len(WEIGHTS) - len(absent_files(cache))
    words = f"{here} of {len(WEIGHTS)} files" if here else "Empty"
    return Finding("model_cache", "DiffRhythm’s files", OK, words, "" if here == len(WEIGHTS) else "Sketch needs none.")


def of_port(patient: Patient) -> Finding:
    told, settings = ("port", "Port"), patient.settings
    if patient.is_serving:
        return Finding(*told, OK, f"{settings.port}, this server listens")
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((settings.host, settings.port))
    except (OSError, UnicodeError) as error:
        if served_at(patient.datadir) == settings.address:
            return Finding(*told, OK, f"{settings.port}, the server of this data directory listens")
        remedy = "Stop the program that listens there, or choose another port with --port or MUSICGEN_PORT."
        reason = getattr(error, "strerror", None) or "no such address"
        return Finding(*told, PROBLEM, f"{settings.port} cannot be used ({reason})", "", remedy)
    return Finding(*told, OK, f"{settings.port} is free")


def of_open_files(allowed: int | None) -> Finding:
    told = ("open_files", "Open files")
    if allowed is None:
        return Finding(*told, OK, "No such limit here")
    status = FILES.judge(allowed)
    remedy = "" if status == OK else f"Raise the hard limit to {FILES.warning} or more (ulimit -Hn, LimitNOFILE=)."
    return Finding(*told, status, f"{allowed} allowed", "Every open page is one.", remedy)


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _leading(version: str) -> int:
    """The first number of a version; a driver that tells none is taken for new."""
    first = version.partition(".")[0]
    return int(first) if first.isdigit() else DRIVER.warning


def _is_there(path: Path) -> bool:
    """Whether it can be seen: what this user may not look into is not there for a server either."""
    try:
        return path.exists()
    except OSError:
        return False


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    return next((place for place in (folder, *folder.parents) if _is_there(place)), folder)


def versions() -> dict[str, str | None]:
    """What this server is made of, for those who report a fault."""
    return {
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "torch": _version("torch"),
        "system": f"{platform.system()} {platform.machine()}",
    }
