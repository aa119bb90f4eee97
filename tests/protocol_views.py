"""`python -m tests.protocol_views`: each protocol in the viewer on its phantom, tracts too, into docs/images."""

import io
import os
import shutil
import tempfile
import time
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from mri.phantom.cohort import write_cohort
from mri.phantom.makers import MAKERS, ProtocolName
from mri.phantom.rater import RaterStyle
from tests.browser.conftest import sign_in_page, wait_until
from tests.site import Client, Site, chromium_arguments, running_site

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "images"
SIZE = {"width": 1440, "height": 900}
SHOWN = (960, 600)
SEED = 3
RATER = "ada"
SECONDS = 240.0
SETTLED = "window.__radiculaScene?.making === 0 && Object.keys(window.__radiculaScene.triangles()).length > 0"


def main() -> None:
    """Start a site, make a study of every protocol, and take its picture."""
    with running_site() as site, sync_playwright() as playwright:
        for username in ("lena", RATER):
            site.add_user(username)
        named = os.environ.get("CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=named, args=list(chromium_arguments()))
        for protocol in MAKERS:
            picture(browser, site, study_of(site, protocol), protocol)
        browser.close()


def study_of(site: Site, protocol: ProtocolName) -> str:
    """A study of one phantom that a rater has drawn; gives the address of the task."""
    lead = site.client("lena")
    lead.post("studies", {"slug": protocol, "name": protocol, "protocol": protocol})
    lead.post(f"studies/{protocol}/members", {"username": RATER, "role": "annotator"})
    with tempfile.TemporaryDirectory(prefix="radicula-view-") as folder:
        write_cohort(Path(folder), protocol, 1, SEED, raters={RATER: RaterStyle(noise_mm=0.2)}, truth=False)
        site.manage("import_dataset", folder, "--study", protocol, "--as", "lena", "--accept-labels")
    finished(lead, protocol)
    (task,) = site.client(RATER).results("tasks", study=protocol, state="accepted")
    if lead.get(f"studies/{protocol}/tracking")["settings"] is not None:
        version = next(one["submitted"]["id"] for one in lead.get(f"tasks/{task['id']}")["volumes"] if one["submitted"])
        lead.post(f"studies/{protocol}/tractograms", {"label_version": version})
        finished(lead, protocol)
    return f"/tasks/{task['id']}"


def finished(lead: Client, study: str) -> None:
    """Wait until every job of the study has ended well."""
    limit = time.monotonic() + SECONDS
    while jobs := [job for job in lead.results("jobs", study=study) if job["state"] != "done"]:
        failed = [job["error"] for job in jobs if job["state"] in ("failed", "cancelled")]
        if failed or time.monotonic() > limit:
            raise SystemExit(f"{study}: {failed or [job['title'] for job in jobs]}")
        time.sleep(0.5)


def picture(browser: Browser, site: Site, address: str, protocol: ProtocolName) -> None:
    """Three planes and the scene, at rest."""
    complaints: list[str] = []
    page = sign_in_page(browser, site, RATER, complaints, SIZE)
    page.goto(address)
    wait_until(page, "window.__radicula?.ready === true", seconds=60)
    page.get_by_role("button", name="Layout", exact=True).click()
    page.locator("[data-layout=mpr3d]").click()
    wait_until(page, SETTLED, seconds=60)
    if protocol == "lumbar-nerve-dti":
        show_tracts(page)
    page.mouse.move(2, 2)
    page.wait_for_timeout(1500)
    taken = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    taken.resize(SHOWN, Image.Resampling.LANCZOS).save(FOLDER / f"viewer-{protocol}.webp", quality=70, method=6)
    page.context.close()
    if complaints:
        raise SystemExit(f"{protocol}: {complaints}")


def show_tracts(page: Page) -> None:
    """Put the stored tractogram into the scene, in place of the surfaces, and close its panel."""
    toolbar = page.get_by_role("toolbar", name="3-D scene")
    toolbar.get_by_role("button", name="Streamlines").click()
    page.get_by_role("button", name="Show", exact=True).click()
    wait_until(page, "Object.keys(window.__radiculaScene.tracts()).length > 0")
    for name in ("Streamlines", "Surfaces of the labels", "Sagittal slice"):
        toolbar.get_by_role("button", name=name).click()


if __name__ == "__main__":
    main()
