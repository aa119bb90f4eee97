"""A person corrects a model's proposal of the cord on a real scan, by keyboard and mouse, and hands it in.

The scan is sub-errsm18, cervical T2w at 1 mm (PSR); PropSeg's label stands for the model's. Each gesture is also worked
out in numpy, so what is stored is compared both with what was on the screen and with what should have been.
"""

import shutil
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page

from tests.browser.conftest import SignIn, wait_until
from tests.browser.numpy_tools import component
from tests.site import Client, Site

pytestmark = [pytest.mark.real_data]

STUDY = "scripted"
NAME = "sub-errsm18_T2w"
KEEP = (
    "import uuid\n"
    "import nibabel as nib, numpy as np\n"
    "from annotation.models import Volume\n"
    "from annotation.services.labels import proposal_add\n"
    "volume = Volume.objects.get(case__study__slug={study!r})\n"
    "voxels = np.asarray(nib.load({path!r}).dataobj).astype('uint8')\n"
    "proposal_add(volume=volume, voxels=voxels, model_version_id=uuid.uuid4(), model_name='PropSeg', provenance={{}})\n"
)


@pytest.fixture(scope="module")
def proposed(real_data: Path) -> Path:
    return real_data / "sct-cervical-t2" / "sub-errsm18" / "anat" / f"{NAME}_label-SC_desc-propseg_seg.nii.gz"


@pytest.fixture(scope="module")
def task(site: Site, proposed: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("scripted")
    target = folder / "sub-errsm18" / "anat" / f"{NAME}.nii.gz"
    target.parent.mkdir(parents=True)
    shutil.copyfile(proposed.parent / f"{NAME}.nii.gz", target)
    lead = site.client("lena")
    lead.post("studies", {"slug": STUDY, "name": "Scripted annotator", "protocol": "spinal-cord"})
    ada = lead.post(f"studies/{STUDY}/members", {"username": "ada", "role": "annotator"})
    site.manage("import_dataset", str(folder), "--study", STUDY, "--as", "lena")
    site.manage("shell", "-c", KEEP.format(study=STUDY, path=str(proposed)))
    cases = [case["id"] for case in lead.results(f"studies/{STUDY}/cases")]
    lead.post(f"studies/{STUDY}/tasks", {"cases": cases, "raters": [ada["user"]["id"]], "reads": 1})
    (row,) = lead.results("tasks", study=STUDY)
    return str(row["id"])


def on_screen(page: Page, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """The label map that the page holds."""
    runs = np.array(page.evaluate("window.__radicula.labelRuns()"), dtype=np.int64).reshape(-1, 3)
    flat = np.zeros(int(np.prod(shape)), dtype=np.uint8)
    for start, length, value in runs:
        flat[start : start + length] = value
    return flat.reshape(shape, order="F")


def click(page: Page, voxel: tuple[int, int, int], plane: str) -> None:
    at = page.evaluate("([v, p]) => window.__radicula.canvasFor(v, p)", [voxel, plane])
    page.mouse.click(at["x"], at["y"])


def stored(client: Client, version: dict[str, Any], folder: Path) -> nib.Nifti1Image:
    path = folder / "stored.nii.gz"
    path.write_bytes(client.http.get(f"label-versions/{version['id']}/nifti").content)
    return nib.load(path)


def test_what_was_on_the_screen_is_what_is_stored(
    task: str, proposed: Path, site: Site, signed_in: SignIn, tmp_path: Path
) -> None:
    page = signed_in("ada")
    ada = site.client("ada")
    page.goto(f"/tasks/{task}")
    wait_until(page, "window.__radicula?.ready === true")
    expected = np.asarray(nib.load(proposed).dataobj).astype(np.uint8)
    shape = expected.shape
    panel = page.get_by_role("region", name="Proposal")
    panel.get_by_text("The map is what was proposed.").wait_for()
    np.testing.assert_array_equal(on_screen(page, shape), expected)
    # Axial slices step through the middle axis. The cord ends have room; three slices in the middle are worked on.
    axial = np.flatnonzero(expected.any(axis=(0, 2)))
    row = int(axial[len(axial) // 2])
    page.keyboard.press("1")

    # Pencil: two lone voxels far from the cord, to be found as islands, and one of them painted over again.
    page.keyboard.press("p")
    lone = [(40, row, 6), (60, row, 44)]
    for voxel in lone:
        click(page, voxel, "axial")
        expected[voxel] = 1
    np.testing.assert_array_equal(on_screen(page, shape), expected)

    # Eraser: two slices are emptied, and interpolation between their neighbours fills them again.
    page.keyboard.press("s")
    options = page.get_by_role("region", name="Tool options")
    for words in ("Erase", "Inside"):
        options.get_by_text(words, exact=True).click()
    before = expected.copy()
    for cut in (row + 2, row + 3):
        at = np.argwhere(expected[:, cut] == 1)
        low, high = at.min(axis=0) - 1, at.max(axis=0) + 1
        ends = [(int(low[0]), cut, int(low[1])), (int(high[0]), cut, int(high[1]))]
        points = [page.evaluate("([v, p]) => window.__radicula.canvasFor(v, p)", [voxel, "axial"]) for voxel in ends]
        page.mouse.move(points[0]["x"], points[0]["y"])
        page.mouse.down()
        page.mouse.move(points[1]["x"], points[1]["y"], steps=4)
        page.mouse.up()
        expected[:, cut] = 0
    np.testing.assert_array_equal(on_screen(page, shape), expected)
    page.keyboard.press("i")
    newest = "document.querySelector('[data-testid=history] li')?.textContent"
    wait_until(page, f"{newest}?.startsWith('Interpolate')")
    filled = on_screen(page, shape)
    outside = np.ones(shape[1], dtype=bool)
    outside[[row + 2, row + 3]] = False
    np.testing.assert_array_equal(filled[:, outside], expected[:, outside])
    for cut in (row + 2, row + 3):
        both = int((filled[:, cut] & before[:, cut]).sum())
        assert 2 * both / int(filled[:, cut].sum() + before[:, cut].sum()) > 0.85
    expected = filled

    # Brush: a stroke along the cord in the sagittal plane adds to it and takes nothing away.
    page.keyboard.press("b")
    at = np.argwhere(np.asarray(nib.load(proposed).dataobj)[:, row] == 1).mean(axis=0).round().astype(int)
    click(page, (int(at[0]) + 5, row, int(at[1])), "sagittal")
    brushed = on_screen(page, shape)
    assert brushed.sum() > expected.sum()
    np.testing.assert_array_equal(brushed[expected == 1], 1)
    assert np.ptp(np.argwhere(brushed != expected)[:, 2]) == 0
    expected = brushed

    # Islands: the largest component stays, so the two lone voxels go.
    page.get_by_label("Operation", exact=True).select_option("keepLargest")
    page.get_by_role("button", name="Apply").click()
    wait_until(page, f"{newest}?.startsWith('Keep')")
    seed = (int(at[0]), row, int(at[1]))
    expected = component(expected == 1, seed, np.ones((3, 3, 3), dtype=bool)).astype(np.uint8)
    shown = on_screen(page, shape)
    np.testing.assert_array_equal(shown, expected)
    assert not any(shown[voxel] for voxel in lone)

    changed = int((np.asarray(nib.load(proposed).dataobj) != shown).sum())
    panel.get_by_text(f"{changed:,} voxels changed.").wait_for()
    page.screenshot(path="test-results/proposal-panel.png")
    page.keyboard.press("Control+Enter")
    page.get_by_role("dialog").get_by_role("button", name="Submit").click()
    page.wait_for_url(lambda url: task not in url)
    (volume,) = ada.get(f"tasks/{task}")["volumes"]
    file = stored(ada, volume["submitted"], tmp_path)
    np.testing.assert_array_equal(np.asarray(file.dataobj), shown)
    np.testing.assert_allclose(file.affine, nib.load(proposed.parent / f"{NAME}.nii.gz").affine, atol=1e-4)
    (correction,) = site.client("lena").results(f"studies/{STUDY}/corrections")
    assert correction["voxels_changed"] == changed
