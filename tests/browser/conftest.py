"""A whole site and a real Chromium, once for all browser tests."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from tests.site import PASSWORD, Site, chromium_arguments, running_site

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
SIZE = {"width": 1440, "height": 900}
PEOPLE = ("lena", "ada", "ben", "rita", "emil")
# Of waiting for what a page should show or let happen: a busy machine is slower than the times that Playwright waits.
WAIT_SECONDS = 90.0
EXPECT_MS = 90_000
# The browser itself reports a request that was answered with an error, which some tests provoke.
EXPECTED_CONSOLE = ("Failed to load resource", "GPU stall due to ReadPixels", "Automatic fallback to software WebGL")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in item.nodeid:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def site() -> Iterator[Site]:
    """A site with an account for each role."""
    with running_site() as running:
        running.add_user(*PEOPLE)
        yield running


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    expect.set_options(timeout=EXPECT_MS)
    with sync_playwright() as started:
        # Playwright's event loop runs in this thread, and Django would refuse its own database calls beside it.
        yield started


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    named = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    started = playwright.chromium.launch(executable_path=named, args=list(chromium_arguments()), timeout=EXPECT_MS)
    yield started
    with suppress(Error):
        started.close()


def wait_until(page: Page, expression: str, seconds: float = WAIT_SECONDS) -> None:
    """Wait until an expression is true in the page.

    Playwright's own `wait_for_function` evaluates strings inside the page, which the site's policy rightly refuses.
    """
    limit = time.monotonic() + seconds
    while not page.evaluate(expression):
        if time.monotonic() > limit:
            state = page.evaluate("JSON.stringify(window.__radicula?.saveState?.() ?? null)")
            raise AssertionError(f"Not true after {seconds} s: {expression} (save state: {state}, at {page.url})")
        page.wait_for_timeout(50)


def wait_for(page: Page, holds: Callable[[], bool], what: str, seconds: float = WAIT_SECONDS) -> None:
    """Wait until something holds that is found out here: of a picture of the page, which is drawn later than asked."""
    limit = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > limit:
            raise AssertionError(f"Not so after {seconds} s: {what} (at {page.url})")
        page.wait_for_timeout(50)


SignIn = Callable[[str], Page]


def sign_in_page(
    browser: Browser, site: Site, username: str, complaints: list[str], size: dict[str, int] | None = None
) -> Page:
    """A page of a browser of one's own, signed in; what it complains of is added to the list."""
    context = browser.new_context(viewport=size or SIZE, base_url=site.url, accept_downloads=True)
    context.set_default_timeout(EXPECT_MS)
    page = context.new_page()
    page.on("console", lambda message: _note(message, complaints))
    page.on("pageerror", lambda error: complaints.append(f"page error: {error}"))
    page.goto("/sign-in")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return page


@pytest.fixture
def signed_in(browser: Browser, site: Site, request: pytest.FixtureRequest) -> Iterator[SignIn]:
    """Open a browser of one's own as a user; at the end no page may have logged an error."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def sign_in(username: str) -> Page:
        page = sign_in_page(browser, site, username, complaints)
        contexts.append(page.context)
        return page

    yield sign_in
    for number, context in enumerate(contexts):
        for page in context.pages:
            _keep_picture(page, request.node.name, number)
        context.close()
    assert not complaints, "\n".join(complaints)


def _note(message: ConsoleMessage, complaints: list[str]) -> None:
    if message.type == "error" and not message.text.startswith(EXPECTED_CONSOLE):
        complaints.append(f"console: {message.text}")


def _keep_picture(page: Page, test: str, number: int) -> None:
    """What the page looked like at the end: the first thing to look at when a test fails."""
    folder = Path(__file__).resolve().parents[2] / "test-results"
    folder.mkdir(exist_ok=True)
    with suppress(Error):
        page.screenshot(path=folder / f"{test.replace('/', '-')[:100]}-{number}.png")
