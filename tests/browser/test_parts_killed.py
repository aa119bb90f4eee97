"""Any one process of `make run` is killed while an annotator paints: what the screen called saved is there afterwards.

A site of its own, since it is damaged on purpose. The supervisor brings each part back; meanwhile the save indicator
says that the server is away, and the strokes are kept.
"""

import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import nibabel as nib
import numpy as np
import psutil
import pytest
from playwright.sync_api import Browser, Page

from radicula.services.places import Home
from radicula.services.status import site_parts_running
from tests.browser.conftest import EXPECT_MS, SIZE, wait_for, wait_until
from tests.site import PASSWORD, Client, Site, running_site

PARTS = ("web", "postgres", "redis", "io", "engine", "monailabel")
ALL = "the whole server"
"""All of them at once: a crash of the machine that the site runs on, and its restart."""
NAMES = {"io": "io worker", "engine": "engine worker", "monailabel": "MONAI Label"}
"""Parts that take seconds to come back: `/readyz` has to name them in the meantime."""
RESTART_SECONDS = 240.0
SAVED = "window.__radicula.saveState()?.phase === 'saved' && !window.__radicula.saveState().unsaved"


@pytest.fixture(scope="module")
def fragile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Client]]:
    """A site with one case that ada reads."""
    folder = tmp_path_factory.mktemp("case")
    path = folder / "sub-01" / "anat" / "sub-01_T2w.nii.gz"
    path.parent.mkdir(parents=True)
    ramp = np.arange(30 * 30 * 10, dtype=np.int16).reshape(30, 30, 10)
    nib.save(nib.Nifti1Image(ramp, np.eye(4)), path)
    with running_site() as site:
        site.add_user("ada")
        client = site.client("ada")
        client.post("studies", {"slug": "fragile", "name": "Fragile", "protocol": "spinal-cord"})
        site.manage("import_dataset", str(folder), "--study", "fragile")
        me = client.results("studies/fragile/members")[0]["user"]["id"]
        (case,) = client.results("studies/fragile/cases")
        client.post("studies/fragile/tasks", {"cases": [case["id"]], "raters": [me], "reads": 1})
        yield site, client


@pytest.fixture(scope="module")
def viewer(browser: Browser, fragile: tuple[Site, Client]) -> Iterator[Page]:
    """The task, open in the viewer with the pencil in hand, for all kills one after the other."""
    site, client = fragile
    context = browser.new_context(viewport=SIZE, base_url=site.url)
    context.set_default_timeout(EXPECT_MS)
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("User name").fill("ada")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    (task,) = client.results("tasks", study="fragile")
    page.goto(f"/tasks/{task['id']}")
    wait_until(page, "window.__radicula?.ready === true")
    page.keyboard.press("1")
    page.keyboard.press("p")
    yield page
    context.close()


def paint(page: Page, voxel: tuple[int, int, int]) -> None:
    at = page.evaluate("(voxel) => window.__radicula.canvasFor(voxel, 'axial')", list(voxel))
    page.mouse.click(at["x"], at["y"])
    assert page.evaluate("(voxel) => window.__radicula.labelAt(voxel)", list(voxel)) == 1


def kill(site: Site, part: str) -> None:
    """Kill every process of a part at once, as the machine's memory guard would."""
    running = site_parts_running(Home(site.home))
    processes = [process for name in (PARTS if part == ALL else (part,)) for process in running[name]]
    for process in processes:
        # A server's helpers come and go: one that has gone by itself is killed enough.
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGKILL)
    psutil.wait_procs(processes, timeout=10)


def states(site: Site) -> dict[str, str]:
    try:
        return site.readiness()
    except httpx.TransportError:
        return {"web": "away"}


def stored_voxels(client: Client, tmp_path: Path) -> set[tuple[int, ...]]:
    (task,) = client.results("tasks", study="fragile")
    (volume,) = client.get(f"tasks/{task['id']}")["volumes"]
    path = tmp_path / "stored.nii.gz"
    path.write_bytes(client.http.get(f"label-versions/{volume['head']['id']}/nifti").content)
    return {tuple(map(int, index)) for index in np.argwhere(np.asarray(nib.load(path).dataobj))}


@pytest.mark.parametrize("part", [*PARTS, ALL])
def test_a_killed_part_costs_nothing_that_was_called_saved(
    part: str, viewer: Page, fragile: tuple[Site, Client], tmp_path: Path
) -> None:
    site, client = fragile
    row = (*PARTS, ALL).index(part)
    before, during = (3 + row, 5, 4), (3 + row, 9, 4)
    paint(viewer, before)
    wait_until(viewer, SAVED)

    kill(site, part)
    if part in NAMES:
        # Asked first: it is back before a busy machine has painted.
        seen = states(site)
        assert seen[NAMES[part]] == "away", seen
    paint(viewer, during)
    wait_until(viewer, SAVED, seconds=RESTART_SECONDS)
    wait_for(viewer, lambda: set(states(site).values()) == {"ok"}, "all parts are back", seconds=RESTART_SECONDS)
    assert {before, during} <= stored_voxels(client, tmp_path)
