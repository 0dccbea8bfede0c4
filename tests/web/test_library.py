"""The library over HTTP: found, selected and changed several at once, as without JavaScript and as htmx asks."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup, Tag

from musicgen_web.web.library import View
from tests.support.server import Answer, Server, running
from tests.web.test_pages import PAGE, PIECE, Reader

TITLES = ("Lamplight on the weir", "Lamplight on the weir", "月光照在旧码头上")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("library") / "data") as started:
        for title in TITLES:
            started.wait_for(started.submit(title=title, duration=5))
        yield started


@pytest.fixture
def reader(server: Server) -> Reader:
    return Reader(server)


def act(reader: Reader, path: str, *tracks: str, headers: dict[str, str] = PAGE, **fields: str) -> Answer:
    page = reader.page("/library?select=1")
    token = str(page.select_one("#picking input[name=csrf]")["value"])  # type: ignore[index]
    body = urlencode([("csrf", token), *fields.items(), *(("track", track) for track in tracks)]).encode()
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": reader.cookie}
    return reader.server.ask("POST", path, body, headers | kind)


def ids(server: Server, query: str = "") -> list[str]:
    return [str(track["id"]) for track in server.get(f"/api/v1/tracks?{query}").json["items"]]


def titles(page: BeautifulSoup) -> list[str]:
    return [link.get_text() for link in page.select("#found .track__play")]


def test_a_search_finds_songs_and_says_kindly_when_there_is_none(reader: Reader) -> None:
    page = reader.page("/library?q=%E7%A0%81%E5%A4%B4")
    assert titles(page) == [TITLES[2]]
    assert page.select_one("#q")["value"] == "码头"  # type: ignore[index]
    assert page.select_one("#found ol")["id"] != "songs", "a new song does not belong among these"  # type: ignore[index]
    nothing = reader.page("/library?q=kettledrum&favourites=1").select_one("#found")
    assert nothing is not None
    assert "No favourite has “kettledrum”" in nothing.get_text()
    assert nothing.select_one("a.button")["href"] == "/library?favourites=1"  # type: ignore[index]
    assert ids(reader.server, "q=LAMPLIGHT+weir") == ids(reader.server)[1:]
    assert reader.get("/library?q=" + "a" * 201).status == 422


def test_without_javascript_songs_are_picked_in_a_real_form(reader: Reader) -> None:
    page = reader.page("/library?select=1")
    assert page.select_one("[data-library]").has_attr("data-picking")  # type: ignore[union-attr]
    assert {box["value"] for box in page.select("input[name=track][form=picking]")} == set(ids(reader.server))
    paths = [button["formaction"] for button in page.select("#picking button")]
    assert paths == ["/tracks/favourites", "/tracks/songs.zip", "/tracks/trash"]


def test_several_songs_are_loved_and_those_that_are_gone_are_passed_over(reader: Reader) -> None:
    chosen = ids(reader.server)[:2]
    assert act(reader, "/tracks/favourites", *chosen, "nowhere", favourite="yes").status == 200  # by way of 303
    assert ids(reader.server, "favourites=true") == chosen
    act(reader, "/tracks/favourites", *chosen, favourite="no", headers=PIECE)
    assert ids(reader.server, "favourites=true") == []


def test_several_songs_go_to_the_trash_and_one_undo_brings_all_back(reader: Reader) -> None:
    before = ids(reader.server)
    answer = act(reader, "/tracks/trash", *before[:2], headers=PIECE).text
    assert "2 songs are in the trash." in answer
    assert ids(reader.server) == before[2:]
    undo = BeautifulSoup(answer, "html.parser").find("form", action="/tracks/restoration")
    assert isinstance(undo, Tag)
    back = [str(field["value"]) for field in undo.find_all("input", attrs={"name": "track"})]
    assert act(reader, "/tracks/restoration", *back, headers=PIECE).status == 200
    assert ids(reader.server) == before


def test_songs_are_downloaded_as_one_zip_with_names_of_their_own(reader: Reader) -> None:
    answer = act(reader, "/tracks/songs.zip", *ids(reader.server))
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"].startswith("attachment; ")
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [f"{TITLES[2]}.flac", f"{TITLES[0]}.flac", f"{TITLES[0]} 2.flac"]
        assert TITLES[2].encode() in archive.read(f"{TITLES[2]}.flac"), "the download's title is inside"


@pytest.mark.parametrize("path", ["/tracks/favourites", "/tracks/trash", "/tracks/restoration", "/tracks/songs.zip"])
def test_what_cannot_be_done_is_refused_in_words(reader: Reader, path: str) -> None:
    assert "Pick some songs first." in act(reader, path).text
    assert "Up to" in act(reader, path, *(f"{number}" for number in range(501))).text
    assert act(reader, path, csrf="forged").status in (403, 422)
    assert (
        reader.server.ask("POST", path, b"track=a", {"Content-Type": "application/x-www-form-urlencoded"}).status == 403
    )


def test_a_zip_of_nothing_or_of_no_format_is_refused_before_it_begins(reader: Reader) -> None:
    assert act(reader, "/tracks/songs.zip", "nowhere").status == 404
    assert act(reader, "/tracks/songs.zip?format=exe", "nowhere").status == 422


def test_an_address_says_only_what_was_chosen() -> None:
    view = View(q="a b", favourites=True, before="x")
    assert view.address() == "/library?q=a+b&favourites=1&before=x"
    assert view.address(q="", before="", favourites=False) == "/library"
