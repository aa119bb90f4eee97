"""Each editing tool in a real browser, voxel for voxel against the same gesture in numpy.

On phantoms whose arrays run along the patient's axes in eight orders, handed both ways, some oblique and anisotropic;
and on real images. What is done is in `tool_steps.py`, the numpy side in `numpy_tools.py`. All in one page, which goes
from case to case as an annotator does: a page takes longer to load than its tools to use.
"""

from collections.abc import Iterator
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import sign_in_page, wait_until
from tests.browser.tool_bench import Bench, import_cases, open_bench
from tests.browser.tool_steps import STEPS
from tests.site import Site

# Software draws the planes: what is small is fast, and the labels are the same.
SIZE = {"width": 1000, "height": 560}


def phantom(order: str, spacing_mm: tuple[float, float, float], degrees: float) -> nib.Nifti1Image:
    """Two bright tubes in noise, its array axes along the patient's as in `order` (where they point to), and turned."""
    shape = (26, 22, 24)
    start = nib.orientations.axcodes2ornt("RAS")
    target = nib.orientations.axcodes2ornt(tuple(order))
    axes = np.zeros((3, 3))
    for column, (world, sign) in enumerate(target):
        axes[int(start[int(world), 0]), column] = sign
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    affine = np.eye(4)
    affine[:3, :3] = turn @ axes @ np.diag(spacing_mm)
    affine[:3, 3] = (-14.0, 8.0, 21.0)
    i, j, k = np.indices(shape)
    voxels = np.random.default_rng(7).integers(90, 110, shape)
    voxels[(i - 13) ** 2 + (k - 12) ** 2 < 20] += 300
    voxels[(i - 5) ** 2 + (j - 5) ** 2 < 8] += 200
    # The affine as a file keeps it, in single precision.
    return nib.Nifti1Image.from_bytes(nib.Nifti1Image(voxels.astype(np.int16), affine).to_bytes())


# Array order, spacing, rotation about the long axis of the patient, and the plane that is painted in.
PHANTOMS = {
    "RAS": (phantom("RAS", (1.0, 1.0, 1.0), 0.0), "axial"),
    "LPS": (phantom("LPS", (0.8, 0.8, 1.6), 0.0), "sagittal"),
    "LAS": (phantom("LAS", (0.5, 0.5, 4.0), 8.0), "axial"),
    "PSR": (phantom("PSR", (0.75, 2.5, 1.0), 17.0), "coronal"),
    "LIA": (phantom("LIA", (0.6, 1.25, 3.0), -12.0), "sagittal"),
    "ASL": (phantom("ASL", (1.0, 1.0, 2.0), 31.0), "sagittal"),
    "IRP": (phantom("IRP", (1.5, 0.7, 0.7), 0.0), "axial"),
    "SAR": (phantom("SAR", (2.0, 0.9, 1.1), -23.0), "coronal"),
}
REAL = {
    "PSR T2w": ("sct-cervical-t2/sub-errsm18/anat/sub-errsm18_T2w.nii.gz", "sagittal"),
    "LAS GRE": ("sct-cervical-t2/sub-errsm18/anat/sub-errsm18_T2star.nii.gz", "axial"),
    "LAS MTS": ("sct-cervical-t2/sub-errsm23/mt/sub-errsm23_mt-off_MTS.nii.gz", "axial"),
    "LAS DWI": ("sct-errsm30/dwi/sub-errsm30_dwi.nii.gz", "axial"),
    "LAS FA": ("niivue-dti/FA.nii.gz", "coronal"),
    "oblique EPI": ("nibabel/example4d.nii.gz", "axial"),
}


@pytest.fixture(scope="module")
def annotator(browser: Browser, site: Site) -> Iterator[Page]:
    """One page for all; at the end it may have logged no error."""
    complaints: list[str] = []
    page = sign_in_page(browser, site, "ada", complaints, SIZE)
    yield page
    page.context.close()
    assert not complaints, "\n".join(complaints)


@pytest.fixture(scope="module")
def phantoms(site: Site, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    images = [image for image, _ in PHANTOMS.values()]
    tasks = import_cases(site, tmp_path_factory.mktemp("tools"), "tools", images)
    return dict(zip(PHANTOMS, tasks, strict=True))


@pytest.fixture(scope="module")
def real(site: Site, real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    images = [real_image(real_data, name) for name in REAL]
    tasks = import_cases(site, tmp_path_factory.mktemp("real"), "real-tools", images)
    return dict(zip(REAL, tasks, strict=True))


@pytest.mark.parametrize("name", PHANTOMS)
def test_tools_leave_what_numpy_says(
    name: str, phantoms: dict[str, str], site: Site, annotator: Page, tmp_path: Path
) -> None:
    image, plane = PHANTOMS[name]
    # All by real keys and clicks on one of them.
    bench = open_bench(annotator, phantoms[name], image, plane, by_keys=name == "RAS")
    use_all_tools(bench)
    through_history(bench)
    np.testing.assert_array_equal(bench.stored(site.client("ada"), phantoms[name], tmp_path), bench.expected)


@pytest.mark.real_data
@pytest.mark.parametrize("name", REAL)
def test_tools_leave_what_numpy_says_on_real_images(
    name: str, real: dict[str, str], real_data: Path, site: Site, annotator: Page, tmp_path: Path
) -> None:
    image = real_image(real_data, name)
    bench = open_bench(annotator, real[name], image, REAL[name][1], by_keys=False)
    use_all_tools(bench)
    np.testing.assert_array_equal(bench.stored(site.client("ada"), real[name], tmp_path), bench.expected)


def real_image(folder: Path, name: str) -> nib.Nifti1Image:
    """The image; of a series a frame that is not the first."""
    image = nib.Nifti1Image.from_filename(folder / REAL[name][0])
    return image if image.ndim == 3 else nib.Nifti1Image.from_bytes(image.slicer[..., 1].to_bytes())


def use_all_tools(bench: Bench) -> None:
    for step in STEPS:
        step(bench)
        bench.check(step.__name__)


def through_history(bench: Bench) -> None:
    """To a step in the middle by a click, to the start by keys, and to the end by a click."""
    rows = bench.page.locator("[data-testid=history] button")
    count = bench.steps()
    bench.click(rows.nth(count // 2))
    wait_until(bench.page, f"document.querySelectorAll('[data-testid=history] [data-undone]').length === {count // 2}")
    while bench.page.evaluate("window.__radicula.canUndo()"):
        bench.keys("z")
    assert bench.page.evaluate("window.__radicula.labelRuns()") == []
    bench.click(rows.first)
    np.testing.assert_array_equal(bench.shown(), bench.expected)
