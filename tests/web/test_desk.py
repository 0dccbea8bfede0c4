"""The desk over HTTP: what is understood, corrections, and presets, with htmx and without."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup, Tag

from tests.support.server import Server
from tests.web.test_pages import PIECE, Reader, form_to

PROMPT = "lo-fi, piano, 76 bpm, no drums"


@pytest.fixture
def reader(shared: Server) -> Reader:
    return Reader(shared)


def understood(html: str) -> Tag:
    line = BeautifulSoup(html, "html5lib").select_one(".heard__line")
    assert isinstance(line, Tag)
    return line


def press(reader: Reader, choice: str, headers: dict[str, str] | None = None, **typed: str) -> str:
    form = form_to(reader.page("/"), "/jobs")
    form["action"] = "/understanding"
    answer = reader.send(form, **({"headers": headers} if headers else {}), correction=choice, **typed)  # type: ignore[arg-type]
    assert answer.status == 200
    return answer.text


def test_what_is_typed_is_understood(reader: Reader) -> None:
    answer = reader.get(f"/understanding?prompt={quote(PROMPT)}&engine=sketch", PIECE)
    assert str(understood(answer.text)["data-say"]).startswith("Understood as lo-fi at 76 bpm")
    assert "database" not in answer.text
    assert reader.get("/understanding?prompt=pop&engine=nobody", PIECE).text.strip() == "", "nothing is claimed"


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>\0\r\n\ud800", "🎹" * 2_000, "'" * 9_000, "%", "钢琴" * 1_000]
)
def test_any_text_is_answered(reader: Reader, text: str) -> None:
    answer = reader.get(f"/understanding?prompt={quote(text.encode('utf-8', 'surrogatepass'))}", PIECE)
    assert answer.status == 200
    assert "<script>alert" not in answer.text
    assert "<script>alert" not in press(reader, "style:style:house", prompt=text.encode("utf-8", "replace").decode())


def linted(reader: Reader, lyrics: str, **typed: str) -> str:
    form = form_to(reader.page("/"), "/jobs")
    form["action"] = "/lyrics/lint"
    answer = reader.send(form, PIECE, lyrics=lyrics, **typed)
    assert answer.status == 200
    return " ".join(BeautifulSoup(answer.text, "html5lib").get_text(" ").split())


def test_lines_that_will_not_be_sung_as_written_are_told_while_somebody_types(reader: Reader) -> None:
    crammed = "[00:02.00]The kettle hums a minor third and everybody in the wide street listens\n[00:03.50]Window\n"
    told = linted(reader, crammed + "[02:50.00]Too late\n", duration="60")
    assert "Line 1: " in told and "syllables a second" in told
    assert "Line 3: This line is left out: it falls past the end." in told
    assert "Line 2" not in told
    assert linted(reader, "The kettle hums\n") == "Every line can be sung as it stands."
    assert linted(reader, "") == "" == linted(reader, "la", engine="nobody")


@pytest.mark.parametrize("lyrics", ["<script>alert(1)</script>\n\0", "🎹\n" * 900, "x" * 9_000, "[99:99.99]"])
def test_any_lyrics_are_looked_over(reader: Reader, lyrics: str) -> None:
    told = linted(reader, lyrics, duration="no number")
    assert "alert" not in told and len(told) < 1_000


def test_a_choice_changes_the_text_and_with_htmx_only_its_line_comes(reader: Reader) -> None:
    line = understood(press(reader, "style:style:house", PIECE, prompt=PROMPT))
    assert line["data-text"] == "house, piano, 76 bpm, no drums"
    unknown = understood(press(reader, "style:style:polka", PIECE, prompt=PROMPT))
    assert unknown["data-text"] == PROMPT, "what is not offered changes nothing"


def test_without_htmx_the_page_comes_with_everything_that_was_typed(reader: Reader) -> None:
    page = BeautifulSoup(
        press(reader, "silent:drums:let it play", prompt=PROMPT, lyrics="[Verse]\nla", word="bells"), "html5lib"
    )
    assert page.select_one("#prompt").get_text() == "lo-fi, piano, 76 bpm, bells"  # type: ignore[union-attr]
    assert page.select_one("#lyrics").get_text() == "[Verse]\nla"  # type: ignore[union-attr]
    assert page.select_one("nav")


def test_a_choice_without_the_token_is_refused(reader: Reader) -> None:
    form = form_to(reader.page("/"), "/jobs")
    for action in ("/understanding", "/lyrics/lint", "/presets", "/presets/none/removal"):
        form["action"] = action
        assert reader.send(form, PIECE, csrf="0" * 64).status == 403


def test_a_preset_is_kept_applied_removed_and_taken_back(reader: Reader) -> None:
    form = form_to(reader.page("/"), "/jobs")
    form["action"] = "/presets"
    kept = reader.send(form, PIECE, preset="  Night\n<b>desk</b> ", prompt="house", lyrics="la", takes="3", seed="7")
    assert kept.status == 201
    assert "Night &lt;b&gt;desk&lt;/b&gt;" in kept.text
    link = reader.page("/").select_one("#presets .words__list a")
    assert isinstance(link, Tag)
    desk = reader.page(str(link["href"]))
    assert desk.select_one("#prompt").get_text() == "house"  # type: ignore[union-attr]
    assert [radio["value"] for radio in desk.select("[name=takes][checked]")] == ["3"]
    assert not desk.select("[data-new]"), "a draft must not take its place"
    assert reader.page("/").select("[data-new]")
    form["action"] = str(link["href"]).replace("/?preset=", "/presets/") + "/removal"
    gone = reader.send(form, PIECE)
    assert not reader.page("/").select("#presets .words__list a")
    assert reader.get(str(link["href"])).status == 404
    undo = BeautifulSoup(gone.text.replace("template", "div"), "html5lib").find("form", action="/presets")
    assert isinstance(undo, Tag)
    token = str(form_to(reader.page("/"), "/jobs").find("input", attrs={"name": "csrf"})["value"])  # type: ignore[index]
    assert reader.send(undo, PIECE, csrf=token).status == 201
    again = reader.page("/").select_one("#presets .words__list a")
    assert isinstance(again, Tag) and again.get_text() == "Night <b>desk</b>"
    assert reader.page(str(again["href"])).select_one("#lyrics").get_text() == "la"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "wrong", [{"preset": " "}, {"preset": "x" * 61}, {"preset": "a\x07"}, {"prompt": "", "preset": "x"}]
)
def test_what_cannot_be_kept_is_said(reader: Reader, wrong: dict[str, str]) -> None:
    form = form_to(reader.page("/"), "/jobs")
    form["action"] = "/presets"
    answer = reader.send(form, PIECE, **wrong)
    assert answer.status == 422
    assert answer.headers["hx-retarget"] == "#toasts"
    assert reader.get("/?preset=nothing").status == 404


def test_without_htmx_a_kept_preset_is_where_one_goes_on(reader: Reader) -> None:
    form = form_to(reader.page("/"), "/jobs")
    form["action"] = "/presets"
    page = BeautifulSoup(reader.send(form, preset="Plain", prompt="pop", word="strings").text, "html5lib")
    assert page.select_one("#prompt").get_text() == "pop, strings"  # type: ignore[union-attr]
    assert "Plain" in [link.get_text() for link in page.select("#presets .words__list a")]


def test_the_outlook_speaks_of_the_takes(reader: Reader) -> None:
    assert "three takes" in reader.get("/outlook?duration=5&takes=3", PIECE).text.lower()
