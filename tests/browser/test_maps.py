"""What is no grey volume: a map of directions in colour, the frames of a diffusion series, tracts over the anatomy.

Two bent nerves in a diffusion phantom whose maps and tracts the site computes itself, and a real series of a cord.
"""

import gzip
import io
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from nibabel.streamlines.array_sequence import ArraySequence
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page
from trx.trx_file_memmap import TrxFile
from trx.trx_file_memmap import save as save_trx

from mri.diffusion.tract_files import read_streamlines
from mri.geometry import Grid
from mri.image_files import image_bytes
from mri.phantom.tubes import TubePhantom, bent_tube, spread_table, tube_phantom
from tests.browser.conftest import WAIT_SECONDS, SignIn, wait_for, wait_until
from tests.browser.test_layouts import choose_layout, picture, viewports
from tests.factories.diffusion import gradient_bytes
from tests.numeric.volumes import affine_for
from tests.site import Client, Site

SHAPE = (26, 22, 14)
LEFT, RIGHT = 4, 5
JOB_SECONDS = 240
# A colour of software WebGL, or of a canvas, is off by no more than rounding.
OFF = 3


def nerves() -> TubePhantom:
    grid = Grid(SHAPE, affine_for("LPS", (1.25, 1.25, 2.5)))
    tubes = tuple(bent_tube(grid, bend_mm=35, angle_deg=40, radius_mm=3, side=side) for side in (-7.0, 7.0))
    return tube_phantom(grid, spread_table(12, 800.0), tubes, noise=10.0)


@pytest.fixture(scope="module")
def lead(site: Site) -> Client:
    return site.client("lena")


@pytest.fixture(scope="module")
def task(site: Site, lead: Client, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A task on b0, with maps derived, both nerves labelled, and their tracts."""
    phantom, folder = nerves(), tmp_path_factory.mktemp("maps")
    stem = folder / "sub-01" / "dwi" / "sub-01_dwi"
    stem.parent.mkdir(parents=True)
    stem.with_suffix(".nii.gz").write_bytes(image_bytes(phantom.voxels, phantom.grid))
    for suffix, content in zip((".bval", ".bvec"), gradient_bytes(*table_of(phantom)), strict=True):
        stem.with_suffix(suffix).write_bytes(content)
    task = study_of(site, lead, "maps", "lumbar-nerve-dti", folder)
    ada = site.client("ada")
    (b0,) = [volume for volume in ada.post(f"tasks/{task}/open", {})["volumes"] if volume["labelled"]]
    labels = np.select([phantom.labels == 1, phantom.labels == 2], [LEFT, RIGHT]).astype(np.uint8)
    answer = ada.http.post(
        f"tasks/{task}/label-versions",
        params={"volume": b0["id"], "parent": "", "dtype": "uint8"},
        content=gzip.compress(labels.tobytes(order="F")),
        headers={"Content-Type": "application/octet-stream", "Content-Encoding": "gzip"},
    )
    answer.raise_for_status()
    (version,) = ada.results("label-versions", volume=b0["id"])
    job = lead.post("studies/maps/tractograms", {"label_version": version["id"]})
    lead.wait_for_job(job["id"], JOB_SECONDS)
    return task


def table_of(phantom: TubePhantom) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return phantom.table.b_values, phantom.table.directions


def study_of(site: Site, lead: Client, slug: str, protocol: str, folder: Path) -> str:
    """A study of one case with its derived maps; returns the annotator's task."""
    lead.post("studies", {"slug": slug, "name": slug, "protocol": protocol})
    ada = lead.post(f"studies/{slug}/members", {"username": "ada", "role": "annotator"})
    site.manage("import_dataset", str(folder), "--study", slug, "--as", "lena")
    for job in lead.results("jobs", study=slug):
        lead.wait_for_job(job["id"], JOB_SECONDS)
    cases = [case["id"] for case in lead.results(f"studies/{slug}/cases")]
    lead.post(f"studies/{slug}/tasks", {"cases": cases, "raters": [ada["user"]["id"]], "reads": 1})
    (row,) = lead.results("tasks", study=slug)
    return str(row["id"])


def volumes_by_role(client: Client, task: str) -> dict[str, Any]:
    return {volume["role"]: volume for volume in client.get(f"tasks/{task}")["volumes"]}


def voxels_of(client: Client, volume: Any, frame: int = 0) -> NDArray[Any]:
    """As the browser gets them: indexed (i, j, k), and the component last where there are several."""
    content = client.http.get(volume["voxels_url"].removeprefix("/api/v1/"), params={"frame": frame}).content
    shape = (*reversed(volume["shape"]), volume["components"])
    voxels = np.frombuffer(content, np.dtype(volume["dtype"]))[: int(np.prod(shape))].reshape(shape)
    return (
        np.squeeze(voxels.transpose(2, 1, 0, 3), axis=-1) if volume["components"] == 1 else voxels.transpose(2, 1, 0, 3)
    )


def open_with(page: Page, task: str, volume: Any) -> None:
    """One viewport with a volume in it, nothing over it, its voxels not smoothed."""
    if task not in page.url:
        page.goto(f"/tasks/{task}")
        wait_until(page, "window.__radicula?.ready === true")
    choose_layout(page, "single")
    page.get_by_role("complementary", name="Case").get_by_role("button", name=volume["role"], exact=False).first.click()
    wait_until(page, f"window.__radicula.volumeId === '{volume['id']}'")
    viewports(page, 1)


def colours_at(page: Page, voxels: NDArray[np.intp]) -> NDArray[np.intp]:
    """The colours on screen at the centres of voxels of one axial slice, (voxels, RGB)."""
    places = page.evaluate("(voxels) => window.__radicula.canvasForAll(voxels, 'axial')", voxels.tolist())
    # The crosshair goes out of the way, to another place of the slice.
    page.evaluate("(voxel) => window.__radicula.jumpTo(voxel)", [0, 0, int(voxels[0, 2])])
    page.mouse.move(5, 5)
    viewports(page, 1)
    box = page.locator("section[data-cell=a]").bounding_box()
    assert box is not None
    image = picture(page, "a")
    return np.array([image[int(place["y"] - box["y"]), int(place["x"] - box["x"])] for place in places])


def check_colours(page: Page, voxels: NDArray[np.intp], expected: NDArray[Any]) -> None:
    """The colours of the voxels, once what was asked for has come."""
    limit = time.monotonic() + WAIT_SECONDS
    while not np.allclose(shown := colours_at(page, voxels), expected, rtol=0, atol=OFF) and time.monotonic() < limit:
        page.wait_for_timeout(100)
    np.testing.assert_allclose(shown, expected, rtol=0, atol=OFF)


def spread_over(slice_number: int, shape: tuple[int, ...]) -> NDArray[np.intp]:
    """Voxels of a slice off its first row and column, where the crosshair's lines are."""
    i, j = np.meshgrid(np.arange(2, shape[0] - 2, 3), np.arange(2, shape[1] - 2, 3), indexing="ij")
    return np.column_stack([i.ravel(), j.ravel(), np.full(i.size, slice_number)])


def smooth_off(page: Page) -> None:
    """Voxels as squares."""
    page.get_by_label("Smooth image").set_checked(False, force=True)


def grey_of(values: NDArray[Any], window: Any) -> NDArray[np.float64]:
    lower, upper = window["lower"], window["upper"]
    return np.asarray(255 * np.clip((values.astype(float) - lower) / (upper - lower), 0, 1))


def check_frames(page: Page, client: Client, task: str, slices: int) -> None:
    """The series' own frames come with the slider and with keys, as the server has them."""
    volume = volumes_by_role(client, task)["DWI"]
    open_with(page, task, volume)
    smooth_off(page)
    voxels = spread_over(slices // 2, tuple(volume["shape"]))
    slider = page.get_by_role("slider", name="Frame")
    for frame in (0, volume["frames"] - 1, volume["frames"] // 2):
        slider.focus()
        slider.press("Home" if frame == 0 else "End")
        page.evaluate("document.activeElement.blur()")
        if frame not in (0, volume["frames"] - 1):
            for _ in range(volume["frames"] - 1 - frame):
                page.keyboard.press(",")
        page.get_by_text(f"{frame + 1} of {volume['frames']}").wait_for()
        expected = grey_of(
            voxels_of(client, volume, frame)[tuple(voxels.T)], page.evaluate("window.__radicula.window()")
        )
        assert np.ptp(expected) > 20
        check_colours(page, voxels, np.repeat(expected[:, None], 3, axis=1))


def check_directions(page: Page, client: Client, task: str) -> None:
    """A map of directions has its own colours, and a key to them."""
    volume = volumes_by_role(client, task)["colFA"]
    open_with(page, task, volume)
    smooth_off(page)
    voxels = spread_over(7, SHAPE)
    stored = voxels_of(client, volume)[tuple(voxels.T)]
    assert volume["components"] == 3
    assert np.ptp(stored, axis=0).max() > 100, "the slice holds fibres and background"
    check_colours(page, voxels, stored)
    assert page.get_by_test_id("direction-key").inner_text().split() == ["colFA", "R–L", "A–P", "S–I"]
    # A layout that has a volume which takes labels is there to be painted in.
    choose_layout(page, "compare")
    wait_until(page, f"window.__radicula.volumeId === '{volumes_by_role(client, task)['b0']['id']}'")
    page.get_by_role("button", name="Brush", exact=True).wait_for()


def test_a_series_and_a_map_of_directions_are_shown_as_they_are(task: str, site: Site, signed_in: SignIn) -> None:
    page, ada = signed_in("ada"), site.client("ada")
    check_frames(page, ada, task, SHAPE[2])
    check_directions(page, ada, task)


@pytest.mark.real_data
def test_the_frames_of_a_real_series(
    site: Site, lead: Client, signed_in: SignIn, real_data: Path, tmp_path: Path
) -> None:
    source, place = real_data / "sct-tutorial" / "sub-sct019" / "dwi", tmp_path / "sub-sct019" / "dwi"
    place.mkdir(parents=True)
    for ending in ("nii.gz", "bval", "bvec"):
        shutil.copy(source / f"sub-sct019_dwi.{ending}", place)
    task = study_of(site, lead, "maps-real", "cord-dti", tmp_path)
    check_frames(signed_in("ada"), site.client("ada"), task, 15)


def scene_picture(page: Page, name: str = "3-D scene") -> NDArray[np.float64]:
    """The scene as it looks, (rows, columns, RGB), once it has been drawn."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    shot = page.locator(f"section[aria-label='{name}'] canvas").first.screenshot()
    return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB")).astype(float)


def scene_once(
    page: Page, holds: Callable[[NDArray[np.float64]], Any], what: str, name: str = "3-D scene"
) -> NDArray[np.float64]:
    """The scene as it looks once something holds of it."""
    seen: list[NDArray[np.float64]] = []

    def look() -> bool:
        seen[:] = [scene_picture(page, name)]
        return bool(holds(seen[0]))

    wait_for(page, look, what)
    return seen[0]


def differ(seen: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """How far two pictures are apart where either has a colour."""
    either = coloured(seen) | coloured(other)
    return float(np.abs(seen - other)[either].max(axis=1).mean())


def coloured(seen: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Where there is a colour and no grey."""
    return np.asarray(np.ptp(seen, axis=2) > 50)


def blue(seen: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Where a line runs up or down."""
    return np.asarray(coloured(seen) & (seen.argmax(axis=2) == 2))


def height(seen: NDArray[np.float64]) -> int:
    """Of what runs up or down, in pixels."""
    rows = np.flatnonzero(blue(seen).any(axis=1))
    return int(np.ptp(rows)) if rows.size else 0


def alike(seen: NDArray[np.float64], colour: str) -> NDArray[np.bool_]:
    """Where the hue is that of a label, however bright the light makes it."""
    wanted = np.array([int(colour[n : n + 2], 16) for n in (1, 3, 5)], float)
    return np.asarray((seen @ wanted) / (np.linalg.norm(seen, axis=2) * np.linalg.norm(wanted) + 1e-9) > 0.97)


def test_tracts_of_the_site_lie_over_the_anatomy(
    task: str, site: Site, lead: Client, signed_in: SignIn, tmp_path: Path
) -> None:
    """Coloured by nerve, direction and value, cut to a slab, and read from each kind of file."""
    (tractogram,) = lead.results("studies/maps/tractograms")
    lines = lines_of(lead, tractogram, "trk", tmp_path)
    page = signed_in("ada")
    page.goto(f"/tasks/{task}")
    wait_until(page, "window.__radicula?.ready === true")
    choose_layout(page, "mpr3d")
    wait_until(page, "window.__radiculaScene !== undefined && window.__radiculaScene.making === 0")
    bar = page.get_by_role("toolbar", name="3-D scene")
    for name in ("Surfaces of the labels", "Make the scene large", "Streamlines"):
        bar.get_by_role("button", name=name).click()
    panel = page.get_by_role("region", name="Streamlines")
    panel.get_by_role("button", name="Show", exact=True).click()
    wait_until(page, f"Object.values(window.__radiculaScene.tracts())[0] === {len(lines)}")
    assert len(lines) == tractogram["streamlines"]
    bar.get_by_role("button", name="Look from behind").click()
    page.mouse.move(5, 5)

    colours = {label["value"]: label["colour"] for label in lead.get(f"tasks/{task}")["labels"]}
    nerves = scene_once(
        page,
        lambda seen: all((coloured(seen) & alike(seen, colours[value])).sum() > 200 for value in (LEFT, RIGHT)),
        "both nerves are drawn in their colours",
    )
    # Between a nerve's axis in the patient and what is on screen there lies nothing but the projection.
    middle = page.evaluate("(voxel) => window.__radiculaScene.pageOf(voxel)", tube_voxel())
    box = page.locator("section[aria-label='3-D scene'] canvas").first.bounding_box()
    assert box is not None
    x, y = round(middle["x"] - box["x"]), round(middle["y"] - box["y"])
    assert coloured(nerves)[y - 6 : y + 7, x - 6 : x + 7].any()

    look = panel.get_by_role("combobox", name="Colour of")
    look.select_option("direction")
    directions = scene_once(page, lambda seen: differ(seen, nerves) > 20, "the directions are drawn")
    runs = np.abs(np.concatenate([np.diff(line, axis=0) for line in lines])).sum(axis=0)
    assert np.argmax(directions[coloured(directions)].sum(axis=0)) == np.argmax(runs)
    look.select_option("value:fa")
    scene_once(page, lambda seen: differ(seen, directions) > 40, "the values are drawn")

    panel.get_by_label("Slab", exact=True).select_option("axial")
    panel.get_by_label("Slab thickness").press("Home")
    look.select_option("direction")
    scene_once(page, lambda seen: 0 < height(seen) < 0.2 * height(directions), "the slab alone is drawn")
    panel.get_by_label("Slab", exact=True).select_option("")

    for kind in ("tck", "trx"):
        path = tmp_path / f"tracts.{kind}"
        lines_of(lead, tractogram, "tck", tmp_path) if kind == "tck" else write_trx(lines, path)
        panel.locator("input[type=file]").set_input_files(path)
        wait_until(page, f"window.__radiculaScene.tracts()['{path.name}'] === {len(lines)}")
        panel.get_by_role("button", name=f"Take {path.name} away").click()
    check_blind_rating(page, lead, site)


def check_blind_rating(page: Page, lead: Client, site: Site) -> None:
    """Nothing beside a tractogram that is being rated tells which one it is."""
    lead.post("studies/maps/tract-ratings", {"raters": ["ada"]})
    streamlines = page.get_by_role("toolbar", name="3-D scene").get_by_role("button", name="Streamlines")
    panel = page.get_by_role("region", name="Streamlines")
    streamlines.click()
    streamlines.click()
    panel.get_by_role("button", name="Rate blind").click()
    form = panel.get_by_role("form", name="Tractogram 1")
    form.get_by_role("radio", name="4").check()
    panel.get_by_role("checkbox", name="Tractogram 1").wait_for()
    told = panel.inner_text()
    (tractogram,) = lead.results("studies/maps/tractograms")
    assert tractogram["arm"] not in told
    assert f"{tractogram['streamlines']:,}" not in told
    form.get_by_role("button", name="Save and next").click()
    panel.get_by_text("The tractogram is rated.").wait_for()
    panel.get_by_text(tractogram["arm"]).first.wait_for()
    (rating,) = site.client("ada").results("studies/maps/tract-ratings")
    assert rating["score"] == 4


def test_tractograms_are_given_out_and_rated_without_a_task(
    task: str, site: Site, lead: Client, signed_in: SignIn
) -> None:
    """The lead gives them out on the study's page; a rater who has no task finds them, and learns nothing of them."""
    lead.post("studies/maps/members", {"username": "ben", "role": "annotator"})
    (tractogram,) = lead.results("studies/maps/tractograms")
    page = signed_in("lena")
    page.goto("/studies/maps")
    page.get_by_role("navigation", name="Study").get_by_role("link", name="Tractography").click()
    row = page.get_by_role("table", name="tractograms", exact=True).get_by_role("row").nth(1)
    row.get_by_role("cell", name="manual", exact=True).wait_for()
    assert row.get_by_role("link", name=f"{tractogram['case_name']}, manual, as .trk").get_attribute("href")
    page.get_by_role("button", name="Give to rate").first.click()
    form = page.get_by_role("dialog", name="Give to rate")
    form.get_by_role("checkbox", name="ben").check()
    form.get_by_role("button", name="Give", exact=True).click()
    form.get_by_text("1 rating added.").wait_for()
    form.get_by_role("button", name="Close").last.click()
    told = page.get_by_role("table", name="ratings of tractograms").get_by_role("row", name="ben")
    told.get_by_label("undefined: not rated yet").wait_for()

    rater = signed_in("ben")
    check_nothing_is_told(rater, tractogram)
    rater.goto("/work")
    line = rater.get_by_role("list", name="Tractograms to rate").get_by_role("listitem").filter(has_text="in maps")
    line.get_by_text("1 tractogram to rate").wait_for()
    line.get_by_role("link", name="Rate tractograms of maps").click()
    sheet = rater.get_by_role("form", name="Tractogram 1")
    scene_once(rater, lambda seen: coloured(seen).sum() > 200, "the streamlines are drawn", "Streamlines")
    said = rater.locator("main").inner_text()
    assert not [word for word in (tractogram["case_name"], tractogram["arm"]) if word in said]
    rater.keyboard.press("4")
    assert sheet.get_by_role("radio", name="4").is_checked()
    sheet.get_by_label("Comment").fill("thin at the foramen")
    sheet.get_by_role("button", name="Save and next").click()
    rater.get_by_text("The tractogram is rated.").wait_for()
    scene_once(rater, lambda seen: not coloured(seen).any(), "what was rated goes out of sight", "Streamlines")

    page.reload()
    told.get_by_text("thin at the foramen").wait_for()
    assert told.get_by_role("cell", name="4", exact=True).count() == 1
    row.get_by_role("link", name=tractogram["case_name"], exact=True).click()
    wait_until(page, f"Object.values(window.__radiculaScene?.tracts() ?? {{}})[0] === {tractogram['streamlines']}")


def check_nothing_is_told(page: Page, tractogram: Any) -> None:
    """The study's page of a rater who has not rated yet."""
    page.goto("/studies/maps/tractography")
    page.get_by_text("so that you rate blind").wait_for()
    said = page.locator("main").inner_text()
    assert "1 tractogram to rate" in said
    assert not [word for word in (tractogram["case_name"], tractogram["arm"]) if word in said]


def tube_voxel() -> list[int]:
    """A voxel on the axis of a nerve, in the middle of its length."""
    phantom = nerves()
    inside = np.argwhere(phantom.labels == 1)
    places = inside @ phantom.grid.affine[:3, :3].T + phantom.grid.affine[:3, 3]
    tube = phantom.tubes[0]
    half = tube.axis(3)[1]
    return [int(n) for n in inside[np.argmin(np.linalg.norm(places - half, axis=1))]]


def lines_of(client: Client, tractogram: Any, which: str, folder: Path) -> list[NDArray[np.float32]]:
    path = folder / f"tracts.{which}"
    path.write_bytes(client.http.get(tractogram[f"{which}_url"].removeprefix("/api/v1/")).content)
    return read_streamlines(path)


def write_trx(lines: list[NDArray[np.float32]], path: Path) -> None:
    grid = nerves().grid
    tracts = TrxFile(nb_vertices=sum(map(len, lines)), nb_streamlines=len(lines))
    tracts.streamlines = ArraySequence(lines)
    tracts.header["VOXEL_TO_RASMM"] = np.asarray(grid.affine, np.float32)
    tracts.header["DIMENSIONS"] = np.asarray(grid.shape, np.uint16)
    save_trx(tracts, str(path))
