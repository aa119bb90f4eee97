"""A task open in the viewer, the tools in hand, and beside it what numpy says its labels should be.

What a person does with many keys is sent to the page in one go where `by_keys` is off: the page's own handlers get the
same events, without a turn of the browser's input queue (a drawn frame, in software) for each of them.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nibabel as nib
import numpy as np
import numpy.typing as npt
from playwright.sync_api import Locator, Page

from tests.browser import numpy_tools as nt
from tests.browser.conftest import wait_until
from tests.site import Client, Site

RIGHT, DOWN = "ArrowRight", "ArrowDown"
# Labels of the protocol, also the keys that choose them.
LABELS = (2, 3, 4, 5, 6, 7, 8, 9)
MAIN, OTHER = LABELS[:2]
READY = "window.__radicula?.ready === true"
SAVED = "window.__radicula.saveState()?.phase === 'saved' && !window.__radicula.saveState().unsaved"
DONE = "[data-testid=history] li:not(:has([data-undone]))"
NOTICE = "document.querySelector('main [role=alert]')?.textContent"
TYPE = """(strokes) => {
  for (const [type, chord] of strokes) {
    const parts = chord.split(/\\+(?=.)/);
    const key = parts.at(-1);
    const [shiftKey, ctrlKey] = [parts.includes('Shift'), parts.includes('Control')];
    const code = /^[0-9]$/.test(key) ? `Digit${key}` : /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : key;
    const target = document.activeElement ?? document.body;
    target.dispatchEvent(new KeyboardEvent(type, { key, code, shiftKey, ctrlKey, bubbles: true, cancelable: true }));
  }
}"""


@dataclass
class Bench:
    """A task open in the viewer, and what its labels should be."""

    page: Page
    volume: nt.Volume
    affine: npt.NDArray[np.float64]
    plane: nt.Plane
    middle: nt.Voxel
    expected: nt.Labels
    by_keys: bool
    range: tuple[float, ...] = ()
    """The threshold brush's, once it is set."""

    def keys(self, *chords: str) -> None:
        """Press keys, one after the other."""
        if self.by_keys:
            for chord in chords:
                self.page.keyboard.press(chord)
        else:
            self.page.evaluate(TYPE, [[kind, chord] for chord in chords for kind in ("keydown", "keyup")])

    def look_at(self, voxel: nt.Voxel) -> None:
        """Put the crosshair there."""
        self.page.evaluate("(voxel) => window.__radicula.jumpTo(voxel)", voxel)

    def stroke(self, start: nt.Voxel, *legs: tuple[str, int]) -> list[nt.Voxel]:
        """Use the tool by keys: down at a voxel, along the legs by arrows, up; gives the voxels of the way."""
        arrows = [key for key, count in legs for _ in range(count)]
        way = [start]
        for key in arrows:
            way.append(self.plane.moved(way[-1], int(key == RIGHT), int(key == DOWN)))
        self.look_at(start)
        if self.by_keys:
            self.page.keyboard.down("v")
            self.keys(*arrows)
            self.page.keyboard.up("v")
        else:
            self.page.evaluate(TYPE, [["keydown", "v"], *(["keydown", key] for key in arrows), ["keyup", "v"]])
        return way

    def points(self, *voxels: nt.Voxel) -> list[tuple[float, float]]:
        """Where voxels of one slice are in the page."""
        found = self.page.evaluate(
            "([voxels, plane]) => window.__radicula.canvasForAll(voxels, plane)", [voxels, self.plane.name]
        )
        return [(point["x"], point["y"]) for point in found]

    def drag(self, *voxels: nt.Voxel) -> None:
        """Use the tool by mouse, voxel to voxel."""
        first, *others = self.points(*voxels)
        self.page.mouse.move(*first)
        self.page.mouse.down()
        for point in others:
            self.page.mouse.move(*point, steps=3)
        self.page.mouse.up()

    def at(self, right: int, down: int, slices: int = 0) -> nt.Voxel:
        """A voxel so far from the middle, in voxels on screen and in slices; thin stacks end sooner."""
        place = list(self.plane.moved(self.middle, right, down))
        last = self.volume.image.shape[self.plane.across] - 1
        place[self.plane.across] = min(max(place[self.plane.across] + slices, 0), last)
        return (place[0], place[1], place[2])

    def paint(self, mask: nt.Mask, value: int = MAIN) -> None:
        self.expected[mask] = value

    def put(self, voxel: nt.Voxel, value: int = MAIN) -> None:
        """A voxel, over background alone."""
        if self.expected[voxel] == 0:
            self.expected[voxel] = value

    def click(self, control: Locator) -> None:
        """A click; in the page itself where `by_keys` is off."""
        if self.by_keys:
            control.click()
        else:
            control.dispatch_event("click")

    def options(self, *words: str) -> None:
        region = self.page.get_by_role("region", name="Tool options")
        for word in words:
            self.click(region.get_by_text(word, exact=True))

    def fill(self, panel: str, fields: dict[str, str]) -> list[float]:
        """Type into number fields of a panel; gives what they made of it. Keys go to the viewer again."""
        inputs = [self.page.get_by_role("region", name=panel).get_by_label(name, exact=True) for name in fields]
        for field, value in zip(inputs, fields.values(), strict=True):
            field.fill(value)
        self.page.evaluate("document.activeElement.blur()")
        return [float(field.input_value()) for field in inputs]

    def window_width(self) -> float:
        window = self.page.evaluate("window.__radicula.window()")
        return float(window["upper"] - window["lower"])

    def operate(
        self,
        operation: str,
        fields: dict[str, str] | None = None,
        *,
        choose: dict[str, str] | None = None,
        switch: str = "",
        preview: bool = False,
    ) -> None:
        """Run an operation from the panel, and wait until it is done, or there was nothing to do."""
        panel = self.page.get_by_role("region", name="Operations")
        self.page.get_by_label("Operation", exact=True).select_option(operation)
        for label, value in (choose or {}).items():
            panel.get_by_label(label, exact=True).select_option(value)
        if fields:
            self.fill("Operations", fields)
        if switch:
            self.click(panel.get_by_label(switch, exact=True))
        done, said = self.steps(), self.page.evaluate(NOTICE)
        self.click(panel.get_by_role("button", name="Preview" if preview else "Apply"))
        if preview:
            panel.get_by_role("button", name="Accept").wait_for()
            assert self.steps() == done
            self.keys("Enter")
        unchanged = f"{NOTICE} !== {json.dumps(said)} && {NOTICE}?.includes('nothing to change')"
        wait_until(self.page, f"document.querySelectorAll('{DONE}').length === {done + 1} || ({unchanged})")

    def steps(self) -> int:
        """The steps of the history that are done."""
        return self.page.locator(DONE).count()

    def shown(self) -> nt.Labels:
        """The labels as the viewer holds them."""
        flat = np.zeros(self.expected.size, np.uint8)
        for start, length, value in np.reshape(self.page.evaluate("window.__radicula.labelRuns()"), (-1, 3)):
            flat[start : start + length] = value
        return flat.reshape(self.expected.shape, order="F")

    def check(self, what: str) -> None:
        """Compare, voxel for voxel."""
        shown = self.shown()
        wrong = np.argwhere(shown != self.expected)
        first = tuple(wrong[0]) if len(wrong) else (0, 0, 0)
        pair = f"{shown[first]} on screen, {self.expected[first]} by numpy"
        assert len(wrong) == 0, f"{what}: {len(wrong)} voxels differ, the first at {first}: {pair}"
        assert shown.any(), f"{what}: nothing is painted, so nothing was compared"

    def stored(self, client: Client, task: str, folder: Path) -> nt.Labels:
        """The labels as the server has them, once all is saved."""
        wait_until(self.page, SAVED)
        (volume,) = client.get(f"tasks/{task}")["volumes"]
        path = folder / "stored.nii.gz"
        path.write_bytes(client.http.get(f"label-versions/{volume['head']['id']}/nifti").content)
        return np.asarray(nib.Nifti1Image.from_filename(path).dataobj)


def import_cases(site: Site, folder: Path, slug: str, images: Sequence[nib.Nifti1Image]) -> list[str]:
    """A study with a case for each image and a task for ada on each; gives the tasks in order."""
    for number, image in enumerate(images, start=1):
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
    return [str(row["id"]) for row in rows]


def open_bench(page: Page, task: str, image: nib.Nifti1Image, plane: str, *, by_keys: bool) -> Bench:
    """Open a task with one plane filling the window, and the first label chosen."""
    if "/tasks/" in page.url:
        # From case to case within the page, as after a submit.
        page.evaluate(
            "(to) => { history.pushState({}, '', to); dispatchEvent(new PopStateEvent('popstate')); }", f"/tasks/{task}"
        )
    else:
        page.goto(f"/tasks/{task}")
    wait_until(page, f"window.__radicula?.taskId === '{task}' && {READY}")
    voxels = np.asarray(image.dataobj)
    spacing = np.linalg.norm(image.affine[:3, :3], axis=0)
    volume = nt.Volume(voxels.astype(np.float32).astype(np.float64), spacing)
    i, j, k = (int(n) // 2 for n in volume.image.shape)
    labels = np.zeros(volume.image.shape, np.uint8)
    bench = Bench(page, volume, image.affine, nt.Plane.of(plane, image.affine), (i, j, k), labels, by_keys)
    # The plane under the pointer is the one that keys move in.
    page.mouse.move(*bench.points(bench.middle)[0])
    wait_until(page, f"document.querySelector('[data-plane={plane}][data-active]') !== null")
    bench.keys("m", str(MAIN))
    return bench
