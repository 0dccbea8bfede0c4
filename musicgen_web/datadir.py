"""The data directory: where everything is kept, who holds it, and how it is put in order at the start.

    musicgen.db    the database (with -wal and -shm while it is open)     backups/     copies made before a migration
    tracks/        <id>.flac, one for each track                          cache/       other formats, made on request
    incoming/      <claim>.part, songs that are being made                lost-found/  finished audio nobody knows
    server.lock    held by the one server; server.json: its address       secret.key   32 random bytes

Temporary files are deleted; finished audio is moved and never overwritten. Only library/trash.py deletes it, on demand.
"""

from __future__ import annotations

import errno
import json
import os
import secrets
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import structlog
from filelock import FileLock, Timeout

from musicgen_web.errors import DiskFull, Unavailable

log = structlog.get_logger()

PART = ".part"  # how the name of a temporary file ends
SECRET_SIZE = 32  # bytes
FULL = (errno.ENOSPC, errno.EDQUOT)


class DataDirUnusable(Exception):
    """The folder cannot hold a library. The text is for the person who starts the server."""


class AlreadyServed(Exception):
    """Another server holds the folder; `address` is its address, or empty when it has not told yet."""

    def __init__(self, root: Path, address: str) -> None:
        where = f" at {address}" if address else ""
        super().__init__(
            f"Another server{where} is using {root}. Stop it first, or choose another folder with MUSICGEN_DATA_DIR."
        )
        self.address = address


@dataclass(frozen=True, slots=True)
class DataDir:
    """The folder of one library."""

    root: Path

    @property
    def database(self) -> Path:
        return self.root / "musicgen.db"

    @property
    def tracks(self) -> Path:
        return self.root / "tracks"

    @property
    def incoming(self) -> Path:
        return self.root / "incoming"

    @property
    def cache(self) -> Path:
        return self.root / "cache"

    @property
    def lost_found(self) -> Path:
        return self.root / "lost-found"

    @property
    def backups(self) -> Path:
        return self.root / "backups"

    @property
    def lock_file(self) -> Path:
        return self.root / "server.lock"

    @property
    def server_file(self) -> Path:
        return self.root / "server.json"

    @property
    def secret_file(self) -> Path:
        return self.root / "secret.key"

    def audio(self, track_id: str) -> Path:
        return self.tracks / f"{track_id}.flac"

    def part(self, claim: str) -> Path:
        return self.incoming / f"{claim}{PART}"

    def make(self) -> None:
        """Create what is missing, for nobody else's eyes; refuse in words where nothing can be written."""
        for folder in (self.root, self.tracks, self.incoming, self.cache, self.lost_found, self.backups):
            try:
                folder.mkdir(mode=0o700, parents=folder is self.root, exist_ok=True)
                try_to_write(folder)
            except OSError as error:
                raise DataDirUnusable(
                    f"{folder} cannot be written: {error.strerror}. "
                    "Give this user the right to write there, or choose another folder with MUSICGEN_DATA_DIR."
                ) from error
        if foreign := foreign_files(self):
            raise DataDirUnusable(
                f"{foreign[0]} belongs to another user. Give everything in {self.root} to the user that runs the "
                "server (chown -R), or choose another folder with MUSICGEN_DATA_DIR."
            )

    def adopt(self, claim: str, track_id: str) -> Path:
        """Make a finished part the audio of a track, so that it outlives a power cut. Blocks: call it in a thread."""
        part, audio = self.part(claim), self.audio(track_id)
        with disk_in_words():
            if part.exists() or not audio.exists():  # else a call before this one got as far as the rename
                _sync(part)
                part.rename(audio)
            _sync(self.tracks)
            _sync(self.incoming)
        return audio

    def remove_audio(self, track_ids: Collection[str]) -> None:
        """Delete the sound of tracks for good, so that it stays deleted after a power cut; what is gone is gone."""
        with disk_in_words():
            for track_id in track_ids:
                self.audio(track_id).unlink(missing_ok=True)
            _sync(self.tracks)

    def set_aside(self, path: Path) -> Path:
        """Move it into lost-found under a name that is free: nothing is overwritten, nothing is deleted."""
        with disk_in_words():
            self.lost_found.mkdir(mode=0o700, exist_ok=True)
            for name in _names(path):
                target = self.lost_found / name
                try:  # an empty thing of ours holds the name until the move replaces it
                    target.mkdir() if path.is_dir() else target.touch(exist_ok=False)
                except FileExistsError:
                    continue
                path.replace(target)
                _sync(self.lost_found)
                return target
        raise AssertionError("names do not end")

    def secret(self) -> bytes:
        """Return the 32 bytes that sign what we hand out, made at the first start."""
        with suppress(FileNotFoundError):
            known = self.secret_file.read_bytes()
            if len(known) == SECRET_SIZE:
                return known
        fresh = secrets.token_bytes(SECRET_SIZE)
        with disk_in_words():
            _write_whole(self.secret_file, fresh)
        return fresh


@dataclass(frozen=True, slots=True)
class Swept:
    """What the sweep found: temporary files deleted, unknown files set aside, tracks without their audio."""

    deleted: int
    set_aside: int
    missing: int


def sweep(datadir: DataDir, known_ids: Collection[str]) -> Swept:
    """Put the folder in order after a crash. `known_ids` are those of all tracks, trashed ones too."""
    known = {datadir.audio(track_id).name for track_id in known_ids}
    temporary = [*_inside(datadir.incoming, PART), *datadir.cache.rglob(f"*{PART}")]
    unknown = [path for path in _inside(datadir.tracks) if path.name not in known]
    unknown += [path for path in _inside(datadir.incoming) if path.suffix != PART]
    missing = sorted(known - {path.name for path in _inside(datadir.tracks)})
    for name in missing:
        log.warning("sweep.audio_missing", file=name)
    return Swept(
        deleted=sum(_delete(path) for path in temporary),
        set_aside=sum(_put_away(datadir, path) for path in unknown),
        missing=len(missing),
    )


@contextmanager
def hold(datadir: DataDir, address: str) -> Iterator[None]:
    """Hold the folder for this process. A second server is told the address of the first: AlreadyServed."""
    lock = FileLock(datadir.lock_file, mode=0o600)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise AlreadyServed(datadir.root, served_at(datadir)) from None
    except OSError as error:
        raise DataDirUnusable(f"{datadir.lock_file} cannot be locked: {error.strerror}.") from error
    try:
        try:
            _write_whole(datadir.server_file, json.dumps({"pid": os.getpid(), "address": address}).encode())
        except OSError as error:  # a full disk: served all the same
            log.warning("datadir.address_not_kept", error=error.strerror)
        yield
    finally:
        with suppress(OSError):
            datadir.server_file.unlink(missing_ok=True)
        lock.release()


def served_at(datadir: DataDir) -> str:
    """Return the address of the server that holds the folder, or held it last and died; empty when unknown."""
    with suppress(OSError, ValueError):
        told = json.loads(datadir.server_file.read_bytes())
        if isinstance(told, dict) and isinstance(told.get("address"), str):
            return str(told["address"])
    return ""


@contextmanager
def disk_in_words() -> Iterator[None]:
    """Turn what the disk refuses into our words for it."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise DiskFull("Nothing was saved.") from error
        raise Unavailable(f"The data directory cannot be written at the moment: {error.strerror}.") from error


def foreign_files(datadir: DataDir) -> list[Path]:
    """Return those files the server lives on that this user may not read and write."""
    database = datadir.database
    logs = (database.with_name(f"{database.name}-{end}") for end in ("wal", "shm"))
    files = (database, *logs, datadir.secret_file, datadir.lock_file)
    return [path for path in files if os.path.lexists(path) and not os.access(path, os.R_OK | os.W_OK)]


def try_to_write(folder: Path) -> None:
    """Raise the OSError of a folder that takes no files; a full one may have room again later, so it passes."""
    probe = folder / f".probe-{secrets.token_hex(4)}{PART}"
    try:
        try:
            probe.write_bytes(b"\0")
        finally:
            probe.unlink(missing_ok=True)
    except OSError as error:
        if error.errno not in FULL:
            raise


def _write_whole(path: Path, content: bytes) -> None:
    """Write a small private file so that there is either all of it or none."""
    part = path.with_name(f"{path.name}{PART}")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    _sync(path.parent)


def _sync(path: Path) -> None:
    """Make a file, or the names in a folder, outlive a power cut. Windows has no such thing for folders."""
    is_folder = path.is_dir()
    if is_folder and os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY if is_folder else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _inside(folder: Path, suffix: str = "") -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.name.endswith(suffix)) if folder.is_dir() else []


def _names(path: Path) -> Iterator[str]:
    yield path.name
    while True:
        yield f"{path.stem}-{secrets.token_hex(4)}{path.suffix}"


def _delete(path: Path) -> bool:
    try:
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    except OSError as error:
        log.warning("sweep.not_deleted", file=path.name, error=error.strerror)
        return False
    return True


def _put_away(datadir: DataDir, path: Path) -> bool:
    try:
        moved = datadir.set_aside(path)
    except (DiskFull, Unavailable) as error:
        log.warning("sweep.not_set_aside", file=path.name, error=str(error))
        return False
    log.warning("sweep.set_aside", file=path.name, moved_to=moved.name)
    return True
