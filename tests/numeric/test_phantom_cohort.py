"""Cohorts of phantoms on the disk: their files, sites, sessions, raters, and that a seed gives the same bytes."""

from __future__ import annotations

import csv
import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mri.bids import list_files, match_label
from mri.diffusion.gradients import read_gradients, table_facts
from mri.labels import LabelMap
from mri.nifti import read_labels, read_volume
from mri.phantom.cohort import write_cohort
from mri.phantom.makers import MAKERS
from mri.phantom.rater import RaterStyle, simulate_rater
from mri.phantom.sampling import phantom_grid
from protocols.loader import load
from radicula.cli import main

NEW = [name for name in MAKERS if name not in ("rootlets", "spinal-cord")]
DIFFUSION = ("cord-dti", "lumbar-nerve-dti")


def digest(folder: Path) -> dict[str, str]:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.mark.parametrize("protocol", NEW)
def test_a_cohort_is_bids_and_the_same_in_another_process(tmp_path: Path, protocol: str) -> None:
    options = ["--subjects", "1", "--seed", "5", "--raters", "1", "--repeats", "1", "--snr", "25"]
    command = [sys.executable, "-m", "radicula.cli", "phantom", protocol, *options]
    done = subprocess.run([*command, "-o", str(tmp_path / "a")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    style = RaterStyle(bias_mm=0.05, noise_mm=0.35, repeat_noise_mm=0.25)
    write_cohort(tmp_path / "b", protocol, 1, 5, raters={"rater1": style}, repeats=1, noise=1 / 25)  # type: ignore[arg-type]
    assert digest(tmp_path / "a") == digest(tmp_path / "b")
    listing = list_files(list(digest(tmp_path / "a")))
    known = [label.value for label in load(protocol).labels]
    assert len(listing.labels) == 3 * len(listing.images)
    for label in listing.labels:
        match = match_label(label, listing.images)
        assert match.image is not None, match.reason
        volume = read_volume(tmp_path / "a" / match.image.path, allow_frames=True)
        assert read_labels(tmp_path / "a" / label.path, volume.grid, known, tolerance_mm=0.0).counts()
    if protocol in DIFFUSION:
        stem = tmp_path / "a" / listing.images[0].path.removesuffix(".nii.gz")
        frames = read_volume(tmp_path / "a" / listing.images[0].path, allow_frames=True).frames
        table = read_gradients(stem.with_suffix(".bval"), stem.with_suffix(".bvec"), frames)
        assert all(fact.holds for fact in table_facts(table))
    with (tmp_path / "a/derivatives/phantom/phantom_truth.tsv").open() as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    assert rows
    assert all(np.isfinite(float(row["value"])) for row in rows)


def test_sites_and_sessions_are_told_and_differ(tmp_path: Path) -> None:
    cohort = write_cohort(
        tmp_path,
        "dentate-qsm",
        2,
        1,
        sessions=2,
        shape_ras=(60, 40, 20),
        raters={},
        orientations=("RAS",),
        oblique_deg=(0,),
    )
    assert [(s.participant, s.session, s.site) for s in cohort.subjects] == [
        (f"sub-0{n}", f"ses-0{k}", site) for n, site in ((1, "siteA"), (2, "siteB")) for k in (1, 2)
    ]
    assert (tmp_path / "participants.tsv").read_text().splitlines()[2] == "sub-02\tsiteB\tBeta"
    assert "ses-02" in (tmp_path / "sub-01/sub-01_sessions.tsv").read_text()
    first, second = (read_volume(tmp_path / s.images[0]) for s in cohort.subjects[:2])
    assert first.grid.shape == second.grid.shape
    assert 0 < np.abs(first.grid.affine - second.grid.affine).max() < 10
    truth = (tmp_path / "derivatives/phantom/phantom_truth.tsv").read_text().splitlines()[1:]
    told = {
        tuple(row.split("\t")[:2]): [r.split("\t")[2:] for r in truth if r.split("\t")[:2] == row.split("\t")[:2]]
        for row in truth
    }
    assert told["sub-01", "ses-01"] == told["sub-01", "ses-02"] != told["sub-02", "ses-01"]


@pytest.mark.parametrize(
    "options", [["--raters", "9"], ["--sites", "0"], ["--snr", "-3"], ["--sessions", "0"], ["--level-shift", "2"]]
)
def test_what_no_cohort_can_be(tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str]) -> None:
    assert main(["phantom", "dentate-qsm", *options, "-o", str(tmp_path)]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


@pytest.fixture(scope="module")
def levels() -> LabelMap:
    grid = phantom_grid((24, 24, 40), (1.0, 1.0, 1.0), "RAS", 0.0, (0.0, 0.0, 0.0))
    voxels = np.zeros(grid.shape, np.uint8)
    for value in (2, 3, 4, 5):
        voxels[6:18, 6:18, 8 * (value - 2) + 2 : 8 * (value - 1)] = value
    return LabelMap(voxels, grid)


def test_reads_of_one_rater_share_a_habit(levels: LabelMap) -> None:
    style = RaterStyle(noise_mm=0.8, repeat_noise_mm=0.3)
    first, repeat = (simulate_rater(levels, style, 1, read=read).voxels > 0 for read in (0, 1))
    other = simulate_rater(levels, style, 2).voxels > 0
    assert 0 < np.count_nonzero(first != repeat) < 0.6 * np.count_nonzero(first != other)
    steady = [simulate_rater(levels, RaterStyle(noise_mm=0.8), 1, read=read).to_bytes() for read in (0, 1)]
    assert steady[0] == steady[1]


def test_a_rater_can_be_a_level_off_or_miss_labels(levels: LabelMap) -> None:
    shifted = simulate_rater(levels, RaterStyle(noise_mm=0.0, level_shift_probability=1.0), 1)
    kept = shifted.voxels > 0
    moved = np.unique(shifted.voxels[kept].astype(int) - levels.voxels[kept])
    assert moved.tolist() in ([-1], [1])
    assert len(shifted.counts()) == 3
    assert simulate_rater(levels, RaterStyle(noise_mm=0.0, missed_label_probability=1.0), 1).counts() == {}
