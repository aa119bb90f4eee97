"""The measures page on a straight cord with known spinal levels: computed, filtered, led to the voxels, outdated."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.api.test_clinical_measures import rootlet_files
from tests.browser.conftest import SignIn, wait_until
from tests.factories.datasets import archive
from tests.site import Client, Site

STUDY = "spinal-levels"
JOB_SECONDS = 240.0


def import_files(lead: Client, path: Path, files: dict[str, bytes]) -> None:
    with archive(path, files).open("rb") as upload:
        answer = lead.http.post(
            f"studies/{STUDY}/imports", files={"file": (path.name, upload)}, data={"accept_labels": "true"}
        )
    lead.wait_for_job(answer.json()["id"], seconds=JOB_SECONDS)


@pytest.mark.slow
def test_measures_are_computed_filtered_and_lead_to_their_voxels(signed_in: SignIn, site: Site, tmp_path: Path) -> None:
    lead = site.client("lena")
    lead.post("studies", {"slug": STUDY, "name": "Spinal levels", "protocol": "rootlets"})
    import_files(lead, tmp_path / "a.zip", rootlet_files("01") | rootlet_files("02", cord=False))
    page = signed_in("lena")
    page.goto(f"/studies/{STUDY}/measures")
    expect(page.get_by_role("heading", name="Nothing is measured yet")).to_be_visible()
    page.get_by_role("button", name="Compute measures").click()
    page.get_by_role("dialog").get_by_role("button", name="Compute", exact=True).click()
    expect(page.get_by_text("all of them hold for the label maps of today")).to_be_visible(timeout=JOB_SECONDS * 1000)
    page.get_by_role("button", name=re.compile("3 tables without numbers")).click()
    expect(page.get_by_text("the case lacks cord").first).to_be_visible()
    # The API's numbers, from both rules; the page begins with the one in mm.
    (told,) = lead.results(f"studies/{STUDY}/measures", quantity="midpoint", level="C3", reader="ada", variant="2.4 mm")
    table = page.get_by_role("table", name="numbers of the measure")
    expect(table.get_by_role("row")).to_have_count(1 + 6)
    page.get_by_role("textbox", name="Level").click()
    page.get_by_role("option", name="C3").click()
    expect(table.get_by_role("row")).to_have_count(1 + 3)
    assert "level=C3" in page.url
    row = table.get_by_role("row", name=re.compile("ada"))
    expect(row).to_contain_text(f"{told['value']:.2f} mm")
    row.get_by_role("link").click()
    bar = page.get_by_role("region", name="Number of a measure")
    expect(bar).to_contain_text("sub-01")
    expect(bar).to_contain_text(f"{told['value']:.2f} mm")
    # Ada's C3 lies on slices 24 to 28: the viewer stands in it.
    wait_until(page, "(() => { const k = window.__radicula?.cursor?.()[2]; return k >= 24 && k <= 28; })()")
    page.go_back()
    expect(table.get_by_role("row")).to_have_count(1 + 3)
    # A later version outdates ada's number and that of the consensus, with the reason.
    import_files(lead, tmp_path / "b.zip", rootlet_files("01", shift=2))
    page.reload()
    expect(table.get_by_text("outdated: a later label version is there")).to_have_count(2)
    expect(row).to_contain_text("outdated")
