"""The small network that tells how a character with several sounds is read in its line. It needs the extra `model`."""

from __future__ import annotations

import json
import threading
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

FILES = ("poly_bert_model.onnx", "vocab.txt", "polydict.json")


class Polyphones:
    """Call it with a text and an index: it answers as in `了{le5}`. The files are read with the first question."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._session: InferenceSession | None = None
        self._characters: dict[str, int] = {}
        self._labels: dict[int, str] = {}
        self._answers = lru_cache(maxsize=1_024)(self._all_answers)

    @classmethod
    def in_folder(cls, folder: Path) -> Polyphones | None:
        """Return the network of this folder, or None where a file of it is missing."""
        return cls(folder) if all((folder / name).is_file() for name in FILES) else None

    def __call__(self, text: str, index: int) -> str:
        with self._lock:
            return self._answers(text)[index]

    def _all_answers(self, text: str) -> tuple[str, ...]:
        import numpy as np

        session = self._loaded()
        unknown = self._characters["[UNK]"]
        tokens = [self._characters["[CLS]"], *(self._characters.get(char.lower(), unknown) for char in text)]
        (scores,) = session.run(["outputs"], {"input_ids": np.array([tokens], dtype=np.int32)})
        best = np.asarray(scores)[0].argmax(axis=-1)  # (characters,)
        best = best[len(best) - len(text) :]  # the graph drops [CLS] itself; one that keeps it is read the same
        return tuple(self._labels[int(label) + 1] for label in best)

    def _loaded(self) -> InferenceSession:
        if self._session is None:
            from onnxruntime import InferenceSession

            model, characters, labels = (self._folder / name for name in FILES)
            lines = characters.read_text(encoding="utf-8").splitlines()
            self._characters = {line: number for number, line in enumerate(lines)}
            self._labels = {int(key): label for key, label in json.loads(labels.read_text(encoding="utf-8")).items()}
            self._session = InferenceSession(model, providers=["CPUExecutionProvider"])
        return self._session
