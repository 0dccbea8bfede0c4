"""An example of anything the schema describes: its own example where it has one, else the plainest value that fits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PLAIN: dict[str, object] = {"string": "…", "integer": 0, "number": 0, "boolean": False, "null": None}


def sample(schema: Mapping[str, Any], schemas: Mapping[str, Any], *, brief: bool = False) -> Any:
    """Return an example. `brief`: of an object only what must be there or has an example of its own."""
    if "$ref" in schema:
        return sample(schemas[schema["$ref"].rpartition("/")[2]], schemas, brief=brief)
    if "examples" in schema:
        return schema["examples"][0]
    if "anyOf" in schema:
        return None if {"type": "null"} in schema["anyOf"] else sample(schema["anyOf"][0], schemas)
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "array":
        return [sample(schema["items"], schemas)]
    if schema.get("type") == "object":
        return _object(schema, schemas, brief=brief)
    return schema.get("minimum", PLAIN[schema.get("type", "null")])


def _object(schema: Mapping[str, Any], schemas: Mapping[str, Any], *, brief: bool) -> dict[str, Any]:
    fields: Mapping[str, Any] = schema.get("properties", {})
    needed = schema.get("required", ())
    return {
        name: sample(field, schemas)
        for name, field in fields.items()
        if not brief or name in needed or "examples" in field
    }
