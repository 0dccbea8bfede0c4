"""The desk while somebody types: what is understood, what can be undone, what is never lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.server import Server

pytestmark = pytest.mark.browser
PROMPT = "lo-fi, Rhodes, 76 bpm"


def understood(page: Page, *words: str) -> None:
    for word in words:
        expect(page.locator("#heard .heard__line")).to_contain_text(word)


def test_what_is_typed_is_understood_and_a_click_changes_it_as_if_typed(
    shared: Server, page: Page, shot: Callable[[Page, str], None]
) -> None:
    page.goto(f"{shared.url}/?idea=1")
    understood(page, "pop")
    prompt, heard = page.locator("#prompt"), page.locator("#heard")
    prompt.fill(PROMPT)
    understood(page, "Understood as", "lo-fi", "76 bpm", "Rhodes")
    expect(page.locator(".heard__unknown")).to_have_count(0)
    heard.locator("summary", has_text="lo-fi").focus()
    page.keyboard.press("Enter")
    shot(page, "desk-understood")
    heard.get_by_role("button", name="house", exact=True).click()
    expect(prompt).to_have_value("house, Rhodes, 76 bpm")
    expect(heard.locator("summary", has_text="house")).to_be_focused()
    expect(page.get_by_label("house", exact=True)).to_be_checked()
    expect(page.get_by_label("lo-fi", exact=True)).not_to_be_checked()
    prompt.focus()
    page.keyboard.press("Control+z")
    expect(prompt).to_have_value(PROMPT)
    understood(page, "lo-fi")
    page.get_by_label("no drums").check()
    understood(page, "no drums")
    expect(page.locator("#announce")).to_contain_text("no drums")


def test_what_was_typed_survives_a_reload_until_its_song_is_made(
    shared: Server, opened: Callable[..., BrowserContext]
) -> None:
    context = opened()
    page = context.new_page()
    page.goto(f"{shared.url}/?idea=2")
    page.locator("#prompt").fill(PROMPT)
    page.locator("#lyrics").fill("[Verse]\nla")
    page.locator("#duration").fill("5")
    expect(page).to_have_url(f"{shared.url}/")  # it is no longer that idea
    page.reload()
    expect(page.locator("#prompt")).to_have_value(PROMPT)
    expect(page.locator("#lyrics")).to_have_value("[Verse]\nla")
    expect(page.locator("output[for=duration]")).to_have_text("0:05")
    understood(page, "76 bpm")
    page.goto(f"{shared.url}/?idea=3")
    expect(page.locator("#prompt")).not_to_have_value(PROMPT)
    page.goto(shared.url)
    page.get_by_role("button", name="Make the song").click()
    expect(page.locator(".go__said")).to_be_visible()
    page.reload()
    expect(page.locator("#prompt")).to_have_value(PROMPT)
    visit = context.new_page()
    visit.goto(shared.url)
    expect(visit.locator("#prompt")).not_to_have_value(PROMPT)


def test_without_a_server_the_form_stays_and_pressing_again_makes_one_song(shared: Server, page: Page) -> None:
    page.goto(shared.url)
    page.locator("#duration").fill("5")
    before = len(shared.get("/api/v1/jobs?limit=100").json["items"])
    key = page.locator("[name=key]").input_value()
    page.route("**/jobs", lambda route: (route.fetch(), route.abort()))  # it arrives, its answer does not
    page.get_by_role("button", name="Make the song").click()
    expect(page.locator("#unsent")).to_be_visible()
    assert page.locator("[name=key]").input_value() == key
    page.unroute("**/jobs")
    page.get_by_role("button", name="Make the song").click()
    expect(page.locator(".go__said")).to_be_visible()
    expect(page.locator("#unsent")).to_be_hidden()
    assert len(shared.get("/api/v1/jobs?limit=100").json["items"]) == before + 1


def test_a_preset_is_kept_with_enter_and_its_removal_can_be_undone(shared: Server, page: Page) -> None:
    page.goto(shared.url)
    page.locator("#prompt").fill(PROMPT)
    page.locator("#presets-open").click()
    page.locator("#preset").fill("Night desk")
    page.keyboard.press("Enter")
    link = page.get_by_role("link", name="Night desk")
    expect(link).to_be_visible()
    page.get_by_role("button", name="Remove “Night desk”").click()
    expect(link).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(link).to_be_visible()
    page.locator("#prompt").fill("pop")
    link.click()
    expect(page.locator("#prompt")).to_have_value(PROMPT)
