"""`python -m tests.pictures`: take the screenshots in docs/images from a fresh demo site."""

import os
import shutil
import time
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests.browser.conftest import wait_until
from tests.site import Site, chromium_arguments, running_site

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "images"
SIZE = {"width": 1440, "height": 900}
DEMO_PASSWORD = "radicula-demo"
DEMO_SECONDS = 400


def main() -> None:
    """Start a demo site, wait until the demo is made, and take every picture."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with running_site(demo=True) as site, sync_playwright() as playwright:
        named = os.environ.get("CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=named, args=list(chromium_arguments()))
        context = browser.new_context(viewport=SIZE, base_url=site.url, reduced_motion="reduce")
        page = context.new_page()
        page.goto("/sign-in")
        take(page, "sign-in")
        sign_in(page, "emil")
        wait_for_demo(context, site)
        run = results(context, site, "studies/demo-cord/training-runs")[0]["id"]
        for name, path in (
            ("studies", "/"),
            ("study", "/studies/demo-cord"),
            ("cases", "/studies/demo-cord/cases"),
            ("models", "/studies/demo-cord/models"),
            ("training", f"/studies/demo-cord/models/runs/{run}"),
            (
                "results",
                f"/studies/demo-rootlets/results/{results(context, site, 'studies/demo-rootlets/analyses')[0]['id']}",
            ),
        ):
            page.goto(path)
            take(page, name)
        viewer(context, site)
        browser.close()


def take(page: Page, name: str) -> None:
    """Wait for the page to come to rest and keep its picture."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(800)
    page.screenshot(path=FOLDER / f"{name}.png")


def sign_in(page: Page, username: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password", exact=True).fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def results(context: BrowserContext, site: Site, path: str) -> list[dict]:
    return list(context.request.get(f"{site.url}/api/v1/{path}").json()["results"])


def wait_for_demo(context: BrowserContext, site: Site) -> None:
    limit = time.monotonic() + DEMO_SECONDS
    while not results(context, site, "studies/demo-cord/proposals"):
        if time.monotonic() > limit:
            raise SystemExit("The demo has made no proposal; its log says why.")
        time.sleep(2)


def viewer(context: BrowserContext, site: Site) -> None:
    """A rater's accepted rootlets, and a proposal being corrected."""
    context.clear_cookies()
    page = context.new_page()
    sign_in(page, "ada")
    for name, study, state in (("viewer", "demo-rootlets", "accepted"), ("correcting", "demo-cord", "todo")):
        task = results(context, site, f"tasks?study={study}&state={state}&mine=true")[0]
        page.goto(f"/tasks/{task['id']}")
        wait_until(page, "window.__radicula?.ready === true", seconds=60)
        if state == "todo":
            page.keyboard.press("b")
        take(page, name)


if __name__ == "__main__":
    main()
