"""The OpenAPI document: sound by itself, of all that programs can call and of nothing else, and true."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from musicgen_web.app import Site
from musicgen_web.engines.base import MAX_DURATION, MAX_LYRICS, MAX_PROMPT, MIN_DURATION, STAGES
from musicgen_web.models import STATUSES
from musicgen_web.web.schema import document
from tests.support.server import Answer, Server
from tests.support.site import HOUSE
from tests.support.site import site as build
from tests.support.streams import Stream

ROOT = Path(__file__).parents[2]
META = json.loads((ROOT / "tests/vendor/openapi-3.1.json").read_text(encoding="utf-8"))
NOBODY = "0" * 32


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return build(tmp_path_factory.mktemp("schema"))


@pytest.fixture(scope="module")
def told(site: Site) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(json.dumps(document(site.door.app, HOUSE)))  # type: ignore[arg-type]
    return made


def operations(told: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in told["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def inside(node: Any) -> Iterator[dict[str, Any]]:
    """Every object of the document."""
    if isinstance(node, dict):
        yield node
        node = list(node.values())
    for part in node if isinstance(node, list) else []:
        yield from inside(part)


def found(told: dict[str, Any], reference: str) -> dict[str, Any]:
    node: Any = told
    for part in reference.removeprefix("#/").split("/"):
        node = node[part]
    return dict(node)


def validator(told: dict[str, Any], schema: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator(schema | {"components": told["components"]})


def test_it_is_openapi_and_its_schemas_are_schemas(told: dict[str, Any]) -> None:
    assert [error.message for error in Draft202012Validator(META).iter_errors(told)] == []
    for schema in told["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_reference_leads_somewhere_and_every_shape_is_used(told: dict[str, Any]) -> None:
    references = {node["$ref"] for node in inside(told) if isinstance(node.get("$ref"), str)}
    assert all(found(told, reference) for reference in references)
    names = {f"#/components/{kind}/{name}" for kind, parts in told["components"].items() for name in parts}
    assert names == references


def test_every_call_has_a_name_of_its_own_and_says_what_it_takes(told: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(told)]
    assert len(ids) == len(set(ids))
    for path, method, operation in operations(told):
        asked = operation.get("parameters", [])
        assert operation["summary"] and operation["description"], path
        assert all(parameter["description"] for parameter in asked), path
        assert {p["name"] for p in asked if p["in"] == "path"} == set(re.findall(r"\{(\w+)\}", path))
        assert ("requestBody" in operation) == (
            method == "patch" or operation["operationId"] in ("generate", "createJob")
        )


def test_all_that_programs_can_call_is_in_it_and_nothing_else(site: Site, told: dict[str, Any]) -> None:
    routes = {
        (re.sub(r"audio\.\w+$", "audio.{format}", route.path_format), method)  # type: ignore[union-attr]
        for route in site.door.app.routes  # type: ignore[attr-defined]
        if route.path != "/static"
        for method in route.methods - {"OPTIONS"}  # type: ignore[union-attr]
    }
    tour = (ROOT / "docs/tour.md").read_text(encoding="utf-8").split("## Pages")[1].split("\n## ")[0]
    pages = {
        (path, method)
        for path, method in routes
        if f"`{method} {re.sub(r'{[a-z]+_id}', '{id}', path)}`" in tour
        and not path.endswith(("cover.svg", "audio.{format}"))
    }
    assert {(path, method.upper()) for path, method, _ in operations(told)} == routes - pages


def test_limits_and_words_are_those_of_the_code(told: dict[str, Any]) -> None:
    schemas = told["components"]["schemas"]
    wish = schemas["SongWish"]
    fields = wish["properties"]
    assert (wish["required"], wish["additionalProperties"]) == (["prompt"], False)
    assert (fields["prompt"]["maxLength"], fields["lyrics"]["anyOf"][0]["maxLength"]) == (MAX_PROMPT, MAX_LYRICS)
    assert (
        fields["duration"]["anyOf"][0] | {"minimum": MIN_DURATION, "maximum": MAX_DURATION}
        == fields["duration"]["anyOf"][0]
    )
    assert fields["engine"]["anyOf"][0]["enum"] == ["auto", "sketch", "diffrhythm"]
    assert schemas["JobStatus"]["properties"]["status"]["enum"] == list(STATUSES)
    assert schemas["JobStatus"]["properties"]["stage"]["enum"] == list(STAGES)
    assert list(schemas["Job"]["properties"])[:2] == ["id", "url"], "fields stand as they were written"


def test_every_example_is_what_its_schema_says(told: dict[str, Any]) -> None:
    count = 0
    for node in inside(told):
        several = node.get("examples")
        given = [node["example"]] if "example" in node else []
        given += [example["value"] for example in several.values()] if isinstance(several, dict) else []
        for example in given:
            assert [error.message for error in validator(told, node["schema"]).iter_errors(example)] == []
            count += 1
    assert count > 30


def closed(told: dict[str, Any]) -> dict[str, Any]:
    """The document in which nothing may be answered that it does not name."""
    strict = copy.deepcopy(told)
    for schema in strict["components"]["schemas"].values():
        schema.setdefault("additionalProperties", False)
    return strict


@pytest.fixture(scope="module")
def served(shared: Server) -> dict[str, Any]:
    return closed(shared.get("/schema/openapi.json").json)


def check(served: dict[str, Any], method: str, path: str, answer: Answer) -> None:
    """See that an answer is one that the document promises: status, headers, kind, body."""
    operation = served["paths"][path][method.lower()]
    promised = operation["responses"][str(answer.status)]
    promised = found(served, promised["$ref"]) if "$ref" in promised else promised
    for name, header in promised.get("headers", {}).items():
        if answer.status < 400:
            told = re.findall(r"`([^`]+)`", header["description"])
            assert not told or answer.headers[name.lower()] in told, (path, name)
            assert answer.headers[name.lower()], (path, name)
    if "content" not in promised:
        assert answer.body == b"", path
        return
    kind = answer.headers["content-type"]
    assert kind in promised["content"], (path, kind)
    if "json" in kind and path != "/schema/openapi.json":
        errors = validator(served, promised["content"][kind]["schema"]).iter_errors(answer.json)
        assert [f"{error.json_path}: {error.message}" for error in errors] == [], path


PIECES = ("stems.zip", "score.mid")


@pytest.fixture(scope="module")
def job(shared: Server) -> str:
    ended = shared.wait_for(shared.submit(lyrics="[Verse]\nThe kettle hums", takes=2))
    assert ended["status"] == "completed"
    return str(ended["job_id"])


def test_what_is_answered_is_what_the_document_says(shared: Server, served: dict[str, Any], job: str) -> None:
    track = shared.status(job)["track_ids"][0]
    other = shared.submit(duration=285)
    song = {"prompt": "lo-fi", "duration": 5}
    calls: list[tuple[str, str, object, int]] = [
        ("POST", "/generate", song, 200),
        ("GET", "/status/{job_id}", None, 200),
        ("GET", "/health", None, 200),
        ("GET", "/healthz", None, 200),
        ("GET", "/readyz", None, 200),
        ("GET", "/metrics", None, 200),
        ("GET", "/schema/openapi.json", None, 200),
        ("GET", "/api/v1/system", None, 200),
        ("POST", "/api/v1/jobs", song, 202),
        ("GET", "/api/v1/jobs", None, 200),
        ("GET", "/api/v1/jobs/{job_id}", None, 200),
        ("POST", "/api/v1/jobs/{job_id}/retry", None, 202),
        ("POST", "/api/v1/jobs/{other}/cancel", None, 200),
        ("GET", "/api/v1/tracks", None, 200),
        ("GET", "/api/v1/tracks/{track_id}", None, 200),
        ("GET", "/api/v1/tracks/{track_id}/audio.{format}", None, 200),
        ("HEAD", "/tracks/{track_id}/audio.{format}", None, 200),
        ("GET", "/tracks/{track_id}/cover.svg", None, 200),
        ("GET", "/api/v1/tracks/{track_id}/peaks.json", None, 200),
        ("GET", "/api/v1/tracks/{track_id}/lyrics.lrc", None, 200),
        ("GET", "/api/v1/tracks/{track_id}/receipt.json", None, 200),
        *((method, f"/api/v1/tracks/{{track_id}}/{name}", None, 200) for name in PIECES for method in ("GET", "HEAD")),
        ("PATCH", "/api/v1/tracks/{track_id}", {"title": "Rain", "favourite": True}, 200),
        ("DELETE", "/api/v1/tracks/{track_id}", None, 204),
        ("POST", "/api/v1/tracks/{track_id}/restore", None, 200),
    ]
    for method, path, body, status in calls:
        address = path.format(job_id=job, other=other, track_id=track, format="flac")
        answer = shared.ask(method, address, body)
        assert answer.status == status, (path, answer.text)
        check(served, method, path.replace("{other}", "{job_id}"), answer)
    exercised = {(method, path.replace("{other}", "{job_id}")) for method, path, _, _ in calls}
    aliases = {("GET", "/tracks/{track_id}/audio.{format}"), ("HEAD", "/api/v1/tracks/{track_id}/audio.{format}")}
    everything = {(method.upper(), path) for path, method, _ in operations(served)}
    assert everything - exercised - aliases == {("GET", "/api/v1/events")}, "the stream is read below"


def test_a_part_of_a_sound_is_answered_as_told(shared: Server, served: dict[str, Any], job: str) -> None:
    path = "/api/v1/tracks/{track_id}/audio.{format}"
    address = path.format(track_id=shared.status(job)["track_ids"][1], format="flac")
    for asked, status in (("bytes=0-9", 206), ("bytes=999999999-", 416)):
        answer = shared.get(address, Range=asked)
        assert answer.status == status
        check(served, "GET", path, answer)
    unchanged = shared.get(address, **{"If-None-Match": shared.get(address).headers["etag"]})
    assert unchanged.status == 304
    check(served, "GET", path, unchanged)


def test_what_is_refused_is_told_as_the_document_says(shared: Server, served: dict[str, Any], job: str) -> None:
    track = shared.status(job)["track_ids"][1]
    form = {"Content-Type": "text/plain"}
    cases: list[tuple[str, str, object, dict[str, str], str]] = [
        ("POST", "/generate", {"prompt": ""}, {}, "INVALID_PROMPT"),
        ("POST", "/generate", {"prompt": "x", "lyrics": "[00:99.99] no"}, {}, "INVALID_LYRICS"),
        ("POST", "/api/v1/jobs", {"prompt": "", "what": 1}, {}, "INVALID_REQUEST"),
        ("POST", "/generate", {"prompt": "x", "engine": "diffrhythm"}, {}, "MODEL_NOT_LOADED"),
        ("POST", "/generate", b"prompt", form, "UNSUPPORTED_TYPE"),
        ("POST", "/generate", b"x" * 300_000, {}, "TOO_LARGE"),
        ("POST", "/generate", {"prompt": "x"}, {"Origin": "http://elsewhere"}, "FORBIDDEN"),
        ("GET", "/health", None, {"Host": "elsewhere"}, "WRONG_HOST"),
        ("GET", "/metrics", None, {"X-Forwarded-For": "10.0.0.1"}, "FORBIDDEN"),
        ("GET", "/status/{nobody}", None, {}, "NOT_FOUND"),
        ("GET", "/api/v1/jobs?limit=0", None, {}, "INVALID_REQUEST"),
        ("GET", "/api/v1/tracks?cursor=nowhere", None, {}, "INVALID_REQUEST"),
        ("PATCH", "/api/v1/tracks/{track_id}", {"title": ""}, {}, "INVALID_REQUEST"),
        ("DELETE", "/api/v1/tracks/{track_id}?forever=true", None, {}, "CONFLICT"),
    ]
    for method, path, body, headers, code in cases:
        answer = shared.ask(method, path.format(track_id=track, nobody=NOBODY), body, headers)
        assert answer.json["code"] == code, (path, answer.text)
        check(served, method, path.partition("?")[0].replace("{nobody}", "{job_id}"), answer)


def test_what_the_stream_tells_is_what_the_document_says(shared: Server, served: dict[str, Any]) -> None:
    events = served["paths"]["/api/v1/events"]["get"]["x-events"]
    heard: set[str] = set()
    with Stream(shared.url) as stream:
        made = shared.submit(duration=12)
        while "track" not in heard:
            message = stream.next()
            assert message is not None
            if not message.event:
                assert not message.data, "a comment, or the pause before coming back"
                continue
            errors = validator(served, events[message.event]).iter_errors(message.json)
            assert [f"{message.event} {error.json_path}: {error.message}" for error in errors] == []
            heard.add(message.event)
            if message.event == "job" and message.json["job_id"] == made and message.json["status"] == "completed":
                shared.ask("DELETE", f"/api/v1/tracks/{message.json['track_ids'][0]}")
    assert heard >= set(events) - {"line"}
