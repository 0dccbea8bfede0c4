"""The model's own Mandarin lexicon, some 600 000 words, without a Python object for each of them."""

from __future__ import annotations

import threading
import zlib
from array import array
from collections.abc import Iterator, Mapping
from pathlib import Path


class FileLexicon(Mapping[str, str]):
    """Words of a file with a line `word<TAB>pin1 yin1` each; the last line of a word counts.

    It holds the bytes of the file, and a table of where each line begins, found by the hash of its word.
    The file is read with the first question.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._text = b""
        self._slots = array("I")
        self._mask = 0
        self._count = -1  # not read yet

    def _read(self) -> None:
        """Read the file once; a line that could not be decoded is one that nobody asks for."""
        with self._lock:
            if self._count >= 0:
                return
            self._text = self._path.read_bytes()
            lines = self._text.count(b"\n") + 1
            self._mask = (1 << (lines * 2 - 1).bit_length()) - 1
            self._slots = array("I", bytes(4 * (self._mask + 1)))
            self._count = self._filled()

    def _filled(self) -> int:
        count = start = 0
        while start < len(self._text):
            end = self._text.find(b"\n", start)
            end = len(self._text) if end < 0 else end
            tab = self._text.find(b"\t", start, end)
            if tab > start:
                slot, is_new = self._slot(self._text[start:tab])
                self._slots[slot] = start + 1
                count += is_new
            start = end + 1
        return count

    def __getitem__(self, word: str) -> str:
        self._read()
        slot, is_new = self._slot(word.encode(errors="replace"))
        if is_new:
            raise KeyError(word)
        start = self._slots[slot] - 1
        end = self._text.find(b"\n", start)
        line = self._text[start : len(self._text) if end < 0 else end]
        return line.partition(b"\t")[2].decode(errors="replace").strip()

    def __iter__(self) -> Iterator[str]:
        self._read()
        for place in self._slots:
            if place:
                yield self._text[place - 1 : self._text.find(b"\t", place)].decode(errors="replace")

    def __len__(self) -> int:
        self._read()
        return self._count

    def _slot(self, word: bytes) -> tuple[int, bool]:
        """Find the slot of a word, or the free one where it would be."""
        key = word + b"\t"
        slot = zlib.crc32(word) & self._mask
        while place := self._slots[slot]:
            if self._text.startswith(key, place - 1):
                return slot, False
            slot = (slot + 1) & self._mask
        return slot, True
