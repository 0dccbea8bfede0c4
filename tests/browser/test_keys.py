"""The keyboard: every key on the sheet does what the sheet says, and the focus is never lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.test_looks import AXE, RUN
from tests.browser.waiting import until_in
from tests.support.server import Server, running

pytestmark = pytest.mark.browser
FOCUS_IS_SEEN = "getComputedStyle(document.activeElement).outlineStyle !== 'none'"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with three songs."""
    with running(tmp_path_factory.mktemp("keys") / "data") as started:
        for title in ("First", "Second", "Third"):
            started.wait_for(started.submit(title=title, duration=30, lyrics="[Verse]\nA line to sing"))
        yield started


@pytest.fixture
def playing(server: Server, page: Page) -> Page:
    """The library, the newest song playing, nothing in focus."""
    page.goto(server.url + "/library")
    page.locator("#songs .track__play").first.click()
    until_in(page, "!document.getElementById('audio').paused")
    expect(page.locator("#player-title")).to_have_text("Third")
    page.evaluate("document.activeElement.blur()")
    return page


def test_the_sheet_opens_and_closes_and_gives_the_focus_back(
    server: Server, opened: Callable[..., BrowserContext], shot: Callable[[Page, str], None]
) -> None:
    for width in (1440, 390):
        for mood in ("dark", "light"):
            page = opened(width=width, mood=mood).new_page()
            page.goto(server.url + "/library")
            page.locator("#songs summary").first.focus()
            page.keyboard.press("?")
            sheet = page.get_by_role("dialog", name="Keys")
            expect(sheet).to_be_visible()
            assert page.evaluate("document.getElementById('keys').contains(document.activeElement)")
            shot(page, f"keys-{width}-{mood}")
            assert page.evaluate(f"{AXE}; {RUN}") == []
            page.keyboard.press("Tab")
            page.keyboard.press("Tab")
            expect(page.locator("#keys-close")).to_be_focused()
            assert page.evaluate(FOCUS_IS_SEEN)
            page.keyboard.press("Escape")
            expect(sheet).to_be_hidden()
            expect(page.locator("#songs summary").first).to_be_focused()
            page.keyboard.press("?")
            page.keyboard.press("?")
            expect(sheet).to_be_hidden()
            expect(page.locator("#songs summary").first).to_be_focused()


def test_the_sheet_has_a_button_and_nothing_works_behind_it(playing: Page) -> None:
    playing.get_by_role("button", name="Keys").click()
    expect(playing.get_by_role("dialog", name="Keys")).to_be_visible()
    for key in ("n", "f", "l", "Space", "ArrowUp"):
        playing.locator("#keys-title").press(key)
    assert playing.evaluate("!document.getElementById('audio').paused")
    expect(playing.locator("#player-title")).to_have_text("Third")
    expect(playing.locator("#player-volume")).to_have_value("80")
    playing.locator("#keys-close").click()
    expect(playing.get_by_role("button", name="Keys")).to_be_focused()


def test_n_plays_the_next_song(playing: Page) -> None:
    playing.keyboard.press("n")
    expect(playing.locator("#player-title")).to_have_text("Second")
    until_in(playing, "!document.getElementById('audio').paused")


def test_f_marks_what_plays_as_a_favourite_and_again_not(server: Server, playing: Page) -> None:
    for pressed, words in (("true", "Favourite"), ("false", "No favourite any more")):
        playing.keyboard.press("f")
        expect(playing.locator("#player-favourite button")).to_have_attribute("aria-pressed", pressed)
        expect(playing.locator("#announce")).to_have_text(words)
    assert server.get("/api/v1/tracks?favourites=true").json["items"] == []


def test_l_opens_and_closes_the_words_of_what_plays(playing: Page) -> None:
    playing.keyboard.press("l")
    expect(playing.get_by_role("region", name="Lyrics")).to_contain_text("A line to sing")
    playing.keyboard.press("l")
    expect(playing.locator("#player-words")).to_be_hidden()


def test_up_and_down_change_the_volume_when_nothing_or_the_player_has_the_focus(playing: Page) -> None:
    volume = playing.locator("#player-volume")
    playing.keyboard.press("ArrowDown")
    playing.keyboard.press("ArrowDown")
    expect(volume).to_have_value("70")
    expect(playing.locator("#announce")).to_have_text("Volume 70 of 100")
    playing.locator("#player-play").focus()
    playing.keyboard.press("ArrowUp")
    expect(volume).to_have_value("75")
    playing.locator("#songs .track__play").first.focus()
    playing.keyboard.press("ArrowUp")
    expect(volume).to_have_value("75")
    volume.focus()
    playing.keyboard.press("ArrowUp")
    expect(volume).to_have_value("76")  # the slider's own step


def test_letters_are_letters_where_one_types_and_can_be_switched_off(server: Server, playing: Page) -> None:
    playing.get_by_role("link", name="Create", exact=True).click()
    prompt = playing.locator("#prompt")
    prompt.fill("")
    prompt.press_sequentially("n f l ?")
    expect(prompt).to_have_value("n f l ?")
    expect(playing.locator("#player-title")).to_have_text("Third")
    playing.locator("#keys-open").click()
    playing.locator("#keys-letters").uncheck()
    playing.keyboard.press("Escape")
    for key in ("?", "n"):
        playing.keyboard.press(key)
    expect(playing.get_by_role("dialog", name="Keys")).to_be_hidden()
    playing.reload()
    expect(playing.locator("#player-title")).to_have_text("Third")
    playing.keyboard.press("n")
    expect(playing.locator("#player-title")).to_have_text("Third")
    expect(playing.locator("#keys-letters")).not_to_be_checked()
