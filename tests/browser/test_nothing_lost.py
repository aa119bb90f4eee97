"""Two tabs on one task, a lost network, a killed tab, a full disk: both versions stay, and no stroke is lost."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import nibabel as nib
import numpy as np
import psutil
import pytest
from playwright.sync_api import Error, Page, expect

from radicula.services.places import Home
from radicula.services.status import site_parts_running
from tests.browser.conftest import SignIn, wait_until
from tests.site import Client, Site

DRAFTED = "window.__radicula.saveState().drafted === window.__radicula.saveState().revision"
SAVED = "window.__radicula.saveState()?.phase === 'saved' && !window.__radicula.saveState().unsaved"


@pytest.fixture(scope="module")
def study(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Client:
    """A study with a case per test, all read by ben."""
    folder = tmp_path_factory.mktemp("lost")
    for subject in ("conflict", "merge", "offline", "reload", "killed", "full", "cut", "unlocked"):
        path = folder / f"sub-{subject}" / "anat" / f"sub-{subject}_T2w.nii.gz"
        path.parent.mkdir(parents=True)
        voxels = np.arange(24 * 24 * 8, dtype=np.int16).reshape(24, 24, 8) + len(subject)
        nib.save(nib.Nifti1Image(voxels, np.eye(4)), path)
    lead = site.client("lena")
    lead.post("studies", {"slug": "lost", "name": "Nothing lost", "protocol": "spinal-cord"})
    ben = lead.post("studies/lost/members", {"username": "ben", "role": "annotator"})
    site.manage("import_dataset", str(folder), "--study", "lost", "--as", "lena")
    cases = [case["id"] for case in lead.results("studies/lost/cases")]
    lead.post("studies/lost/tasks", {"cases": cases, "raters": [ben["user"]["id"]], "reads": 1})
    return lead


@pytest.fixture
def open_case(study: Client, site: Site) -> Callable[[Page, str], str]:
    """Open a case's task in a page, with the pencil in hand; gives the task's id."""
    rows = site.client("ben").results("tasks", study="lost", mine="true")
    tasks = {row["case"]["name"]: str(row["id"]) for row in rows}

    def open_it(page: Page, subject: str) -> str:
        task = tasks[f"sub-{subject}"]
        page.goto(f"/tasks/{task}")
        wait_until(page, "window.__radicula?.ready === true")
        page.keyboard.press("1")
        page.keyboard.press("p")
        return task

    return open_it


def paint(page: Page, i: int, j: int) -> None:
    at = page.evaluate("(voxel) => window.__radicula.canvasFor(voxel, 'axial')", [i, j, 4])
    page.mouse.click(at["x"], at["y"])


def stored(client: Client, task: str, tmp_path: Path) -> set[tuple[int, int]]:
    """The painted voxels of the task's newest agreed version."""
    (volume,) = client.get(f"tasks/{task}")["volumes"]
    path = tmp_path / "stored.nii.gz"
    path.write_bytes(client.http.get(f"label-versions/{volume['head']['id']}/nifti").content)
    return {(int(i), int(j)) for i, j, _ in np.argwhere(np.asarray(nib.load(path).dataobj))}


def test_two_tabs_make_two_versions_and_the_person_decides(
    open_case: Callable[[Page, str], str], site: Site, signed_in: SignIn, tmp_path: Path
) -> None:
    first = signed_in("ben")
    second = first.context.new_page()
    task = open_case(first, "conflict")
    open_case(second, "conflict")
    paint(first, 5, 5)
    wait_until(first, SAVED)
    paint(second, 9, 9)
    dialog = second.get_by_role("dialog")
    expect(dialog).to_be_visible()
    client = site.client("ben")
    assert stored(client, task, tmp_path) == {(5, 5)}
    versions = client.results("label-versions", task=task)
    assert [version["counts"] for version in versions] == [{"1": 1}, {"1": 1}]
    expect(dialog.get_by_role("row", name="spinal cord 1 1 0")).to_be_visible()
    dialog.get_by_role("button", name="Keep mine").click()
    wait_until(second, SAVED)
    assert stored(client, task, tmp_path) == {(9, 9)}
    assert len(client.results("label-versions", task=task)) == 2


def test_strokes_made_without_a_network_are_saved_when_it_is_back(
    open_case: Callable[[Page, str], str], site: Site, signed_in: SignIn, tmp_path: Path
) -> None:
    page = signed_in("ben")
    task = open_case(page, "offline")
    paint(page, 3, 3)
    wait_until(page, SAVED)
    page.context.set_offline(True)
    paint(page, 7, 3)
    wait_until(page, "window.__radicula.saveState()?.phase === 'offline'")
    paint(page, 11, 3)
    assert page.evaluate("window.__radicula.saveState().unsaved")
    page.context.set_offline(False)
    wait_until(page, SAVED)
    assert stored(site.client("ben"), task, tmp_path) == {(3, 3), (7, 3), (11, 3)}


def test_a_network_cut_in_mid_stroke_costs_nothing_of_it(
    open_case: Callable[[Page, str], str], site: Site, signed_in: SignIn, tmp_path: Path
) -> None:
    page = signed_in("ben")
    task = open_case(page, "cut")
    ends = page.evaluate("window.__radicula.canvasForAll([[4, 6, 4], [8, 6, 4], [12, 6, 4]], 'axial')")
    page.mouse.move(ends[0]["x"], ends[0]["y"])
    page.mouse.down()
    page.mouse.move(ends[1]["x"], ends[1]["y"], steps=4)
    page.context.set_offline(True)
    page.mouse.move(ends[2]["x"], ends[2]["y"], steps=4)
    page.mouse.up()
    wait_until(page, "window.__radicula.saveState()?.phase === 'offline'")
    expect(page.get_by_test_id("save-state")).to_contain_text("Not saved yet")
    page.context.set_offline(False)
    wait_until(page, SAVED)
    assert stored(site.client("ben"), task, tmp_path) == {(i, 6) for i in range(4, 13)}


def test_tabs_on_plain_http_leave_each_other_their_strokes(
    open_case: Callable[[Page, str], str], site: Site, signed_in: SignIn, tmp_path: Path
) -> None:
    """Where browsers have no locks the tabs are called by name: what an open one has not saved yet is its own."""
    first = signed_in("ben")
    first.context.add_init_script("Object.defineProperty(Navigator.prototype, 'locks', { get: () => undefined })")
    task = open_case(first, "unlocked")
    assert first.evaluate("navigator.locks === undefined")
    for path in ("label-changes", "label-versions"):
        first.route(f"**/{path}?*", lambda route: route.abort())
    paint(first, 4, 6)
    wait_until(first, DRAFTED)
    second = first.context.new_page()
    open_case(second, "unlocked")
    assert second.evaluate("window.__radicula.labelCounts()") == {}
    second.close()
    first.close()
    third = first.context.new_page()
    open_case(third, "unlocked")
    wait_until(third, SAVED)
    assert stored(site.client("ben"), task, tmp_path) == {(4, 6)}


def test_a_reload_without_a_network_brings_the_strokes_back(
    open_case: Callable[[Page, str], str], site: Site, signed_in: SignIn, tmp_path: Path
) -> None:
    page = signed_in("ben")
    page.on("dialog", lambda dialog: dialog.accept())  # the browser asks before it leaves unsaved work
    task = open_case(page, "reload")
    paint(page, 4, 6)
    wait_until(page, SAVED)
    page.route("**/label-changes?*", lambda route: route.abort())
    paint(page, 8, 6)
    wait_until(page, "window.__radicula.saveState()?.phase === 'offline'")
    wait_until(page, DRAFTED)
    page.reload()
    wait_until(page, "window.__radicula?.ready === true")
    page.unroute("**/label-changes?*")
    wait_until(page, SAVED)
    assert stored(site.client("ben"), task, tmp_path) == {(4, 6), (8, 6)}


def test_what_two_tabs_painted_can_be_merged_and_the_merge_undone(
    open_case: Callable[[Page, str], str], site: Site, signed_in: SignIn, tmp_path: Path
) -> None:
    first = signed_in("ben")
    second = first.context.new_page()
    task = open_case(first, "merge")
    open_case(second, "merge")
    paint(first, 5, 5)
    wait_until(first, SAVED)
    paint(second, 9, 9)
    dialog = second.get_by_role("dialog")
    expect(dialog.get_by_text("No voxel was changed differently by both")).to_be_visible()
    # From difference to difference in the plane that is looked at, and in another.
    dialog.get_by_role("button", name="Next difference").click()
    assert second.evaluate("window.__radicula.cursor()")[2] == 4
    expect(dialog.get_by_role("status")).to_have_text("1 axial slice differs; at slice 5, 1 of 1")
    dialog.get_by_label("Plane of the differences").select_option("sagittal")
    seen = []
    for _ in range(2):
        dialog.get_by_role("button", name="Next difference").click()
        seen.append(second.evaluate("window.__radicula.cursor()")[0])
    assert sorted(seen) == [5, 9]
    expect(dialog.get_by_role("status")).to_contain_text("2 sagittal slices differ; at slice")
    dialog.get_by_role("button", name="Merge both").click()
    wait_until(second, SAVED)
    client = site.client("ben")
    assert stored(client, task, tmp_path) == {(5, 5), (9, 9)}
    second.keyboard.press("z")
    wait_until(second, SAVED)
    assert stored(client, task, tmp_path) == {(9, 9)}
    assert len(client.results("label-versions", task=task)) == 4


def test_a_tab_killed_in_mid_stroke_loses_nothing_but_the_end_of_it(
    open_case: Callable[[Page, str], str], site: Site, signed_in: SignIn, tmp_path: Path
) -> None:
    page = signed_in("ben")
    task = open_case(page, "killed")
    page.route("**/label-changes?*", lambda route: route.abort())
    page.route("**/label-versions?*", lambda route: route.abort())
    paint(page, 4, 6)
    at = page.evaluate("(voxel) => window.__radicula.canvasFor(voxel, 'axial')", [10, 6, 4])
    page.mouse.move(at["x"], at["y"])
    page.mouse.down()
    wait_until(page, DRAFTED)
    crash(page)
    other = page.context.new_page()
    page.close()
    open_case(other, "killed")
    wait_until(other, SAVED)
    assert stored(site.client("ben"), task, tmp_path) == {(4, 6), (10, 6)}


def crash(page: Page) -> None:
    """End the process of a page, and no other: Chromium keeps one in store that the next page is given.

    The address makes the process crash where it is: nothing is left or loaded, and no code of the page runs any more.
    """
    with page.expect_event("crash"), suppress(Error):
        page.goto("chrome://crash")


def test_a_full_server_disk_is_said_and_costs_nothing(
    open_case: Callable[[Page, str], str], site: Site, signed_in: SignIn, tmp_path: Path
) -> None:
    page = signed_in("ben")
    task = open_case(page, "full")
    paint(page, 3, 3)
    wait_until(page, SAVED)
    web = site_parts_running(Home(site.home))["web"]
    limits = [(process, process.rlimit(psutil.RLIMIT_FSIZE)) for process in web]
    for process, (_, hard) in limits:
        process.rlimit(psutil.RLIMIT_FSIZE, (0, hard))
    try:
        paint(page, 7, 3)
        wait_until(page, "window.__radicula.saveState()?.phase === 'offline'")
        state = page.get_by_test_id("save-state")
        state.hover()
        expect(page.get_by_role("tooltip")).to_contain_text("disk is full")
        expect(page.get_by_role("tooltip")).to_contain_text("kept on this computer")
        page.get_by_role("button", name="Leave", exact=True).click()
        expect(page.get_by_role("dialog")).to_contain_text("not on the server")
        page.get_by_role("button", name="Stay").click()
        assert stored(site.client("ben"), task, tmp_path) == {(3, 3)}
    finally:
        for process, limit in limits:
            process.rlimit(psutil.RLIMIT_FSIZE, limit)
    wait_until(page, SAVED)
    assert stored(site.client("ben"), task, tmp_path) == {(3, 3), (7, 3)}
