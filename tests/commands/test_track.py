"""`radicula track` on files."""

import json
from pathlib import Path

import numpy as np
import pytest

from mri.diffusion.tract_files import read_streamlines
from mri.geometry import Grid
from mri.image_files import image_bytes
from mri.phantom.tubes import bent_tube, spread_table, tube_phantom
from radicula.cli import main
from tests.factories.diffusion import gradient_bytes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    grid, table = Grid((24, 24, 12), np.diag([-1.25, 1.25, 2.5, 1.0])), spread_table(12, 800.0)
    phantom = tube_phantom(grid, table, (bent_tube(grid, bend_mm=35, angle_deg=40, radius_mm=3),))
    bval, bvec = gradient_bytes(table.b_values, table.directions)
    for name, content in (
        ("dwi.nii.gz", image_bytes(phantom.voxels, grid)), ("dwi.bval", bval), ("dwi.bvec", bvec),
        ("nerve.nii.gz", image_bytes(phantom.labels, grid)),
    ):  # fmt: skip
        (tmp_path / name).write_bytes(content)
    return tmp_path


def test_it_writes_streamlines_and_tells_what_it_measured(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["track", str(folder / "dwi.nii.gz"), str(folder / "nerve.nii.gz")]
    assert main([*arguments, "-o", str(folder / "a.trk"), "--seeds-per-voxel", "2", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["settings"]["seeds_per_voxel"] == 2
    assert told["nerves"][0]["count"] == len(read_streamlines(folder / "a.trk")) > 50
    assert main([*arguments, "-o", str(folder / "a.tck")]) == 0
    assert "tracking" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-o", "a.vtk"], "should end in .trk or .tck"),
        (["-o", "a.trk", "--angle-deg", "120"], "angle_deg is 120"),
        (["-o", "a.trk", "--bval", "none.bval"], "none.bval can't be read"),
    ],
)
def test_bad_input_is_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert main(["track", str(folder / "dwi.nii.gz"), str(folder / "nerve.nii.gz"), *arguments]) == 2
    told = capsys.readouterr().err
    assert words in told
    assert told.count("\n") == 1
