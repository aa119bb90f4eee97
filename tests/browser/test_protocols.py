"""A protocol in the browser: cards and options of a new study, a lab's own file, and a newer version of it."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from protocols.loader import LIBRARY
from tests.browser.conftest import SignIn, wait_until
from tests.site import Site

REFUSED = "line 3, version: 'two' came"
LOADED = "[...document.querySelectorAll('form img')].every((one) => one.complete && one.naturalWidth > 0)"


def own_file(folder: Path, name: str, *replaced: tuple[str, str]) -> Path:
    """A lab's own protocol, made from one of the library."""
    text = (LIBRARY / "rootlets.toml").read_text()
    for old, new in (('name = "rootlets"', 'name = "our-rootlets"'), *replaced):
        assert old in text, old
        text = text.replace(old, new, 1)
    path = folder / name
    path.write_text(text)
    return path


@pytest.mark.slow
def test_a_lab_s_own_protocol_makes_a_study_and_is_raised_to_a_newer_version(
    signed_in: SignIn, site: Site, tmp_path: Path
) -> None:
    page = signed_in("lena")
    page.goto("/?new")
    form = page.get_by_role("dialog", name="New study")
    check_cards_and_options(page, form)
    slug = make_from_own_file(page, form, tmp_path)
    take_newer_file(page, slug, tmp_path)
    take_newer_of_library(page, site)


def check_cards_and_options(page: Page, form: Locator) -> None:
    wait_until(page, LOADED)
    option = form.get_by_role("checkbox", name="Ventral rootlets too")
    expect(option).to_have_count(0)
    form.get_by_role("radio").filter(has_text="Spinal nerve rootlets").click()
    expect(option).not_to_be_checked()
    form.get_by_role("radio").filter(has_text="Dentate").click()
    expect(option).to_have_count(0)


def make_from_own_file(page: Page, form: Locator, folder: Path) -> str:
    """A file with a mistake is refused with its line; the mended one makes the study, with its option."""
    chosen = form.locator("input[type=file]")
    chosen.set_input_files(own_file(folder, "wrong.toml", ("version = 2", 'version = "two"')))
    expect(form.get_by_text(REFUSED)).to_be_visible()
    expect(form.get_by_role("button", name="Make study")).to_be_disabled()
    chosen.set_input_files(own_file(folder, "ours.toml", ("Spinal nerve rootlets on T2w", "Our rootlets")))
    expect(form.get_by_role("radio").filter(has_text="from ours.toml")).to_be_checked()
    expect(form.get_by_text(REFUSED)).to_have_count(0)
    form.get_by_role("checkbox", name="Ventral rootlets too").check()
    form.get_by_role("textbox", name="Name").fill("Our own rootlets")
    form.get_by_role("button", name="Make study").click()
    page.wait_for_url("**/studies/our-own-rootlets")
    return "our-own-rootlets"


def take_newer_file(page: Page, slug: str, folder: Path) -> None:
    """A file that is no newer is refused in words; of a newer one every change is shown before it is taken."""
    page.goto(f"/studies/{slug}/settings?part=study")
    newer = page.locator("input[type=file]")
    newer.set_input_files(own_file(folder, "older.toml", ("version = 2", "version = 1")))
    expect(page.get_by_role("alert")).to_contain_text("version")
    newer.set_input_files(
        own_file(folder, "newer.toml", ("version = 2", "version = 3"), ('flips = ["left-right"]', "flips = []"))
    )
    changes = page.get_by_role("dialog")
    expect(changes).to_contain_text("version 2 to 3")
    expect(changes).to_contain_text("flips")
    changes.get_by_role("button", name="Take version 3").click()
    expect(changes).to_have_count(0)
    answer = page.request.get(f"/api/v1/studies/{slug}/protocol").json()
    assert answer["version"] == 3


def take_newer_of_library(page: Page, site: Site) -> None:
    """The library's newer version is offered on the page."""
    lead = site.client("lena")
    lead.post("studies", {"slug": "aged", "name": "Aged rootlets", "protocol": "rootlets"})
    site.manage("shell", "-v", "0", "-c", AGE)
    page.goto("/studies/aged/settings?part=study")
    page.get_by_role("button", name="Show the changes").click()
    changes = page.get_by_role("dialog")
    expect(changes.get_by_role("region", name="measures")).to_contain_text("measure spinal-levels is new")
    changes.get_by_role("button", name="Take version 2").click()
    expect(changes).to_have_count(0)
    expect(page.get_by_role("button", name="Show the changes")).to_have_count(0)
    taken = next(row for row in lead.results("studies/aged/events") if row["verb"] == "protocol.upgraded")
    assert "measure spinal-levels is new" in json.dumps(taken)


AGE = """
from access.models import Study
study = Study.objects.get(slug="aged")
study.protocol = {**study.protocol, "version": study.protocol_version - 1, "measures": ["overlap"]}
study.protocol_version -= 1
study.save()
"""
