"""The label panel's sections and the hotkey editor, by keyboard."""

import nibabel as nib
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn
from tests.browser.test_layouts import ball, open_task, study
from tests.site import Site


@pytest.fixture(scope="module")
def task(site: Site, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("panels")
    path = folder / "sub-01" / "anat" / "sub-01_T2w.nii.gz"
    path.parent.mkdir(parents=True)
    nib.save(ball((20, 22, 18), np.eye(3), (2.0, 2.0, 2.0)), path)
    return study(site, "panels", folder)


def test_sections_fold_by_keys_and_stay_so(task: str, signed_in: SignIn) -> None:
    page = signed_in("ada")
    open_task(page, task)
    display = page.get_by_role("button", name="Display", exact=True)
    outline = page.get_by_role("switch", name="Outline (O)")
    expect(display).to_have_attribute("aria-expanded", "true")
    display.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(outline).to_be_hidden()
    expect(display).to_have_attribute("aria-expanded", "false")
    # Hotkeys do what they did, whatever is folded away.
    page.keyboard.press("o")
    page.wait_for_timeout(400)
    open_task(page, task)
    expect(display).to_have_attribute("aria-expanded", "false")
    display.click()
    expect(outline).not_to_be_checked()
    check_hotkey_editor(page)


def check_hotkey_editor(page: Page) -> None:
    """A key that is taken is left by Escape, which closes nothing, and the focus goes back to where it was."""
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog")
    eraser = sheet.get_by_role("button", name="Change the key for Eraser")
    eraser.press("Enter")
    page.keyboard.press("b")
    expect(sheet.get_by_role("button", name="Use it here")).to_be_focused()
    page.keyboard.press("Escape")
    expect(eraser).to_be_focused()
    expect(sheet.get_by_role("alert")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
