"""The operator's settings, read from the environment once and checked as a whole before anything starts.

`TABLE` is the one place a setting is described: `read` parses from it and the documentation test compares
docs/configuration.md with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PREFIX = "MUSICGEN_"
LOOPBACK = ("127.0.0.1", "localhost", "::1")

LATER = (
    "WORKERS", "IDLE_UNLOAD_SECONDS", "MAX_QUEUED_PER_USER", "MAX_RUNNING_PER_USER", "MAX_UPLOAD_MB", "USER_QUOTA_GB",
    "SESSION_DAYS", "REGISTRATION", "TLS_CERT", "TLS_KEY", "TRUSTED_PROXY", "CORS_ORIGINS", "SUBSONIC",
)  # fmt: skip
"""Names the contract keeps for parts that are not built yet: set, they stop the start instead of doing nothing."""


class SettingsError(Exception):
    """Settings that cannot be used, all of them at once."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    host: str = "127.0.0.1"
    port: int = 8000
    data_dir: Path = Path("data")
    model_cache_dir: Path = Path("models/cache")
    engine: str = "auto"
    auth: str = "auto"
    allowed_hosts: tuple[str, ...] = ()
    job_stall_seconds: float = 600.0
    shutdown_grace_seconds: float = 30.0
    max_queued: int = 10_000
    trash_days: int = 30
    log_level: str = "info"
    log_format: str = "auto"

    @property
    def is_loopback(self) -> bool:
        return self.host in LOOPBACK or self.host.startswith("127.")

    @property
    def address(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of the table: the field it fills, how its text is read, and what it means."""

    field: str
    parse: Callable[[str], Any]
    meaning: str
    is_shared: bool = False  # its name is one that other programs know too

    @property
    def name(self) -> str:
        return ("" if self.is_shared else PREFIX) + self.field.upper()


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not low <= (value := int(text)) <= high:
            raise ValueError
        return value

    parse.__doc__ = f"a whole number from {low} to {high}"
    return parse


def _seconds(low: float, high: float) -> Callable[[str], float]:
    def parse(text: str) -> float:
        if not low <= (value := float(text)) <= high:
            raise ValueError
        return value

    parse.__doc__ = f"a number of seconds from {low:g} to {high:g}"
    return parse


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in words:
            raise ValueError
        return text

    parse.__doc__ = "one of " + ", ".join(words)
    return parse


def _names(text: str) -> tuple[str, ...]:
    """host names, separated by commas"""
    return tuple(name.strip().lower().rstrip(".") for name in text.split(",") if name.strip())


def _host(text: str) -> str:
    """a host name or an address"""
    if not text or any(sign.isspace() or sign in "/@" for sign in text):
        raise ValueError
    return text.strip("[]")


def _folder(text: str) -> Path:
    """a folder"""
    if not text or "\0" in text:
        raise ValueError
    return Path(text).expanduser()


TABLE = (
    Setting("host", _host, "the address it listens on"),
    Setting("port", _whole(1, 65_535), "the port it listens on"),
    Setting("data_dir", _folder, "database, tracks and cache; one server per data directory"),
    Setting("model_cache_dir", _folder, "where DiffRhythm's files are looked for", is_shared=True),
    Setting("engine", _one_of("auto", "sketch"), "the engine pre-selected on the page"),
    Setting("auth", _one_of("auto", "on", "off"), "accounts; until they are built, other than loopback needs `off`"),
    Setting("allowed_hosts", _names, "further host names this server answers to"),
    Setting("job_stall_seconds", _seconds(1, 86_400), "a worker that reports nothing for so long is replaced"),
    Setting("shutdown_grace_seconds", _seconds(0, 3_600), "how long SIGTERM waits for the running take"),
    Setting("max_queued", _whole(1, 1_000_000), "how many takes may wait in all"),
    Setting("trash_days", _whole(1, 36_500), "days a song stays in the trash before it is deleted for good"),
    Setting("log_level", _one_of("debug", "info", "warning", "error"), "how much the log tells"),
    Setting("log_format", _one_of("auto", "text", "json"), "`auto`: text on a terminal, else JSON"),
)


def read(environment: Mapping[str, str], **given: object) -> Settings:
    """Read the settings; `given` (from the command line, as text or None) wins. SettingsError lists every problem."""
    problems: list[str] = []
    values: dict[str, Any] = {}
    known = {setting.name: setting for setting in TABLE}
    for name in sorted(environment):
        if not name.startswith(PREFIX) or name in known:
            continue
        if name.removeprefix(PREFIX) in LATER:
            problems.append(f"{name}: this part of MusicGen Local is not built yet; remove the setting.")
        else:
            problems.append(f"{name}: there is no such setting. docs/configuration.md lists them all.")
    for setting in TABLE:
        text = given.get(setting.field)
        text = environment.get(setting.name) if text is None else str(text)
        if text is None or (text == "" and setting.field != "data_dir"):
            continue
        try:
            values[setting.field] = setting.parse(text)
        except ValueError:
            problems.append(f"{setting.name}: {text!r} is not {setting.parse.__doc__}.")
    settings = Settings(**values)
    problems += _refused(settings)
    if problems:
        raise SettingsError(problems)
    return settings


def _refused(settings: Settings) -> list[str]:
    if settings.auth == "on":
        return [f"{PREFIX}AUTH: accounts are not built yet; use `auto` on this machine alone, or `off`."]
    if not settings.is_loopback and settings.auth != "off":
        return [
            f"{PREFIX}HOST: {settings.host} can be reached by others and accounts are not built yet. Use 127.0.0.1, "
            f"or set {PREFIX}AUTH=off to let everybody who reaches this address use it."
        ]
    return []
