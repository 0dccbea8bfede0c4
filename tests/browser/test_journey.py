"""A stranger's first song, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.waiting import until_in
from tests.support.server import Server

pytestmark = pytest.mark.browser
SONG = "#fresh .track"


def test_one_click_makes_a_song_that_plays_and_seeks(
    server: Server, page: Page, shot: Callable[[Page, str], None]
) -> None:
    page.goto(server.url)
    shot(page, "journey-1-first-look")
    page.locator("#duration").fill("30")
    page.get_by_role("button", name="Make the song").click()
    bar = page.locator("#running .job__bar")
    expect(bar).to_be_visible()
    until_in(page, "document.querySelector('#running .job__bar')?.getAttribute('aria-valuenow') > 2")
    shot(page, "journey-2-being-made")
    expect(page.locator(SONG)).to_have_count(1, timeout=20_000)
    expect(page.locator("#running .job")).to_have_count(0)
    page.locator(f"{SONG} .track__play").click()
    until_in(page, "document.getElementById('audio').currentTime > 0.3")
    shot(page, "journey-3-plays")
    page.locator("#player-seek").fill("20")
    until_in(page, "document.getElementById('audio').currentTime >= 20")
    assert page.evaluate("!document.getElementById('audio').paused")


def test_the_song_goes_on_while_one_browses(server: Server, page: Page) -> None:
    server.wait_for(server.submit(duration=30))
    page.goto(server.url + "/library")
    page.locator("#songs .track__play").click()
    until_in(page, "document.getElementById('audio').currentTime > 0.2")
    page.evaluate("window.stillHere = true")
    for name in ("Queue", "Create", "Library"):
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.locator("#nav [aria-current]")).to_contain_text(name)
    assert page.evaluate("window.stillHere && !document.getElementById('audio').paused")


def test_a_page_left_open_survives_a_kill_of_the_server_and_shows_the_song_afterwards(
    server: Server, page: Page
) -> None:
    page.goto(server.url)
    page.locator("#duration").fill("285")
    page.get_by_role("button", name="Make the song").click()
    expect(page.locator("#running .job__bar")).to_be_visible()
    server.kill()
    server.start()
    expect(page.locator(SONG)).to_have_count(1, timeout=60_000)
    expect(page.locator("#running .job")).to_have_count(0)


def test_wrong_fields_are_said_beside_them_and_what_was_typed_stays(server: Server, page: Page) -> None:
    page.goto(server.url)
    page.locator("#prompt").fill("")
    page.locator("#lyrics").fill("[00:10.00]fine\n[00:99.99]not a time")
    page.get_by_role("button", name="Make the song").click()
    expect(page.locator("#prompt")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#prompt")).to_be_focused()
    expect(page.get_by_text("Line 2", exact=False).first).to_be_visible()
    expect(page.locator("#lyrics")).to_have_value("[00:10.00]fine\n[00:99.99]not a time")
    assert server.get("/api/v1/jobs").json["items"] == []


def test_cancel_stops_the_song_and_keeps_the_focus_on_the_page(server: Server, page: Page) -> None:
    page.goto(server.url)
    page.locator("#duration").fill("285")
    page.get_by_role("button", name="Make the song").click()
    page.locator("#running").get_by_role("button", name="Cancel").click()
    expect(page.locator("#ended .job[data-status=cancelled]")).to_have_count(1, timeout=3_000)
    page.locator("#ended").get_by_role("button", name="Again").click()
    expect(page.locator("#running .job")).to_have_count(1, timeout=20_000)


def test_a_deleted_song_can_be_brought_back(server: Server, page: Page) -> None:
    server.wait_for(server.submit(title="Keep me"))
    page.goto(server.url + "/library")
    page.locator("#songs .track summary").click()
    page.get_by_role("button", name="Delete").first.click()
    expect(page.locator("#songs .track")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#songs .track")).to_have_count(1, timeout=20_000)


def test_two_tabs_see_the_same_and_share_one_stream(server: Server, opened: Callable[..., BrowserContext]) -> None:
    context = opened()
    tabs = [context.new_page() for _ in range(8)]
    for tab in tabs:
        tab.goto(server.url)
    job_id = server.submit(duration=5)
    for tab in tabs:
        expect(tab.locator(SONG)).to_have_count(1, timeout=20_000)
    assert server.status(job_id)["status"] == "completed"


def test_without_javascript_one_can_ask_watch_and_listen(server: Server, opened: Callable[..., BrowserContext]) -> None:
    page = opened(java_script_enabled=False).new_page()
    page.goto(server.url)
    page.locator("#duration").fill("12")
    page.get_by_role("button", name="Make the song").click()
    page.wait_for_url("**/queue*")
    expect(page.locator("#fresh .track")).to_have_count(1, timeout=20_000)  # the page refreshes itself
    page.locator("#fresh .track__play").click()
    expect(page.locator("audio[controls]")).to_be_visible()


def test_the_keyboard_alone_makes_a_song_and_plays_it(server: Server, page: Page) -> None:
    page.goto(server.url)
    page.locator("#duration").fill("12")
    page.locator("#prompt").focus()
    page.keyboard.press("Control+Enter")
    expect(page.locator(SONG)).to_have_count(1, timeout=20_000)
    page.locator(f"{SONG} .track__play").focus()
    page.keyboard.press("Enter")
    until_in(page, "document.getElementById('audio').currentTime > 0.2")
    page.locator("#main").focus()
    page.keyboard.press("Space")
    until_in(page, "document.getElementById('audio').paused")


def test_the_first_page_is_small(server: Server, page: Page) -> None:
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    page.goto(server.url)
    page.wait_for_timeout(300)
    assert len(sizes) <= 8
    assert sum(sizes) <= 60_000, sizes
