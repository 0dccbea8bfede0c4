"""A real Chromium that forgives nothing: refused styles or scripts, errors, requests to other hosts fail the test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright

from tests.support.server import Server, running

ARTEFACTS = Path(__file__).parents[2] / "artefacts"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip
TELL_REFUSALS = """
addEventListener('securitypolicyviolation', e => console.error('CSP: ' + e.violatedDirective + ' ' + e.blockedURI))
"""

expect.set_options(timeout=20_000)  # a worker that starts beside other tests takes its time


@pytest.fixture(scope="module")  # while it is open, its loop runs in this thread and no test of ours can have one
def browser() -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip("no Chromium is installed: the browser tests did not run (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield launched
        launched.close()


@pytest.fixture
def faults() -> list[str]:
    """What went wrong in the browser; a test that means to break something empties it."""
    return []


@pytest.fixture
def opened(browser: Browser, faults: list[str]) -> Iterator[Callable[..., BrowserContext]]:
    """Open a browser profile of one's own: `opened(width=390, mood="light")`."""
    contexts: list[BrowserContext] = []

    def open_(*, width: int = 1440, mood: str = "dark", **options: object) -> BrowserContext:
        height = 844 if width < 640 else 1180 if width < 1024 else 900
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=mood,  # type: ignore[arg-type]
            reduced_motion="reduce",
            has_touch=width < 1024,
            **options,  # type: ignore[arg-type]
        )
        context.set_default_timeout(30_000)
        context.add_init_script(TELL_REFUSALS)
        context.on("request", lambda request: _at_home(request, faults))
        context.on("console", lambda message: _silent(message, faults))
        context.on("weberror", lambda error: faults.append(f"script: {error.error}"))
        contexts.append(context)
        return context

    yield open_
    for context in contexts:
        context.close()
    assert not faults


@pytest.fixture
def page(opened: Callable[..., BrowserContext]) -> Page:
    return opened().new_page()


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server somebody has used: songs with all kinds of names, a failed and a cancelled job."""
    with running(tmp_path_factory.mktemp("lived") / "data") as server:
        for number, (title, fields) in enumerate(SONGS):
            server.wait_for(server.submit(title=title, seed=number, **fields))
        cancelled = server.submit("slow ambient, glass and rain", duration=285)
        server.ask("POST", f"/api/v1/jobs/{cancelled}/cancel")
        server.wait_for(cancelled)
        tracks = server.get("/api/v1/tracks").json["items"]
        for track in tracks[:3]:
            server.ask("PATCH", f"/api/v1/tracks/{track['id']}", {"favourite": True})
        yield server


WORDS = """[Verse 1]
[00:02.00]The kettle hums a minor third,
[00:06.00]the window keeps its light

[Chorus]
[00:12.00]Leave the lamp on, leave the door,
[00:16.00]I was always coming home"""
SONGS: list[tuple[str, dict[str, object]]] = [
    ("Lamplight on the weir",
     {"prompt": "warm lo-fi, 78 bpm, in A minor", "lyrics": WORDS, "duration": 24, "takes": 2}),
    ("Als der Winter durchs Küchenfenster kam und blieb", {"prompt": "langsame Ballade, ambient, Klavier"}),
    ("月光照在旧码头上", {"prompt": "lo-fi 钢琴, 温暖"}),
    ("The long way home from the harbour through the orchard, past the chapel and the copper kettle, with the dog, "
     "the lantern, two wet coats and everything we never said to each other before it rained", {"prompt": "pop"}),
    ("", {"prompt": "bright pop, 120 bpm, in G major, no drums"}),
]  # fmt: skip


def _at_home(request: Request, faults: list[str]) -> None:
    parts = urlsplit(request.url)
    if parts.scheme not in ("data", "blob") and parts.hostname != "127.0.0.1":
        faults.append(f"asked another host: {request.url}")


def _silent(message: ConsoleMessage, faults: list[str]) -> None:
    dropped = ("net::ERR_", "Failed to load resource", "Failed to fetch")  # a killed server's; refusals are told apart
    is_dropped_connection = any(words in message.text for words in dropped)
    if message.type in ("error", "warning") and not is_dropped_connection:
        faults.append(f"console: {message.text}")


@pytest.fixture
def shot() -> Callable[[Page, str], None]:
    """Keep a picture of the page as an artefact."""
    ARTEFACTS.mkdir(exist_ok=True)

    def take(page: Page, name: str) -> None:
        page.screenshot(path=ARTEFACTS / f"{name}.png")

    return take
