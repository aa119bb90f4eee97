"""Once around on real MRI, as a team would: import, agree, train, propose, correct, review.

The images are cervical T2w at 1 mm; the masks are manual for three subjects and PropSeg's for three. By default the
field of view ends in front of the neck and behind it, and a small network learns from few steps; with `RADICULA_FULL=1`
images are whole, the training is as long as the protocol says, and its Dice is held against the bar.
"""

import os
import shutil
import time
import zipfile
from pathlib import Path
from typing import Any

import nibabel as nib
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn, wait_until
from tests.site import Client, Site

FULL = os.environ.get("RADICULA_FULL") == "1"
STUDY = "cervical-cord"
SHORT = {"architecture": "unet3d-small", "epochs": 2, "steps_per_epoch": 60}
ENOUGH_DICE = 0.90 if FULL else 0.50
"""Two short epochs find the cord (0.71); that they draw it well is what the full run shows."""
CROP = slice(None) if FULL else slice(150, 310)
"""Along the first axis, from front to back: all masks lie between 189 and 269."""
TRAINING_SECONDS = 300.0
JOB_SECONDS = 240.0
FILES = (
    ("sct-cervical-t2", "sub-errsm11/anat/sub-errsm11_T2w*"),
    ("sct-cervical-t2", "sub-errsm18/anat/sub-errsm18_T2w*"),
    ("sct-cervical-t2", "sub-errsm23/anat/sub-errsm23_T2w*"),
    ("sct-errsm30", "anat/sub-errsm30_T2w.nii.gz"),
    ("sct-errsm30", "anat/sub-errsm30_T2w_label-SC_desc-propseg_seg.nii.gz"),
)

pytestmark = [pytest.mark.real_data, pytest.mark.slow, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def archive(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dataset as a person would send it, with one file that is cut short."""
    folder = tmp_path_factory.mktemp("dataset")
    for dataset, pattern in FILES:
        for source in sorted((real_data / dataset).glob(pattern)):
            target = folder / source.name.partition("_")[0] / "anat" / source.name
            target.parent.mkdir(parents=True, exist_ok=True)
            if FULL:
                shutil.copyfile(source, target)
            else:
                nib.save(nib.load(source).slicer[CROP], target)
    whole = (folder / "sub-errsm11" / "anat" / "sub-errsm11_T2w.nii.gz").read_bytes()
    broken = folder / "sub-broken" / "anat" / "sub-broken_T2w.nii.gz"
    broken.parent.mkdir(parents=True)
    broken.write_bytes(whole[: len(whole) // 2])
    path = folder.parent / "cords.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as made:
        for file in sorted(folder.rglob("*.nii.gz")):
            made.write(file, file.relative_to(folder))
    return path


def make_study(page: Page) -> None:
    page.goto("/?new")
    page.get_by_role("textbox", name="Name").fill("Cervical cord")
    page.get_by_role("textbox", name="Address").fill(STUDY)
    page.get_by_role("radio", name="Spinal cord").click()
    page.get_by_role("button", name="Make study").click()
    page.wait_for_url(f"**/studies/{STUDY}**")


def import_archive(page: Page, archive: Path) -> None:
    page.goto(f"/studies/{STUDY}/cases")
    page.get_by_label("Accept the labels that come along as reference").check()
    with page.expect_file_chooser() as chosen:
        page.get_by_role("button", name="Choose a file").click()
    chosen.value.set_files(archive)
    expect(page.get_by_text("sub-broken_T2w.nii.gz").first).to_be_visible(timeout=JOB_SECONDS * 1000)


def check_import(lead: Client) -> None:
    (job,) = lead.results("jobs", study=STUDY, kind="import")
    report = job["result"]
    assert (report["images"], report["labels"]) == (4, 6)
    reasons = {row["path"].rpartition("/")[2]: row["reason"] for row in report["files"]}
    assert "end" in reasons["sub-broken_T2w.nii.gz"] or "truncated" in reasons["sub-broken_T2w.nii.gz"]
    assert {name for name in reasons if "vertebrae" in name} == {
        f"sub-errsm{n}_T2w_label-vertebrae_dlabel.nii.gz" for n in (11, 18, 23)
    }


def compare_raters(page: Page, lead: Client) -> None:
    """Manual against PropSeg, in the page; the API's numbers are the page's."""
    page.goto(f"/studies/{STUDY}/results?new")
    for letter, rater in (("A", "manual"), ("B", "propseg")):
        page.get_by_role("textbox", name=f"Reader {letter}").click()
        page.get_by_role("option", name=rater, exact=True).click()
    page.get_by_role("button", name="Compare").click()
    page.wait_for_url("**/results/*-*")
    expect(page.get_by_role("cell", name="sub-errsm23").first).to_be_visible(timeout=JOB_SECONDS * 1000)
    (brief,) = lead.results(f"studies/{STUDY}/analyses")
    rows = lead.results(f"analyses/{brief['id']}/rows")
    dice = {row["case"]["name"]: row["dice"] for row in rows}
    assert dice.keys() == {"sub-errsm18", "sub-errsm23"}
    # Stated with the data: 0.91 to 0.92, two decimals.
    assert all(0.905 <= value < 0.925 for value in dice.values()), dice
    for value in dice.values():
        expect(page.get_by_text(f"{value:.3f}").first).to_be_visible()
    table = lead.http.get(f"analyses/{brief['id']}/csv").text.splitlines()
    assert len(table) == 1 + len(dice)
    assert str(dice["sub-errsm23"]) in table[-1]
    assert all(lead.http.get(f"label-versions/{row['version_a']}/nifti").status_code == 200 for row in rows)


def train(page: Page, engineer: Client) -> dict[str, Any]:
    """Train on three subjects alone, watch the run's page, and give the run as it ended."""
    defaults = engineer.get(f"studies/{STUDY}/training-preview")["defaults"]
    wanted = {"architecture": defaults["architecture"], "epochs": defaults["epochs"]} if FULL else SHORT
    started = time.monotonic()
    run = engineer.post(
        f"studies/{STUDY}/training-runs",
        {
            **wanted,
            "seed": 0,
            "raters": ["manual", "propseg"],
            "train": ["errsm11", "errsm18", "errsm30"],
            "validation": [],
            "test": ["errsm23"],
        },
    )
    page.goto(f"/studies/{STUDY}/models/runs/{run['id']}")
    expect(page.get_by_role("progressbar", name="Progress of the training")).to_be_visible()
    page.goto("about:blank")  # a page that animates takes its share of two cores from the training
    engineer.wait_for_job(run["job"]["id"], seconds=3 * TRAINING_SECONDS)
    seconds = time.monotonic() - started
    run = engineer.get(f"training-runs/{run['id']}")
    print(f"\ntraining and scoring: {seconds:.0f} s, Dice {run['scores']['1']['mean']:.4f} on errsm23")
    assert run["scores"]["1"]["mean"] >= ENOUGH_DICE
    assert [len(run[split]) for split in ("train", "validation", "test")] == [3, 0, 1]
    assert len(run["epochs"]) == wanted["epochs"]
    page.goto(f"/studies/{STUDY}/models/runs/{run['id']}")
    expect(page.get_by_label("Training loss by epoch")).to_be_visible()
    return dict(run)


def promote(page: Page, engineer: Client) -> dict[str, Any]:
    page.goto(f"/studies/{STUDY}/models")
    page.get_by_role("button", name="Promote").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Promote").click()
    expect(page.get_by_text("serving").first).to_be_visible()
    (version,) = engineer.results(f"studies/{STUDY}/model-versions")
    assert version["state"] == "serving"
    assert len(version["weights_sha256"]) == 64
    return dict(version)


def propose(engineer: Client, lead: Client, version: dict[str, Any], run: dict[str, Any]) -> str:
    """Propose on the held-out subject; against its manual mask it scores what the run said."""
    (case,) = (row for row in lead.results(f"studies/{STUDY}/cases") if row["name"] == "sub-errsm23")
    job = engineer.post(f"studies/{STUDY}/proposals", {"cases": [case["id"]]})
    engineer.wait_for_job(job["id"], seconds=2 * JOB_SECONDS)
    readers = [{"type": "rater", "name": "manual"}, {"type": "model", "name": version["id"]}]
    analysis = lead.post(f"studies/{STUDY}/analyses", {"kind": "human_model", "readers": readers})
    lead.wait_for_job(analysis["job"]["id"], seconds=JOB_SECONDS)
    (row,) = lead.results(f"analyses/{analysis['id']}/rows")
    assert row["dice"] == pytest.approx(run["scores"]["1"]["mean"], abs=1e-9)
    return str(case["id"])


def correct_and_submit(page: Page, annotator: Client) -> dict[str, Any]:
    """Open the task, which starts from the proposal, paint, and hand it in by keyboard."""
    (task,) = annotator.results("tasks", study=STUDY, mine="true")
    page.goto(f"/tasks/{task['id']}")
    wait_until(page, "window.__radicula?.ready === true")
    proposed = page.evaluate("window.__radicula.labelCounts()")["1"]
    assert proposed > 100
    page.keyboard.press("1")
    page.keyboard.press("b")
    at = page.evaluate(f"window.__radicula.canvasFor([{300 - (CROP.start or 0)}, 20, 26], 'sagittal')")
    page.mouse.move(at["x"], at["y"])
    page.mouse.down()
    page.mouse.move(at["x"] + 40, at["y"], steps=5)
    page.mouse.up()
    counts = page.evaluate("window.__radicula.labelCounts()")
    assert counts["1"] > proposed
    page.keyboard.press("Control+Enter")
    page.get_by_role("dialog").get_by_role("button", name="Submit").click()
    page.wait_for_url(lambda url: task["id"] not in url)
    submitted = annotator.get(f"tasks/{task['id']}")
    assert submitted["state"] == "submitted"
    (volume,) = (row for row in submitted["volumes"] if row["role"] == "T2w")
    assert volume["submitted"]["counts"] == counts
    return dict(submitted)


def review(page: Page, task: dict[str, Any], reviewer: Client) -> None:
    page.goto(f"/tasks/{task['id']}")
    wait_until(page, "window.__radicula?.ready === true")
    page.get_by_role("button", name="Accept").click()
    wait_until(page, "document.body.innerText.includes('Accepted')")
    assert reviewer.get(f"tasks/{task['id']}")["state"] == "accepted"


def test_once_around_on_real_mri(site: Site, signed_in: SignIn, archive: Path) -> None:
    lena, lead = signed_in("lena"), site.client("lena")
    make_study(lena)
    import_archive(lena, archive)
    check_import(lead)
    members = {
        name: lead.post(f"studies/{STUDY}/members", {"username": name, "role": role})
        for name, role in (("ada", "annotator"), ("rita", "reviewer"), ("emil", "engineer"))
    }
    compare_raters(lena, lead)
    lead.http.patch(f"studies/{STUDY}/test-set", json={"subjects": ["errsm23"]}).raise_for_status()

    emil, engineer = signed_in("emil"), site.client("emil")
    run = train(emil, engineer)
    version = promote(emil, engineer)
    case = propose(engineer, lead, version, run)

    lead.post(f"studies/{STUDY}/tasks", {"cases": [case], "raters": [members["ada"]["user"]["id"]], "reads": 1})
    task = correct_and_submit(signed_in("ada"), site.client("ada"))
    review(signed_in("rita"), task, site.client("rita"))
    verbs = {event["verb"] for event in lead.results(f"studies/{STUDY}/events")}
    assert {"dataset.imported", "training.started", "task.submitted"} <= verbs
