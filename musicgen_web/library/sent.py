"""Send a child process on an errand (`errand.py`), wait for it, and say in our words how it ended."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import structlog

from musicgen_web.errors import DiskFull, Internal, Unavailable
from musicgen_web.library.errand import DISK_FULL, READ_ONLY, part_of

SECONDS = 300.0  # the longest song takes half a minute on a slow machine

_ROOT = Path(__file__).parents[2]

log = structlog.get_logger()


async def send(module: str, words: Sequence[str], told: bytes, target: Path) -> None:
    """Run `python -m module words…`, which writes `target`; who stops waiting ends it.

    What belongs to a person is `told` by standard input: a list of processes shows nobody's words. Raises DiskFull,
    Unavailable or Internal.
    """
    path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH", "")]))
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *words),
        env={**os.environ, "PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(SECONDS):
            _, said = await child.communicate(told)
    except TimeoutError as error:
        raise Unavailable("Making this file took too long.") from error
    finally:
        if child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()
            part_of(target, child.pid).unlink(missing_ok=True)
    if child.returncode == DISK_FULL:
        raise DiskFull("There is no room for this file.")
    if child.returncode == READ_ONLY:
        raise Unavailable("The disk takes no files at the moment.")
    if child.returncode != 0:
        log.error(
            "errand.failed", file=target.name, exitcode=child.returncode, said=said.decode(errors="replace")[-2_000:]
        )
        raise Internal("This file of the song could not be made.")
