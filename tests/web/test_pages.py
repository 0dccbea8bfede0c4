"""The pages over HTTP, as a browser without JavaScript and as htmx ask for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup, Tag

from tests.support.server import Answer, Server, running

PAGE = {"Accept": "text/html"}
PIECE = {"Accept": "text/html", "HX-Request": "true", "HX-Request-Type": "partial"}


@dataclass(slots=True)
class Reader:
    """Somebody at the server: keeps the cookie, fills in forms with what stands in them, follows nothing."""

    server: Server
    cookie: str = ""

    def get(self, path: str, headers: dict[str, str] = PAGE) -> Answer:
        answer = self.server.ask("GET", path, headers=headers | {"Cookie": self.cookie})
        self.cookie = answer.headers.get("set-cookie", self.cookie).split(";")[0]
        return answer

    def page(self, path: str) -> BeautifulSoup:
        answer = self.get(path)
        assert answer.status == 200, answer.text[:500]
        return BeautifulSoup(answer.text, "html5lib")

    def send(self, form: Tag, headers: dict[str, str] = PAGE, **typed: str) -> Answer:
        fields = {
            str(field["name"]): str(field.get("value", ""))
            for field in form.select("input[name]:not([type=checkbox], [disabled], [type=radio]:not([checked]))")
        }
        fields |= {str(area["name"]): area.get_text() for area in form.select("textarea[name]")}
        body = urlencode(fields | typed).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": self.cookie}
        return self.server.ask("POST", str(form["action"]), body, headers | kind)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("pages") / "data") as started:
        yield started


@pytest.fixture
def reader(server: Server) -> Reader:
    return Reader(server)


@pytest.mark.parametrize("header", ["Referer", "HX-Current-URL"])
@pytest.mark.parametrize("address", ["http://[", "//", "javascript:1", ""])
def test_an_address_that_is_none_breaks_nothing(reader: Reader, header: str, address: str) -> None:
    form = reader.page("/").find("form", action="/mood")
    assert isinstance(form, Tag)
    answer = reader.send(form, PAGE | {header: address}, mood="ink")
    assert answer.status in (200, 303), answer.text[:500]


def form_to(page: BeautifulSoup, action: str) -> Tag:
    form = page.find("form", action=action)
    assert isinstance(form, Tag)
    return form


def made(server: Server, **wish: object) -> str:
    """Return the id of a finished track."""
    server.wait_for(server.submit(**wish))  # type: ignore[arg-type]
    return str(server.get("/api/v1/tracks").json["items"][0]["id"])


def test_the_form_as_it_stands_makes_a_song(reader: Reader) -> None:
    answer = reader.send(form_to(reader.page("/"), "/jobs"), PIECE, duration="5")
    assert answer.status == 201
    assert answer.headers["vary"] == "HX-Request"
    form = BeautifulSoup(answer.text, "html5lib").find(id="song-form")
    assert isinstance(form, Tag)
    assert "is on its way" in form.get_text()
    assert form.select_one("#prompt").get_text(), "what was typed stays"  # type: ignore[union-attr]


def test_a_double_click_makes_one_song(reader: Reader) -> None:
    form = form_to(reader.page("/"), "/jobs")
    before = len(reader.server.get("/api/v1/jobs?limit=100").json["items"])
    assert [reader.send(form, PIECE, duration="5").status for _ in range(2)] == [201, 201]
    assert len(reader.server.get("/api/v1/jobs?limit=100").json["items"]) == before + 1


def test_what_is_wrong_is_said_in_the_form_and_nothing_is_stored(reader: Reader) -> None:
    before = len(reader.server.get("/api/v1/jobs?limit=100").json["items"])
    answer = reader.send(form_to(reader.page("/"), "/jobs"), PIECE, prompt="", takes="99", lyrics="[00:99.99] no")
    page = BeautifulSoup(answer.text, "html5lib")
    assert answer.status == 422
    assert {tag["id"] for tag in page.select("[aria-invalid]")} == {"prompt", "takes", "lyrics"}
    assert len(reader.server.get("/api/v1/jobs?limit=100").json["items"]) == before
    whole = reader.send(form_to(reader.page("/"), "/jobs"), prompt="")
    assert whole.status == 422
    assert "<nav" in whole.text, "without htmx the whole page comes"


def test_a_form_without_its_token_is_refused(reader: Reader) -> None:
    answer = reader.send(form_to(reader.page("/"), "/jobs"), PIECE, csrf="0" * 64)
    assert answer.status == 403
    assert answer.headers["hx-retarget"] == "#toasts"


def test_a_song_can_be_loved_renamed_thrown_away_and_taken_back(reader: Reader) -> None:
    track = made(reader.server)
    page = reader.page("/library")
    answer = reader.send(form_to(page, f"/tracks/{track}/favourite"), PIECE)
    assert (answer.status, answer.text.count(f'data-id="track-{track}"')) == (200, 1)
    assert reader.page("/library?favourites=1").find(id=f"track-{track}")
    answer = reader.send(form_to(page, f"/tracks/{track}/title"), PIECE, title="Ночь & <b>月</b>")
    assert "Ночь &amp; &lt;b&gt;月&lt;/b&gt;" in answer.text
    assert reader.send(form_to(page, f"/tracks/{track}/title"), PIECE, title="x" * 201).status == 422
    trashed = reader.send(form_to(page, f"/tracks/{track}/trash"), PIECE)
    undo = BeautifulSoup(trashed.text.replace("template", "div"), "html5lib").find("form")
    assert isinstance(undo, Tag)
    assert not reader.page("/library").find(id=f"track-{track}")
    assert reader.get(f"/tracks/{track}").status == 404
    token = str(form_to(reader.page("/"), "/jobs").find("input", attrs={"name": "csrf"})["value"])  # type: ignore[index]
    assert reader.send(undo, PIECE, csrf=token).status == 200
    assert reader.page("/library").find(id=f"track-{track}")


def test_throwing_a_song_away_on_its_own_page_leads_to_the_library(reader: Reader) -> None:
    track = made(reader.server)
    form = form_to(reader.page(f"/tracks/{track}"), f"/tracks/{track}/trash")
    answer = reader.send(form, PIECE | {"HX-Current-URL": f"{reader.server.url}/tracks/{track}"})
    assert '"/library"' in answer.headers["hx-location"]


def test_the_player_is_filled_for_a_song_and_emptied_for_one_that_is_gone(reader: Reader) -> None:
    track = made(reader.server)
    filled = reader.get(f"/tracks/{track}/player", PIECE).text
    assert [f'data-target="{slot}"' in filled for slot in ("player-sky", "player-song", "player-favourite")] == [
        True
    ] * 3
    gone = reader.get(f"/tracks/{'0' * 32}/player", PIECE)
    assert (gone.status, gone.text, gone.headers["hx-trigger"]) == (200, "", "player:gone")


def test_a_cover_is_a_file_that_may_be_kept(reader: Reader) -> None:
    answer = reader.get(f"/tracks/{made(reader.server)}/cover.svg")
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert "immutable" in answer.headers["cache-control"]
    assert answer.text.startswith("<svg")


def test_older_songs_are_a_link_away(reader: Reader) -> None:
    for _ in range(2):
        made(reader.server)
    assert reader.get("/library?before=nonsense").status == 422
    assert not reader.page("/library").find(id="older"), "few songs fit one page"
    newest = str(reader.server.get("/api/v1/tracks").json["items"][0]["id"])
    assert not reader.page(f"/library?before={newest}").find(id=f"track-{newest}")


def test_a_song_and_a_failed_job_fill_in_the_desk_again(reader: Reader) -> None:
    track = made(reader.server, prompt="a very particular lo-fi", seed=77)
    job = reader.server.get(f"/api/v1/tracks/{track}").json["job_id"]
    like, again = reader.page(f"/?like={track}"), reader.page(f"/?again={job}")
    for page, seed in ((like, ""), (again, "77")):
        assert page.find(id="prompt").get_text() == "a very particular lo-fi"  # type: ignore[union-attr]
        assert page.find(id="seed")["value"] == seed  # type: ignore[index]
    assert reader.get("/?like=nothing").status == 404


def test_the_outlook_follows_what_is_chosen(reader: Reader) -> None:
    for query in ("duration=285&takes=8&engine=sketch", "duration=x&takes=&engine=nobody", ""):
        answer = reader.get(f"/outlook?{query}", PIECE)
        assert answer.status == 200
        assert 'id="outlook"' in answer.text


def test_a_chosen_mood_is_remembered(reader: Reader) -> None:
    page = reader.page("/")
    answer = reader.send(form_to(page, "/mood"), PIECE, mood="paper")
    assert answer.status == 204
    assert answer.headers["set-cookie"].startswith("mg_mood=paper")
    reader.cookie += "; mg_mood=paper"
    assert reader.page("/").html["data-mood"] == "paper"  # type: ignore[index]
    assert "set-cookie" not in reader.send(form_to(page, "/mood"), PIECE, mood="pink").headers


def test_cancel_and_again_leave_the_telling_to_the_stream(reader: Reader) -> None:
    reader.server.submit(duration=60)
    job = reader.server.submit(duration=60)
    assert reader.send(form_to(reader.page("/queue"), f"/jobs/{job}/cancellation"), PIECE).status == 204
    assert reader.send(form_to(reader.page("/queue"), f"/jobs/{job}/retry"), PIECE).status == 204
    assert reader.page("/queue").noscript, "somebody without JavaScript sees it move"


@pytest.mark.parametrize("path", ["/tracks/{}", "/?like={}"])
def test_a_link_to_a_song_that_was_deleted_for_good_says_so_and_leads_to_the_library(reader: Reader, path: str) -> None:
    answer = reader.get(path.format("0" * 32))
    assert answer.status == 404
    assert "It may have been deleted for good." in answer.text
    assert BeautifulSoup(answer.text, "html5lib").select_one("main a[href='/library']")


@pytest.mark.parametrize("path", ["/nothing", "/tracks/nothing", "/jobs"])
def test_an_error_is_a_page_for_people(reader: Reader, path: str) -> None:
    answer = reader.get(path)
    assert answer.status in (404, 405)
    assert "<nav" in answer.text
    assert reader.get(path, PIECE).text.count("<nav") == 0
