"""The server's life: take the data directory, bring the database up to date, listen, and leave cleanly when told."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Sequence

import structlog
import uvicorn

from musicgen_web import logs
from musicgen_web.app import Site, create_site
from musicgen_web.datadir import AlreadyServed, DataDir, DataDirUnusable, hold
from musicgen_web.engines.base import SKETCH, EngineSpec
from musicgen_web.errors import MusicGenError
from musicgen_web.migrate import DatabaseUnusable, migrate
from musicgen_web.settings import Settings
from musicgen_web.web.connection import Connection

OPEN_FILES = 16_384  # every open page is one, and the usual soft limit is 1 024
BACKSTOP_SECONDS = 5  # for connections that do not end by themselves once the streams are closed

log = structlog.get_logger()


class PortTaken(Exception):
    """Somebody listens there already, or we may not."""


def serve(settings: Settings, engines: Sequence[EngineSpec] = (SKETCH,)) -> int:
    """Serve until told to stop. Returns the exit code: 0 after a clean stop, 1 where it could not start."""
    logs.set_up(settings.log_level, settings.log_format)
    allow_open_files()
    datadir = DataDir(settings.data_dir.expanduser().resolve())
    try:
        datadir.make()
        with hold(datadir, settings.address), _bound(settings) as listening:
            migrate(datadir.database, datadir.backups)
            site = create_site(settings, datadir, engines)
            with asyncio.Runner(loop_factory=_loop_factory()) as runner:
                runner.run(_run(settings, site, listening))
    except SystemExit:  # uvicorn's, when the application could not begin
        sys.stderr.write("The server cannot start; what it said last is above.\n")
        return 1
    except MusicGenError as error:
        sys.stderr.write(f"The server cannot start: {error.title}. {error.advice}\n")
        return 1
    except (AlreadyServed, DataDirUnusable, DatabaseUnusable, PortTaken) as error:
        sys.stderr.write(f"The server cannot start: {error}\n")
        return 1
    return 0


def allow_open_files() -> None:
    """Raise the soft limit of open files as far as the system lets everybody do; never lower it."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(ValueError, OSError):  # macOS has a lower limit of its own
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


@contextlib.contextmanager
def _bound(settings: Settings) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((settings.host, settings.port))
        except (OSError, UnicodeError) as error:
            raise PortTaken(_why_not(settings, error)) from error
        yield listening


def _why_not(settings: Settings, error: OSError | UnicodeError) -> str:
    """Say what the system has against this address, and what to do about it."""
    words = f"{settings.host} port {settings.port} cannot be used: "
    match error.errno if isinstance(error, OSError) and not isinstance(error, socket.gaierror) else None:
        case errno.EADDRINUSE:
            return (
                f"{words}another program listens there. Stop it, or choose another port with --port or MUSICGEN_PORT."
            )
        case errno.EACCES:
            return f"{words}ports below 1024 are the system's. Choose a higher one with --port or MUSICGEN_PORT."
    return f"{words}it is no address of this machine. Choose another one with --host or MUSICGEN_HOST."


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:  # Windows
        return None
    return uvloop.new_event_loop


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: ours drain the jobs first, then end the streams, then stop it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            gc.collect()
            gc.freeze()  # what the start has made stays: to look through it again and again takes a tenth of the time
            sys.stderr.write(f"MusicGen Local is ready: {self.config.app.address}\n")  # type: ignore[union-attr]
            sys.stderr.flush()


async def _run(settings: Settings, site: Site, listening: socket.socket) -> None:
    server = _Server(
        uvicorn.Config(
            site,
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            lifespan="on",
            http=Connection,
            ws="none",
            timeout_graceful_shutdown=BACKSTOP_SECONDS,
        )
    )
    stopping: set[asyncio.Task[None]] = set()

    async def stop(grace_seconds: float) -> None:
        try:
            await site.stop(grace_seconds)
        finally:
            server.should_exit = True

    def told(signum: int) -> None:
        """The first signal waits for the running takes, the second one does not."""
        grace = 0.0 if stopping else settings.shutdown_grace_seconds
        log.info("server.stopping", signal=signal.Signals(signum).name, grace_seconds=grace)
        stopping.add(asyncio.get_running_loop().create_task(stop(grace)))

    for signum in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signum, told, signum)
    await server.serve(sockets=[listening])
    await asyncio.gather(*stopping, return_exceptions=True)
    log.info("server.stopped")
