"""The child process that takes a song apart: python -m musicgen_web.library.apart TARGET WRITER, its request on stdin.

WRITER is what an engine names for it ("module:callable", see `EngineSpec`). One that gives several files gets them put
into one ZIP, nothing squeezed: FLAC does not grow smaller. The song is played again for it, in the same notes.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import BinaryIO

from musicgen_web.engines.base import Progress, SongRequest
from musicgen_web.library.errand import errand

STARTED = (1980, 1, 1, 0, 0, 0)  # when every file in a ZIP was made: the same song, the same ZIP


def main(target: str, writer: str) -> int:
    """Write the file; return 0, or what the disk refused."""
    request = SongRequest(**json.loads(sys.stdin.buffer.read()))
    parent = os.getppid()

    def on_progress(_: Progress) -> None:
        if os.getppid() != parent:
            raise InterruptedError("the server that asked for this is gone")

    def write(file: BinaryIO) -> None:
        module, _, name = writer.partition(":")
        written = getattr(importlib.import_module(module), name)
        beside = Path(target)
        with tempfile.TemporaryDirectory(".part", f"{beside.name}.", beside.parent) as folder:
            if target.endswith(".zip"):
                bundle(written(request, Path(folder), on_progress), file)
                return
            path = Path(folder) / beside.name
            written(request, path)
            with path.open("rb") as made:
                shutil.copyfileobj(made, file)

    return errand(Path(target), write)


def bundle(paths: list[Path], file: BinaryIO) -> None:
    """Put files into a ZIP under their own names; each is deleted once it is in."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for path in paths:
            entry = zipfile.ZipInfo(path.name, STARTED)
            entry.external_attr = 0o644 << 16
            with path.open("rb") as made, archive.open(entry, "w") as place:
                shutil.copyfileobj(made, place, 1 << 20)
            path.unlink()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
