"""Several volumes on screen: linked through the patient, with their own windows and colours, and found again."""

import io
import shutil
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn, wait_for, wait_until
from tests.site import Client, Site

BALL_MM = np.array((6.0, -4.0, 9.0))


def ball(shape: tuple[int, int, int], axes: np.ndarray, spacing: tuple[float, float, float]) -> nib.Nifti1Image:
    """A bright ball at one place in the patient, on a grid of its own whose middle is there too, but for 3 mm."""
    affine = np.eye(4)
    affine[:3, :3] = axes @ np.diag(spacing)
    affine[:3, 3] = BALL_MM + np.array((3.0, 0.0, 0.0)) - affine[:3, :3] @ ((np.array(shape) - 1) / 2)
    index = np.moveaxis(np.indices(shape), 0, -1)
    distance = np.linalg.norm(index @ affine[:3, :3].T + affine[:3, 3] - BALL_MM, axis=-1)
    return nib.Nifti1Image(np.clip(900 - 100 * distance, 50, None).astype(np.int16), affine)


def turned(degrees: float) -> np.ndarray:
    angle = np.radians(degrees)
    return np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])


def study(site: Site, slug: str, folder: Path) -> str:
    """A study of one case for the annotator; returns its task."""
    lead = site.client("lena")
    lead.post("studies", {"slug": slug, "name": slug, "protocol": "spinal-cord"})
    ada = lead.post(f"studies/{slug}/members", {"username": "ada", "role": "annotator"})
    site.manage("import_dataset", str(folder), "--study", slug, "--as", "lena")
    cases = [case["id"] for case in lead.results(f"studies/{slug}/cases")]
    lead.post(f"studies/{slug}/tasks", {"cases": cases, "raters": [ada["user"]["id"]], "reads": 1})
    (row,) = lead.results("tasks", study=slug)
    return str(row["id"])


@pytest.fixture(scope="module")
def task(site: Site, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("layouts")
    place = folder / "sub-01" / "anat"
    place.mkdir(parents=True)
    sagittal = np.array([[0, 0, 1.0], [-1.0, 0, 0], [0, 1.0, 0]])
    nib.save(ball((40, 44, 36), sagittal, (1.0, 1.0, 1.0)), place / "sub-01_T2w.nii.gz")
    nib.save(ball((48, 48, 9), turned(12) @ np.diag((-1.0, 1, 1)), (0.8, 0.8, 5.0)), place / "sub-01_T2star.nii.gz")
    return study(site, "layouts", folder)


def open_task(page: Page, task: str) -> None:
    page.goto(f"/tasks/{task}")
    wait_until(page, "window.__radicula?.ready === true")


def choose_layout(page: Page, layout: str) -> None:
    page.get_by_role("button", name="Layout", exact=True).click()
    page.locator(f"[role=menuitemradio][data-layout={layout}]").click()
    page.get_by_role("menu").wait_for(state="hidden")


def viewports(page: Page, count: int) -> dict[str, Any]:
    drawn = "window.__radicula.viewports()"
    wait_until(page, f"{drawn}.length === {count} && {drawn}.every((v) => v.drawn)")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return {row["cell"]: row for row in page.evaluate(drawn)}


def picture(page: Page, cell: str) -> np.ndarray:
    """The pixels of a viewport as they are on screen."""
    shot = page.locator(f"section[data-cell={cell}]").screenshot(animations="disabled")
    return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB")).astype(int)


def wait_for_change(page: Page, cell: str, before: np.ndarray, part: Any, least: float) -> np.ndarray:
    """The picture of a viewport, once the mean change of part of it since another one is as large as that."""
    seen = [before]

    def changed() -> bool:
        seen[0] = picture(page, cell)
        return bool(np.abs(seen[0][part] - before[part]).max(axis=2).mean() > least)

    wait_for(page, changed, f"viewport {cell} is drawn anew")
    return seen[0]


def affines(client: Client, task: str) -> dict[str, np.ndarray]:
    return {row["id"]: np.reshape(row["affine"], (4, 4)) for row in client.get(f"tasks/{task}")["volumes"]}


def place_mm(row: Any, affine: np.ndarray) -> np.ndarray:
    return np.asarray(affine[:3, :3] @ row["voxel"] + affine[:3, 3])


def test_two_grids_show_one_place(task: str, site: Site, signed_in: SignIn) -> None:
    page = signed_in("ada")
    grids = affines(site.client("ada"), task)
    open_task(page, task)
    choose_layout(page, "pair")
    rows = viewports(page, 2)
    assert {rows["a"]["volume"], rows["b"]["volume"]} == set(grids)

    # A click in one volume on the ball: the other one goes to the same millimetres.
    page.keyboard.press("x")
    t2w = next(grid for volume, grid in grids.items() if volume == rows["a"]["volume"])
    middle = np.rint(np.linalg.solve(t2w[:3, :3], BALL_MM - t2w[:3, 3])).astype(int).tolist()
    at = page.evaluate("(voxel) => window.__radicula.canvasFor(voxel, 'axial')", middle)
    page.mouse.click(at["x"], at["y"])
    rows = viewports(page, 2)
    places = {cell: place_mm(row, grids[row["volume"]]) for cell, row in rows.items()}
    np.testing.assert_allclose(places["a"], places["b"], atol=1e-4)
    np.testing.assert_allclose(places["a"], BALL_MM, atol=0.51)
    assert rows["a"]["mmPerPixel"] == pytest.approx(rows["b"]["mmPerPixel"])

    # What is bright there is so on screen, in both: the ball of the picture is around the crosshair.
    page.mouse.move(5, 5)
    for cell, row in rows.items():
        wait_for(page, lambda cell=cell, row=row: ball_is_bright(page, cell, row), f"the ball is bright in {cell}")  # type: ignore[misc]

    # A step in the coarse volume is one of its slices and moves the fine one with it; unlinked it stays.
    page.mouse.move(rows["b"]["at"]["x"], rows["b"]["at"]["y"])
    page.keyboard.press("d")
    moved = viewports(page, 2)
    assert moved["b"]["slice"] == rows["b"]["slice"] + 1
    assert abs(moved["a"]["slice"] - rows["a"]["slice"]) == 5
    page.keyboard.press("u")
    page.keyboard.press("a")
    apart = viewports(page, 2)
    assert (apart["b"]["slice"], apart["a"]["slice"]) == (rows["b"]["slice"], moved["a"]["slice"])
    page.keyboard.press("u")


def ball_is_bright(page: Page, cell: str, row: Any) -> bool:
    """Beside the crosshair it is more than twice as bright as 9 mm away from it."""
    box = page.locator(f"section[data-cell={cell}]").bounding_box()
    assert box is not None
    image = picture(page, cell).sum(axis=2)
    x, y = round(row["at"]["x"] - box["x"]), round(row["at"]["y"] - box["y"])
    off = round(9 / row["mmPerPixel"])
    near = np.median(image[y - 14 : y - 6, x - 14 : x - 6])
    return bool(near > 2 * np.median(image[y - off - 8 : y - off, x - off - 8 : x - off]))


def test_window_and_colours_change_the_picture_and_are_found_again(task: str, site: Site, signed_in: SignIn) -> None:
    page = signed_in("ada")
    open_task(page, task)
    choose_layout(page, "mpr")
    viewports(page, 3)
    page.mouse.move(5, 5)
    grey = picture(page, "a")
    image = page.get_by_role("region", name="Image")
    image.get_by_label("Colours", exact=True).select_option("viridis")
    viewports(page, 3)
    middle = np.s_[200:-200, 150:-150]
    coloured = wait_for_change(page, "a", grey, middle, least=20)
    # The background of the scan, lowest in the window, takes the map's lowest colour: #440154.
    assert np.all(np.abs(coloured - (0x44, 0x01, 0x54)) <= 6, axis=2).sum() > 1000
    expect(page.get_by_test_id("colour-bar")).to_have_count(3)

    page.keyboard.press("Shift+X")
    wait_for_change(page, "a", coloured, middle, least=20)
    image.get_by_label("Window", exact=True).select_option("Full range")
    window = page.evaluate("window.__radicula.window()")
    image.get_by_text("Neurological").click()
    left_side = page.locator("section[data-cell=a]").get_by_text("L", exact=True)
    wait_for(page, lambda: (left_side.bounding_box() or {"x": 999})["x"] < 400, "the patient's left is on the left")

    before = viewports(page, 3)
    page.mouse.move(before["a"]["at"]["x"], before["a"]["at"]["y"])
    page.keyboard.press("d")
    page.mouse.wheel(0, 0)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -240)
    page.keyboard.up("Control")
    page.keyboard.press("Shift+Q")
    # The browser does not say when a page has heard of its wheel.
    nearer = 0.6 * before["a"]["mmPerPixel"]
    wait_for(page, lambda: viewports(page, 3)["a"]["mmPerPixel"] < nearer, "the wheel has zoomed in")
    expect(page.get_by_role("complementary", name="Case")).to_have_count(0)
    left = viewports(page, 3)
    page.reload()  # what is kept and was not written yet is written when the page is left
    wait_until(page, "window.__radicula?.ready === true")
    again = viewports(page, 3)
    for cell, row in left.items():
        assert again[cell]["slice"] == row["slice"]
        assert again[cell]["mmPerPixel"] == pytest.approx(row["mmPerPixel"])
    assert page.evaluate("window.__radicula.window()") == window
    expect(page.get_by_role("region", name="Image").get_by_label("Colours", exact=True)).to_have_value("viridis")
    expect(page.get_by_role("complementary", name="Case")).to_have_count(0)
    expect(page.get_by_text("Neurological: patient left is on screen left")).to_be_visible()
    page.get_by_role("region", name="Image").get_by_text("Radiological").click()


def test_a_second_volume_lies_over_the_first_where_it_belongs(task: str, site: Site, signed_in: SignIn) -> None:
    page = signed_in("ada")
    open_task(page, task)
    choose_layout(page, "single")
    before = viewports(page, 1)
    image = page.get_by_role("region", name="Image")
    if image.get_by_label("Colours", exact=True).input_value() != "grey":
        image.get_by_label("Colours", exact=True).select_option("grey")
    page.mouse.move(5, 5)
    bare = picture(page, "a")
    image.get_by_label("Laid over").select_option("T2star")
    image.get_by_label("Colours of what is laid over").select_option("hot")
    wait_until(page, "document.querySelectorAll('[data-testid=colour-bar]').length >= 1")
    viewports(page, 1)

    def is_fused() -> bool:
        fused = picture(page, "a")
        hot = (fused[..., 0] - fused[..., 2]) > 60
        return bool((hot & (np.abs(fused - bare).max(axis=2) > 30)).sum() > 500)

    # The second volume comes over the network before it is drawn.
    wait_for(page, is_fused, "the second volume is laid over")
    page.keyboard.press("Shift+F")
    wait_until(page, "document.querySelectorAll('[data-testid=colour-bar]').length === 0")
    assert viewports(page, 1)["a"]["slice"] == before["a"]["slice"]
    wait_for(page, lambda: np.allclose(picture(page, "a"), bare, rtol=0, atol=12), "nothing is laid over any more")


def test_two_label_maps_are_compared_voxel_by_voxel(task: str, site: Site, signed_in: SignIn) -> None:
    page = signed_in("ada")
    open_task(page, task)
    page.get_by_role("button", name="Pencil", exact=True).click()

    def paint(*voxels: tuple[int, int, int]) -> None:
        for voxel in voxels:
            at = page.evaluate("(voxel) => window.__radicula.canvasFor(voxel, 'axial')", list(voxel))
            page.mouse.click(at["x"], at["y"])
        wait_until(page, "window.__radicula.saveState().unsaved === false && window.__radicula.saveState().parent")

    paint((10, 20, 15), (11, 20, 15))
    # A version of its own begins with the next opening of the task.
    open_task(page, task)
    page.get_by_role("button", name="Pencil", exact=True).click()
    paint((12, 20, 15), (13, 20, 15), (30, 8, 20))
    open_task(page, task)
    versions = site.client("ada").results("label-versions", volume=page.evaluate("window.__radicula.volumeId"))
    first = next(row for row in versions if row["counts"] == {"1": 2})
    choose_layout(page, "compare")
    viewports(page, 2)
    page.get_by_label("Shown in the second viewport").select_option(f"l:{first['id']}")
    difference = page.get_by_role("region", name="Difference")
    difference.get_by_text("3 voxels (3 mm³) in 2 places").wait_for()
    # Dice of 5 voxels and 2 of them: 2 * 2 / (5 + 2).
    expect(difference.get_by_role("row").nth(1)).to_contain_text("0.571")
    assert difference.get_by_role("row").nth(1).inner_text().split()[-3:] == ["3", "0", "0.571"]
    page.keyboard.press("Control+ArrowDown")
    assert page.evaluate("window.__radicula.cursor()") in ([12, 20, 15], [13, 20, 15])
    page.mouse.move(5, 5)
    for cell in ("a", "b"):
        check_hatching(page, cell)
    page.keyboard.press("Control+ArrowDown")
    assert page.evaluate("window.__radicula.cursor()") == [30, 8, 20]
    page.keyboard.press("Control+ArrowDown")
    expect(page.get_by_test_id("difference-at")).to_have_text("Place 1 of 2: 2 voxels")


def check_hatching(page: Page, cell: str) -> None:
    """What differs is hatched, plain when that is switched off, and hatched again."""

    def differs(wanted: bool, other: np.ndarray) -> bool:
        return bool(((np.abs(picture(page, cell) - other).max(axis=2) > 40).sum() > 20) == wanted)

    viewports(page, 2)
    first = picture(page, cell)
    while not np.array_equal(first, again := picture(page, cell)):
        first = again
    page.keyboard.press("|")
    wait_for(page, lambda: differs(True, first), f"the hatching of {cell} goes")
    page.keyboard.press("|")
    wait_for(page, lambda: differs(False, first), f"the hatching of {cell} is there again")


@pytest.mark.real_data
def test_real_volumes_of_different_grids_show_one_place(
    site: Site, signed_in: SignIn, real_data: Path, tmp_path: Path
) -> None:
    """T2w (sagittal, 1 mm) beside an axial gradient echo of 7.5 mm of the same cord."""
    source = real_data / "sct-cervical-t2" / "sub-errsm18" / "anat"
    place = tmp_path / "sub-errsm18" / "anat"
    place.mkdir(parents=True)
    for suffix in ("T2w", "T2star"):
        shutil.copy(source / f"sub-errsm18_{suffix}.nii.gz", place)
    task = study(site, "layouts-real", tmp_path)
    page = signed_in("ada")
    grids = affines(site.client("ada"), task)
    open_task(page, task)
    choose_layout(page, "pair")
    rows = viewports(page, 2)
    page.keyboard.press("x")
    page.mouse.click(rows["a"]["at"]["x"] + 7, rows["a"]["at"]["y"] + 31)
    rows = viewports(page, 2)
    places = {cell: place_mm(row, grids[row["volume"]]) for cell, row in rows.items()}
    assert len({row["volume"] for row in rows.values()}) == 2
    np.testing.assert_allclose(places["a"], places["b"], atol=1e-3)
    for cell, row in rows.items():
        assert row["drawn"]
        wait_for(page, lambda cell=cell: picture(page, cell).sum(axis=2).max() > 500, f"{cell} is drawn")  # type: ignore[misc]
