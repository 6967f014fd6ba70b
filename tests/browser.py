"""A real browser against a real server: Chromium driven by Playwright, axe on every page state, and no CSP report tolerated."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}
expect.set_options(timeout=20_000)  # milliseconds: two workers and a server share two cores here
AXE = Axe()
AXE_OPTIONS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],  # the rest is not described: half the time
}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for the worker; the suite skips its journeys, and says so, where none could be had."""
    path = os.environ.get("CHROMIUM_PATH")
    if not path:
        pytest.skip("no Chromium on this machine: browser journeys NOT run")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium: Browser, live_server: Any) -> Iterator[Any]:
    """Return a function that opens a page as somebody new: `new_page(width, user=…, javascript=…, language=…)`."""
    contexts = []

    def make(
        size: dict[str, int] = DESK, *, user: Any = None, javascript: bool = True, language: str = "es-CL"
    ) -> Page:
        context = chromium.new_context(
            base_url=live_server.url,
            viewport=size,
            java_script_enabled=javascript,
            locale=language,
            bypass_csp=False,
        )
        contexts.append(context)
        if user is not None:
            context.add_cookies([sign_in_cookie(user, live_server.url)])
        page = context.new_page()
        page.troubles = []  # type: ignore[attr-defined]
        page.on("console", lambda message: _note(page, message))
        page.on("pageerror", lambda error: page.troubles.append(str(error)))  # type: ignore[attr-defined]
        return page

    yield make
    troubles = [
        trouble for context in contexts for page in context.pages for trouble in getattr(page, "troubles", [])
    ]
    for context in contexts:
        context.close()
    assert troubles == [], troubles


def _note(page: Page, message: Any) -> None:
    text = message.text
    if (
        (
            "Content Security Policy" in text
            or (message.type == "error" and "status of 4" not in text and "EventSource" not in text)
        )
        and "net::ERR" not in text
        and not text.startswith(("htmx:sendAbort", "htmx:afterRequest"))  # a question left by going elsewhere
        and "/live" not in text
    ):
        page.troubles.append(text)  # type: ignore[attr-defined]


def sign_in_cookie(user: Any, url: str) -> dict[str, Any]:
    """Return the session cookie of somebody signed in."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user)
    return {
        "name": settings.SESSION_COOKIE_NAME,
        "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "url": url,
    }


def assert_accessible(page: Page) -> None:
    """Assert that axe finds no violation of WCAG 2.2 AA on the page as it stands."""
    page.wait_for_load_state()  # a press that leads elsewhere returns when the page is promised, not when it is there
    results = AXE.run(page, options=AXE_OPTIONS)
    found = [
        f"{one['id']}: {one['help']} → {[node['target'] for node in one['nodes']][:3]}"
        for one in results.response["violations"]
    ]
    assert found == [], "\n".join(found)


def assert_fits(page: Page) -> None:
    """Assert that nothing makes the page scroll sideways."""
    page.wait_for_load_state()
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"the page is {wide} px too wide"
