"""In a Firefox too: signing in, the queue, and a stroke that is painted, saved and stored."""

import io
import time
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from PIL import Image

from tests.browser.firefox import ANSWER_SECONDS, running_firefox, what_is_missing
from tests.browser.numpy_tools import steps_between
from tests.browser.test_editing import image
from tests.browser.tool_bench import import_cases
from tests.site import PASSWORD, Site

STUDY = "firefox"
FROM, TO = (8, 8, 13), (20, 8, 13)
LABEL = 3


@pytest.mark.skipif(bool(what_is_missing()), reason=what_is_missing())
def test_a_stroke_is_painted_saved_and_stored_in_firefox(site: Site, tmp_path: Path) -> None:
    (task,) = import_cases(site, tmp_path / "data", STUDY, [image()])
    with running_firefox(tmp_path / "profile") as firefox:
        firefox.resize(1400, 940)
        firefox.goto(f"{site.url}/sign-in")
        firefox.wait_until("document.querySelector('button[type=submit]') !== null")
        firefox.type_into(firefox.find("//label[contains(., 'User name')]/following::input[1]"), "ada")
        firefox.type_into(firefox.find("//input[@type='password']"), PASSWORD)
        firefox.click(firefox.find("//button[normalize-space()='Sign in']"))
        firefox.wait_until("!location.pathname.startsWith('/sign-in')")

        firefox.goto(f"{site.url}/studies/{STUDY}/work")
        firefox.wait_until(f"document.querySelector('a[href$=\"/tasks/{task}\"]') !== null")
        firefox.click(firefox.find(f"//a[contains(@href, '/tasks/{task}')]"))
        firefox.wait_until("window.__radicula?.ready === true && window.__radicula.viewports().every((v) => v.drawn)")

        bare = picture(firefox.screenshot())
        for key in (str(LABEL), "p"):
            firefox.press(key)
        places = firefox.evaluate("window.__radicula.canvasForAll(arguments[0], 'sagittal')", [FROM, TO])
        firefox.drag([(place["x"], place["y"]) for place in places])
        expected = dict.fromkeys(steps_between(FROM, TO), LABEL)
        runs = np.reshape(firefox.evaluate("window.__radicula.labelRuns()"), (-1, 3))
        assert runs[:, 1].sum() == len(expected)
        assert set(runs[:, 2]) == {LABEL}
        limit = time.monotonic() + ANSWER_SECONDS
        while np.abs(picture(firefox.screenshot()) - bare).max(axis=2).max() <= 60:
            assert time.monotonic() < limit, "the stroke is not to be seen"
        firefox.wait_until("window.__radicula.saveState().phase === 'saved' && !window.__radicula.saveState().unsaved")

    ada = site.client("ada")
    (volume,) = ada.get(f"tasks/{task}")["volumes"]
    (tmp_path / "stored.nii.gz").write_bytes(ada.http.get(f"label-versions/{volume['head']['id']}/nifti").content)
    stored = np.asarray(nib.Nifti1Image.from_filename(tmp_path / "stored.nii.gz").dataobj)
    assert {tuple(int(n) for n in voxel): int(stored[tuple(voxel)]) for voxel in np.argwhere(stored)} == expected


def picture(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)
