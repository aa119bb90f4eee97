"""`radicula compare` and `radicula phantom` as a person runs them: a process, its output and its exit status."""

import json
import subprocess
import sys
from pathlib import Path

import nibabel as nib
import numpy as np


def radicula(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "radicula.cli", *arguments], capture_output=True, text=True, timeout=300, check=False
    )


def write(path: Path, voxels: np.ndarray, spacing_mm: float = 1.0) -> str:
    nib.save(nib.Nifti1Image(voxels.astype(np.uint8), np.diag([spacing_mm, spacing_mm, spacing_mm, 1.0])), path)
    return str(path)


def test_compare_prints_every_label_with_its_reason_where_undefined(tmp_path: Path) -> None:
    a = np.zeros((10, 10, 10))
    a[2:6, 2:6, 2:6] = 2
    b = np.zeros_like(a)
    b[3:7, 2:6, 2:6] = 2
    b[8, 8, 8] = 3
    done = radicula("compare", write(tmp_path / "a.nii.gz", a), write(tmp_path / "b.nii.gz", b), "--json")
    assert done.returncode == 0, done.stderr
    labels = json.loads(done.stdout)["labels"]
    assert labels["2"]["dice"] == 0.75
    assert labels["2"]["hausdorff_mm"] == 1.0
    assert labels["3"]["hd95_mm"] is None
    assert "empty" in labels["3"]["undefined"]["hd95_mm"]
    assert labels["3"]["candidate_mm3"] == 1.0


def test_grids_that_differ_are_named_both(tmp_path: Path) -> None:
    a = np.ones((4, 4, 4))
    done = radicula("compare", write(tmp_path / "a.nii.gz", a), write(tmp_path / "b.nii.gz", a, spacing_mm=2.0))
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert "a.nii.gz" in done.stderr
    assert "b.nii.gz" in done.stderr


def test_a_file_that_is_no_image_gives_one_line(tmp_path: Path) -> None:
    text = tmp_path / "notes.nii.gz"
    text.write_text("not an image")
    done = radicula("compare", str(text), str(text))
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_the_command_line_imports_no_django_and_no_torch() -> None:
    code = "import sys, radicula.cli; print(sorted(n for n in ('django', 'torch', 'celery') if n in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_phantom_cohort_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    for name in ("one", "two"):
        done = radicula("phantom", "spinal-cord", "--subjects", "1", "--seed", "7", "-o", str(tmp_path / name))
        assert done.returncode == 0, done.stderr
    one, two = (
        {p.relative_to(tmp_path / n): p.read_bytes() for p in (tmp_path / n).rglob("*") if p.is_file()}
        for n in ("one", "two")
    )
    assert one == two
    assert any(path.name.endswith("_T2w.nii.gz") for path in one)
