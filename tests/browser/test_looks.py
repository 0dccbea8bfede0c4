"""Every page, both moods, three widths: pictures to look at, and what can be judged without eyes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.waiting import until_in
from tests.support.server import Server

pytestmark = pytest.mark.browser
AXE = (Path(__file__).parents[1] / "vendor" / "axe.min.js").read_text(encoding="utf-8")
RUN = """
axe.run(document, {resultTypes: ['violations']}).then(result => result.violations
  .filter(found => ['serious', 'critical'].includes(found.impact))
  .map(found => found.id + ': ' + found.nodes.map(node => node.html.slice(0, 160)).join(' | ')))
"""
NEXT = ("The ferryman’s daughter", "Three coats on one hook")
PAGES = {
    "create": "/",
    "queue": "/queue",
    "library": "/library",
    "trash": "/library/trash",
    "system": "/system",
    "missing": "/tracks/nothing",
}


def addresses(server: Server) -> dict[str, str]:
    tracks = server.get("/api/v1/tracks").json["items"]
    named = {track["title"]: track["id"] for track in tracks}
    return PAGES | {
        "track": f"/tracks/{named['Lamplight on the weir']}",
        "track-chinese": f"/tracks/{named['月光照在旧码头上']}",
        "track-long": f"/tracks/{next(value for name, value in named.items() if name.startswith('The long way'))}",
    }


@pytest.mark.parametrize("mood", ["dark", "light"])
@pytest.mark.parametrize("width", [1440, 820, 390])
def test_every_page_is_sound_to_axe_and_fits_its_width(
    lived_in: Server, opened: Callable[..., BrowserContext], shot: Callable[[Page, str], None], width: int, mood: str
) -> None:
    page = opened(width=width, mood=mood).new_page()
    findings: dict[str, object] = {}
    for name, path in addresses(lived_in).items():
        page.goto(lived_in.url + path)
        shot(page, f"{name}-{width}-{mood}")
        found = page.evaluate(f"{AXE}; {RUN}")
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append("it scrolls sideways")
        if found:
            findings[name] = found
    assert not findings


def test_the_page_of_the_api_is_sound_too_and_its_lines_can_be_copied(
    lived_in: Server, opened: Callable[..., BrowserContext], shot: Callable[[Page, str], None]
) -> None:
    for width, mood in ((1440, "dark"), (390, "light")):  # long as it is, axe looks at it twice and not six times
        page = opened(width=width, mood=mood, permissions=["clipboard-read", "clipboard-write"]).new_page()
        page.goto(f"{lived_in.url}/system")
        page.get_by_role("link", name="The API").click()
        expect(page.get_by_role("heading", name="The API")).to_be_visible()
        shot(page, f"schema-{width}-{mood}")
        assert page.evaluate(f"{AXE}; {RUN}") == []
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    page.get_by_role("button", name="Copy Try it").first.click()
    expect(page.locator("#announce")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()").startswith("curl -X POST http://127.0.0.1")


@pytest.mark.parametrize("mood", ["dark", "light"])
def test_empty_pages_are_sound_too(
    server: Server, opened: Callable[..., BrowserContext], shot: Callable[[Page, str], None], mood: str
) -> None:
    for width in (1440, 390):
        page = opened(width=width, mood=mood).new_page()
        for name, path in PAGES.items():
            page.goto(server.url + path)
            shot(page, f"{name}-empty-{width}-{mood}")
            assert page.evaluate(f"{AXE}; {RUN}") == []


def test_nothing_moves_when_the_font_and_the_list_arrive(lived_in: Server, page: Page) -> None:
    page.add_init_script(
        "window.moved = 0; new PerformanceObserver(list => list.getEntries().forEach(shift => {"
        "  if (!shift.hadRecentInput) window.moved += shift.value;"
        "})).observe({type: 'layout-shift', buffered: true});"
    )
    for path in ("/", "/library", "/queue"):
        page.goto(lived_in.url + path)
        page.wait_for_timeout(400)
        assert page.evaluate("window.moved") < 0.01, path


def test_at_twice_the_size_nothing_is_lost(lived_in: Server, opened: Callable[..., BrowserContext]) -> None:
    page = opened(width=720).new_page()  # 1440 at 200 %
    for path in PAGES.values():
        page.goto(lived_in.url + path)
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), path


def test_the_first_page_at_work_is_the_picture_in_the_readme(
    lived_in: Server, opened: Callable[..., BrowserContext], shot: Callable[[Page, str], None]
) -> None:
    page = opened().new_page()
    page.goto(lived_in.url)
    page.locator("#fresh .track__play").last.click()
    until_in(page, "document.getElementById('audio').currentTime > 0.3")
    jobs = [lived_in.submit("slow lo-fi, Rhodes and rain, 72 bpm", title=name, duration=285) for name in NEXT]
    expect(page.locator("#waiting .job")).to_have_count(1)
    until_in(page, "document.querySelector('#running .job__bar')?.getAttribute('aria-valuenow') > 12")
    page.evaluate("document.getElementById('audio').pause()")
    shot(page, "readme")
    for job_id in jobs:
        lived_in.ask("POST", f"/api/v1/jobs/{job_id}/cancel")
        lived_in.wait_for(job_id)
