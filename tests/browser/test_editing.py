"""What the editing tools leave in the stored file, against the same gesture worked out in numpy.

An oblique, anisotropic scan whose array runs along none of the patient's axes in order; real mouse and keys.
"""

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from playwright.sync_api import Page
from scipy import ndimage

from tests.browser.conftest import SignIn, wait_until
from tests.site import Client, Site

SHAPE = (30, 18, 26)
SPACING_MM = np.array((0.9, 3.0, 0.7))
Voxel = tuple[int, int, int]
NEWEST = "document.querySelector('[data-testid=history] li')?.textContent"


def image() -> nib.Nifti1Image:
    """Array axes run P, S, R, turned by 17 degrees; a bright tube along the second axis."""
    angle = np.radians(17.0)
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    affine = np.eye(4)
    affine[:3, :3] = turn @ np.array([[0, 0, 1.0], [-1.0, 0, 0], [0, 1.0, 0]]) @ np.diag(SPACING_MM)
    affine[:3, 3] = (-12.0, 9.0, 33.0)
    i, _, k = np.meshgrid(*(np.arange(n) for n in SHAPE), indexing="ij")
    voxels = 100 + 300 * (np.hypot((i - 15) * 0.9, (k - 13) * 0.7) < 4)
    return nib.Nifti1Image(voxels.astype(np.int16), affine)


@pytest.fixture(scope="module")
def task(site: Site, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("editing")
    path = folder / "sub-01" / "anat" / "sub-01_T2w.nii.gz"
    path.parent.mkdir(parents=True)
    nib.save(image(), path)
    lead = site.client("lena")
    lead.post("studies", {"slug": "editing", "name": "Editing", "protocol": "spinal-cord"})
    ada = lead.post("studies/editing/members", {"username": "ada", "role": "annotator"})
    site.manage("import_dataset", str(folder), "--study", "editing", "--as", "lena")
    cases = [case["id"] for case in lead.results("studies/editing/cases")]
    lead.post("studies/editing/tasks", {"cases": cases, "raters": [ada["user"]["id"]], "reads": 1})
    (row,) = lead.results("tasks", study="editing")
    return str(row["id"])


def drag(page: Page, plane: str, *voxels: Voxel) -> None:
    """Press on the first voxel's centre, move over the others, let go on the last."""
    points = [page.evaluate("([v, p]) => window.__radicula.canvasFor(v, p)", [voxel, plane]) for voxel in voxels]
    page.mouse.move(points[0]["x"], points[0]["y"])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(point["x"], point["y"])
    page.mouse.up()


def choose(page: Page, *words: str) -> None:
    options = page.get_by_role("region", name="Tool options")
    for word in words:
        options.get_by_text(word, exact=True).click()


def apply(page: Page, operation: str, step: str, **fields: str) -> None:
    page.get_by_label("Operation", exact=True).select_option(operation)
    for label, value in fields.items():
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name="Apply").click()
    wait_until(page, f"{NEWEST}?.startsWith('{step}') && !document.querySelector('[role=status] button')")


def stored(page: Page, ada: Client, task: str, folder: Path) -> np.ndarray:
    wait_until(page, "window.__radicula.saveState()?.phase === 'saved' && !window.__radicula.saveState().unsaved")
    (volume,) = ada.get(f"tasks/{task}")["volumes"]
    path = folder / "stored.nii.gz"
    path.write_bytes(ada.http.get(f"label-versions/{volume['head']['id']}/nifti").content)
    return np.asarray(nib.load(path).dataobj)


def distance_mm(mask: np.ndarray) -> np.ndarray:
    return np.asarray(ndimage.distance_transform_edt(~mask, sampling=SPACING_MM))


def test_each_tool_is_what_numpy_says(task: str, site: Site, signed_in: SignIn, tmp_path: Path) -> None:
    page = signed_in("ada")
    ada = site.client("ada")
    page.goto(f"/tasks/{task}")
    wait_until(page, "window.__radicula?.ready === true")
    expected = np.zeros(SHAPE, np.uint8)
    page.keyboard.press("1")

    # The middle array axis runs to the patient's head, so it is the one that axial slices step through.
    page.keyboard.press("s")
    choose(page, "Fill")
    drag(page, "axial", (4, 5, 6), (9, 5, 12))
    expected[4:10, 5, 6:13] = 1
    np.testing.assert_array_equal(stored(page, ada, task, tmp_path), expected)

    drag(page, "axial", (6, 11, 10), (11, 11, 16))
    expected[6:12, 11, 10:17] = 1
    choose(page, "Erase")
    drag(page, "axial", (7, 5, 8), (7, 5, 10))
    expected[7, 5, 8:11] = 0
    page.get_by_label("Operation", exact=True).select_option("fillHoles")
    page.get_by_role("button", name="Apply").click()
    page.get_by_text("nothing to change").wait_for()  # open through the slices: no hole in the volume
    page.get_by_label("Slice by slice").click()
    apply(page, "fillHoles", "Fill holes")
    expected[7, 5, 8:11] = 1
    np.testing.assert_array_equal(stored(page, ada, task, tmp_path), expected)

    apply(page, "grow", "Grow 1.5 mm", **{"Distance (mm)": "1.5"})
    expected[distance_mm(expected == 1) <= 1.5 + 1e-9] = 1
    np.testing.assert_array_equal(stored(page, ada, task, tmp_path), expected)

    apply(page, "shrink", "Shrink 1 mm", **{"Distance (mm)": "1"})
    expected[distance_mm(expected == 0) <= 1 + 1e-9] = 0
    np.testing.assert_array_equal(stored(page, ada, task, tmp_path), expected)

    page.keyboard.press("g")
    choose(page, "3-D")
    page.get_by_label("No further than (mm)").fill("10")
    drag(page, "sagittal", (15, 9, 13))
    page.keyboard.press("Enter")
    wait_until(page, f"{NEWEST}?.startsWith('Grow, label 1')")
    bright = np.asarray(image().dataobj) > 200
    steps = np.stack(np.indices(SHAPE), axis=-1) - (15, 9, 13)
    near = np.linalg.norm(steps * SPACING_MM, axis=-1) <= 10 + 1e-9
    parts, _ = ndimage.label(bright & near)
    expected[parts == parts[15, 9, 13]] = 1
    np.testing.assert_array_equal(stored(page, ada, task, tmp_path), expected)

    before_lock = expected.copy()
    names = page.locator("[aria-label^='Lock ']")
    names.first.click()
    page.keyboard.press("s")
    choose(page, "Outside", "All slices")
    drag(page, "coronal", (15, 2, 2), (15, 6, 9))
    page.keyboard.press("Shift+D")
    np.testing.assert_array_equal(stored(page, ada, task, tmp_path), before_lock)
    names.first.click()

    while page.evaluate("window.__radicula.canUndo()"):
        page.keyboard.press("z")
    assert page.evaluate("window.__radicula.labelCounts()") == {}
    while page.evaluate("window.__radicula.canRedo()"):
        page.keyboard.press("Shift+Z")
    np.testing.assert_array_equal(stored(page, ada, task, tmp_path), expected)
