"""The schema as a person reads it: each call with its words, its fields in a table, and a line to try it with."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from musicgen_web.web.problems import PROBLEM_JSON

Node = Mapping[str, Any]
FRESH = "`no-store`"  # what most answers say of keeping them: the page says it once
KINDS = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false", "null": "null"}


@dataclass(frozen=True, slots=True)
class Row:
    """One field or parameter. `shape` names the thing it is; `words` may hold `code`."""

    name: str
    kind: str
    words: str = ""
    shape: str = ""
    values: tuple[str, ...] = ()
    default: str = ""
    is_required: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back when nothing is refused."""

    status: str
    words: str
    shape: str
    kinds: tuple[str, ...]
    headers: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Call:
    id: str
    methods: str
    path: str
    title: str
    words: str
    asked: Mapping[str, tuple[Row, ...]]
    """Parameters by their place: path, query, header."""
    body: str  # the shape that is sent
    fields: tuple[Row, ...]
    answers: tuple[Answer, ...]
    refusals: tuple[tuple[str, str], ...]  # (status, code)
    events: tuple[tuple[str, str], ...]  # (event, shape)
    curl: str
    sample: str


@dataclass(frozen=True, slots=True)
class Refusal:
    code: str
    status: int
    title: str
    recovery: str


@dataclass(frozen=True, slots=True)
class Reference:
    """The whole page. `common`: refusals that every call can meet, said once."""

    groups: tuple[tuple[str, str, tuple[Call, ...]], ...]  # (name, words, calls)
    shapes: tuple[tuple[str, str, tuple[Row, ...]], ...]
    refusals: tuple[Refusal, ...]
    common: tuple[tuple[str, str], ...]
    about: str


def reference(document: Node, base: str) -> Reference:
    """Return what the page shows. `base`: where the reader reaches this server."""
    operations = [
        (path, methods, operation)
        for path, item in document["paths"].items()
        for methods, operation in _with_head(item)
    ]
    met = [set(_refusals(operation, document)) for _, _, operation in operations]
    common = set.intersection(*met)
    groups = tuple(
        (
            tag["name"],
            tag["description"],
            tuple(
                _call(path, methods, operation, document, base, common)
                for path, methods, operation in operations
                if tag["name"] in operation["tags"]
            ),
        )
        for tag in document["tags"]
    )
    schemas = document["components"]["schemas"]
    shapes = tuple((name, schema.get("description", ""), _fields(schema)) for name, schema in schemas.items())
    return Reference(groups, shapes, tuple(_told(document)), tuple(sorted(common)), document["info"]["description"])


def _with_head(item: Node) -> Iterator[tuple[str, Node]]:
    """The calls of one path; HEAD is told with its GET."""
    for method, operation in item.items():
        if method != "head":
            yield "GET, HEAD" if method == "get" and "head" in item else method.upper(), operation


def _call(path: str, methods: str, operation: Node, document: Node, base: str, common: set[tuple[str, str]]) -> Call:
    asked: dict[str, tuple[Row, ...]] = {}
    for parameter in operation.get("parameters", ()):
        row = _row(parameter["name"], parameter["schema"], parameter["description"], parameter.get("required", False))
        asked[parameter["in"]] = (*asked.get(parameter["in"], ()), row)
    sent = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    body = _name(sent.get("schema", {}))
    good = [(status, answer) for status, answer in operation["responses"].items() if "$ref" not in answer]
    return Call(
        id=operation["operationId"],
        methods=methods,
        path=path,
        title=operation["summary"],
        words=operation["description"],
        asked=asked,
        body=body,
        fields=_fields(document["components"]["schemas"][body]) if body else (),
        answers=tuple(_answer(status, answer) for status, answer in good),
        refusals=tuple(pair for pair in _refusals(operation, document) if pair not in common),
        events=tuple((event, _name(schema)) for event, schema in operation.get("x-events", {}).items()),
        curl=_curl(methods, base + path, sent.get("example"), next(iter(good[0][1].get("content", ())), "")),
        sample=_sample(good[0][1]),
    )


def _answer(status: str, answer: Node) -> Answer:
    content: Node = answer.get("content", {})
    shape = _name(content.get("application/json", {}).get("schema", {}))
    headers = tuple(
        _row(name, head["schema"], head["description"])
        for name, head in answer.get("headers", {}).items()
        if head["description"] != FRESH
    )
    return Answer(status, answer["description"], shape, () if shape else tuple(content), headers)


def _refusals(operation: Node, document: Node) -> list[tuple[str, str]]:
    found = []
    for status, answer in operation["responses"].items():
        if "$ref" in answer:
            told = document["components"]["responses"][_name(answer)]["content"][PROBLEM_JSON]["schema"]["allOf"][1]
            found += [(status, code) for code in told["properties"]["code"]["enum"]]
    return found


def _told(document: Node) -> Iterator[Refusal]:
    """Every refusal once, by status."""
    known: dict[str, Refusal] = {}
    for response in document["components"]["responses"].values():
        content = response["content"][PROBLEM_JSON]
        examples = [example["value"] for example in content["examples"].values()]
        for code in content["schema"]["allOf"][1]["properties"]["code"]["enum"]:
            told = next((example for example in examples if example["code"] == code), examples[0])
            known[code] = Refusal(code, told["status"], told["title"], told["recovery"])
    yield from sorted(known.values(), key=lambda refusal: (refusal.status, refusal.code))


def _fields(schema: Node) -> tuple[Row, ...]:
    needed = schema.get("required", ())
    return tuple(_row(name, field, "", name in needed) for name, field in schema.get("properties", {}).items())


def _row(name: str, schema: Node, words: str, is_required: bool = True) -> Row:
    kinds = [kind for kind in schema.get("anyOf", [schema]) if kind != {"type": "null"}]
    inner = kinds[0]
    item = inner.get("items", {})
    may_be_null = len(kinds) < len(schema.get("anyOf", kinds))
    default = schema.get("default")
    return Row(
        name,
        _kind(inner) + _or_null(inner, may_be_null),
        words or schema.get("description") or inner.get("description", ""),
        _name(inner) or _name(item),
        (*inner.get("enum", ()), *(["null"] if may_be_null and "enum" in inner else [])),
        "" if default in (None, "") else json.dumps(default).strip('"').removesuffix(".0"),
        is_required,
    )


def _kind(schema: Node) -> str:
    if "$ref" in schema:
        return _name(schema)
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}"
    if schema.get("type") == "object":
        return "object"
    if "enum" in schema:
        return "one of"
    if schema.get("format") == "date-time":
        return "time"
    unit = " characters" if schema.get("type") == "string" else ""
    low, high = (schema.get(name, schema.get(other)) for name, other in LIMITS)
    limits = f"{_figure(low)}–{_figure(high)}" if None not in (low, high) else ""
    limits = limits or (f"up to {_figure(high)}" if high is not None else f"from {_figure(low)}" if low else "")
    return KINDS[schema["type"]] + (f", {limits}{unit}" if limits else "")


def _or_null(schema: Node, may_be_null: bool) -> str:
    if not may_be_null or "enum" in schema:
        return ""
    return "; or null" if "," in _kind(schema) else " or null"


LIMITS = (("minimum", "minLength"), ("maximum", "maxLength"))


def _figure(number: float) -> str:
    return f"{number:,.0f}".replace(",", " ") if abs(number) >= 1_000 else f"{number:g}"


def _name(schema: Node) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _curl(methods: str, address: str, body: object, kind: str) -> str:
    """Write a command that a shell understands; what stands in braces is the reader's to fill in."""
    method = methods.partition(",")[0]
    keeps = "-N" if kind == "text/event-stream" else "-O" if kind.startswith(("audio/", "image/")) else ""
    parts = ["curl", *filter(None, [keeps]), *([] if method == "GET" else ["-X", method]), shlex.quote(address)]
    if body is None:
        return " ".join(parts)
    sent = shlex.quote(json.dumps(body, ensure_ascii=False))
    return " ".join(parts) + f" \\\n  -H 'Content-Type: application/json' \\\n  -d {sent}"


def _sample(answer: Node) -> str:
    content = answer.get("content", {}).get("application/json", {})
    return json.dumps(content["example"], indent=2, ensure_ascii=False) if "example" in content else ""
