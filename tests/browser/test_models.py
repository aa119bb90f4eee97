"""The pages of model versions: two side by side, promotion past the gate, roll-back, history; by keyboard and mouse."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn, wait_until
from tests.factories.datasets import MANUAL, archive
from tests.factories.images import image_voxels, label_voxels, nifti_bytes
from tests.site import Client, Site

STUDY = "versions"
SUBJECTS = ("01", "02", "03", "04", "05", "06")
TEST = SUBJECTS[2:]
GOOD, WORSE = (0.90, 0.88, 0.92, 0.86), (0.80, 0.79, 0.84, 0.75)

VERSIONS = """
from access.models import Study
from tests.factories.models import make_version
study = Study.objects.get(slug={study!r})
for scores in {scores!r}:
    make_version(study, dict(zip({test!r}, scores)), trained_on=["01"])
"""

COMPARISON = """
from access.models import Study
from tests.factories.models import make_comparison
study = Study.objects.get(slug={study!r})
make_comparison(study, {{name: dict(zip({test!r}, scores)) for name, scores in {scores!r}.items()}})
"""


def study_with_versions(site: Site, folder: Path) -> Client:
    """A study of six accepted cords, four of them its test set, and two versions that were scored on it."""
    lead = site.client("lena")
    lead.post("studies", {"slug": STUDY, "name": "Versions", "protocol": "spinal-cord"})
    lead.post(f"studies/{STUDY}/members", {"username": "emil", "role": "engineer"})
    files = {"participants.tsv": b"participant_id\tsite\n" + b"".join(_site_line(name) for name in SUBJECTS)}
    for seed, name in enumerate(SUBJECTS):
        files[f"sub-{name}/anat/sub-{name}_T2w.nii.gz"] = nifti_bytes(image_voxels(seed))
        files[MANUAL.format(name)] = nifti_bytes(label_voxels(seed).astype("float32"))
    packed = archive(folder / "cords.zip", files)
    with packed.open("rb") as upload:
        answer = lead.http.post(
            f"studies/{STUDY}/imports", files={"file": ("cords.zip", upload)}, data={"accept_labels": "true"}
        )
    lead.wait_for_job(answer.json()["id"], seconds=240)
    frozen = lead.http.patch(f"studies/{STUDY}/test-set", json={"subjects": list(TEST)})
    assert frozen.status_code == 200, frozen.text
    site.manage("shell", "-v", "0", "-c", VERSIONS.format(study=STUDY, scores=(GOOD, WORSE), test=TEST))
    return lead


def _site_line(name: str) -> bytes:
    return f"sub-{name}\t{'AB'[int(name) % 2]}\n".encode()


@pytest.mark.slow
def test_compare_promote_and_roll_back(signed_in: SignIn, site: Site, tmp_path: Path) -> None:
    lead = study_with_versions(site, tmp_path)
    page = signed_in("emil")
    page.goto(f"/studies/{STUDY}/models")
    check_first_promotion(page)
    check_comparison(page)
    check_promotion_past_the_gate(page)
    check_roll_back(page)
    check_card_and_case(page)
    check_refused_file(page, tmp_path)
    check_architectures(page, site)
    verbs = [event["verb"] for event in lead.results(f"studies/{STUDY}/events")]
    assert [verb for verb in verbs if verb.startswith("model.")] == [
        "model.described", "model.rolled_back", "model.promoted", "model.promoted",
    ]  # fmt: skip


def check_first_promotion(page: Page) -> None:
    """Without a serving version the gate is open; the keyboard does it."""
    page.get_by_role("button", name="Promote versions v1").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("No version serves: there is nothing to be worse than.")).to_be_visible()
    button = dialog.get_by_role("button", name="Promote", exact=True)
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("region", name="What serves").get_by_role("link")).to_have_text(re.compile("^versions v1 "))


def check_comparison(page: Page) -> None:
    """Two ticked versions stand side by side: the numbers are those of the scores."""
    for number in (1, 2):
        page.get_by_role("row", name=re.compile(f"versions v{number}")).get_by_role("checkbox").check()
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.get_by_text(re.compile(r"^versions v2 \(.*\) seems worse, on few cases$"))).to_be_visible()
    table = page.get_by_role("region", name="Differences by label")
    expect(table.get_by_role("row", name=re.compile("mean over labels"))).to_contain_text("0.795")
    expect(table.get_by_role("row", name=re.compile("mean over labels"))).to_contain_text("\u22120.095")
    expect(table.get_by_role("row", name=re.compile("Spinal cord"))).to_contain_text("0.125")
    page.get_by_label(re.compile("^Case by case.*plot or table")).get_by_text("Table").click()
    rows = page.get_by_role("region", name=re.compile("^Case by case")).get_by_role("row")
    # The largest loss is that of the last test case: 0.11.
    expect(rows.nth(1)).to_contain_text("sub-06_T2w")
    expect(rows.nth(1)).to_contain_text("\u22120.110")


def check_promotion_past_the_gate(page: Page) -> None:
    """The gate says no; a reason goes past it and stands in the history."""
    page.get_by_role("button", name=re.compile("^Promote versions v2")).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text(re.compile("May be worse"))).to_be_visible()
    expect(dialog.get_by_text(re.compile(r"mean Dice -0\.095"))).to_be_visible()
    promote = dialog.get_by_role("button", name="Promote all the same")
    expect(promote).to_be_disabled()
    dialog.get_by_label("Why should it serve all the same?").fill("It knows the new scanner.")
    promote.click()
    expect(dialog).to_be_hidden()
    page.get_by_role("main").get_by_role("link", name="Models", exact=True).click()
    history = page.get_by_role("region", name="History")
    expect(history.get_by_text("It knows the new scanner.")).to_be_visible()
    expect(
        history.get_by_text(re.compile("emil promoted versions v2.*instead of versions v1.*may be worse"))
    ).to_be_visible()


def check_roll_back(page: Page) -> None:
    """One click."""
    serves = page.get_by_role("region", name="What serves")
    serves.get_by_role("button", name="Roll back to v1").click()
    expect(serves.get_by_role("link")).to_have_text(re.compile("^versions v1 "))
    expect(page.get_by_role("region", name="History").get_by_text(re.compile("emil rolled back to"))).to_be_visible()
    expect(serves.get_by_role("button", name=re.compile("Roll back"))).to_be_hidden()


def check_card_and_case(page: Page) -> None:
    """A version's page: its card takes words, and a case opens in the viewer with both maps."""
    page.get_by_role("region", name="What serves").get_by_role("link").click()
    card = page.get_by_role("region", name="Model card")
    expect(card.get_by_role("cell", name="0.890", exact=True).first).to_be_visible()
    card.get_by_role("button", name="Edit use and limits").click()
    card.get_by_label("Limits").fill("Adults only.")
    card.get_by_role("button", name="Save").click()
    expect(card.get_by_label("Limits")).to_have_count(0)  # a text field's words are text of the page, too
    expect(card.get_by_text("Adults only.")).to_be_visible()
    page.get_by_role("link", name="sub-06_T2w").click()
    expect(page.get_by_role("region", name="Scored case")).to_contain_text("sub-06_T2w")
    wait_until(page, "Boolean(window.__radicula)")
    expect(page.get_by_role("region", name="Scored case")).to_contain_text("0.860")
    page.go_back()
    expect(card).to_be_visible()


def check_refused_file(page: Page, folder: Path) -> None:
    """What is wrong with a file stands beside the field."""
    page.get_by_role("main").get_by_role("link", name="Models", exact=True).click()
    page.get_by_role("button", name="Import…").click()
    wrong = archive(folder / "wrong.radicula.zip", {"notes.txt": b"no model"})
    dialog = page.get_by_role("dialog")
    dialog.locator("input[type=file]").set_input_files(wrong)
    dialog.get_by_role("button", name="Import", exact=True).click()
    expect(dialog.get_by_text("The file has no manifest.json: it was not exported as a Radicula file.")).to_be_visible()


def check_architectures(page: Page, site: Site) -> None:
    """Candidates on one split: the best is marked, the other beside it with interval and p; fewer than two wait."""
    scores = {"unet3d": WORSE, "segresnet": GOOD}
    site.manage("shell", "-v", "0", "-c", COMPARISON.format(study=STUDY, scores=scores, test=TEST))
    page.goto(f"/studies/{STUDY}/models")
    section = page.get_by_role("region", name="Architectures", exact=True)
    best = section.get_by_role("row", name=re.compile("^SegResNet"))
    expect(best).to_contain_text("best")
    expect(best).to_contain_text("0.890 ± 0.026")
    other = section.get_by_role("row", name=re.compile("^3-D U-Net"))
    expect(other).to_contain_text("0.795 ± 0.037")
    expect(other).to_contain_text(re.compile("\u22120\\.095 \\[\u22120\\.10\\d, \u22120\\.08\\d\\]"))
    expect(other).to_contain_text("0.125")  # of four pairs: no smaller p is possible
    section.get_by_role("button", name="Compare architectures…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Train and compare 2")).to_be_enabled()
    dialog.get_by_role("checkbox", name="SegResNet").uncheck()
    expect(dialog.get_by_text("Two or more can be compared.")).to_be_visible()
    expect(dialog.get_by_role("button", name="Train and compare 1")).to_be_disabled()
    dialog.get_by_role("button", name="Close").last.click()
    expect(dialog).to_be_hidden()
