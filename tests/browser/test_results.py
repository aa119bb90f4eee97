"""The results pages on a phantom study that three raters have read: numbers, maps behind a point, and newer labels."""

import gzip
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import SignIn, wait_for, wait_until
from tests.factories.datasets import archive
from tests.factories.images import affine_of, nifti_bytes
from tests.site import Client, Site

STUDY = "rootlet-agreement"
SHAPE = (24, 24, 60)
SPACING = (1.0, 1.0, 1.0)
LEVELS = (4, 5, 6, 7)
SUBJECTS = ("01", "02", "03", "04", "05", "06")
JOB_SECONDS = 240.0
SHIFTED = "03"
"""Cyd numbers the levels of this subject one too high."""

# Which paths are small and round: points of a plot.
POINTS = """paths => paths.map(path => path.getBoundingClientRect())
  .flatMap((box, n) => (box.width > 5 && box.width < 14 && box.height > 5 && box.height < 14 ? [n] : []))"""


def levels(seed: int, *, shift: int = 0, shrink: float = 0.0) -> NDArray[np.uint8]:
    """A ball per level down the volume, drawn a little differently by every seed."""
    rng = np.random.default_rng(seed)
    grid = np.stack(np.meshgrid(*map(np.arange, SHAPE), indexing="ij"), axis=-1)
    found = np.zeros(SHAPE, dtype=np.uint8)
    for place, value in enumerate(LEVELS):
        centre = np.array([12.0, 12.0, 50.0 - 13.0 * place]) + rng.normal(0.0, 0.4, 3)
        radius = 4.5 + 0.3 * place + rng.normal(0.0, 0.3) - shrink
        found[np.linalg.norm(grid - centre, axis=-1) <= radius] = value + shift
    return found


def dataset(subjects: tuple[str, ...] = SUBJECTS) -> dict[str, bytes]:
    """A BIDS tree with the readings of ben and cyd, and the sites of the subjects."""
    affine = affine_of("RAS", SPACING)
    sites = "".join(f"sub-{name}\t{'AB'[n % 2]}\n" for n, name in enumerate(subjects))
    files = {"participants.tsv": f"participant_id\tsite\n{sites}".encode()}
    for n, name in enumerate(subjects):
        noise = np.random.default_rng(n).normal(0.0, 40.0, SHAPE)
        image = (200.0 + 400.0 * (levels(1000 + n) > 0) + noise).clip(0, 900).astype(np.int16)
        files[f"sub-{name}/anat/sub-{name}_T2w.nii.gz"] = nifti_bytes(image, affine)
        for seed, rater in enumerate(("ben", "cyd")):
            drawn = levels(100 * seed + n, shift=int(rater == "cyd" and name == SHIFTED), shrink=0.4 * seed)
            path = f"derivatives/labels/sub-{name}/anat/sub-{name}_T2w_label-rootlets_desc-{rater}_dseg.nii.gz"
            files[path] = nifti_bytes(drawn, affine)
    return files


def hand_in(ada: Client, task: dict[str, Any], drawn: NDArray[np.uint8]) -> None:
    """Draw and submit a task as the viewer does."""
    opened = ada.post(f"tasks/{task['id']}/open", {})
    (volume,) = opened["volumes"]
    head = volume["head"]
    answer = ada.http.post(
        f"tasks/{task['id']}/label-versions",
        params={"volume": volume["id"], "parent": head["id"] if head else "", "dtype": "uint8", "active_seconds": 5},
        content=gzip.compress(drawn.tobytes(order="F")),
        headers={"Content-Type": "application/octet-stream", "Content-Encoding": "gzip"},
    )
    assert answer.status_code < 300, answer.text
    ada.post(f"tasks/{task['id']}/submit", {"active_seconds": 5, "comment": "", "overrides": overrides(ada, task)})


def overrides(ada: Client, task: dict[str, Any]) -> list[dict[str, str]]:
    """A reason for each thing that anatomy speaks against in a row of balls."""
    found = ada.post(f"tasks/{task['id']}/checks", {})
    return [{"finding": one["id"], "reason": "a phantom"} for one in found if one.get("id")]


def read_study(site: Site, folder: Path) -> Client:
    """The study with ben's and cyd's readings imported and ada's handed in; the lead's client."""
    lead = site.client("lena")
    lead.post("studies", {"slug": STUDY, "name": "Rootlet agreement", "protocol": "rootlets"})
    lead.post(f"studies/{STUDY}/members", {"username": "ada", "role": "annotator"})
    lead.post(f"studies/{STUDY}/members", {"username": "rita", "role": "reviewer"})
    packed = archive(folder / "phantoms.zip", dataset())
    with packed.open("rb") as upload:
        answer = lead.http.post(
            f"studies/{STUDY}/imports", files={"file": ("phantoms.zip", upload)}, data={"accept_labels": "true"}
        )
    lead.wait_for_job(answer.json()["id"], seconds=JOB_SECONDS)
    cases = [case["id"] for case in lead.results(f"studies/{STUDY}/cases")]
    (ada_id,) = (m["user"]["id"] for m in lead.results(f"studies/{STUDY}/members") if m["user"]["username"] == "ada")
    lead.post(f"studies/{STUDY}/tasks", {"cases": cases, "raters": [ada_id], "reads": 1})
    ada = site.client("ada")
    for n, task in enumerate(sorted(ada.results("tasks", study=STUDY), key=lambda one: one["case"]["name"])):
        hand_in(ada, task, levels(500 + n))
    return lead


def analyse(lead: Client, **more: Any) -> dict[str, Any]:
    """Ask, and wait for the answer."""
    asked = lead.post(f"studies/{STUDY}/analyses", {"resamples": 300, "group_by": ["site"], **more})
    lead.wait_for_job(asked["job"]["id"], seconds=JOB_SECONDS)
    found = lead.get(f"analyses/{asked['id']}")
    assert isinstance(found, dict)
    return found


@pytest.fixture(scope="module")
def lead(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Client:
    """The lead of a study that three have read."""
    return read_study(site, tmp_path_factory.mktemp("study"))


@pytest.mark.slow
def test_the_numbers_of_a_page_are_those_of_the_api_and_lead_to_their_voxels(
    signed_in: SignIn, site: Site, lead: Client
) -> None:
    analysis = analyse(lead, kind="inter_rater")
    document = lead.get(f"analyses/{analysis['id']}/document")
    page = signed_in("lena")
    page.goto(f"/studies/{STUDY}/results/{analysis['id']}")
    check_numbers(page, document)
    check_filters(page, lead, analysis["id"])
    check_voxels(page, lead, analysis["id"])
    check_newer_labels(page, lead, site, analysis["id"])


def check_numbers(page: Page, document: dict[str, Any]) -> None:
    """Finding, headline, ICC and matrix."""
    expect(page.get_by_text("The level numbering differs").first).to_be_visible()
    overall = next(e for e in document["agreement"] if e["pair"] is None and e["label"] is None and e["group"] is None)
    dice = overall["metrics"]["dice"]
    told = f"{dice['mean']:.2f} [{dice['ci'][0]:.2f}, {dice['ci'][1]:.2f}]"
    expect(page.get_by_text(f"The mean Dice is {told}")).to_be_visible()
    reliability = page.get_by_role("region", name="Reliability")
    for entry in document["reliability"]["measurements"]:
        if entry["measurement"] != "volume_mm3" or entry["group"] is not None:
            continue
        icc = next(form for form in entry["icc"] if form["type"] == document["reliability"]["default_form"])
        if icc["value"] is not None:
            low, high = icc["ci95"]
            shown = f"{icc['value']:.2f} [{low:.2f}, {high:.2f}]".replace("-", "\u2212")
            expect(reliability.get_by_role("cell", name=shown).first).to_be_visible()
            expect(reliability.get_by_text(icc["words"], exact=True).first).to_be_visible()
    matrix = page.get_by_role("region", name=re.compile("reader by reader"))
    pair = next(e for e in document["agreement"] if e["pair"] == 0 and e["label"] is None and e["group"] is None)
    expect(matrix.get_by_text(f"{pair['metrics']['dice']['mean']:.3f}").first).to_be_visible()


def check_filters(page: Page, lead: Client, analysis: str) -> None:
    """An address says what is looked at; the table begins with the worst."""
    page.goto(f"/studies/{STUDY}/results/{analysis}?label=5&metric=hd95_mm")
    rows = lead.results(f"analyses/{analysis}/rows", label=5, sort="-hd95_mm")
    worst = page.get_by_role("region", name="Worst first").get_by_role("row").nth(1)
    expect(worst).to_contain_text(rows[0]["volume_name"])
    expect(worst).to_contain_text(f"{rows[0]['hd95_mm']:.2f}")


def check_voxels(page: Page, lead: Client, analysis: str) -> None:
    """A line opens the two maps and where they differ; the next worst is a key away."""
    page.goto(f"/studies/{STUDY}/results/{analysis}?label=5")
    rows = lead.results(f"analyses/{analysis}/rows", label=5, sort="dice")
    page.get_by_role("region", name="Worst first").get_by_role("link").first.click()
    page.wait_for_url(f"**/rows/{rows[0]['number']}**")
    wait_until(page, "window.__radicula?.ready === true")
    detail = lead.get(f"analyses/{analysis}/rows/{rows[0]['number']}")
    bar = page.get_by_role("region", name="Row of the analysis")
    expect(bar).to_contain_text(detail["a"]["title"])
    expect(bar).to_contain_text(detail["b"]["title"])
    apart = voxels(lead, detail["disagreement_url"], "uint8")
    expect(bar).to_contain_text(f"({np.count_nonzero(apart == 1)} voxels alone)")
    expect(bar).to_contain_text(f"({np.count_nonzero(apart == 2)} voxels alone)")
    first = voxels(lead, detail["a"]["voxels_url"], detail["a"]["dtype"])
    values, counts = np.unique(first[first > 0], return_counts=True)
    shown = page.evaluate("window.__radicula.labelCounts()")
    assert shown == {str(value): int(count) for value, count in zip(values, counts, strict=True)}
    expect(page.locator("[data-cell]")).to_have_count(2)
    page.keyboard.press(">")
    page.wait_for_url(f"**/rows/{rows[1]['number']}**")


def voxels(client: Client, url: str, dtype: str) -> NDArray[Any]:
    """The voxels behind an address that the API gave."""
    answer = client.http.get(url.removeprefix("/api/v1/"))
    assert answer.status_code == 200, answer.text
    return np.frombuffer(answer.content, dtype=dtype)


def check_newer_labels(page: Page, lead: Client, site: Site, analysis: str) -> None:
    """A reading that is sent back and handed in anew makes the analysis outdated; a re-run takes it in."""
    ada, rita = site.client("ada"), site.client("rita")
    task = min(ada.results("tasks", study=STUDY), key=lambda one: one["case"]["name"])
    rita.post(f"tasks/{task['id']}/review", {"verdict": "returned", "comment": "Once more, please."})
    hand_in(ada, task, levels(900, shrink=0.8))
    page.goto(f"/studies/{STUDY}/results/{analysis}")
    expect(page.get_by_text("Labels have changed since")).to_be_visible()
    page.get_by_role("button", name="Run again with the newer labels").click()
    page.wait_for_url(lambda url: analysis not in url)
    expect(page.get_by_text("The mean Dice is")).to_be_visible(timeout=JOB_SECONDS * 1000)
    expect(page.get_by_text("Labels have changed since")).to_have_count(0)
    again = page.url.rpartition("/")[2]
    assert lead.get(f"analyses/{again}")["document_sha256"] != lead.get(f"analyses/{analysis}")["document_sha256"]


@pytest.mark.slow
def test_questions_are_asked_in_the_form_and_another_tool_comes_in_through_it(
    signed_in: SignIn, lead: Client, tmp_path: Path
) -> None:
    lead.post("studies", {"slug": "unread", "name": "Unread", "protocol": "dentate-qsm"})
    page = signed_in("lena")
    page.goto("/studies/unread/results")
    expect(page.get_by_text("The protocol asks for it").first).to_be_visible()
    expect(page.get_by_role("button", name="Start: Intra-rater reliability")).to_be_disabled()
    check_every_kind(page)
    check_external_tool(page, lead, tmp_path)


def check_every_kind(page: Page) -> None:
    """The form tells what each kind answers and what it lacks; a question on one label gives that label's answer."""
    page.goto(f"/studies/{STUDY}/results?new=inter_rater")
    form = page.get_by_role("dialog", name="New analysis")
    expect(form.get_by_role("textbox", name="Kind")).to_be_focused()
    lacks = {
        "Intra-rater reliability": "assign a second read",
        "Raters against a model": "a model version that has made proposals",
        "Model against model": "two model versions",
        "Round over round": "the frozen test set",
        "Variability across sites, vendors, sessions": None,
        "Inter-rater reliability": None,
    }
    for kind, lack in lacks.items():
        form.get_by_role("textbox", name="Kind").click()
        page.get_by_role("option", name=kind).click()
        status, ask = form.get_by_role("status"), form.get_by_role("button", name="Compare")
        expect(status).to_contain_text(lack or "Compares")
        expect(ask).to_be_disabled() if lack else expect(ask).to_be_enabled()
    form.get_by_role("textbox", name="Labels").click()
    page.get_by_role("option", name="C6").click()
    page.keyboard.press("Escape")
    form.get_by_role("textbox", name="Title").fill("C6 alone")
    form.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", name="C6 alone")).to_be_visible()
    expect(page.get_by_text("The mean Dice is")).to_be_visible(timeout=JOB_SECONDS * 1000)
    expect(page.get_by_role("region", name="Agreement by label").get_by_role("row")).to_have_count(2)


def check_external_tool(page: Page, lead: Client, folder: Path) -> None:
    """A tool's maps are packed, imported in the form and compared; what didn't match is told there."""
    path = folder / "net.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for n, name in enumerate((*SUBJECTS[:5], "99")):
            packed.writestr(f"out/sub-{name}_T2w_dseg.nii.gz", nifti_bytes(levels(700 + n), affine_of("RAS", SPACING)))
    page.goto(f"/studies/{STUDY}/results?new=external")
    form = page.get_by_role("dialog", name="New analysis")
    form.locator("input[type=file]").set_input_files(path)
    form.get_by_role("textbox", name="Tool", exact=True).fill("net")
    form.get_by_role("button", name="Import", exact=True).click()
    expect(form.get_by_text("5 label maps matched, 1 left out")).to_be_visible(timeout=JOB_SECONDS * 1000)
    expect(form.get_by_text("no image of sub-99 was found")).to_be_visible()
    form.get_by_role("button", name="Compare").click()
    expect(page.get_by_text("The mean Dice is")).to_be_visible(timeout=JOB_SECONDS * 1000)
    document = lead.get(f"analyses/{page.url.rpartition('/')[2]}/document")
    assert [reader["title"] for reader in document["readers"]][-1] == "net"
    expect(page.get_by_role("region", name="Left out")).to_contain_text("sub-06")


@pytest.mark.slow
def test_an_answer_is_read_by_keyboard_kept_as_files_and_seen_in_pictures(signed_in: SignIn, lead: Client) -> None:
    analysis = analyse(lead, kind="inter_rater", title="By keyboard")
    page = signed_in("lena")
    check_keyboard(page)
    page.goto(f"/studies/{STUDY}/results/{analysis['id']}")
    check_plots(page)
    check_pictures(page)
    check_report(page, lead, analysis["id"])
    check_cancel(page, lead)


def tab_to(page: Page, words: str, most: int = 200) -> None:
    """Press Tab until what has the focus says some words."""
    focused = "(document.activeElement?.getAttribute('aria-label') ?? '') + (document.activeElement?.textContent ?? '')"
    for _ in range(most):
        page.keyboard.press("Tab")
        if words in str(page.evaluate(focused)):
            return
    raise AssertionError(f"{most} Tabs did not reach '{words}' at {page.url}")


def tab_onto(page: Page, control: Locator, most: int = 300) -> None:
    """Press Tab until a control has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if control.evaluate("control => control === document.activeElement"):
            return
    raise AssertionError(f"{most} Tabs did not reach {control} at {page.url}")


def check_keyboard(page: Page) -> None:
    """From the list to where two maps differ, and on to the next worst, without the mouse."""
    page.goto(f"/studies/{STUDY}/results")
    expect(page.get_by_role("link", name="By keyboard")).to_be_visible()
    tab_to(page, "By keyboard")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Worst first")).to_be_visible()
    tab_onto(page, page.get_by_role("region", name="Worst first").get_by_role("link").first)
    page.keyboard.press("Enter")
    page.wait_for_url("**/rows/*")
    wait_until(page, "window.__radicula?.ready === true")
    bar = page.get_by_role("region", name="Row of the analysis")
    differences = bar.get_by_role("switch", name="Differences")
    expect(differences).to_be_checked()
    page.keyboard.press("/")
    expect(differences).not_to_be_checked()
    before = page.url
    page.keyboard.press(">")
    page.wait_for_url(lambda url: url != before)


def check_plots(page: Page) -> None:
    """A plot is kept as SVG and as PNG; the log scale has its own numbers; a point opens its case."""
    with page.expect_download() as kept:
        page.get_by_role("button", name="Dice by label: save as SVG").click()
    assert b"<svg" in kept.value.path().read_bytes()[:200]
    with page.expect_download() as kept:
        page.get_by_role("button", name="Dice by label: save as PNG").click()
    assert kept.value.path().read_bytes().startswith(b"\x89PNG")
    figure = page.get_by_role("region", name=re.compile("Bland"))
    figure.get_by_text("Ratio (log)").click()
    expect(figure.get_by_text("mean ratio")).to_be_visible()
    # The table has the same in the same order: the last mark, which lies over the others, is its last line.
    figure.get_by_text("Table", exact=True).click()
    links = figure.get_by_role("table").get_by_role("link")
    cases, last = links.count(), str(links.last.get_attribute("href"))
    figure.get_by_text("Plot", exact=True).click()
    expect(figure.get_by_text("mean ratio")).to_be_visible()
    figure.scroll_into_view_if_needed()
    paths = figure.get_by_role("img").locator("svg path")
    assert cases > 1
    wait_for(page, lambda: len(paths.evaluate_all(POINTS)) == cases, "each line of the table has a point")
    # Where it lies is looked up as it is clicked: what comes in above may move the plot.
    paths.nth(paths.evaluate_all(POINTS)[-1]).click(force=True)
    page.wait_for_url(lambda url: url.endswith(last))
    wait_until(page, "window.__radicula?.ready === true")
    expect(page.locator("[data-cell]")).to_have_count(2)
    expect(page.get_by_role("region", name="Row of the analysis")).to_contain_text("voxels alone")
    page.go_back()


def check_pictures(page: Page) -> None:
    """The picture of the worst case first, and of the next."""
    pictures = page.get_by_role("region", name="Pictures of the cases")
    wide = "document.querySelector('section[aria-label=\"Pictures of the cases\"] img')?.naturalWidth > 300"
    wait_until(page, wide)
    first = pictures.locator("img").get_attribute("src")
    pictures.get_by_role("button", name="Next case").click()
    expect(pictures.locator("img")).not_to_have_attribute("src", str(first))
    wait_until(page, wide)


def check_report(page: Page, lead: Client, analysis: str) -> None:
    """The report is made from the page; each of its files comes, with the numbers of the answer."""
    page.get_by_role("button", name="Make the report").click()
    menu = page.get_by_role("button", name="Report", exact=True)
    menu.click(timeout=JOB_SECONDS * 1000)
    expect(page.get_by_role("menuitem", name=re.compile("PDF"))).to_be_visible()
    files = {
        str(item.get_attribute("href")).rpartition("/")[2]: str(item.get_attribute("href"))
        for item in page.get_by_role("menuitem").all()
    }
    starts = {
        "report.pdf": b"%PDF",
        "values.parquet": b"PAR1",
        "values.csv": b"kind,",
        "report.html": b"<!doctype html>",
    }
    found = {name: page.request.get(url).body() for name, url in files.items()}
    assert {name: found[name][: len(start)] for name, start in starts.items()} == starts
    assert json.loads(found["results.json"])["document"] == lead.get(f"analyses/{analysis}/document")
    page.keyboard.press("Escape")


def check_cancel(page: Page, lead: Client) -> None:
    """An analysis that waits behind others is cancelled on its page."""
    asked = [
        lead.post(f"studies/{STUDY}/analyses", {"kind": "inter_rater", "resamples": 20_000, "title": f"Busy {n}"})
        for n in range(3)
    ]
    page.goto(f"/studies/{STUDY}/results/{asked[-1]['id']}")
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(page.get_by_text("cancelled").first).to_be_visible()
    for one in asked[:-1]:
        lead.wait_for_job(one["job"]["id"], seconds=JOB_SECONDS)
