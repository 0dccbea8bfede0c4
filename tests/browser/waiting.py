"""Wait for something in a page whose policy forbids `eval`, which Playwright's own waiting uses."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.support.server import until


def until_in(page: Page, expression: str, seconds: float = 15) -> None:
    """Evaluate it again and again until it is true."""
    until(lambda: page.evaluate(expression), seconds, expression)
