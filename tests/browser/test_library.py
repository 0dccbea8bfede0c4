"""The library in a real browser: it grows as one scrolls, is searched as one types, and songs are picked in it."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.test_looks import AXE, RUN
from tests.browser.waiting import until_in
from tests.support.server import Server, running

pytestmark = pytest.mark.browser
MANY = 130
WISH = {"prompt": "warm lo-fi", "engine": "sketch", "seed": 7}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with three songs to hear and many older ones that are only entries."""
    with running(tmp_path_factory.mktemp("library") / "data") as started:
        with closing(sqlite3.connect(started.data / "musicgen.db")) as db, db:
            for number in range(MANY):
                made = datetime(2026, 3, 4, tzinfo=UTC) + timedelta(hours=5 * number)
                db.execute(
                    "INSERT INTO track SELECT ?, ?, 'local', ?, 1, ?, ?, 'sketch', 90, 44100, 2, 1, ?, zeroblob(1600), "
                    "'{}', '{}', 1, 0, ?, NULL, ?",
                    (
                        number + 1, f"{number:032x}", f"{number:032x}", f"Song {number}", json.dumps(WISH),
                        f"{number:032x}", made.isoformat().replace("+00:00", "Z"), f"song {number} warm lo-fi",
                    ),
                )  # fmt: skip
        for title in ("First", "Second", "月光照在旧码头上"):
            started.wait_for(started.submit(title=title, duration=5))
        yield started


def days_are_right(page: Page) -> bool:
    """Every heading stands once, and over songs that are not newer than it."""
    orders = page.locator("#found ol > li").evaluate_all("rows => rows.map(row => Number(row.dataset.order))")
    heads = page.locator("#found h2").all_inner_texts()
    return orders == sorted(orders, reverse=True) and len(heads) == len(set(heads))


def test_older_songs_come_by_themselves_and_the_way_back_leads_to_where_one_was(server: Server, page: Page) -> None:
    page.goto(server.url)
    page.get_by_role("link", name="Library", exact=True).click()
    rows = page.locator("#found .track")
    expect(rows).to_have_count(40)
    for count in (80, 120, MANY + 3):
        page.locator("#older").scroll_into_view_if_needed()
        expect(rows).to_have_count(count)
    expect(page.locator("#older")).to_have_count(0)
    assert days_are_right(page)
    page.locator("#track-" + f"{20:032x}").scroll_into_view_if_needed()
    page.evaluate("scrollBy(0, 1)")
    place = page.evaluate("scrollY")
    page.evaluate("document.querySelector('#nav [data-page=queue]').click()")  # from where one is, without scrolling up
    expect(page.get_by_role("heading", name="In the making")).to_be_visible()
    page.go_back()
    expect(rows).to_have_count(MANY + 3)
    until_in(page, f"Math.abs(scrollY - {place}) < 200")
    assert days_are_right(page)


def test_a_page_that_is_full_leads_to_another_instead_of_growing(server: Server) -> None:
    for loaded, grows in ((120, True), (160, False)):
        html = server.get(f"/library?loaded={loaded}").text
        assert 'id="older"' in html
        assert ("revealed" in html) is grows


def test_a_search_follows_what_is_typed_and_keeps_the_address_and_the_focus(server: Server, page: Page) -> None:
    page.goto(server.url + "/queue")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("码头")
    expect(page.locator("#found .track__play")).to_have_text(["月光照在旧码头上"])
    expect(page.locator("#q")).to_be_focused()
    expect(page.locator("#found-count")).to_have_text("1 song found")
    assert page.url.endswith("/library?q=%E7%A0%81%E5%A4%B4")
    page.keyboard.press("Escape")
    expect(page.locator("#found .track")).to_have_count(40)
    assert page.url.endswith("/library")
    page.keyboard.type("kettledrum")
    expect(page.locator("#found")).to_contain_text("No song has “kettledrum”")
    page.get_by_role("link", name="Show all songs").click()
    expect(page.locator("#found .track")).to_have_count(40)


def test_songs_are_picked_with_shift_changed_together_and_brought_back(server: Server, page: Page) -> None:
    page.goto(server.url + "/library")
    page.keyboard.press("s")
    picks = page.locator("#found .track__pick")
    picks.nth(0).click()
    picks.nth(2).click(modifiers=["Shift"])
    expect(page.locator("#picked")).to_have_text("3 songs, 15 seconds")
    picks.nth(1).click()
    expect(page.locator("#picked")).to_have_text("2 songs, 10 seconds")
    page.locator("#pick-to-heart").click()
    expect(page.locator("#found [aria-pressed=true]")).to_have_count(2)
    expect(page.locator("#picked")).to_have_text("2 songs, 10 seconds")  # the rows are new, what is picked is not
    server.ask("DELETE", f"/api/v1/tracks/{server.get('/api/v1/tracks?limit=1').json['items'][0]['id']}")
    expect(page.locator("#picked")).to_have_text("1 song, 5 seconds")
    with page.expect_download() as saving:
        page.locator("#pick-to-download").click()
    assert saving.value.suggested_filename == "1 song.zip"
    with zipfile.ZipFile(saving.value.path()) as archive:
        assert archive.namelist() == ["First.flac"]
    picks.nth(0).click()
    page.locator("#pick-to-trash-2").click()
    expect(page.locator("#toasts")).to_contain_text("2 songs are in the trash.")
    expect(page.locator("#picked")).to_have_text("Which songs?")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#found .track__play").nth(1)).to_have_text("First")
    page.keyboard.press("Escape")
    expect(page.locator("#picking")).to_be_hidden()
    expect(page.locator("#select")).to_be_focused()


def test_picking_and_an_empty_search_are_sound_to_axe(
    server: Server, opened: Callable[..., BrowserContext], shot: Callable[[Page, str], None]
) -> None:
    for width, mood in ((1440, "dark"), (390, "light")):
        page = opened(width=width, mood=mood).new_page()
        page.goto(server.url + f"/library?select=1&before={4:032x}")
        page.locator(".track__pick").nth(1).check()
        shot(page, f"library-select-{width}-{mood}")
        assert page.evaluate(f"{AXE}; {RUN}") == []
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    expect(page.locator("#found .track")).to_have_count(4)
    page.goto(server.url + "/library?q=kettledrum")
    shot(page, f"library-nothing-{width}-{mood}")
    assert page.evaluate(f"{AXE}; {RUN}") == []
