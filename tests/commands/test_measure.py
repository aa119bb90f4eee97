"""`radicula measure` as a person runs it."""

import csv
import io
import json
from pathlib import Path

import nibabel as nib
import numpy as np

from tests.commands.test_compare import radicula


def write(path: Path, voxels: np.ndarray, affine: np.ndarray | None = None) -> str:
    stored = voxels.astype(np.float32 if voxels.dtype.kind == "f" else np.uint8)
    nib.save(nib.Nifti1Image(stored, np.eye(4) if affine is None else affine), path)
    return str(path)


def cord_with_rootlets() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    cord = np.zeros((15, 15, 40), dtype=np.uint8)
    cord[5:10, 5:10] = 1
    rootlets = np.zeros_like(cord)
    rootlets[10, 7, 24:29] = 3
    rootlets[10, 7, 14:19] = 4
    pmj = np.zeros_like(cord)
    pmj[7, 11, 38] = 50
    return cord, rootlets, pmj


def test_spinal_levels_as_json_csv_and_label_map(tmp_path: Path) -> None:
    cord, rootlets, pmj = cord_with_rootlets()
    labels = write(tmp_path / "rootlets.nii.gz", rootlets)
    others = ["--cord", write(tmp_path / "cord.nii.gz", cord), "--pmj", write(tmp_path / "pmj.nii.gz", pmj)]
    out = tmp_path / "levels.nii.gz"
    done = radicula("measure", "rootlets", labels, *others, "--json", "-o", str(out))
    assert done.returncode == 0, done.stderr
    table = json.loads(done.stdout)["measures"]["spinal-levels"]
    first = table["rows"][0]
    assert first["spinal_level"] == 3
    assert (first["slice_start"], first["slice_end"]) == (24, 28)
    # A straight cord: the junction at slice 38 is 10 to 14 mm above, to the step of the search.
    assert abs(first["midpoint"] - 12.0) < 0.06
    assert {row["dilation"] for row in table["rows"]} == {"2.4 mm", "3 voxels"}
    assert {c["name"]: c["unit"] for c in table["columns"]}["height"] == "mm"
    filled = np.asarray(nib.load(out).dataobj)
    assert filled[7, 7, 14:29].tolist() == [4] * 5 + [0] * 5 + [3] * 5

    done = radicula("measure", "rootlets", labels, *others, "--csv", "--option", "dilation=voxels")
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert list(rows[0])[:7] == [
        "spinal_level", "slice_start", "slice_end", "distance_from_pmj_start", "distance_from_pmj_end", "height",
        "midpoint",
    ]  # fmt: skip
    assert [row["slice_start"] for row in rows] == ["24", "14"]


def test_the_junction_as_a_point(tmp_path: Path) -> None:
    cord, rootlets, pmj = cord_with_rootlets()
    labels = write(tmp_path / "rootlets.nii.gz", rootlets)
    cord_file = write(tmp_path / "cord.nii.gz", cord)
    points = tmp_path / "points.json"
    points.write_text('{"PMJ": [7, 11, 38]}')
    csv_of = ("measure", "rootlets", labels, "--cord", cord_file, "--csv")
    by_voxel = radicula(*csv_of, "--pmj", write(tmp_path / "pmj.nii.gz", pmj))
    by_point = radicula(*csv_of, "--points", str(points))
    assert by_point.returncode == 0, by_point.stderr
    assert by_point.stdout == by_voxel.stdout
    points.write_text('{"PMJ": [7, 11]}')
    refused = radicula(*csv_of, "--points", str(points))
    assert refused.returncode == 2
    assert "points.json holds no named points" in refused.stderr


def test_bad_input_gives_one_line(tmp_path: Path) -> None:
    cord, rootlets, _ = cord_with_rootlets()
    labels = write(tmp_path / "rootlets.nii.gz", rootlets)
    shifted = write(tmp_path / "cord.nii.gz", cord, np.diag([2.0, 2.0, 2.0, 1.0]))
    for arguments, said in (
        (("rootlets", labels), "needs cord"),
        (("rootlets", labels, "--cord", shifted), "grid"),
        (("rootlets", labels, "--cord", labels, "--option", "reach=far"), "number"),
        (("rootlets", labels, "--cord", labels, "--measure", "wedge"), "no measure"),
    ):
        done = radicula("measure", *arguments)
        assert done.returncode == 2
        assert len(done.stderr.strip().splitlines()) == 1
        assert said in done.stderr
