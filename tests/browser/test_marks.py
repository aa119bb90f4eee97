"""Marks drawn by mouse on an oblique, anisotropic scan: seen again after a reload, exported, and talked about."""

import csv
import io
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn, wait_for, wait_until
from tests.browser.test_editing import SPACING_MM, Voxel, drag, image
from tests.site import Site

ENDS: tuple[Voxel, Voxel] = ((4, 4, 13), (24, 12, 13))
ARMS: tuple[Voxel, Voxel, Voxel] = ((4, 6, 13), (14, 6, 13), (14, 12, 13))
BOX: tuple[Voxel, Voxel] = ((8, 3, 13), (22, 8, 13))
LANDMARK: Voxel = (22, 15, 13)
QUESTION = "Is this the conus?"
# The page has opened the database long before, when it looked for what a lost tab had left.
DRAFTS = """() => new Promise((resolve, reject) => {
  const opening = indexedDB.open('radicula-marks');
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const counting = opening.result.transaction('drafts').objectStore('drafts').count();
    counting.onsuccess = () => (opening.result.close(), resolve(counting.result));
  };
})"""


@pytest.fixture(scope="module")
def task(site: Site, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("marks")
    path = folder / "sub-01" / "anat" / "sub-01_T2w.nii.gz"
    path.parent.mkdir(parents=True)
    nib.save(image(), path)
    lead = site.client("lena")
    lead.post("studies", {"slug": "marks", "name": "Marks", "protocol": "spinal-cord"})
    ada = lead.post("studies/marks/members", {"username": "ada", "role": "annotator"})
    site.manage("import_dataset", str(folder), "--study", "marks", "--as", "lena")
    cases = [case["id"] for case in lead.results("studies/marks/cases")]
    lead.post("studies/marks/tasks", {"cases": cases, "raters": [ada["user"]["id"]], "reads": 1})
    (row,) = lead.results("tasks", study="marks")
    return str(row["id"])


def listed(page: Page) -> list[str]:
    return page.get_by_test_id("marks").get_by_role("listitem").all_inner_texts()


def steps_in(page: Page) -> list[str]:
    texts = page.get_by_test_id("history").get_by_role("listitem").all_inner_texts()
    return [text.split("\n")[0] for text in texts]


def all_saved(page: Page) -> None:
    wait_until(page, "!document.querySelector('section[aria-label=Marks] [role=status]')")


def test_marks_are_drawn_kept_and_exported(site: Site, signed_in: SignIn, task: str, tmp_path: Path) -> None:
    page = signed_in("ada")
    page.goto(f"/tasks/{task}")
    wait_until(page, "window.__radicula?.ready && window.__radicula.viewports().every((v) => v.drawn)")
    page.keyboard.press("Shift+M")
    drag(page, "sagittal", *ENDS)
    page.keyboard.press("Shift+G")
    drag(page, "sagittal", *ARMS[:2])
    drag(page, "sagittal", ARMS[2], ARMS[2])
    for key, (first, last) in (("Shift+H", BOX), ("Shift+K", tuple((i, j + 6, k) for i, j, k in BOX))):
        page.keyboard.press(key)
        drag(page, "sagittal", first, last)
    page.keyboard.press("Shift+J")
    drag(page, "sagittal", LANDMARK)
    # The mark drawn last is selected: deleted by key, and back by undo.
    marks = page.get_by_test_id("marks").get_by_role("listitem")
    page.keyboard.press("Delete")
    expect(marks).to_have_count(4)
    page.keyboard.press("z")
    expect(marks).to_have_count(5)
    # Their steps are in the history, and its buttons take them back and do them again.
    history = page.get_by_role("region", name="History")
    assert steps_in(page)[:2] == ["Delete point (undone)", "Draw point"]
    history.get_by_role("button", name="Undo", exact=True).click()
    expect(marks).to_have_count(4)
    assert steps_in(page)[:3] == ["Delete point (undone)", "Draw point (undone)", "Draw rectangle"]
    history.get_by_role("button", name="Redo", exact=True).click()
    expect(marks).to_have_count(5)
    page.get_by_role("button", name="Name the mark Point").click()
    page.keyboard.type("PMJ")
    page.keyboard.press("Enter")
    # A handle is dragged: the length ends one voxel further.
    page.keyboard.press("Shift+M")
    drag(page, "sagittal", ENDS[1], (25, 12, 13))
    all_saved(page)
    before = listed(page)

    page.keyboard.press("/")
    check_comment(page)
    assert sorted(listed(page)) == sorted(before)

    lead = site.client("lena")
    exported = lead.http.get("studies/marks/marks.csv").text
    rows = {row["kind"]: row for row in csv.DictReader(io.StringIO(exported))}
    away = (np.array((25, 12, 13)) - ENDS[0]) * SPACING_MM
    assert float(rows["length"]["length_mm"]) == pytest.approx(np.linalg.norm(away), abs=0.3)
    assert float(rows["angle"]["angle_degrees"]) == pytest.approx(90.0, abs=1.0)
    sides = np.abs(np.subtract(*BOX))[:2] * SPACING_MM[:2]
    assert float(rows["rectangle"]["area_mm2"]) == pytest.approx(sides.prod(), rel=0.05)
    assert float(rows["ellipse"]["area_mm2"]) == pytest.approx(np.pi / 4 * sides.prod(), rel=0.05)
    # The tube reaches 4 mm to both sides of i = 15: the region about it has both intensities.
    assert (float(rows["ellipse"]["min"]), float(rows["ellipse"]["max"])) == (100.0, 400.0)
    assert rows["point"]["name"] == "PMJ"
    place = np.array(points_in(rows["point"]["points_ijk"])[0])
    assert np.abs(place - LANDMARK).max() < 0.3


def check_comment(page: Page) -> None:
    """What the server has not taken is there after a reload, in its form; once taken it is a thread."""
    comments = page.get_by_role("region", name="Comments")
    form = comments.get_by_label("At voxel")
    form.fill(QUESTION)
    page.route("**/comments", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    comments.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.unroute("**/comments")
    reload(page)
    expect(form).to_have_value(QUESTION)
    expect(comments.get_by_role("listitem")).to_have_count(0)
    comments.get_by_role("button", name="Send").click()
    expect(comments.get_by_role("listitem")).to_contain_text(QUESTION)
    expect(form).to_have_count(0)
    reload(page)
    expect(comments.get_by_role("listitem")).to_contain_text(QUESTION)
    expect(form).to_have_count(0)


def reload(page: Page) -> None:
    page.reload()
    wait_until(page, "window.__radicula?.ready && document.querySelectorAll('[data-testid=marks] li').length === 5")


def test_a_mark_outlives_the_tab_that_could_not_send_it(site: Site, signed_in: SignIn, task: str) -> None:
    page = signed_in("ada")
    page.goto(f"/tasks/{task}")
    wait_until(page, "window.__radicula?.ready === true")
    before = len(site.client("ada").get(f"tasks/{task}/marks"))
    page.route("**/marks/*", lambda route: route.abort())
    page.keyboard.press("Shift+J")
    drag(page, "sagittal", (3, 16, 13))
    wait_until(page, "document.querySelector('section[aria-label=Marks] [role=status]') !== null")
    wait_for(page, lambda: page.evaluate(DRAFTS) == 1, "the mark is kept on this computer")
    other = page.context.new_page()
    page.close()
    other.goto(f"/tasks/{task}")
    # Said for some seconds, which may be over before all is ready.
    other.get_by_text("Restored your unsaved marks.").wait_for()
    wait_until(other, "window.__radicula?.ready === true")
    all_saved(other)
    marks = site.client("ada").get(f"tasks/{task}/marks")
    assert len(marks) == before + 1
    assert np.abs(np.subtract(marks[-1]["points_ijk"][0], (3, 16, 13))).max() < 0.3


def points_in(text: str) -> list[list[float]]:
    return [[float(number) for number in point.split(",")] for point in text.strip("[]").split("], [")]
