"""Problem answers as the schema tells them: which codes a status can carry, their words, and one example of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from musicgen_web.errors import FieldError, InvalidRequest, MusicGenError, QueueFull, Unavailable
from musicgen_web.web.api.shapes.problems import Problem, WrongFields
from musicgen_web.web.problems import PROBLEM_JSON, problem_json

Kind = type[MusicGenError]
PATIENT = (QueueFull, Unavailable)
"""Refusals that say when to come back."""


def codes(kinds: Sequence[Kind], body: type | None) -> list[str]:
    """Return every code that these can carry. A body with words of its own has codes of its own for them."""
    found: list[str] = []
    for kind in kinds:
        found.append(kind.code)
        if issubclass(kind, InvalidRequest):
            found += [code for field, code in kind.of_field.items() if field in getattr(body, "__struct_fields__", ())]
    return list(dict.fromkeys(found))


def shape(kinds: Sequence[Kind]) -> type:
    """Return what the body looks like."""
    return WrongFields if any(issubclass(kind, InvalidRequest) for kind in kinds) else Problem


def response(kinds: Sequence[Kind], words: list[str], reference: dict[str, Any]) -> dict[str, Any]:
    """Return one answer of the document: all kinds of one status."""
    status = kinds[0].status
    narrowed = {"properties": {"code": {"enum": words}, "status": {"const": status}}}
    answer: dict[str, Any] = {
        "description": " ".join(f"{kind.title}." for kind in dict.fromkeys(kinds)),
        "content": {
            PROBLEM_JSON: {
                "schema": {"allOf": [reference, narrowed]},
                "examples": {kind.code: {"value": problem_json(_sample(kind))} for kind in kinds},
            }
        },
    }
    if any(kind in PATIENT for kind in kinds):
        answer["headers"] = {
            "Retry-After": {
                "description": "Seconds after which it is worth trying again.",
                "schema": {"type": "string"},
            }
        }
    return answer


def _sample(kind: Kind) -> MusicGenError:
    if issubclass(kind, InvalidRequest):
        return kind([FieldError("limit", "This must be a whole number of at most 100.")])
    return kind()
