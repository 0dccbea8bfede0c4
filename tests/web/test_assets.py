"""The asset table and the route over it."""

from __future__ import annotations

import gzip
import hashlib
import re
from pathlib import Path

import brotli
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from musicgen_web.bundle import bundled
from musicgen_web.web.assets import APART_SCRIPTS, APART_SHEETS, SCRIPTS, SHEETS, Assets, load_assets, static_route

BUDGET = 60_000  # bytes of the whole first page, compressed


@pytest.fixture(scope="module")
def assets() -> Assets:
    return load_assets(bundled("static"))


@pytest.fixture(scope="module")
def client(assets: Assets) -> TestClient[Litestar]:
    return TestClient(Litestar([static_route(assets)], openapi_config=None, logging_config=None))


def test_a_name_carries_the_hash_of_its_content_and_is_kept_for_ever(
    assets: Assets, client: TestClient[Litestar]
) -> None:
    url = assets.url("app.css")
    assert re.fullmatch(r"/static/app\.[0-9a-f]{12}\.css", url)
    answer = client.get(url)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(("accepted", "coding"), [("br, gzip", "br"), ("gzip", "gzip"), ("gzip;q=0", None), ("", None)])
def test_the_smallest_form_that_the_browser_reads_is_sent(
    assets: Assets, client: TestClient[Litestar], accepted: str, coding: str | None
) -> None:
    plain = assets.by_name[assets.names["app.js"]].plain
    with client.stream("GET", assets.url("app.js"), headers={"accept-encoding": accepted}) as answer:
        body = b"".join(answer.iter_raw())
    assert answer.headers.get("content-encoding") == coding
    assert answer.headers["vary"] == "accept-encoding"
    assert {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[coding](body) == plain


def test_what_the_browser_has_is_not_sent_again(assets: Assets, client: TestClient[Litestar]) -> None:
    etag = client.get(assets.url("icons.svg")).headers["etag"]
    again = client.get(assets.url("icons.svg"), headers={"if-none-match": f'"other", W/{etag}'})
    assert (again.status_code, again.content) == (304, b"")


def test_head_has_no_body_and_other_names_are_not_there(assets: Assets, client: TestClient[Litestar]) -> None:
    head = client.head(assets.url("app.css"))
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) > 1000
    assert client.get("/static/app.000000000000.css").status_code == 404
    assert client.get("/static/../pyproject.toml").status_code == 404
    assert client.post(assets.url("app.css")).status_code == 405
    with pytest.raises(KeyError):
        assets.url("nothing.css")


def test_every_sheet_and_script_is_in_a_joined_file(assets: Assets) -> None:
    folder = bundled("static")
    assert {path.stem for path in (folder / "css").glob("*.css")} == {*SHEETS, *APART_SHEETS}
    assert {path.stem for path in (folder / "js").glob("*.js")} == {*SCRIPTS, *APART_SCRIPTS, "events-worker"}
    script = assets.by_name[assets.names["app.js"]].plain.decode()
    assert script.startswith("var htmx=")
    assert script.count('\n"use strict";\n') == len(SCRIPTS)


def test_the_style_sheet_asks_for_our_own_hashed_files_only(assets: Assets) -> None:
    sheet = assets.by_name[assets.names["app.css"]].plain.decode()
    wanted = re.findall(r"url\(([^)]+)\)", sheet)
    assert wanted == [assets.names["alegreya-400-latin.woff2"]]
    assert "!important" not in sheet


def test_both_light_moods_are_the_same() -> None:
    tokens = (bundled("static") / "css" / "tokens.css").read_text("utf-8")
    system, chosen = (
        re.findall(r"--[\w-]+:[^;]+;", block)
        for block in re.findall(r"(?::root:not\(\[data-mood=ink\]\)|:root\[data-mood=paper\]) \{([^}]*)\}", tokens)
    )
    assert system == chosen
    assert len(system) > 10


def test_every_sign_that_templates_use_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'symbol id="([\w-]+)"', (bundled("static") / "icons.svg").read_text("utf-8")))
    used = {
        name
        for path in bundled("templates").rglob("*.html")
        for name in re.findall(r'icon\("([\w-]+)"\)', path.read_text("utf-8"))
    } | {"feather", "library", "list-ordered"}
    assert used == sprite


def test_the_first_page_is_light(assets: Assets) -> None:
    apart = {assets.names["schema.css"], assets.names["copy.js"]}
    files = [asset for name, asset in assets.by_name.items() if name not in apart]
    assert sum(len(asset.gzip or asset.plain) for asset in files) + 6_000 < BUDGET, "6 kB are left for the page itself"
    assert len(files) <= 6, "with the page and the stream that makes eight requests"


def test_vendored_files_are_the_ones_that_the_readme_names() -> None:
    vendor = bundled("static") / "vendor"
    named = re.findall(r"\| `([^`]+)` \|[^\n]*`([0-9a-f]{64})`", (vendor / "README.md").read_text("utf-8"))
    assert len(named) == 2
    for name, digest in named:
        assert hashlib.sha256(Path(vendor / name).read_bytes()).hexdigest() == digest
