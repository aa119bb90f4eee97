"""`python -m tests.pictures_results`: the screenshots of docs/results.md, on digital phantoms that three have read."""

import io
import os
import re
import shutil
import tempfile
import zipfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page, ViewportSize, sync_playwright

from mri.phantom.cohort import write_cohort
from mri.phantom.rater import RaterStyle
from tests.browser.conftest import wait_until
from tests.site import PASSWORD, Client, Site, chromium_arguments, running_site

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "images" / "results"
SIZE: ViewportSize = {"width": 1440, "height": 900}
QUALITY = 82
STUDY, SUBJECTS, SEED = "rootlet-phantoms", 12, 7
RATERS = {
    "ada": RaterStyle(bias_mm=0.1, noise_mm=0.3),
    "ben": RaterStyle(bias_mm=-0.05, noise_mm=0.35),
    "cleo": RaterStyle(noise_mm=0.4, level_shift_probability=0.12, missed_label_probability=0.03),
}
TOOL = {"tool": RaterStyle(bias_mm=0.15, noise_mm=0.5, missed_label_probability=0.1)}


def main() -> None:
    """Start a site, make the study, and take every picture."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with running_site() as site, tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        site.add_user("lena")
        lead = site.client("lena")
        make_study(site, lead, Path(folder))
        named = os.environ.get("CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=named, args=list(chromium_arguments()))
        context = browser.new_context(viewport=SIZE, base_url=site.url, reduced_motion="reduce")
        page = context.new_page()
        page.goto("/sign-in")
        page.get_by_label("User name").fill("lena")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(lambda url: "/sign-in" not in url)
        take_all(page, lead, Path(folder))
        browser.close()


def make_study(site: Site, lead: Client, folder: Path) -> None:
    """The study with its readings, and an archive of another tool's maps beside it."""
    lead.post("studies", {"slug": STUDY, "name": "Rootlets, phantoms", "protocol": "rootlets"})
    write_cohort(folder / "cohort", "rootlets", SUBJECTS, SEED, raters=RATERS, truth=False)
    site.manage("import_dataset", str(folder / "cohort"), "--study", STUDY, "--as", "lena", "--accept-labels")
    write_cohort(folder / "tool", "rootlets", SUBJECTS - 2, SEED, raters=TOOL, truth=False)
    with zipfile.ZipFile(folder / "tool.zip", "w") as packed:
        for path in sorted((folder / "tool" / "derivatives").rglob("*_dseg.nii.gz")):
            packed.write(path, path.name)


def take_all(page: Page, lead: Client, folder: Path) -> None:
    """Every picture, in the order of docs/results.md."""
    page.goto(f"/studies/{STUDY}/results")
    page.get_by_role("button", name="Start: Inter-rater reliability").wait_for()
    save(page, "start")
    asked = lead.post(f"studies/{STUDY}/analyses", {"kind": "inter_rater", "group_by": ["site"]})
    lead.wait_for_job(asked["job"]["id"], seconds=300)
    external_import(page, folder)
    page.goto(f"/studies/{STUDY}/results/{asked['id']}")
    page.get_by_text("The mean Dice is").wait_for()
    save(page, "overview")
    for name, title in (
        ("matrix", re.compile("reader by reader")),
        ("reliability", "Reliability"),
        ("bland-altman", re.compile("Bland")),
        ("worst-first", "Worst first"),
        ("pictures", "Pictures of the cases"),
    ):
        show(page.get_by_role("region", name=title).first)
        save(page, name)
    page.get_by_role("region", name="Worst first").get_by_role("link").first.click()
    page.wait_for_url("**/rows/**")
    wait_until(page, "window.__radicula?.ready === true", seconds=60)
    save(page, "row")


def external_import(page: Page, folder: Path) -> None:
    """Another tool's maps, imported in the form."""
    form = page.get_by_role("dialog", name="New analysis")
    page.goto(f"/studies/{STUDY}/results?new=external")
    form.locator("input[type=file]").set_input_files(folder / "tool.zip")
    form.get_by_role("textbox", name="Tool", exact=True).fill("tool")
    form.get_by_role("button", name="Import", exact=True).click()
    form.get_by_text(re.compile("label maps matched")).wait_for(timeout=120_000)
    save(page, "external-import")


def show(region: Locator) -> None:
    """Scroll a region to the top, below the bar of filters."""
    region.evaluate("region => window.scrollTo(0, region.getBoundingClientRect().top + window.scrollY - 120)")


def save(page: Page, name: str) -> None:
    """Wait for the page to come to rest and keep its picture, small."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(800)
    Image.open(io.BytesIO(page.screenshot())).convert("RGB").save(FOLDER / f"{name}.webp", quality=QUALITY, method=6)


if __name__ == "__main__":
    main()
