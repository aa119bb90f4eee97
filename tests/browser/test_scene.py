"""The 3-D scene: surfaces where the labels are, and a press on one leads every viewport there.

An oblique, anisotropic, left-handed scan, drawn by a software WebGL.
"""

import base64
import gzip
import io
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.browser.conftest import SignIn, wait_for, wait_until
from tests.site import Site

SHAPE = (40, 20, 32)
SPACING_MM = np.array((0.9, 2.2, 1.1))
BALL, TUBE = 3, 5
DROP = """([name, bytes]) => {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0))], name));
  document.querySelector("section[aria-label='3-D scene'] canvas")
    .dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
}"""


def affine() -> np.ndarray:
    """Array axes run P, S, R, turned by 17 degrees."""
    angle = np.radians(17.0)
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    made = np.eye(4)
    made[:3, :3] = turn @ np.array([[0, 0, 1.0], [-1.0, 0, 0], [0, 1.0, 0]]) @ np.diag(SPACING_MM)
    assert np.linalg.det(made) < 0
    made[:3, 3] = (12.0, 9.0, 33.0)
    return made


def labels() -> np.ndarray:
    i, j, k = np.meshgrid(*(np.arange(n) for n in SHAPE), indexing="ij")
    made = np.zeros(SHAPE, np.uint8)
    made[np.hypot((i - 26) * 0.9, (k - 20) * 1.1) < 3] = TUBE
    made[((i - 12) * 0.9) ** 2 + ((j - 12) * 2.2) ** 2 + ((k - 10) * 1.1) ** 2 < 49] = BALL
    return made


@pytest.fixture(scope="module")
def task(site: Site, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("scene")
    path = folder / "sub-01" / "anat" / "sub-01_T2w.nii.gz"
    path.parent.mkdir(parents=True)
    nib.save(nib.Nifti1Image((80 + 100 * labels()).astype(np.int16), affine()), path)
    lead = site.client("lena")
    lead.post("studies", {"slug": "scene", "name": "Scene", "protocol": "rootlets"})
    member = lead.post("studies/scene/members", {"username": "ada", "role": "annotator"})
    site.manage("import_dataset", str(folder), "--study", "scene", "--as", "lena")
    cases = [case["id"] for case in lead.results("studies/scene/cases")]
    lead.post("studies/scene/tasks", {"cases": cases, "raters": [member["user"]["id"]], "reads": 1})
    (row,) = lead.results("tasks", study="scene")
    ada = site.client("ada")
    opened = ada.post(f"tasks/{row['id']}/open", {})
    ada.http.post(
        f"tasks/{row['id']}/label-versions",
        params={"volume": opened["volumes"][0]["id"], "parent": "", "dtype": "uint8"},
        content=gzip.compress(labels().tobytes(order="F")),
        headers={"Content-Type": "application/octet-stream", "Content-Encoding": "gzip"},
    ).raise_for_status()
    return str(row["id"])


def open_scene(page: Page, task: str) -> None:
    page.goto(f"/tasks/{task}")
    wait_until(page, "window.__radicula?.ready === true")
    page.get_by_role("button", name="Layout", exact=True).click()
    page.locator("[data-layout=mpr3d]").click()
    wait_until(
        page, "window.__radiculaScene?.making === 0 && Object.keys(window.__radiculaScene.triangles()).length > 0"
    )


def picture(page: Page) -> np.ndarray:
    """What the scene looks like now, (rows, columns, RGB)."""
    shot = page.locator("section[aria-label='3-D scene'] canvas").first.screenshot()
    return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB")).astype(int)


def saturated(page: Page) -> float:
    """The part of the picture that has a colour."""
    seen = picture(page)
    return float((seen.max(axis=2) - seen.min(axis=2) > 60).mean())


def at_voxel(page: Page, voxel: tuple[int, int, int]) -> dict[str, float]:
    found = page.evaluate("voxel => window.__radiculaScene.pageOf(voxel)", list(voxel))
    assert found is not None
    return dict(found)


def test_surfaces_are_drawn_and_a_press_leads_there(task: str, site: Site, signed_in: SignIn, tmp_path: Path) -> None:
    page = signed_in("ada")
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(f"/tasks/{task}")
    wait_until(page, "window.__radicula?.ready === true")
    assert not any("/Scene-" in url for url in requests), "the scene is loaded only where it is shown"
    open_scene(page, task)
    triangles = page.evaluate("window.__radiculaScene.triangles()")
    assert set(triangles) == {str(BALL), str(TUBE)}

    # The scene alone, without slices: what is not background is surface.
    bar = page.get_by_role("toolbar", name="3-D scene")
    for name in ("Axial", "Sagittal"):
        bar.get_by_role("button", name=f"{name} slice").click()
    bar.get_by_role("button", name="Look from the left").click()
    wait_for(page, lambda: saturated(page) > 0.01, "the surfaces are drawn")

    for voxel, value in (((12, 12, 10), BALL), ((26, 4, 20), TUBE)):
        at = at_voxel(page, voxel)
        page.mouse.click(at["x"], at["y"])
        wait_until(page, f"window.__radicula.labelAt(window.__radicula.cursor()) === {value}")
        cursor = np.array(page.evaluate("window.__radicula.cursor()"))
        # Seen from the patient's left: the nearest voxel of the label on that line lies to the left of the middle.
        right = affine()[:3, :3] @ (cursor - np.array(voxel))
        assert right[0] < 0
        assert np.hypot(right[1], right[2]) < 2 * np.linalg.norm(SPACING_MM)
        shown = page.evaluate("window.__radicula.viewports().map(({ voxel }) => voxel.map(Math.round))")
        assert all(list(cursor) == voxel_shown for voxel_shown in shown)

    # An edit makes its surface anew, and no other.
    # The scene keeps its own keys while it has the focus, so the viewer's go elsewhere first.
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("s")
    before = page.evaluate("window.__radiculaScene.triangles()")
    options = page.get_by_role("region", name="Tool options")
    for word in ("Erase", "All labels"):
        options.get_by_text(word, exact=True).click()
    points = [page.evaluate("v => window.__radicula.canvasFor(v, 'axial')", v) for v in ([6, 12, 4], [18, 12, 16])]
    page.mouse.move(points[0]["x"], points[0]["y"])
    page.mouse.down()
    page.mouse.move(points[1]["x"], points[1]["y"])
    page.mouse.up()
    wait_until(page, f"window.__radiculaScene.triangles()[{BALL}] !== {before[str(BALL)]}")
    wait_until(page, "window.__radiculaScene.making === 0")
    assert page.evaluate("window.__radiculaScene.triangles()")[str(TUBE)] == before[str(TUBE)]

    with page.expect_download() as saved:
        bar.get_by_role("button", name="Save a picture of the scene").click()
    saved.value.save_as(tmp_path / "scene.png")
    assert np.asarray(Image.open(tmp_path / "scene.png").convert("RGB")).std() > 3


@pytest.mark.real_data
def test_streamlines_of_a_file_are_drawn(task: str, signed_in: SignIn, real_data: Path) -> None:
    page = signed_in("ada")
    open_scene(page, task)
    bar = page.get_by_role("toolbar", name="3-D scene")
    for name in ("Axial slice", "Sagittal slice", "Surfaces of the labels", "Make the scene large"):
        bar.get_by_role("button", name=name).click()
    # The protocol of this study has no tractography: streamlines come from files alone.
    bar.get_by_role("button", name="Streamlines").click()
    panel = page.get_by_role("region", name="Streamlines")
    panel.get_by_text("This study tracks nothing itself.").wait_for()
    tracts = (real_data / "dipy/tracks300.trk", real_data / "niivue-dti/AFQ_ARC_L+R_508.trk")
    for path, count in zip(tracts, (300, 508), strict=True):
        if path is tracts[0]:
            page.evaluate(DROP, [path.name, base64.b64encode(path.read_bytes()).decode()])
        else:
            panel.locator("input[type=file]").set_input_files(path)
        wait_until(page, f"window.__radiculaScene.tracts()['{path.name}'] === {count}")
        bar.get_by_role("button", name="Show everything").click()
        wait_for(page, lambda: saturated(page) > 0.005, f"the streamlines of {path.name} are drawn")
        if path is not tracts[-1]:
            panel.locator("input[type=file]").set_input_files(tracts[-1])
            panel.get_by_role("button", name=f"Take {path.name} away").click()
