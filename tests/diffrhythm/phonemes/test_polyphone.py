"""The network that reads characters with several sounds is asked as its model was made to be asked."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest

from diffrhythm.phonemes.polyphone import FILES, Polyphones

CHARACTERS = ["[PAD]", "[UNK]", "[CLS]", "了", "的", "a"]
LABELS = {1: "了{le5}", 2: "了{liao3}", 3: "的{de5}"}
BEST = [0, 1, 2, 0, 2, 1]  # the label, from 0, that the tiny network finds for each character's number


def test_a_folder_without_all_its_files_has_no_network(tmp_path: Path) -> None:
    assert Polyphones.in_folder(tmp_path) is None
    for name in FILES:
        (tmp_path / name).write_bytes(b"")
    assert Polyphones.in_folder(tmp_path) is not None


def test_each_character_is_answered_from_its_own_place(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    onnx, characters, labels = (tmp_path / name for name in FILES)
    onnx.write_bytes(tiny_network())
    characters.write_text("\n".join(CHARACTERS), encoding="utf-8")
    labels.write_text(json.dumps({str(key): label for key, label in LABELS.items()}), encoding="utf-8")
    ask = Polyphones.in_folder(tmp_path)
    assert ask is not None
    assert [ask("了A的x", index) for index in range(4)] == ["了{le5}", "了{liao3}", "的{de5}", "了{liao3}"]


def tiny_network() -> bytes:
    """Write an ONNX model: drop the first token of each row, then look up a row of scores for each of the others."""
    scores = [[float(label == best) for label in range(len(LABELS))] for best in BEST]
    return _model(
        nodes=[
            _node("Slice", ["input_ids", "starts", "ends", "axes"], "kept"),
            _node("Gather", ["scores", "kept"], "outputs"),
        ],
        tensors=[
            _tensor("starts", [1], 7, struct.pack("<q", 1)),
            _tensor("ends", [1], 7, struct.pack("<q", 2**31 - 1)),
            _tensor("axes", [1], 7, struct.pack("<q", 1)),
            _tensor("scores", [len(BEST), len(LABELS)], 1, struct.pack("<18f", *(x for row in scores for x in row))),
        ],
        inputs=[_value("input_ids", 6, [1, None])],
        outputs=[_value("outputs", 1, [1, None, len(LABELS)])],
    )


def _varint(number: int) -> bytes:
    written = b""
    while number > 127:
        written += bytes([number & 127 | 128])
        number >>= 7
    return written + bytes([number])


def _field(number: int, value: int | bytes | str) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    value = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _node(kind: str, inputs: list[str], output: str) -> bytes:
    return b"".join(_field(1, name) for name in inputs) + _field(2, output) + _field(4, kind)


def _tensor(name: str, shape: list[int], kind: int, data: bytes) -> bytes:
    return b"".join(_field(1, size) for size in shape) + _field(2, kind) + _field(8, name) + _field(9, data)


def _value(name: str, kind: int, shape: list[int | None]) -> bytes:
    sizes = b"".join(_field(1, _field(2, "n") if size is None else _field(1, size)) for size in shape)
    return _field(1, name) + _field(2, _field(1, _field(1, kind) + _field(2, sizes)))


def _model(nodes: list[bytes], tensors: list[bytes], inputs: list[bytes], outputs: list[bytes]) -> bytes:
    graph = b"".join(_field(1, node) for node in nodes) + _field(2, "tiny")
    graph += b"".join(_field(5, tensor) for tensor in tensors)
    graph += b"".join(_field(11, value) for value in inputs) + b"".join(_field(12, value) for value in outputs)
    return _field(1, 8) + _field(7, graph) + _field(8, _field(2, 13))
