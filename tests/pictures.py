"""`python -m tests.pictures [NAME ...] [--site URL]`: take the screenshots in docs/images, all of them or those named.

Without `--site` a demo site is started, which takes minutes; with it, one that is running is used. Diffusion maps and
tracts, which the demo has none of, come from a site of their own. All that is shown is digital phantoms.
"""

import argparse
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from tests.browser.conftest import sign_in_page, wait_until
from tests.protocol_views import RATER, SETTLED, study_of
from tests.site import chromium_arguments, running_site

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "images"
SIZE = {"width": 1280, "height": 800}
DEMO_PASSWORD = "radicula-demo"
DEMO_SECONDS = 400
# Screens are flat colours beside grey noise: WebP keeps their letters sharp at a fifth of PNG's bytes.
QUALITY = 82
OPEN = ("todo", "in_progress", "returned")
READY = "window.__radicula?.ready === true && window.__radicula.viewports().every((one) => one.drawn)"


@dataclass(frozen=True)
class Camera:
    """A browser at a demo site."""

    context: BrowserContext
    url: str

    def rows(self, path: str) -> list[dict[str, Any]]:
        """The rows of a list."""
        return list(self.context.request.get(f"{self.url}/api/v1/{path}").json()["results"])

    def sign_in(self, username: str) -> Page:
        """A page of a user of the demo."""
        self.context.clear_cookies()
        page = self.context.new_page()
        page.goto("/sign-in")
        page.get_by_label("User name").fill(username)
        page.get_by_label("Password", exact=True).fill(DEMO_PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    def page_of(self, username: str, path: str) -> Page:
        """A page as a user of the demo sees it."""
        page = self.sign_in(username)
        page.goto(path)
        return page

    def viewer(self, study: str, states: Sequence[str], layout: str) -> Page:
        """A task of the annotator's, opened in a layout."""
        page = self.sign_in("ada")
        tasks = self.rows(f"tasks?study={study}&mine=true&page_size=100")
        task = next(one for one in tasks if one["state"] in states)
        page.goto(f"/tasks/{task['id']}")
        hang(page, layout)
        return page

    def accepted(self, layout: str) -> Page:
        """Rootlets that are done: nothing can be changed any more."""
        return self.viewer("demo-rootlets", ("accepted", "submitted"), layout)

    def correcting(self, layout: str = "mpr") -> Page:
        """A cord that a model proposed, to be corrected."""
        return self.viewer("demo-cord", OPEN, layout)


def hang(page: Page, layout: str) -> None:
    """Wait for the viewer and choose a layout."""
    wait_until(page, READY, seconds=60)
    page.get_by_role("button", name="Layout", exact=True).click()
    page.locator(f"[role=menuitemradio][data-layout={layout}]").click()
    page.get_by_role("menu").wait_for(state="hidden")
    wait_until(page, READY, seconds=60)


def sign_in(camera: Camera) -> Page:
    camera.context.clear_cookies()
    page = camera.context.new_page()
    page.goto("/sign-in")
    return page


def results(camera: Camera) -> Page:
    page = camera.sign_in("emil")
    analysis = camera.rows("studies/demo-rootlets/analyses")[0]["id"]
    page.goto(f"/studies/demo-rootlets/results/{analysis}")
    return page


def training(camera: Camera) -> Page:
    page = camera.sign_in("emil")
    run = camera.rows("studies/demo-cord/training-runs")[0]["id"]
    page.goto(f"/studies/demo-cord/models/runs/{run}")
    return page


def scene(camera: Camera) -> Page:
    page = camera.accepted("mpr3d")
    wait_until(
        page, "window.__radiculaScene?.making === 0 && Object.keys(window.__radiculaScene.triangles()).length > 0"
    )
    return page


def brush(camera: Camera) -> Page:
    """The brush over the cord, its outline the voxels that a click would paint."""
    page = camera.correcting()
    page.keyboard.press("b")
    page.mouse.move(*cursor_in(page, "axial"))
    return page


def grow(camera: Camera) -> Page:
    """A preview of region growing, which waits for Enter."""
    page = camera.correcting()
    page.keyboard.press("g")
    x, y = cursor_in(page, "axial")
    page.mouse.click(x, y - 60)
    page.get_by_text("would become label").wait_for()
    return page


def marks(camera: Camera) -> Page:
    """A length and an ellipse with its statistics."""
    page = camera.correcting()
    x, y = cursor_in(page, "axial")
    for key, start, end in (("Shift+M", (-70, -90), (70, -90)), ("Shift+H", (-60, 40), (60, 110))):
        page.keyboard.press(key)
        page.mouse.move(x + start[0], y + start[1])
        page.mouse.down()
        page.mouse.move(x + end[0], y + end[1], steps=6)
        page.mouse.up()
    page.get_by_role("region", name="Marks").scroll_into_view_if_needed()
    return page


def hotkeys(camera: Camera) -> Page:
    page = camera.correcting()
    page.keyboard.press("?")
    page.get_by_placeholder("Search by word or key").wait_for()
    return page


def maps(page: Page) -> None:
    """Nerves on b0, FA, MD and the map of directions, whose three parts the status line says."""
    hang(page, "compare")
    page.get_by_role("button", name="Label panel").click()
    wait_until(page, READY, seconds=60)
    labelled = page.evaluate("window.__radicula.canvasFor([...window.__radicula.cursor()].map(Math.round), 'axial')")
    first, directions = (page.locator(f"section[data-cell={cell}]").bounding_box() for cell in ("a", "c"))
    assert first is not None
    assert directions is not None
    page.mouse.move(directions["x"] + labelled["x"] - first["x"], directions["y"] + labelled["y"] - first["y"])


def tracts(page: Page) -> None:
    """Streamlines of each nerve over a slice of the anatomy, with what is measured along them."""
    hang(page, "mpr3d")
    page.get_by_role("button", name="Label panel").click()
    wait_until(page, SETTLED, seconds=60)
    bar = page.get_by_role("toolbar", name="3-D scene")
    for name in ("Make the scene large", "Surfaces of the labels", "Sagittal slice", "Streamlines"):
        bar.get_by_role("button", name=name).click()
    panel = page.get_by_role("region", name="Streamlines")
    panel.get_by_role("button", name="Show", exact=True).click()
    wait_until(page, "Object.keys(window.__radiculaScene.tracts()).length > 0")
    panel.locator("summary").first.click()
    page.mouse.move(2, 2)


def cursor_in(page: Page, plane: str) -> tuple[float, float]:
    """Where the crosshair is in the page."""
    place = page.evaluate(
        "(plane) => window.__radicula.canvasFor([...window.__radicula.cursor()].map(Math.round), plane)", plane
    )
    return float(place["x"]), float(place["y"])


PICTURES: dict[str, Callable[[Camera], Page]] = {
    "sign-in": sign_in,
    "studies": lambda camera: camera.page_of("emil", "/"),
    "study": lambda camera: camera.page_of("emil", "/studies/demo-cord"),
    "cases": lambda camera: camera.page_of("emil", "/studies/demo-cord/cases"),
    "models": lambda camera: camera.page_of("emil", "/studies/demo-cord/models"),
    "training": training,
    "results": results,
    "viewer": lambda camera: camera.accepted("mpr"),
    "layout-single": lambda camera: camera.accepted("single"),
    "layout-pair": lambda camera: camera.accepted("pair"),
    "layout-3d": scene,
    "layout-compare": lambda camera: camera.viewer("demo-cord", OPEN, "compare"),
    "correcting": brush,
    "tool-grow": grow,
    "tool-marks": marks,
    "hotkeys": hotkeys,
}


# Of a study of lumbar nerves on diffusion images.
DIFFUSION: dict[str, Callable[[Page], None]] = {"layout-maps": maps, "scene-tracts": tracts}

NAMES = (*PICTURES, *DIFFUSION)


def main(arguments: Sequence[str] | None = None) -> None:
    """Take every picture, or those that are named."""
    parser = argparse.ArgumentParser(prog="python -m tests.pictures", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}")
    parser.add_argument("--site", help="a demo site that is running")
    given = parser.parse_args(arguments)
    if unknown := set(given.names) - set(NAMES):
        parser.error(f"there is no picture {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = given.names or NAMES
    with sync_playwright() as playwright:
        named = os.environ.get("CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=named, args=list(chromium_arguments()))
        if of_demo := [name for name in wanted if name in PICTURES]:
            take_of_demo(browser, of_demo, given.site)
        if of_diffusion := [name for name in wanted if name in DIFFUSION]:
            take_of_diffusion(browser, of_diffusion)
        browser.close()


def take_of_demo(browser: Browser, names: Sequence[str], running: str | None) -> None:
    """Pictures of the demo's studies."""
    with demo_site(running) as url:
        size = ViewportSize(width=SIZE["width"], height=SIZE["height"])
        camera = Camera(browser.new_context(viewport=size, base_url=url, reduced_motion="reduce"), url)
        wait_for_demo(camera)
        for name in names:
            take(PICTURES[name](camera), name)
        camera.context.close()


def take_of_diffusion(browser: Browser, names: Sequence[str]) -> None:
    """Pictures of lumbar nerves that a rater has drawn and the site has tracked."""
    with running_site() as site:
        for username in ("lena", RATER):
            site.add_user(username)
        address = study_of(site, "lumbar-nerve-dti")
        for name in names:
            complaints: list[str] = []
            page = sign_in_page(browser, site, RATER, complaints, SIZE)
            page.goto(address)
            DIFFUSION[name](page)
            take(page, name)
            if complaints:
                raise SystemExit(f"{name}: {complaints}")


@contextmanager
def demo_site(running: str | None) -> Iterator[str]:
    """The address of a demo site."""
    if running is not None:
        yield running.rstrip("/")
        return
    with running_site(demo=True) as site:
        yield site.url


def wait_for_demo(camera: Camera) -> None:
    """Wait until the demo has made the last of what is shown."""
    camera.sign_in("emil").close()
    limit = time.monotonic() + DEMO_SECONDS
    while not (camera.rows("studies/demo-cord/proposals") and camera.rows("studies/demo-rootlets/analyses")):
        if time.monotonic() > limit:
            raise SystemExit("The demo has made no proposal or no analysis; its log says why.")
        time.sleep(2)


def take(page: Page, name: str) -> None:
    """Wait for the page to come to rest and keep its picture."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(800)
    shot = FOLDER / f"{name}.png"
    page.screenshot(path=shot)
    Image.open(shot).convert("RGB").save(shot.with_suffix(".webp"), quality=QUALITY, method=6)
    shot.unlink()
    page.close()


if __name__ == "__main__":
    main()
