"""What DiffRhythm is made of: the software it computes with, the device it runs on, and the files of its weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from musicgen_web.machine import Graphics

SOFTWARE = ("torch", "safetensors", "huggingface_hub", "tokenizers", "einops", "onnxruntime")
"""The extra `model`, by the names one imports."""

INSTALL = "MODEL=1 make run"


@dataclass(frozen=True, slots=True)
class WeightFile:
    """One file on the model hub. `size` in bytes, about; `kind`: models or spaces."""

    repository: str
    path: str
    size: int
    purpose: str
    kind: str = "models"

    @property
    def name(self) -> str:
        return f"{self.repository}/{self.path}"

    def is_in(self, cache: Path) -> bool:
        """Whether a cache holds it, as the hub lays its cache out or as a plain folder `<org>/<name>`."""
        hub = cache / f"{self.kind}--{self.repository.replace('/', '--')}" / "snapshots"
        try:
            snapshots = list(hub.iterdir()) if hub.is_dir() else []
            return any((folder / self.path).is_file() for folder in (cache / self.repository, *snapshots))
        except OSError:  # a folder we may not look into
            return False


WEIGHTS = (
    WeightFile("ASLP-lab/DiffRhythm-1_2", "cfm_model.pt", 2_218_709_125, "songs of 95 seconds"),
    WeightFile("ASLP-lab/DiffRhythm-1_2-full", "cfm_model.pt", 2_219_500_000, "songs up to 4:45"),
    WeightFile("ASLP-lab/DiffRhythm-vae", "vae_model.pt", 625_000_000, "turning it into sound"),
    WeightFile("OpenMuQ/MuQ-MuLan-large", "pytorch_model.bin", 2_653_954_401, "understanding the style"),
    WeightFile("OpenMuQ/MuQ-MuLan-large", "config.json", 1_000, "understanding the style"),
    WeightFile("xlm-roberta-base", "tokenizer.json", 9_100_000, "understanding the style"),
    WeightFile(
        "ASLP-lab/DiffRhythm", "diffrhythm/g2p/sources/chinese_lexicon.txt", 14_779_443, "Chinese words", "spaces"
    ),
    WeightFile(
        "ASLP-lab/DiffRhythm",
        "diffrhythm/g2p/sources/g2p_chinese_model/poly_bert_model.onnx",
        76_583_333,
        "Chinese words",
        "spaces",
    ),
)


@dataclass(frozen=True, slots=True)
class Missing:
    """Something DiffRhythm lacks. `what`: engine, software, device or weights; `command` is exact, or empty."""

    what: str
    words: str
    remedy: str
    command: str = ""
    files: tuple[WeightFile, ...] = ()


def is_installed(package: str) -> bool:
    """Whether a package is there. It is not imported."""
    try:
        return find_spec(package) is not None
    except (ImportError, ValueError):
        return False


def absent_files(cache: Path) -> tuple[WeightFile, ...]:
    """Return the files of the weights that a model cache lacks."""
    return tuple(file for file in WEIGHTS if not file.is_in(cache))


def missing(
    graphics: Graphics, cache: Path, *, is_built_in: bool, installed: Callable[[str], bool] = is_installed
) -> tuple[Missing, ...]:
    """Return what stands between this machine and a song by DiffRhythm; nothing where it is ready."""
    lacks: list[Missing] = []
    if not is_built_in:
        lacks.append(
            Missing(
                "engine",
                "It is not part of this version yet.",
                "The rest can be got ready meanwhile. Sketch makes songs without it.",
            )
        )
    if packages := [package for package in SOFTWARE if not installed(package)]:
        lacks.append(Missing("software", f"Software: {_list(packages)}.", "Run it in the clone.", command=INSTALL))
    if graphics.device == "cpu":
        words = "Device: no NVIDIA GPU and no Apple silicon is seen."
        if graphics.is_forced:
            words = 'Device: CUDA_VISIBLE_DEVICES="" hides every GPU.'
        lacks.append(
            Missing(
                "device", words, "It would use the processor: about 40 minutes for 95 seconds of music on two cores."
            )
        )
    if files := absent_files(cache):
        size = sum(file.size for file in files) / 1e9
        lacks.append(
            Missing(
                "weights",
                f"Weights: {len(files)} of {len(WEIGHTS)} files are missing, {size:.1f} GB.",
                "Put them into the folder that MODEL_CACHE_DIR names (models/cache unless it is set), as "
                "<organisation>/<name>/<file> or as the hub's own cache keeps them.",
                files=files,
            )
        )
    return tuple(lacks)


def _list(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
