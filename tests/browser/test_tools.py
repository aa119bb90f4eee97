"""Each editing tool in a real browser, voxel for voxel against the same gesture in numpy.

By mouse and by keys, on phantoms whose arrays run along the patient's axes in different orders, handed both ways,
oblique and anisotropic. The numpy side is in `numpy_tools.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nibabel as nib
import numpy as np
import numpy.typing as npt
import pytest
from playwright.sync_api import Page

from tests.browser import numpy_tools as nt
from tests.browser.conftest import SignIn, wait_until
from tests.site import Client, Site

Step = Callable[["Bench"], None]
RIGHT, DOWN = "ArrowRight", "ArrowDown"
CANVAS_FOR = "([v, p]) => window.__radicula.canvasFor(v, p)"
TUBE = (13, 2, 12)
# Labels of the protocol, also the keys that choose them.
MAIN, OTHER = 2, 3


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


PHANTOMS = {
    "RAS": phantom("RAS", (1.0, 1.0, 1.0), 0.0),
    "PSR-oblique": phantom("PSR", (0.75, 2.5, 1.0), 17.0),
    "LIA-thick": phantom("LIA", (0.6, 1.25, 3.0), -12.0),
}


@dataclass
class Bench:
    """A task open in the viewer, and what its labels should be."""

    page: Page
    volume: nt.Volume
    affine: npt.NDArray[np.float64]
    plane: nt.Plane
    middle: nt.Voxel
    expected: nt.Labels

    def stroke(self, start: nt.Voxel, *legs: tuple[str, int]) -> list[nt.Voxel]:
        """Use the tool by keys: down at a voxel, along the legs by arrows, up; gives the voxels of the way."""
        point = self.page.evaluate(CANVAS_FOR, [start, self.plane.name])
        # The plane under the pointer is the one that the keys move in.
        self.page.mouse.move(point["x"], point["y"])
        way = [start]
        self.page.keyboard.down("v")
        for key, count in legs:
            for _ in range(count):
                self.page.keyboard.press(key)
                way.append(self.plane.moved(way[-1], int(key == RIGHT), int(key == DOWN)))
        self.page.keyboard.up("v")
        return way

    def drag(self, *voxels: nt.Voxel) -> None:
        """The same by mouse, voxel to voxel."""
        points = [self.page.evaluate(CANVAS_FOR, [v, self.plane.name]) for v in voxels]
        self.page.mouse.move(points[0]["x"], points[0]["y"])
        self.page.mouse.down()
        for point in points[1:]:
            self.page.mouse.move(point["x"], point["y"], steps=3)
        self.page.mouse.up()

    def at(self, right: int, down: int, slices: int = 0) -> nt.Voxel:
        """A voxel so far from the middle, in voxels on screen and in slices."""
        place = list(self.plane.moved(self.middle, right, down))
        place[self.plane.across] += slices
        return (place[0], place[1], place[2])

    def paint(self, mask: nt.Mask, value: int = MAIN) -> None:
        self.expected[mask] = value

    def options(self, *words: str) -> None:
        region = self.page.get_by_role("region", name="Tool options")
        for word in words:
            region.get_by_text(word, exact=True).click()

    def put(self, voxel: nt.Voxel, value: int = MAIN) -> None:
        """A voxel, over background alone."""
        if self.expected[voxel] == 0:
            self.expected[voxel] = value

    def leave_fields(self) -> None:
        """Keys go to the viewer again."""
        self.page.evaluate("document.activeElement.blur()")

    def window_width(self) -> float:
        window = self.page.evaluate("window.__radicula.window()")
        return float(window["upper"] - window["lower"])

    def operate(
        self,
        operation: str,
        fields: dict[str, str] | None = None,
        *,
        choose: dict[str, str] | None = None,
        preview: bool = False,
    ) -> None:
        """Run an operation from the panel, and wait until it is done."""
        panel = self.page.get_by_role("region", name="Operations")
        self.page.get_by_label("Operation", exact=True).select_option(operation)
        for label, value in (choose or {}).items():
            panel.get_by_label(label, exact=True).select_option(value)
        for label, value in (fields or {}).items():
            panel.get_by_label(label, exact=True).fill(value)
        done = self.steps()
        panel.get_by_role("button", name="Preview" if preview else "Apply").click()
        if preview:
            panel.get_by_role("button", name="Accept").wait_for()
            assert self.steps() == done
            self.page.keyboard.press("Enter")
        wait_until(
            self.page,
            f"document.querySelectorAll('[data-testid=history] li:not(:has([data-undone]))').length === {done + 1}",
        )

    def steps(self) -> int:
        return self.page.locator("[data-testid=history] li:not(:has([data-undone]))").count()

    def shown(self) -> nt.Labels:
        """The labels as the viewer holds them."""
        flat = np.zeros(self.expected.size, np.uint8)
        for start, length, value in np.reshape(self.page.evaluate("window.__radicula.labelRuns()"), (-1, 3)):
            flat[start : start + length] = value
        return flat.reshape(self.expected.shape, order="F")

    def check(self, what: str) -> None:
        shown = self.shown()
        wrong = np.argwhere(shown != self.expected)
        first = tuple(wrong[0]) if len(wrong) else (0, 0, 0)
        pair = f"{shown[first]} on screen, {self.expected[first]} by numpy"
        assert len(wrong) == 0, f"{what}: {len(wrong)} voxels differ, the first at {first}: {pair}"
        assert shown.any(), f"{what}: nothing is painted, so nothing was compared"


def import_cases(site: Site, folder: Path, slug: str, images: dict[str, nib.Nifti1Image]) -> dict[str, str]:
    """A study with a case for each image and a task for ada on each; gives the tasks by name."""
    for number, image in enumerate(images.values(), start=1):
        path = folder / f"sub-{number:02d}" / "anat" / f"sub-{number:02d}_T2w.nii.gz"
        path.parent.mkdir(parents=True)
        nib.save(image, path)
    lead = site.client("lena")
    lead.post("studies", {"slug": slug, "name": slug, "protocol": "rootlets"})
    ada = lead.post(f"studies/{slug}/members", {"username": "ada", "role": "annotator"})
    site.manage("import_dataset", str(folder), "--study", slug, "--as", "lena")
    cases = [case["id"] for case in lead.results(f"studies/{slug}/cases")]
    lead.post(f"studies/{slug}/tasks", {"cases": cases, "raters": [ada["user"]["id"]], "reads": 1})
    rows = sorted(lead.results("tasks", study=slug), key=lambda row: str(row["case"]["name"]))
    return dict(zip(images, [str(row["id"]) for row in rows], strict=True))


def open_bench(page: Page, task: str, image: nib.Nifti1Image, plane: str) -> Bench:
    page.goto(f"/tasks/{task}")
    wait_until(page, "window.__radicula?.ready === true")
    spacing = np.linalg.norm(image.affine[:3, :3], axis=0)
    volume = nt.Volume(np.asarray(image.dataobj, dtype=np.float64), spacing)
    i, j, k = (int(n) // 2 for n in volume.image.shape)
    page.keyboard.press(str(MAIN))
    labels = np.zeros(volume.image.shape, np.uint8)
    return Bench(page, volume, image.affine, nt.Plane.of(plane, image.affine), (i, j, k), labels)


@pytest.fixture(scope="module")
def phantoms(site: Site, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return import_cases(site, tmp_path_factory.mktemp("tools"), "tools", dict(PHANTOMS))


@pytest.mark.parametrize(("name", "plane"), [("RAS", "axial"), ("PSR-oblique", "coronal"), ("LIA-thick", "sagittal")])
def test_tools_leave_what_numpy_says(
    name: str, plane: str, phantoms: dict[str, str], site: Site, signed_in: SignIn, tmp_path: Path
) -> None:
    bench = open_bench(signed_in("ada"), phantoms[name], PHANTOMS[name], plane)
    for step in (*PAINTING, *SHAPES, *OPERATIONS):
        step(bench)
        bench.check(step.__name__)
    end = bench.expected.copy()
    _through_history(bench)
    np.testing.assert_array_equal(bench.shown(), end)
    np.testing.assert_array_equal(_stored(bench.page, site.client("ada"), phantoms[name], tmp_path), end)


def pencil(bench: Bench) -> None:
    bench.page.keyboard.press("p")
    for voxel in bench.stroke(bench.at(-6, -4), (RIGHT, 4), (DOWN, 2)):
        bench.expected[voxel] = MAIN


def round_brush(bench: Bench) -> None:
    bench.page.keyboard.press("b")
    way = bench.stroke(bench.at(-3, -2), (RIGHT, 4), (DOWN, 3))
    bench.paint(nt.swept(bench.volume, bench.plane, way, 4.0, "disc", "mm", solid=False))


def sphere_brush(bench: Bench) -> None:
    bench.page.keyboard.press("Shift+B")
    way = bench.stroke(bench.at(3, 2, 2), (RIGHT, 2))
    bench.paint(nt.swept(bench.volume, bench.plane, way, 4.0, "disc", "mm", solid=True))


def cube_brush_in_voxels_over_background(bench: Bench) -> None:
    """By mouse, label 2, and not over label 1."""
    bench.page.keyboard.press("Shift+S")
    bench.page.keyboard.press("Shift+U")
    bench.page.keyboard.press(str(OTHER))
    bench.page.keyboard.press("Shift+O")
    start, end = bench.at(-2, 3), bench.at(4, 3)
    bench.drag(start, end)
    way = nt.steps_between(start, end)
    bench.paint(
        nt.swept(bench.volume, bench.plane, way, 3, "square", "voxels", solid=True) & (bench.expected == 0), OTHER
    )


def eraser_of_one_label(bench: Bench) -> None:
    bench.page.keyboard.press(str(MAIN))
    bench.page.keyboard.press("e")
    way = bench.stroke(bench.at(-1, 1), (RIGHT, 3))
    bench.paint(
        nt.swept(bench.volume, bench.plane, way, 3, "square", "voxels", solid=True) & (bench.expected == MAIN), 0
    )


def brush_in_an_intensity_range(bench: Bench) -> None:
    page = bench.page
    page.keyboard.press("b")
    page.keyboard.press("Shift+T")
    for label, value in (("Lowest intensity", "250"), ("Highest intensity", "900")):
        page.get_by_role("region", name="Tool options").get_by_label(label, exact=True).fill(value)
    bench.leave_fields()
    way = bench.stroke(bench.at(-5, 0, -2), (RIGHT, 8))
    bright = bench.volume.image >= 250
    under = nt.swept(bench.volume, bench.plane, way, 3, "square", "voxels", solid=True)
    bench.paint(under & bright & (bench.expected == 0))
    page.keyboard.press("Shift+T")


PAINTING: tuple[Step, ...] = (
    pencil,
    round_brush,
    sphere_brush,
    cube_brush_in_voxels_over_background,
    eraser_of_one_label,
    brush_in_an_intensity_range,
)


def scissors_circle_and_sphere(bench: Bench) -> None:
    page = bench.page
    page.keyboard.press("s")
    bench.options("Circle", "Fill")
    centre = bench.at(-6, 3, 1)
    way = bench.stroke(centre, (RIGHT, 3))
    radius = float(np.linalg.norm((np.subtract(way[-1], centre)) * bench.volume.spacing_mm))
    bench.paint(nt.in_circle(bench.volume, bench.plane, centre, radius) & (bench.expected == 0))
    bench.check("scissors: a circle")
    bench.options("Sphere", "Outside", "Erase", "All labels")
    way = bench.stroke(bench.middle, (RIGHT, 9))
    radius = float(np.linalg.norm((np.subtract(way[-1], bench.middle)) * bench.volume.spacing_mm))
    bench.paint(~nt.in_sphere(bench.volume, bench.middle, radius), 0)
    bench.options("Inside", "Box")


def lasso_by_corners(bench: Bench) -> None:
    """By mouse: four clicks on voxels' corners, and Enter."""
    page = bench.page
    page.keyboard.press("l")
    bench.options("Fill", "Inside")
    for right, down in ((-7, -7), (-2, -7), (-2, -3), (-7, -3)):
        voxel = bench.at(right, down, 3)
        ends = [page.evaluate(CANVAS_FOR, [at, bench.plane.name]) for at in (voxel, bench.plane.moved(voxel, 1, 1))]
        page.mouse.click((ends[0]["x"] + ends[1]["x"]) / 2, (ends[0]["y"] + ends[1]["y"]) / 2)
    page.keyboard.press("Enter")
    for right in range(-6, -1):
        for down in range(-6, -2):
            bench.put(bench.at(right, down, 3))


def paint_fill(bench: Bench) -> None:
    page = bench.page
    page.keyboard.press("p")
    start = bench.at(2, -8, 3)
    for voxel in (*bench.stroke(start, (RIGHT, 4), (DOWN, 4)), *bench.stroke(start, (DOWN, 4), (RIGHT, 4))):
        bench.put(voxel)
    page.keyboard.press("f")
    within = bench.plane.moved(start, 2, 2)
    bench.stroke(within)
    bench.paint(nt.filled_on_slice(bench.expected, bench.volume, bench.plane, within))


def grow_region(bench: Bench) -> None:
    page = bench.page
    page.keyboard.press("g")
    page.keyboard.press(str(OTHER))
    bench.options("3-D")
    page.get_by_label("No further than (mm)").fill("7")
    bench.leave_fields()
    bench.stroke(TUBE)
    page.get_by_text("would become label 3").wait_for()
    page.keyboard.press("Enter")
    wait_until(page, f"window.__radicula.labelAt({list(TUBE)}) === {OTHER}")
    may = (bench.expected == 0) | (bench.expected == OTHER)
    bench.paint(nt.grown_region(bench.volume, TUBE, bench.window_width() / 20, 7.0, may), OTHER)


def relabel_component(bench: Bench) -> None:
    bench.page.keyboard.press("c")
    bench.page.keyboard.press(str(MAIN))
    bench.stroke(TUBE)
    bench.paint(nt.component(bench.expected == OTHER, TUBE, nt.CORNERS))


SHAPES: tuple[Step, ...] = (scissors_circle_and_sphere, lasso_by_corners, paint_fill, grow_region, relabel_component)


def margins(bench: Bench) -> None:
    bench.operate("grow", {"Distance (mm)": "1.3"})
    bench.paint(nt.dilated(bench.expected == MAIN, bench.volume, 1.3) & (bench.expected == 0))
    bench.check("a margin grown")
    bench.operate("shrink", {"Distance (mm)": "1"}, preview=True)
    bench.paint((bench.expected == MAIN) & ~nt.eroded(bench.expected == MAIN, bench.volume, 1.0), 0)


def smoothing(bench: Bench) -> None:
    bench.operate("median", {"Distance (mm)": "1.3"})
    bench.expected = nt.majority(bench.expected, MAIN, bench.volume, 1.3)
    bench.check("median")
    bench.operate("closing", {"Distance (mm)": "2.6"})
    bench.paint(nt.closed(bench.expected == MAIN, bench.volume, 2.6) & (bench.expected == 0))


def interpolation(bench: Bench) -> None:
    """Two small squares on slices apart, and the rest of the label on others."""
    page = bench.page
    page.keyboard.press("b")
    page.keyboard.press("Shift+B")
    for start in (bench.at(-8, 5, -7), bench.at(-5, 7, -4)):
        way = bench.stroke(start, (RIGHT, 3))
        bench.paint(
            nt.swept(bench.volume, bench.plane, way, 3, "square", "voxels", solid=False) & (bench.expected == 0)
        )
    bench.operate("interpolate")
    bench.paint(nt.interpolated(bench.expected == MAIN, bench.plane, bench.volume) & (bench.expected == 0))


def threshold_of_a_slice(bench: Bench) -> None:
    """Live: shown while the range stands, written by Enter; the range is the brush's of before."""
    bench.page.keyboard.press(str(OTHER))
    at = bench.at(0, 0, -9)
    bench.stroke(at)
    bench.page.keyboard.press("z")
    bench.operate("threshold", preview=True)
    on = nt.on_slice(bench.volume, bench.plane, at[bench.plane.across])
    bench.paint(on & (bench.volume.image >= 250) & (bench.volume.image <= 900) & (bench.expected == 0), OTHER)


def copy_mirror_and_subtract(bench: Bench) -> None:
    page = bench.page
    page.keyboard.press("Shift+D")
    source, target = (
        np.moveaxis(bench.expected, bench.plane.across, 0)[bench.at(0, 0, n)[bench.plane.across]] for n in (-9, -8)
    )
    target[(source == OTHER) & (target == 0)] = OTHER
    bench.check("copied to the next slice")
    bench.operate("mirror")
    axis = nt.Plane.of("sagittal", bench.affine).across
    bench.paint(np.flip(bench.expected == OTHER, axis) & (bench.expected == 0), OTHER)
    bench.check("mirrored")
    bench.operate("combine", {"Distance (mm)": "1.6"}, choose={"How": "subtract", "Other label": str(MAIN)})
    bench.paint((bench.expected == OTHER) & nt.dilated(bench.expected == MAIN, bench.volume, 1.6), 0)


def seeds(bench: Bench) -> None:
    bench.operate("growSeeds", {"No further than (mm beyond the seeds)": "2"}, preview=True)
    grown, ties = nt.grown_from_seeds(bench.expected, bench.volume, (MAIN, OTHER), bench.window_width(), 0.02, 2.0)
    shown = bench.shown()
    # Of two ways that cost the same either may win by the last digit of a sum.
    assert np.isin(shown[ties], (MAIN, OTHER)).all()
    assert ties.mean() < 0.02
    bench.expected = np.where(ties, shown, grown)


OPERATIONS: tuple[Step, ...] = (
    margins,
    smoothing,
    interpolation,
    threshold_of_a_slice,
    copy_mirror_and_subtract,
    seeds,
)


def _through_history(bench: Bench) -> None:
    """To a step in the middle by a click, to the start by keys, and to the end by a click."""
    rows = bench.page.locator("[data-testid=history] button")
    count = bench.steps()
    rows.nth(count // 2).click()
    assert bench.steps() == count - count // 2
    while bench.page.evaluate("window.__radicula.canUndo()"):
        bench.page.keyboard.press("z")
    assert bench.page.evaluate("window.__radicula.labelRuns()") == []
    rows.first.click()
    assert bench.steps() == count


def _stored(page: Page, ada: Client, task: str, folder: Path) -> nt.Labels:
    wait_until(page, "window.__radicula.saveState()?.phase === 'saved' && !window.__radicula.saveState().unsaved")
    (volume,) = ada.get(f"tasks/{task}")["volumes"]
    path = folder / "stored.nii.gz"
    path.write_bytes(ada.http.get(f"label-versions/{volume['head']['id']}/nifti").content)
    return np.asarray(nib.Nifti1Image.from_filename(path).dataobj)
