"""The whole application, built and not started: for what can be asked without a database or a worker."""

from __future__ import annotations

from pathlib import Path

from musicgen_web.app import Site, create_site
from musicgen_web.datadir import DataDir
from musicgen_web.engines.base import SKETCH
from musicgen_web.settings import Settings
from musicgen_web.web.house import House

HOUSE = House(engines=(SKETCH,), engine="sketch", max_queued=1, trash_days=1)


def site(folder: Path) -> Site:
    datadir = DataDir(folder)
    datadir.make()
    return create_site(Settings(), datadir, (SKETCH,))
