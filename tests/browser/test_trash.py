"""The trash in a real browser: back, gone for good, and empty."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.test_looks import AXE, RUN
from tests.support.server import Server

pytestmark = pytest.mark.browser
TITLES = ("Lamplight on the weir", "月光照在旧码头上", "Als der Winter durchs Küchenfenster kam und blieb, und blieb")


def throw_away(server: Server, *titles: str) -> list[str]:
    for title in titles:
        server.wait_for(server.submit(title=title))
    ids = [str(track["id"]) for track in server.get("/api/v1/tracks").json["items"]]
    for track in ids:
        server.ask("DELETE", f"/api/v1/tracks/{track}")
    return ids


def test_the_trash_is_sound_to_axe_in_both_moods_at_three_widths(
    server: Server, opened: Callable[..., BrowserContext], shot: Callable[[Page, str], None]
) -> None:
    throw_away(server, *TITLES)
    for width, mood in ((1440, "dark"), (820, "light"), (390, "light"), (390, "dark")):
        page = opened(width=width, mood=mood).new_page()
        page.goto(server.url + "/library/trash")
        shot(page, f"trash-full-{width}-{mood}")
        assert page.evaluate(f"{AXE}; {RUN}") == []
        page.locator("#empty-trash").click()
        shot(page, f"trash-asks-{width}-{mood}")
        assert page.evaluate(f"{AXE}; {RUN}") == []
        page.keyboard.press("Escape")
        page.locator("#trash summary").first.click()
        asked = page.get_by_role("button", name="Delete for good").locator("visible=true")
        assert (asked.bounding_box() or {"width": 0})["width"] > 90
        assert asked.evaluate("button => getComputedStyle(button).fontSize") != "0px"
        shot(page, f"trash-asks-one-{width}-{mood}")
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_a_song_comes_back_another_goes_for_good_and_two_pages_see_the_same(
    server: Server, opened: Callable[..., BrowserContext]
) -> None:
    throw_away(server, *TITLES)
    context = opened()
    page, other = context.new_page(), context.new_page()
    page.goto(server.url + "/library/trash")
    other.goto(server.url + "/library/trash")
    expect(other.locator("#trash .track")).to_have_count(3)
    page.get_by_role("button", name=f"Restore {TITLES[0]}").click()
    expect(page.locator("#trash .track")).to_have_count(2)
    expect(other.locator("#trash .track")).to_have_count(2)
    page.locator("#trash summary").first.click()
    page.get_by_role("button", name="Delete for good").locator("visible=true").click()
    for each in (page, other):
        expect(each.locator("#trash .track")).to_have_count(1)
        expect(each.locator("#trash-head")).to_contain_text("1 song")
    server.ask("DELETE", f"/api/v1/tracks/{server.get('/api/v1/tracks').json['items'][0]['id']}")
    expect(page.locator("#trash .track")).to_have_count(2)
    page.locator("#empty-trash").click()
    page.locator("#empty-now").click()
    expect(page.get_by_text("Nothing in the trash")).to_be_visible()
    expect(page.locator("#main")).to_be_focused()
    expect(other.get_by_text("Nothing in the trash")).to_be_visible()
    assert server.get("/api/v1/tracks?trashed=true").json["items"] == []
