"""The page of the API: everything that the document says, for people."""

from __future__ import annotations

import shlex
from typing import Any

import pytest
from bs4 import BeautifulSoup

from musicgen_web.bundle import bundled
from musicgen_web.web.assets import load_assets
from musicgen_web.web.calls import Row, reference
from musicgen_web.web.schema import Schema
from musicgen_web.web.templating import coded, environment
from tests.support.site import HOUSE, site

BASE = "http://studio.local:8000"
FRAME = {"page": "schema", "csrf": "", "mood": "", "making": 0, "seen": ""}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return Schema(HOUSE).of(site(tmp_path_factory.mktemp("reference")).door.app)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def page(told: dict[str, Any]) -> BeautifulSoup:
    template = environment(load_assets(bundled("static"))).get_template("schema/index.html")
    return BeautifulSoup(template.render(FRAME, api=reference(told, BASE)), "html5lib")


def test_every_call_shape_and_code_stands_on_it_under_its_own_address(
    told: dict[str, Any], page: BeautifulSoup
) -> None:
    ids = [str(tag["id"]) for tag in page.select("[id]")]
    assert len(ids) == len(set(ids))
    calls = {op["operationId"] for item in told["paths"].values() for method, op in item.items() if method != "head"}
    codes = {code for name in told["components"]["responses"] for code in name.split("-")}
    assert calls | set(told["components"]["schemas"]) | codes <= set(ids)
    assert {str(link["href"])[1:] for link in page.select('main a[href^="#"]')} <= set(ids)


def test_a_call_can_be_tried_as_it_stands(page: BeautifulSoup) -> None:
    call = page.find(id="createJob").find_parent("article")  # type: ignore[union-attr]
    words = shlex.split(call.select_one("pre").get_text())  # type: ignore[union-attr]
    assert words[:4] == ["curl", "-X", "POST", f"{BASE}/api/v1/jobs"]
    assert words[-2:] == ["-d", '{"prompt": "warm lo-fi, 82 bpm, in A minor", "duration": 30}']
    assert "-O" in page.find(id="getTrackAudio").find_parent("article").select_one("pre").get_text()  # type: ignore[union-attr]


def test_fields_are_said_in_words(told: dict[str, Any]) -> None:
    api = reference(told, BASE)
    calls = {call.id: call for _, _, group in api.groups for call in group}
    fields = {row.name: row for row in calls["generate"].fields}
    assert fields["prompt"].kind == "text, 1–2 000 characters"
    assert (fields["duration"].kind, fields["duration"].default) == ("number, 5–285; or null", "95")
    assert fields["engine"].values == ("auto", "sketch", "diffrhythm", "null")
    assert calls["getJob"].asked["query"] == (
        Row("wait", "number, 0–60", "Seconds to wait for its end.", default="0", is_required=False),
    )
    assert calls["getTrackAudio"].methods == "GET, HEAD"
    assert dict(calls["getEvents"].events)["reset"] == "Snapshot"
    assert ("404", "NOT_FOUND") in calls["getJob"].refusals
    assert set(api.common) == {("421", "WRONG_HOST"), ("500", "INTERNAL")}, "said once, not with every call"


def test_words_between_backticks_are_code_and_nothing_is_markup() -> None:
    assert coded("`a<b` & c") == "<code>a&lt;b</code> &amp; c"
