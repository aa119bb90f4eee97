"""What anatomy speaks against is shown before a task is submitted, leads to its voxel, and takes a reason."""

from pathlib import Path

import nibabel as nib
import numpy as np
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn, wait_until
from tests.site import Site

SHAPE = (24, 24, 20)
UPPER, LOWER = (12, 12, 14), (12, 12, 5)


def _task(site: Site, folder: Path) -> str:
    path = folder / "sub-01" / "anat" / "sub-01_T2w.nii.gz"
    path.parent.mkdir(parents=True)
    voxels = np.arange(np.prod(SHAPE), dtype=np.int16).reshape(SHAPE) % 200
    nib.save(nib.Nifti1Image(voxels, np.diag([1.0, 1.0, 3.0, 1.0])), path)
    lead = site.client("lena")
    lead.post("studies", {"slug": "anatomy", "name": "Anatomy", "protocol": "rootlets"})
    ada = lead.post("studies/anatomy/members", {"username": "ada", "role": "annotator"})
    site.manage("import_dataset", str(folder), "--study", "anatomy", "--as", "lena")
    cases = [case["id"] for case in lead.results("studies/anatomy/cases")]
    lead.post("studies/anatomy/tasks", {"cases": cases, "raters": [ada["user"]["id"]], "reads": 1})
    (row,) = lead.results("tasks", study="anatomy")
    return str(row["id"])


def _dab(page: Page, key: str, voxel: tuple[int, int, int]) -> None:
    page.keyboard.press(key)
    page.keyboard.press("b")
    at = page.evaluate("(v) => window.__radicula.canvasFor(v, 'sagittal')", list(voxel))
    page.mouse.click(at["x"], at["y"])


def test_levels_out_of_order_take_a_reason(site: Site, signed_in: SignIn, tmp_path: Path) -> None:
    task = _task(site, tmp_path)
    page = signed_in("ada")
    page.goto(f"/tasks/{task}")
    wait_until(page, "window.__radicula?.ready === true")
    _dab(page, "4", UPPER)
    _dab(page, "3", LOWER)
    wait_until(page, "window.__radicula.labelCounts()['3'] > 0 && window.__radicula.labelCounts()['4'] > 0")

    page.keyboard.press("Control+Enter")
    dialog = page.get_by_role("dialog")
    order = dialog.get_by_role("button", name="C4 lies")
    expect(order).to_contain_text("above C3; it should lie below.")
    submit = dialog.get_by_role("button", name="Submit")
    expect(submit).to_be_disabled()
    # Levels beyond the last one drawn stand in one line, and nowhere else.
    expect(dialog.get_by_text("Not painted: C2, C5")).to_be_visible()
    expect(dialog.get_by_text("is not drawn")).to_have_count(0)
    order.focus()
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    assert page.evaluate("window.__radicula.cursor()")[2] == UPPER[2]

    page.keyboard.press("Control+Enter")
    dialog.get_by_label("Reason to leave it so").fill("The neck is bent double.")
    submit.click()
    page.wait_for_url(lambda url: task not in url)
    seen = site.client("ada").get(f"tasks/{task}")
    assert seen["state"] == "submitted"
    assert [one["reason"] for one in seen["anatomy_findings"] if one["severity"] == "serious"] == [
        "The neck is bent double."
    ]

    reviewer = signed_in("lena")
    reviewer.goto(f"/tasks/{task}")
    expect(reviewer.get_by_role("region", name="Anatomy, as submitted")).to_contain_text("The neck is bent double.")
