"""`radicula consensus` as a person runs it."""

import json
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from radicula.cli import main
from tests.commands.test_compare import radicula, write


@pytest.fixture
def raters(tmp_path: Path) -> list[str]:
    paths = []
    for shift, name in enumerate("abc"):
        voxels = np.zeros((12, 12, 12))
        voxels[2 + shift : 8 + shift, 2:8, 2:8] = 5
        paths.append(write(tmp_path / f"{name}.nii.gz", voxels, spacing_mm=0.5))
    return paths


def test_the_majority_of_three_shifted_blocks(raters: list[str], tmp_path: Path) -> None:
    out = tmp_path / "out.nii.gz"
    done = radicula("consensus", *raters, "--method", "majority", "-o", str(out), "--json")
    assert done.returncode == 0, done.stderr
    content = json.loads(done.stdout)
    # The block in the middle is what two of three have.
    assert content["labels"]["5"] == {"voxels": 216, "mm3": 27.0, "performance": {}}
    written, middle = nib.load(out), nib.load(raters[1])
    np.testing.assert_array_equal(np.asarray(written.dataobj), np.asarray(middle.dataobj))
    np.testing.assert_array_equal(written.affine, middle.affine)
    others = content["against_others"]
    # The middle rater against what both outer ones have: 4 of its 6 slices.
    assert others["b.nii.gz"]["labels"]["5"]["dice"] == pytest.approx(2 * 4 / (4 + 6))


def test_staple_reports_each_rater(raters: list[str], tmp_path: Path) -> None:
    done = radicula("consensus", *raters, "-o", str(tmp_path / "out.nii.gz"), "--json")
    assert done.returncode == 0, done.stderr
    content = json.loads(done.stdout)
    assert (content["method"], content["threshold"]) == ("staple", 0.5)
    performance = content["labels"]["5"]["performance"]
    assert performance["b.nii.gz"]["sensitivity"] > performance["a.nii.gz"]["sensitivity"]
    plain = radicula("consensus", *raters, "-o", str(tmp_path / "again.nii.gz"))
    assert "b.nii.gz against the others: mean Dice" in plain.stdout
    assert (tmp_path / "out.nii.gz").read_bytes() == (tmp_path / "again.nii.gz").read_bytes()


def test_two_raters_have_no_others(raters: list[str], tmp_path: Path) -> None:
    done = radicula("consensus", *raters[:2], "-o", str(tmp_path / "out.nii.gz"), "--json")
    assert done.returncode == 0, done.stderr
    content = json.loads(done.stdout)
    assert content["against_others"] == {}
    assert "two raters" in content["undefined"]["against_others"]


def test_bad_input_gives_one_line_and_no_file(
    raters: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = write(tmp_path / "other.nii.gz", np.ones((4, 4, 4)))
    out = str(tmp_path / "out.nii.gz")
    for arguments, expected in (
        ([raters[0], other, "-o", out], "grids"),
        ([raters[0], "-o", out], "two raters"),
        ([raters[0], raters[0], "-o", out], "twice"),
        ([*raters, "-o", raters[0]], "one of the inputs"),
        ([*raters, "-o", str(tmp_path / "out.nii")], ".nii.gz"),
        ([*raters, "-o", out, "--threshold", "2"], "threshold"),
        ([*raters, "-o", str(tmp_path / "none" / "out.nii.gz")], "none"),
    ):
        before = Path(raters[0]).read_bytes()
        assert main(["consensus", *arguments]) == 2, arguments
        said = capsys.readouterr().err
        assert len(said.strip().splitlines()) == 1
        assert expected in said
        assert not Path(out).exists()
        assert Path(raters[0]).read_bytes() == before
