"""Scribbles become a region in a real browser, against a real MONAI Label process: preview, Enter, undo, Escape."""

import nibabel as nib
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn, wait_until
from tests.browser.test_editing import drag
from tests.site import Site

SHAPE = (40, 36, 12)
ANSWERED = "document.querySelector('[data-testid=interactive-outcome]')?.textContent.includes(' ms')"


def scan() -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    """A bright tube along the third axis, in noise."""
    i, j, _ = np.indices(SHAPE)
    truth = np.hypot(i - 18, j - 20) < 6
    image = 200 + 300 * truth + np.random.default_rng(0).normal(0, 25, SHAPE)
    return image.astype(np.int16), truth


@pytest.fixture(scope="module")
def task(site: Site, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("interactive")
    path = folder / "sub-01" / "anat" / "sub-01_T2w.nii.gz"
    path.parent.mkdir(parents=True)
    nib.save(nib.Nifti1Image(scan()[0], np.eye(4)), path)
    lead = site.client("lena")
    lead.post("studies", {"slug": "interactive", "name": "Interactive", "protocol": "spinal-cord"})
    ada = lead.post("studies/interactive/members", {"username": "ada", "role": "annotator"})
    site.manage("import_dataset", str(folder), "--study", "interactive", "--as", "lena")
    cases = [case["id"] for case in lead.results("studies/interactive/cases")]
    lead.post("studies/interactive/tasks", {"cases": cases, "raters": [ada["user"]["id"]], "reads": 1})
    (row,) = lead.results("tasks", study="interactive")
    return str(row["id"])


def labelled(page: Page) -> np.ndarray:  # type: ignore[type-arg]
    runs = page.evaluate("window.__radicula.labelRuns()")
    flat = np.zeros(int(np.prod(SHAPE)), bool)
    for start, length in zip(runs[0::3], runs[1::3], strict=True):
        flat[start : start + length] = True
    return flat.reshape(SHAPE, order="F")


def test_scribbles_become_a_region_that_waits_for_enter(task: str, signed_in: SignIn) -> None:
    truth = scan()[1]
    page = signed_in("ada")
    page.goto(f"/tasks/{task}")
    wait_until(page, "window.__radicula?.ready === true")
    scribble = page.get_by_role("button", name="Scribble to region")
    scribble.click()
    expect(page.get_by_role("button", name="Click to region")).to_have_count(0)  # nothing was trained that takes clicks
    outcome = page.get_by_test_id("interactive-outcome")

    drag(page, "axial", (16, 20, 6), (20, 20, 6))
    wait_until(page, ANSWERED)
    page.keyboard.down("Control")
    drag(page, "axial", (5, 8, 6), (30, 8, 6))
    page.keyboard.up("Control")
    wait_until(page, f"{ANSWERED} && !document.querySelector('[data-testid=interactive-outcome] [aria-label=Working]')")
    expect(outcome).to_contain_text("voxels")
    assert not labelled(page).any(), "a preview changes nothing"
    page.keyboard.press("Enter")
    wait_until(page, "window.__radicula.canUndo()")
    found = labelled(page)
    near = found.any(axis=(0, 1))
    assert near.sum() >= SHAPE[2] - 1, "through the slices"
    assert 2 * (found & truth).sum() / (found.sum() + truth.sum()) > 0.9
    expect(page.get_by_test_id("history").locator("li").first).to_contain_text("Graph cut, label 1")
    expect(outcome).to_have_count(0)
    page.keyboard.press("z")
    assert not labelled(page).any(), "one step"

    drag(page, "axial", (16, 20, 6), (20, 20, 6))
    drag(page, "axial", (16, 18, 6), (20, 18, 6))
    wait_until(page, ANSWERED)
    page.keyboard.press("z")  # the last mark, not a label
    expect(outcome).to_be_visible()
    page.keyboard.press("Escape")
    expect(outcome).to_have_count(0)
    assert not labelled(page).any()
