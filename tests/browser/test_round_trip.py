"""What is on screen is what the scan holds, and what is painted is what is stored: voxel for voxel, however it lies.

Real mouse events on the real viewer, the pixels of its picture, and the stored NIfTI read back by nibabel.
"""

import io
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from nibabel.orientations import axcodes2ornt, inv_ornt_aff, io_orientation, ornt_transform
from PIL import Image
from playwright.sync_api import Page

from tests.browser.conftest import SignIn, wait_until
from tests.site import Client, Site

ORIENTATIONS = ("PSR", "LAS", "RPI", "LPI", "RAS", "oblique")
SHAPE_RAS = (22, 26, 18)
SPACING_RAS_MM = (1.0, 0.8, 2.5)
# Index in the file's own array, and the plane it is painted in; corners, edges and the inside.
PAINTED = (
    ((3, 4, 5), "axial"),
    ((9, 2, 7), "sagittal"),
    ((6, 11, 3), "coronal"),
    ((0, 0, 0), "axial"),
    ((1, 8, 9), "coronal"),
)


def rotation(degrees: tuple[float, float, float]) -> np.ndarray:
    x, y, z = np.radians(degrees)
    about_x = np.array([[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_z = np.array([[np.cos(z), -np.sin(z), 0], [np.sin(z), np.cos(z), 0], [0, 0, 1]])
    return np.asarray(about_z @ about_y @ about_x)


def image(name: str) -> nib.Nifti1Image:
    """A volume whose array runs along the named axes; the values are a texture that tells every corner apart."""
    affine = np.diag([*SPACING_RAS_MM, 1.0])
    affine[:3, 3] = (-31.0, 12.5, 40.0)
    grids = np.meshgrid(*(np.arange(n) for n in SHAPE_RAS), indexing="ij")
    voxels = (200 + 20 * grids[0] + 7 * grids[1] + 31 * grids[2]).astype(np.int16)
    if name == "oblique":
        affine[:3, :3] = rotation((12.0, -17.0, 23.0)) @ affine[:3, :3]
        axes = "LPI"
        change = axcodes2ornt(tuple(axes))
        voxels = nib.orientations.apply_orientation(voxels, change)
        return nib.Nifti1Image(voxels, affine @ inv_ornt_aff(change, SHAPE_RAS))
    return nib.Nifti1Image(voxels, affine).as_reoriented(
        ornt_transform(io_orientation(affine), axcodes2ornt(tuple(name)))
    )


@pytest.fixture(scope="module")
def study(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Client:
    """One study with one case per orientation, all given to ada."""
    folder = tmp_path_factory.mktemp("orientations")
    for name in ORIENTATIONS:
        path = folder / f"sub-{name}" / "anat" / f"sub-{name}_T2w.nii.gz"
        path.parent.mkdir(parents=True)
        nib.save(image(name), path)
    lead = site.client("lena")
    lead.post("studies", {"slug": "orientations", "name": "Orientations", "protocol": "spinal-cord"})
    ada = lead.post("studies/orientations/members", {"username": "ada", "role": "annotator"})
    site.manage("import_dataset", str(folder), "--study", "orientations", "--as", "lena")
    cases = [case["id"] for case in lead.results("studies/orientations/cases")]
    assert len(cases) == len(ORIENTATIONS)
    lead.post("studies/orientations/tasks", {"cases": cases, "raters": [ada["user"]["id"]], "reads": 1})
    return lead


def open_task(page: Page, client: Client, subject: str) -> dict:
    (task,) = (row for row in client.results("tasks", study="orientations") if row["case"]["name"] == f"sub-{subject}")
    page.goto(f"/tasks/{task['id']}")
    wait_until(page, "window.__radicula?.ready === true")
    return task


# The slice's own axis in RAS, and voxels of it away from the crosshair, which is put on the first.
PLANES = {"sagittal": 0, "coronal": 1, "axial": 2}
OFF_CENTRE = np.array([(0.5, 0.5, 0.5), (0.3, 0.3, 0.3), (0.7, 0.35, 0.65), (0.35, 0.7, 0.4), (0.65, 0.65, 0.7)])


def check_picture(page: Page, scan: nib.Nifti1Image) -> None:
    """Each plane shows the voxels of its slice where the pointer finds them, in the grey that the window gives them."""
    page.get_by_label("Smooth image").uncheck(force=True)
    window = page.evaluate("window.__radicula.window()")
    to_file = ornt_transform(axcodes2ornt(("R", "A", "S")), io_orientation(scan.affine))
    for plane, axis in PLANES.items():
        shares = OFF_CENTRE.copy()
        shares[:, axis] = 0.5
        voxels = np.floor(shares * SHAPE_RAS).astype(int)
        # From RAS to the file's own axes: which of them is which, and which run the other way.
        own = np.empty_like(voxels)
        for ras, (target, direction) in enumerate(to_file.astype(int)):
            own[:, target] = voxels[:, ras] if direction > 0 else SHAPE_RAS[ras] - 1 - voxels[:, ras]
        asked = [own.tolist()[::-1], plane]
        places = page.evaluate("([voxels, plane]) => window.__radicula.canvasForAll(voxels, plane)", asked)[::-1]
        page.mouse.move(5, 5)
        shot = np.asarray(Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")).astype(int)
        values = np.asarray(scan.dataobj)[tuple(own.T)]
        share = (values - window["lower"]) / (window["upper"] - window["lower"])
        wanted = np.clip(np.round(255 * share), 0, 255)
        for place, grey in list(zip(places, wanted, strict=True))[1:]:
            seen = shot[round(place["y"]), round(place["x"])]
            assert np.abs(seen - grey).max() <= 1, f"{plane}: {seen} at {place}, where {grey} was expected"


def wait_until_saved(page: Page) -> None:
    wait_until(page, "window.__radicula.saveState()?.phase === 'saved' && !window.__radicula.saveState().unsaved")


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_painted_voxels_are_the_stored_voxels(
    orientation: str, study: Client, site: Site, signed_in: SignIn, tmp_path: Path
) -> None:
    page = signed_in("ada")
    ada = site.client("ada")
    task = open_task(page, ada, orientation)
    check_picture(page, image(orientation))
    page.keyboard.press("1")
    page.keyboard.press("p")
    for voxel, plane in PAINTED:
        at = page.evaluate("([voxel, plane]) => window.__radicula.canvasFor(voxel, plane)", [voxel, plane])
        page.mouse.click(at["x"], at["y"])
    wait_until_saved(page)
    assert page.evaluate("window.__radicula.labelCounts()") == {"1": len(PAINTED)}

    (volume,) = ada.get(f"tasks/{task['id']}")["volumes"]
    stored = ada.http.get(f"label-versions/{volume['head']['id']}/nifti")
    path = tmp_path / "stored.nii.gz"
    path.write_bytes(stored.content)
    label = nib.load(path)
    expected = image(orientation)
    np.testing.assert_allclose(label.affine, expected.affine, atol=1e-5)
    assert label.shape == expected.shape
    assert {tuple(map(int, index)) for index in np.argwhere(np.asarray(label.dataobj))} == {
        voxel for voxel, _ in PAINTED
    }
    assert set(np.unique(np.asarray(label.dataobj))) == {0, 1}

    kept = tmp_path / "original.nii.gz"
    kept.write_bytes(ada.http.get(f"volumes/{volume['id']}/file").content)
    np.testing.assert_array_equal(np.asarray(nib.load(kept).dataobj), np.asarray(expected.dataobj))


def test_a_dragged_brush_stroke_has_no_holes_and_undo_takes_all_of_it_back(
    study: Client, site: Site, signed_in: SignIn
) -> None:
    page = signed_in("ada")
    open_task(page, site.client("ada"), "RAS")
    before = page.evaluate("window.__radicula.labelCounts()")
    page.keyboard.press("1")
    page.keyboard.press("p")
    start = page.evaluate("window.__radicula.canvasFor([4, 20, 9], 'axial')")
    end = page.evaluate("window.__radicula.canvasFor([18, 20, 9], 'axial')")
    page.mouse.move(start["x"], start["y"])
    page.mouse.down()
    page.mouse.move(end["x"], end["y"], steps=2)  # a fast stroke: the browser reports two points only
    page.mouse.up()
    row = [page.evaluate(f"window.__radicula.labelAt([{i}, 20, 9])") for i in range(4, 19)]
    assert row == [1] * 15
    page.keyboard.press("z")
    assert page.evaluate("window.__radicula.labelCounts()") == before
    page.keyboard.press("Shift+Z")
    assert page.evaluate("window.__radicula.labelCounts()") == {"1": before.get("1", 0) + 15}
    wait_until_saved(page)
