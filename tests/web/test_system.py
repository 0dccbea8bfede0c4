"""The System page and /api/v1/system: how this server is, for people and for programs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from musicgen_web import parts
from tests.support.server import Server, running, until

OLD_CARD = "0, GPU-1, NVIDIA GeForce GTX 1060, 6144, 5000, 470.82"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("system")
    environment = {"CUDA_VISIBLE_DEVICES": "", "MODEL_CACHE_DIR": str(folder / "models")}
    with running(folder / "data", environment=environment) as started:
        until(lambda: started.get("/readyz").status == 200, 20, "the workers")
        yield started


@pytest.fixture
def with_an_old_card(tmp_path: Path) -> Iterator[Server]:
    program = tmp_path / "bin/nvidia-smi"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\necho '{OLD_CARD}'\n")
    program.chmod(0o755)
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    with running(tmp_path / "data", environment={"PATH": path}) as started:
        yield started


def page_of(server: Server) -> BeautifulSoup:
    answer = server.ask("GET", "/system", headers={"Accept": "text/html"})
    assert answer.status == 200, answer.text[:500]
    return BeautifulSoup(answer.text, "html5lib")


def test_programs_are_told_everything(server: Server) -> None:
    answer = server.get("/api/v1/system")
    told = answer.json
    assert answer.headers["cache-control"] == "no-store"
    assert (told["device"], told["engine"]) == ("cpu", "sketch")
    assert told["queue"] == {"pending": 0, "processing": 0}
    assert told["disk"]["size"] > told["disk"]["free"] > 0
    sketch, diffrhythm = told["engines"]
    assert (sketch["name"], sketch["ready"], sketch["missing"]) == ("sketch", True, [])
    assert sketch["workers"] == {"count": 1, "ready": 1, "busy": 0, "broken": 0}
    assert (diffrhythm["name"], diffrhythm["ready"]) == ("diffrhythm", False)
    lacks = {lack["what"]: lack for lack in diffrhythm["missing"]}
    assert {"engine", "device", "weights"} <= set(lacks)
    assert [file["name"] for file in lacks["weights"]["files"]] == [file.name for file in parts.WEIGHTS]
    assert {finding["status"] for finding in told["findings"]} <= {"ok", "warning", "problem"}


def test_no_path_of_the_server_is_told(server: Server) -> None:
    for path in ("/api/v1/system", "/system"):
        assert str(server.data.parent) not in server.get(path).text


def test_the_page_says_first_what_one_wants_to_know(server: Server) -> None:
    page = page_of(server)
    assert page.select_one(".ready").get_text().startswith("Sketch is ready")  # type: ignore[union-attr]
    names = [term.get_text() for term in page.select(".finding dt")]
    assert {"Graphics", "Memory", "Disk", "Database", "Port", "Library"} <= set(names)
    text = page.get_text()
    for words in ("Processor, by choice", "ASLP-lab/DiffRhythm-vae/vae_model.pt", "MODEL_CACHE_DIR"):
        assert words in text


def test_every_page_leads_to_it_and_it_knows_where_it_is(server: Server) -> None:
    home = BeautifulSoup(server.ask("GET", "/", headers={"Accept": "text/html"}).text, "html5lib")
    assert len(home.select('header a[href="/system"]')) == 2, "in the line of pages, and at the top of a narrow one"
    here = page_of(server).select_one('#nav [href="/system"]')
    assert here is not None
    assert here["aria-current"] == "page"


def test_once_songs_are_made_here_the_page_tells_how_long_one_takes(server: Server) -> None:
    for seed in (1, 2):
        server.wait_for(server.submit(duration=5, seed=seed))
    assert "three minutes takes" in page_of(server).select_one(".ready").get_text()  # type: ignore[union-attr]
    assert server.get("/api/v1/system").json["library"]["songs"] == 2


def test_an_old_card_is_a_warning_with_a_remedy_and_marked_for_every_reader(with_an_old_card: Server) -> None:
    told = with_an_old_card.get("/api/v1/system").json
    found = {finding["name"]: finding for finding in told["findings"]}
    assert told["device"] == "cuda"
    assert (found["graphics"]["status"], "driver 525" in found["graphics"]["remedy"]) == ("warning", True)
    row = page_of(with_an_old_card).select_one('.finding[data-status="warning"]')
    assert row is not None
    assert "Warning: " in row.get_text()
    assert "GTX 1060" in row.get_text()
