"""One song's page and the words over any page: takes compared, lines followed, the focus kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.test_looks import AXE, RUN
from tests.browser.waiting import until_in
from tests.support.server import Server, running

pytestmark = pytest.mark.browser
LYRICS = "\n".join(f"[00:{second:02}.00]line that is sung at {second}" for second in range(1, 29))
MOODS: tuple[Literal["dark", "light"], ...] = ("dark", "light")
PLACE = "document.getElementById('audio').currentTime"
FOCUSED = "document.activeElement.id"
REMEMBER_ACTIONS = """
window.acts = {};
MediaSession.prototype.setActionHandler = (name, act) => { acts[name] = act; };
MediaSession.prototype.setPositionState = state => { window.told = state; };
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a song of three takes and timed lyrics."""
    with running(tmp_path_factory.mktemp("track") / "data") as started:
        started.wait_for(started.submit(title="Harbour bells", lyrics=LYRICS, duration=30, takes=3))
        yield started


@pytest.fixture
def takes(server: Server) -> list[str]:
    tracks = server.get("/api/v1/tracks").json["items"]
    return [track["id"] for track in reversed(tracks) if track["title"] == "Harbour bells"]


def sung_at(page: Page, second: int) -> str:
    return f"document.querySelector('main [aria-current][data-at]')?.dataset.at === '{second}.0'"


def test_a_line_plays_from_where_it_is_sung_and_the_page_follows_but_not_one_who_reads_elsewhere(
    server: Server, page: Page, takes: list[str]
) -> None:
    page.set_viewport_size({"width": 1000, "height": 500})
    page.goto(f"{server.url}/tracks/{takes[0]}")
    lines = page.locator("main .lyrics a")
    assert page.evaluate("document.querySelectorAll('main .lyrics a[tabindex=\"0\"]').length") == 1
    lines.first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    until_in(page, f"{PLACE} >= 3")
    expect(lines.nth(2)).to_have_attribute("aria-current", "true")
    page.evaluate("document.getElementById('audio').pause()")
    expect(lines.nth(2)).to_be_focused()
    page.evaluate("window.dispatchEvent(new Event('blur')), performance.now = () => 1e9")  # long after any scroll
    before = page.evaluate("scrollY")
    page.evaluate("document.getElementById('audio').currentTime = 9.5")
    until_in(page, sung_at(page, 9))
    until_in(page, f"scrollY > {before}")
    expect(lines.nth(2)).to_be_focused()
    page.evaluate("scrollTo(0, 0)")
    page.evaluate("performance.now = () => 2e9")
    page.evaluate("document.getElementById('audio').currentTime = 15.5")
    until_in(page, sung_at(page, 15))
    assert page.evaluate("scrollY") == 0, "the lines were out of sight: nobody reads them"


def test_a_section_and_the_waveform_play_from_there_and_show_the_time(
    server: Server, page: Page, takes: list[str]
) -> None:
    page.goto(f"{server.url}/tracks/{takes[0]}")
    last = page.locator(".score__section").last
    at = float(last.get_attribute("data-at") or 0)
    last.hover()
    expect(page.locator("#score-here text")).to_have_text(f"0:{int(at):02}")
    last.click()
    until_in(page, f"{PLACE} >= {at} && !document.getElementById('audio').paused")
    page.evaluate("document.getElementById('audio').pause()")
    page.locator("#score-seek").focus()
    page.locator("#score-seek").fill("4")
    until_in(page, f"Math.abs({PLACE} - 4) < 0.1")
    expect(page.locator("#score-here text")).to_have_text("0:04")


def test_from_take_to_take_the_place_in_the_song_is_kept(server: Server, page: Page, takes: list[str]) -> None:
    page.add_init_script(REMEMBER_ACTIONS)
    page.goto(f"{server.url}/tracks/{takes[0]}")
    expect(page.locator(".take")).to_have_count(3)
    page.locator(f"#play-take-{takes[0]}").click()
    until_in(page, "!document.getElementById('audio').paused")
    page.locator("#player-seek").fill("12")
    until_in(page, f"{PLACE} >= 12")
    page.route("**/audio.flac", lambda route: route.abort())
    page.locator(f"#play-take-{takes[2]}").click()
    expect(page.locator("#announce")).to_have_text("This song cannot be played.")
    page.unroute_all()
    page.locator(f"#play-take-{takes[2]}").click()  # the connection is back
    until_in(page, f"{PLACE} >= 12 && document.getElementById('audio').src.includes('{takes[2]}')")
    until_in(page, f"document.getElementById('take-{takes[2]}').hasAttribute('data-sounding')")
    assert page.evaluate("navigator.mediaSession.metadata.title") == "Harbour bells"
    assert page.evaluate("told.duration") == pytest.approx(30, abs=0.1)
    assert page.evaluate("acts.nexttrack") is None, "it is the last one"
    page.evaluate("acts.seekto({seekTime: 2})")
    until_in(page, f"{PLACE} < 4 && told.position < 4")
    page.evaluate("acts.previoustrack()")
    until_in(page, f"document.getElementById('audio').src.includes('{takes[1]}')")
    page.evaluate("acts.pause()")
    until_in(page, "navigator.mediaSession.playbackState === 'paused'")


def test_a_take_that_is_trashed_elsewhere_leaves_and_one_that_comes_back_appears(
    server: Server, page: Page, takes: list[str]
) -> None:
    page.goto(f"{server.url}/tracks/{takes[0]}")
    page.locator(f"#play-take-{takes[1]}").focus()
    server.ask("DELETE", f"/api/v1/tracks/{takes[1]}")
    expect(page.locator(".take")).to_have_count(2)
    expect(page.locator(f"#play-take-{takes[2]}")).to_be_focused()
    server.ask("POST", f"/api/v1/tracks/{takes[1]}/restore")
    expect(page.locator(".take__foot > :first-child")).to_have_text(["Take 1, this page", "Take 2", "Take 3"])


@pytest.mark.parametrize("width", [1440, 820, 390])
def test_the_words_open_over_any_page_follow_and_give_the_focus_back(
    server: Server,
    opened: Callable[..., BrowserContext],
    shot: Callable[[Page, str], None],
    takes: list[str],
    width: int,
) -> None:
    page = opened(width=width).new_page()
    page.goto(f"{server.url}/tracks/{takes[0]}")
    page.locator("main .lyrics a").nth(20).click()
    until_in(page, f"{PLACE} > 21.1")
    page.evaluate("document.getElementById('audio').pause()")
    for mood in MOODS:
        page.emulate_media(color_scheme=mood)
        shot(page, f"track-sung-{width}-{mood}")
    assert page.evaluate(f"{AXE}; {RUN}") == []
    page.locator("#nav a[data-page=library]").click()
    expect(page.locator("#songs")).to_be_visible()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("l")
    words = page.get_by_role("region", name="Lyrics")
    expect(words).to_be_focused()
    expect(words.locator("[aria-current]")).to_be_in_viewport()
    for mood in MOODS:
        page.emulate_media(color_scheme=mood)
        shot(page, f"player-words-{width}-{mood}")
        assert page.evaluate(f"{AXE}; {RUN}") == []
    assert page.evaluate("document.getElementById('main').inert") == (width == 390)
    words.locator("a").nth(24).click()
    until_in(page, f"{PLACE} >= 25")
    page.keyboard.press("Escape")
    expect(words).to_be_hidden()
    expect(page.locator("#player-lyrics")).to_be_focused()
    page.keyboard.press("Enter")
    expect(words).to_be_focused()
    page.locator("#player-lyrics").click()
    expect(words).to_be_hidden()
    expect(page.locator("#player-lyrics")).to_be_focused()


def test_the_focus_outlives_every_live_update(server: Server, page: Page, takes: list[str]) -> None:
    page.goto(f"{server.url}/tracks/{takes[0]}")
    page.locator(f"#song-heart-{takes[0]}").focus()
    server.ask("PATCH", f"/api/v1/tracks/{takes[0]}", {"title": "Another name"})
    expect(page.get_by_role("heading", level=1)).to_have_text("Another name")
    expect(page.locator(f"#song-heart-{takes[0]}")).to_be_focused()
    page.locator(f"#more-{takes[0]}").click()
    title = page.locator(f"#title-{takes[0]}")
    title.fill("half a ti")
    title.press("ArrowLeft")
    server.ask("PATCH", f"/api/v1/tracks/{takes[0]}", {"title": "Harbour bells"})
    expect(page.get_by_role("heading", level=1)).to_have_text("Harbour bells")
    expect(title).to_be_focused()
    expect(title).to_have_value("half a ti")
    assert page.evaluate("document.activeElement.selectionStart") == 8, "one goes on typing where one was"

    page.goto(f"{server.url}/queue")
    running_job, waiting = server.submit(duration=200), server.submit(duration=5)
    cancel = page.locator(f"#cancel-{running_job}")
    cancel.focus()
    until_in(page, "document.querySelector('#running .job__bar')?.getAttribute('aria-valuenow') > 4")
    expect(cancel).to_be_focused()
    server.ask("POST", f"/api/v1/jobs/{running_job}/cancel")
    expect(page.locator(f"#ended #job-{running_job}")).to_be_visible()
    expect(page.locator(f"#job-{running_job}")).to_be_focused()  # not its “Again”: Enter is still under the finger
    page.keyboard.press("Tab")
    expect(page.locator(f"#retry-{running_job}")).to_be_focused()
    page.locator("#fresh .track__play").first.focus()
    server.wait_for(waiting)
    expect(page.locator("#waiting .job, #running .job")).to_have_count(0)
    assert page.evaluate(FOCUSED).startswith("play-")
    last = server.submit(duration=5)
    page.locator(f"#cancel-{last}").focus()
    expect(page.locator(f"#cancel-{last}")).to_have_count(0)
    assert page.evaluate(FOCUSED) == "main"
