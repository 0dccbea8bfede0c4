"""Engines for tests of what lies around an engine: the prompt says how the song goes, sound is no part of it.

Prompts: `quick` · `steps N` (N seconds, a step each 50 ms) · `deaf` (burns the processor and never listens) · `silent`
(says nothing for ever) · `signal N` · `exit N` · `memory`, `threads`, `mapping` (of which none is left) · `disk` ·
`fault WORDS` · `once PROMPT` (the first attempt is killed, later ones go as PROMPT) · `numbers` (tells in numpy's
numbers) · `PROMPT | PROMPT …` (one for each seed).
"""

from __future__ import annotations

import base64
import errno
import os
import signal
import sys
import threading
import time
import zlib
from dataclasses import replace
from pathlib import Path

from musicgen_web.engines.base import EngineSpec, OnProgress, Progress, Song, SongRequest

FLAC = zlib.decompress(
    base64.b64decode(
        "eNpL80l0ZmBgUBJgEABSvEDE+IXhAwMDs0LWBX73G2v9hRiilTadWtJf0cLAoKEAVFOUmpZalJqXnKqQk5nk5uPorGCoZ6JnrGBkYGRsYGZkDFTC8P9"
        "HCQcDs/x3INPrBwCnXBlR"
    )
)  # 0.1 s of silence
SONG = Song(
    duration=0.1,
    sample_rate=8_000,
    channels=1,
    md5=FLAC[26:42].hex(),
    peaks=bytes(1_600),
    plan={"summary": "silence"},
    versions={"scripted": "1"},
)


def spec(name: str = "scripted", factory: str = "Scripted", workers: int = 1) -> EngineSpec:
    return EngineSpec(name=name, title=name.title(), factory=f"{__name__}:{factory}", workers=workers)


def wish(prompt: str, *, engine: str = "scripted", takes: int = 1, seed: int = 1, **fields: object) -> SongRequest:
    return SongRequest(prompt=prompt, engine=engine, seed=seed, takes=takes, **fields)  # type: ignore[arg-type]


class Scripted:
    device = "cpu"

    def load(self) -> None:
        pass

    def generate(self, request: SongRequest, path: Path, on_progress: OnProgress) -> Song:
        path.write_bytes(FLAC[:40])  # as any engine: something half written stands there meanwhile
        on_progress(Progress("composing", 0.0, 0, 1, "the first step"))
        prompts = request.prompt.split(" | ")
        self._play(prompts[(request.seed - 1) % len(prompts)], request, path, on_progress)
        on_progress(Progress("saving", 1.0, 1, 1))
        path.write_bytes(FLAC)
        return _in_numpy() if request.prompt == "numbers" else SONG

    def _play(self, prompt: str, request: SongRequest, path: Path, on_progress: OnProgress) -> None:
        word, _, rest = prompt.partition(" ")
        match word:
            case "steps":
                _step(float(rest), on_progress)
            case "deaf":
                while True:
                    pass
            case "silent":
                threading.Event().wait()
            case "signal":
                os.kill(os.getpid(), int(rest))
            case "exit":
                os._exit(int(rest))
            case "memory":
                raise MemoryError
            case "threads":
                raise RuntimeError("can't start new thread")
            case "mapping":
                raise OSError(errno.ENOMEM, "Cannot allocate memory")
            case "disk":
                raise OSError(errno.ENOSPC, "No space left on device", str(path))
            case "fault":
                raise ValueError(rest)
            case "numbers":
                import numpy as np

                on_progress(Progress("sampling", np.float64(0.5), np.int64(1), np.int64(2)))  # type: ignore[arg-type]
            case "modules":
                path.with_name(f"modules-{request.seed}").write_text("\n".join(sys.modules))
            case "settings":
                names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
                told = [
                    *(os.environ.get(name, "") for name in names),
                    str(signal.getsignal(signal.SIGINT) is signal.SIG_IGN),
                ]
                path.with_name(f"settings-{request.seed}").write_text("\n".join(told))
            case "once":
                mark = path.with_name(f"once-{request.seed}")
                if not mark.exists():
                    mark.touch()
                    os.kill(os.getpid(), signal.SIGKILL)
                self._play(rest, request, path, on_progress)


def _step(seconds: float, on_progress: OnProgress) -> None:
    """Do nothing for so long, telling of it, also backwards now and then: who listens must not believe that."""
    begun, total = time.monotonic(), round(seconds * 20)
    for done in range(1, total + 1):
        time.sleep(max(0.0, begun + done / 20 - time.monotonic()))
        fraction = done / total if done % 7 else 0.0
        on_progress(Progress("sampling", fraction, done, total, f"step {done}"))


def _in_numpy() -> Song:
    import numpy as np

    return replace(
        SONG, duration=np.float64(0.1), plan={"bpm": np.float64(120)}, peaks=np.zeros(1_600, np.int8).tobytes()
    )


class CrashesOnLoad(Scripted):
    def load(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


class RefusesToLoad(Scripted):
    def load(self) -> None:
        raise WeightsAbsent("weights.safetensors is not in the cache")


class WeightsAbsent(Exception):
    code = "MODEL_NOT_LOADED"
    detail = "The weights of this engine are not on this server."


class BreaksOnLoad(Scripted):
    def load(self) -> None:
        raise ImportError("no such library")


class NeverLoads(Scripted):
    def load(self) -> None:
        threading.Event().wait()
