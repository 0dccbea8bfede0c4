"""The trash page and its forms, with htmx and without, and what programs can do with trashed tracks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup, Tag

from tests.support.server import Server, running, until
from tests.web.test_pages import PAGE, PIECE, Reader, form_to

TRASH = "/library/trash"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("trash") / "data") as started:
        yield started


@pytest.fixture
def reader(server: Server) -> Reader:
    return Reader(server)


def trashed(server: Server, title: str = "Away") -> str:
    """Return the id of a song in the trash."""
    server.wait_for(server.submit(title=title))
    track = str(server.get("/api/v1/tracks").json["items"][0]["id"])
    assert server.ask("DELETE", f"/api/v1/tracks/{track}").status == 204
    return track


def test_a_song_waits_in_the_trash_and_goes_back_without_javascript(reader: Reader) -> None:
    track = trashed(reader.server, "Nicht <b>weg</b>")
    page = reader.page(TRASH)
    row = page.find(id=f"trashed-{track}")
    assert isinstance(row, Tag)
    assert "Nicht <b>weg</b>" in row.get_text()
    assert "goes on" in row.get_text()
    assert reader.page("/library").find(id="trash-link").get_text().startswith("Trash, 1 song")  # type: ignore[union-attr]
    answer = reader.send(form_to(page, f"/tracks/{track}/restoration"), PAGE | {"Referer": reader.server.url + TRASH})
    assert "<title>Trash" in answer.text
    assert not reader.page(TRASH).find(id=f"trashed-{track}")
    assert reader.page("/library").find(id=f"track-{track}")
    assert reader.page("/library").find(id="trash-link").has_attr("hidden")  # type: ignore[union-attr]


def test_what_cannot_be_undone_is_said_before_its_button(reader: Reader) -> None:
    track = trashed(reader.server)
    page = reader.page(TRASH)
    for action in (f"/tracks/{track}/removal", f"{TRASH}/emptying"):
        asked = form_to(page, action).find_parent("details")
        assert isinstance(asked, Tag)
        assert not asked.has_attr("open")
        text = asked.get_text(" ")
        assert text.index("cannot be undone") < text.index("for good", text.index("cannot be undone"))


def test_a_song_deleted_for_good_leaves_the_page_and_the_disk(reader: Reader) -> None:
    track = trashed(reader.server)
    sound = reader.server.data / "tracks" / f"{track}.flac"
    assert sound.exists()
    form = form_to(reader.page(TRASH), f"/tracks/{track}/removal")
    answer = reader.send(form, PIECE)
    assert answer.status == 200
    assert f'data-id="trashed-{track}"' in answer.text
    assert 'id="trash-head"' in answer.text
    until(lambda: not sound.exists(), 5, "the sound to be deleted")
    assert reader.send(form, PIECE).status == 404
    assert reader.server.ask("POST", f"/api/v1/tracks/{track}/restore").status == 404
    assert list((reader.server.data / "lost-found").iterdir()) == []


def test_emptying_takes_only_what_the_page_showed(reader: Reader) -> None:
    seen = trashed(reader.server, "Seen")
    form = form_to(reader.page(TRASH), f"{TRASH}/emptying")
    later = trashed(reader.server, "Later")
    answer = reader.send(form, PIECE)
    assert f"trashed-{later}" in answer.text
    assert f"trashed-{seen}" not in answer.text
    page = reader.page(TRASH)
    assert [row["id"] for row in page.select("#trash > li")] == [f"trashed-{later}"]
    followed = reader.send(form_to(page, f"{TRASH}/emptying"))
    page = BeautifulSoup(followed.text, "html5lib")
    assert page.h1.get_text() == "Trash", "without htmx it leads back here"  # type: ignore[union-attr]
    assert page.select("#trash > li") == []
    assert "Nothing in the trash" in page.get_text()
    assert page.find(id="trash-head").has_attr("hidden")  # type: ignore[union-attr]


@pytest.mark.parametrize("moment", ["", "yesterday", "2026-01-01T00:00:00"])
def test_emptying_without_a_moment_empties_nothing(reader: Reader, moment: str) -> None:
    track = trashed(reader.server)
    form = form_to(reader.page(TRASH), f"{TRASH}/emptying")
    assert reader.send(form, PIECE, until=moment).status == 422
    assert reader.send(form, PIECE, csrf="0" * 80).status == 403
    assert reader.page(TRASH).find(id=f"trashed-{track}")


def test_a_trashed_songs_address_says_where_it_is(reader: Reader) -> None:
    track = trashed(reader.server)
    answer = reader.get(f"/tracks/{track}")
    assert answer.status == 404
    assert "This song is in the trash" in answer.text
    assert 'href="/library/trash"' in answer.text
    assert 'href="/library/trash"' in reader.get("/tracks/nothing").text
    assert 'href="/library/trash"' not in reader.get("/nothing").text


def test_programs_delete_for_good_only_what_is_in_the_trash(server: Server) -> None:
    server.wait_for(server.submit())
    track = str(server.get("/api/v1/tracks").json["items"][0]["id"])
    answer = server.ask("DELETE", f"/api/v1/tracks/{track}?forever=true")
    assert (answer.status, answer.json["code"]) == (409, "CONFLICT")
    assert server.get(f"/api/v1/tracks/{track}").status == 200
    assert server.ask("DELETE", f"/api/v1/tracks/{track}").status == 204
    assert server.ask("DELETE", f"/api/v1/tracks/{track}?forever=true").status == 204
    assert server.ask("DELETE", f"/api/v1/tracks/{track}?forever=true").status == 404
    assert track not in [item["id"] for item in server.get("/api/v1/tracks?trashed=true").json["items"]]


def test_older_trash_is_a_link_away(reader: Reader) -> None:
    first, second = trashed(reader.server), trashed(reader.server)
    page = reader.page(f"{TRASH}?before={second}")
    assert page.select("[data-size=trash] > li")[0]["id"] == f"trashed-{first}"
    assert reader.get(f"{TRASH}?before=nonsense").status == 404
