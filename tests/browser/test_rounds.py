"""A round in the page and in the viewer: choices, scores, reservations, its map in nats; and clicks to a region.

Both networks are trained on the site itself, in seconds, on a handful of small tubes.
"""

import re
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn, wait_until
from tests.site import Client, Site

STUDY = "rounds"
SHAPE = (28, 24, 20)
LABELLED, TESTED, POOL = ("01", "02"), "03", ("04", "05", "06")
JOB_SECONDS = 240.0
QUICK = {"epochs": 2, "steps_per_epoch": 12, "learning_rate": 0.01, "seed": 1}
SHOWN_NATS = re.compile(r"Uncertainty [\d.]+ nat")


def tube(seed: int) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    """A bright tube in noise that runs up and down, off the middle by a little."""
    random = np.random.default_rng(seed)
    i, j, _ = np.indices(SHAPE)
    middle = np.array(SHAPE[:2]) / 2 + random.uniform(-2, 2, 2)
    truth = np.hypot(i - middle[0], j - middle[1]) < 4
    return (200 + 400 * truth + random.normal(0, 40, SHAPE)).astype(np.int16), truth


def write(folder: Path, subject: str, *, labelled: bool) -> None:
    image, truth = tube(int(subject))
    path = folder / f"sub-{subject}" / "anat" / f"sub-{subject}_T2w.nii.gz"
    path.parent.mkdir(parents=True)
    nib.save(nib.Nifti1Image(image, np.eye(4)), path)
    if labelled:
        label = folder / "derivatives" / "labels" / f"sub-{subject}" / "anat" / f"sub-{subject}_T2w_label-SC_seg.nii.gz"
        label.parent.mkdir(parents=True)
        nib.save(nib.Nifti1Image(truth.astype(np.uint8), np.eye(4)), label)


@pytest.fixture(scope="module")
def study(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Client:
    """Three labelled tubes, one of them the test set; a serving version, one that takes clicks; three in the pool."""
    folder = tmp_path_factory.mktemp("rounds")
    for subject in (*LABELLED, TESTED, *POOL):
        write(folder, subject, labelled=subject not in POOL)
    lead = site.client("lena")
    lead.post("studies", {"slug": STUDY, "name": "Rounds", "protocol": "spinal-cord"})
    for username, role in (("ada", "annotator"), ("emil", "engineer")):
        lead.post(f"studies/{STUDY}/members", {"username": username, "role": role})
    site.manage("import_dataset", str(folder), "--study", STUDY, "--as", "lena", "--accept-labels")
    lead.http.patch(f"studies/{STUDY}/test-set", json={"subjects": [TESTED]}).raise_for_status()
    for name in ("unet3d-small", "deepedit"):
        run = lead.post(f"studies/{STUDY}/training-runs", {"architecture": name, **QUICK})
        lead.wait_for_job(run["job"]["id"], seconds=JOB_SECONDS)
    versions = {row["architecture"]: row["id"] for row in lead.results(f"studies/{STUDY}/model-versions")}
    lead.post(f"model-versions/{versions['unet3d-small']}/promote", {"reason": "the first one"})
    return lead


@pytest.mark.slow
def test_a_round_from_the_plan_to_its_map_in_the_viewer(study: Client, signed_in: SignIn, site: Site) -> None:
    page = signed_in("emil")
    page.goto(f"/studies/{STUDY}/rounds")
    plan_round(page)
    chosen = check_choices(page, study)
    check_plot(page)
    check_release(page, chosen[0])
    check_map(signed_in("ada"), site.client("ada"), chosen[1])


def plan_round(page: Page) -> None:
    """By the form, from the empty page."""
    page.get_by_role("button", name="Plan a round").click()
    dialog = page.get_by_role("dialog", name="Plan a round")
    expect(dialog.get_by_text("3 cases to choose from.")).to_be_visible()
    dialog.get_by_role("textbox", name="Strategy").click()
    page.get_by_role("option", name="Predictive entropy").click()
    dialog.get_by_role("textbox", name="Cases", exact=True).fill("2")
    dialog.get_by_role("textbox", name="Readers").focus()
    page.keyboard.press("ArrowDown")
    page.get_by_role("option", name="ada").click()
    page.keyboard.press("Escape")
    dialog.get_by_label("Readers see scores and uncertainty maps").check()
    dialog.get_by_role("button", name="Choose 2 cases").click()
    expect(dialog).to_be_hidden()


def check_choices(page: Page, lead: Client) -> list[str]:
    """Two cases with their scores, the highest first, each reserved for ada; the page shows what the API says."""
    card = page.get_by_role("region", name="Round 1")
    expect(card.get_by_text("waiting for labels")).to_be_visible(timeout=JOB_SECONDS * 1000)
    expect(card.get_by_role("columnheader", name=re.compile("Score: .*entropy"))).to_be_visible()
    (round_,) = lead.results(f"studies/{STUDY}/rounds")
    choices = sorted(round_["choices"], key=lambda choice: choice["rank"])
    names = [choice["case"]["name"] for choice in choices]
    assert len(names) == 2
    assert {name.removeprefix("sub-") for name in names} < set(POOL)
    assert choices[0]["score"] > choices[1]["score"] > 0
    for choice in choices:
        row = card.get_by_role("row", name=re.compile(choice["case"]["name"]))
        expect(row).to_contain_text("reserved for ada")
        expect(row).to_contain_text(f"{choice['score']:.4g}"[:3])
        expect(row).to_contain_text(re.compile("to do", re.IGNORECASE))
    return names


def check_plot(page: Page) -> None:
    """Where the rounds begin: the Dice of the version that was asked."""
    figure = page.get_by_role("region", name="What the rounds came to")
    expect(figure.get_by_label("Dice on the frozen test set, round by round")).to_be_visible()
    figure.get_by_text("Table", exact=True).click()
    expect(figure.get_by_role("row", name=re.compile("Before the rounds"))).to_contain_text(re.compile(r"0\.\d{3}"))
    expect(figure.get_by_role("row", name=re.compile("Round 1"))).to_contain_text("Predictive entropy")
    figure.get_by_text("Plot", exact=True).click()


def check_release(page: Page, case: str) -> None:
    """A case goes back to whoever asks next, and to ada again."""
    row = page.get_by_role("region", name="Round 1").get_by_role("row", name=re.compile(case))
    row.get_by_role("button", name=f"Release {case}").click()
    expect(row).to_contain_text("open to whoever asks next")
    row.get_by_role("button", name=f"Reserve {case}").click()
    page.get_by_role("menuitem", name="ada").click()
    expect(row).to_contain_text("reserved for ada")


def open_task(page: Page, ada: Client, case: str) -> None:
    (task,) = (row for row in ada.results("tasks", study=STUDY, mine="true") if row["case"]["name"] == case)
    page.goto(f"/tasks/{task['id']}")
    wait_until(page, "window.__radicula?.ready === true")


def point_at(page: Page, voxel: tuple[int, int, int]) -> dict[str, float]:
    at: dict[str, float] = page.evaluate("(voxel) => window.__radicula.canvasFor(voxel, 'axial')", list(voxel))
    page.mouse.move(at["x"], at["y"])
    return at


def check_map(page: Page, ada: Client, case: str) -> None:
    """Laid over the scan it is read in nats: at most the natural logarithm of two classes."""
    open_task(page, ada, case)
    page.get_by_label(re.compile("^Laid over")).select_option(label="Uncertainty")
    bar = page.get_by_test_id("colour-bar").filter(has_text="Uncertainty, nat").first
    expect(bar).to_be_visible()
    point_at(page, (SHAPE[0] // 2, SHAPE[1] // 2, SHAPE[2] // 2))
    over = page.get_by_test_id("value-over")
    expect(over).to_have_text(SHOWN_NATS)
    assert 0 <= float(over.inner_text().split()[1]) <= np.log(2) + 1e-3
    page.get_by_label(re.compile("^Laid over")).select_option(label="Nothing")


@pytest.mark.slow
def test_a_click_becomes_a_region_that_waits_for_enter(study: Client, signed_in: SignIn, site: Site) -> None:
    (ada,) = (row for row in study.results(f"studies/{STUDY}/members") if row["user"]["username"] == "ada")
    (case,) = (row for row in study.results(f"studies/{STUDY}/cases") if row["name"] == f"sub-{LABELLED[0]}")
    study.post(f"studies/{STUDY}/tasks", {"cases": [case["id"]], "raters": [ada["user"]["id"]], "reads": 1})
    truth = tube(int(LABELLED[0]))[1]
    middle = tuple(int(n) for n in np.argwhere(truth[:, :, SHAPE[2] // 2]).mean(axis=0).round())
    page = signed_in("ada")
    open_task(page, site.client("ada"), case["name"])
    page.get_by_role("button", name="Click to region").click()
    outcome = page.get_by_test_id("interactive-outcome")

    at = point_at(page, (middle[0], middle[1], SHAPE[2] // 2))
    page.mouse.click(at["x"], at["y"])
    expect(outcome).to_contain_text(re.compile(r"voxels.* ms"))
    assert page.evaluate("window.__radicula.labelCounts()") == {}, "a preview changes nothing"
    page.keyboard.press("Enter")
    wait_until(page, "window.__radicula.canUndo()")
    found = labelled(page)
    assert found[middle[0], middle[1], SHAPE[2] // 2]
    assert 2 * (found & truth).sum() / (found.sum() + truth.sum()) > 0.5
    expect(page.get_by_test_id("history").locator("li").first).to_contain_text("DeepEdit")
    page.keyboard.press("z")
    assert not labelled(page).any(), "one step"

    page.mouse.click(at["x"], at["y"])
    expect(outcome).to_contain_text(" ms")
    page.keyboard.press("Escape")
    expect(outcome).to_have_count(0)
    assert not labelled(page).any()


def labelled(page: Page) -> np.ndarray:  # type: ignore[type-arg]
    runs = page.evaluate("window.__radicula.labelRuns()")
    flat = np.zeros(int(np.prod(SHAPE)), bool)
    for start, length in zip(runs[0::3], runs[1::3], strict=True):
        flat[start : start + length] = True
    return flat.reshape(SHAPE, order="F")
