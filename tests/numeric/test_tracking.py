"""Streamlines of bent tubes: on their axis, whatever the grid; and what is measured along them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mri.diffusion.gradients import GradientTable
from mri.diffusion.tracking import TrackingSettings, Tractography, track_nerves
from mri.diffusion.tract_files import read_streamlines, tck_bytes, trk_bytes
from mri.diffusion.tract_measures import measure_nerves, side_ratios
from mri.errors import ImageError
from mri.geometry import Grid
from mri.phantom.tubes import BentTube, TubePhantom, bent_tube, spread_table, tube_phantom
from tests.numeric.volumes import affine_for

TABLE = spread_table(15, 800.0)
SIZES = {"R": (40, 1.25), "L": (40, 1.25), "A": (32, 1.25), "P": (32, 1.25), "S": (20, 2.5), "I": (20, 2.5)}


def _phantom(codes: str = "LPS", tilt: float = 0.0, noise: float = 15.0) -> TubePhantom:
    shape, spacing = zip(*(SIZES[code] for code in codes), strict=True)
    grid = Grid(shape, affine_for(codes, spacing, tilt))
    tubes = tuple(bent_tube(grid, bend_mm=35, angle_deg=70, radius_mm=3.2, side=side) for side in (-10.0, 10.0))
    return tube_phantom(grid, TABLE, tubes, noise=noise, seed=2)


def _off_axis(lines: tuple[np.ndarray, ...], tube: BentTube) -> np.ndarray:
    """How far points lie off the axis, those past its two ends left out."""
    points = np.concatenate(lines).astype(np.float64)
    offset = points - tube.centre_ras_mm
    angle = np.arctan2(offset @ tube.turn, offset @ tube.start)
    return tube.distance_mm(points[(angle > 0) & (angle < tube.angle_rad)])


@pytest.fixture(scope="module")
def tracked() -> tuple[TubePhantom, Tractography]:
    phantom = _phantom()
    return phantom, track_nerves(phantom.voxels, phantom.grid, TABLE, phantom.labels, TrackingSettings())


@pytest.mark.parametrize(("codes", "tilt"), [("RAS", 0.0), ("LPS", 0.0), ("SAR", 0.0), ("LAS", 14.0)])
def test_streamlines_keep_to_the_axis_on_every_grid(codes: str, tilt: float) -> None:
    phantom = _phantom(codes, tilt, noise=0.0)
    core = phantom.labels.copy()
    places = phantom.grid.ras_from_ijk(np.moveaxis(np.indices(phantom.grid.shape), 0, -1))
    for tube in phantom.tubes:
        # Seeded at the axis: a fibre keeps its distance to it, so these must stay within a voxel of it.
        core[(tube.distance_mm(places) > 1.2) & (tube.distance_mm(places) <= tube.radius_mm)] = 0
    tracts = track_nerves(phantom.voxels, phantom.grid, TABLE, core, TrackingSettings(seeds_per_voxel=2))
    for nerve, tube in zip(tracts.nerves, phantom.tubes, strict=True):
        assert len(nerve.streamlines) > 20
        assert _off_axis(nerve.streamlines, tube).mean() < 0.5 * max(phantom.grid.spacing_mm)
        assert _off_axis(nerve.streamlines, tube).max() < max(phantom.grid.spacing_mm)
        # Past an end FA falls from voxel to voxel: a streamline may run on for two of them, and no further.
        assert tube.distance_mm(np.concatenate(nerve.streamlines)).max() < tube.radius_mm + 2 * max(
            phantom.grid.spacing_mm
        )
        longest = max(nerve.streamlines, key=len)
        assert (len(longest) - 1) * 0.5 > 0.9 * tube.length_mm


def test_noise_and_the_whole_mask_keep_to_the_tube(tracked: tuple[TubePhantom, Tractography]) -> None:
    phantom, tracts = tracked
    for nerve, tube in zip(tracts.nerves, phantom.tubes, strict=True):
        assert np.quantile(_off_axis(nerve.streamlines, tube), 0.99) < tube.radius_mm + max(phantom.grid.spacing_mm) / 2


def test_measures_of_the_tubes(tracked: tuple[TubePhantom, Tractography]) -> None:
    phantom, tracts = tracked
    left, right = measure_nerves(tracts, phantom.labels)
    for nerve, tube in zip((left, right), phantom.tubes, strict=True):
        # Noise at SNR 67 lifts FA a little; partial volume at the rim does not exist in this phantom.
        assert nerve.fa_mask == pytest.approx(tube.fa, abs=0.03)
        assert nerve.md_mask == pytest.approx(tube.md, rel=0.03)
        assert nerve.fa_tract == pytest.approx(tube.fa, abs=0.12)
        assert nerve.mask_mm3 == pytest.approx(np.pi * tube.radius_mm**2 * tube.length_mm, rel=0.25)
        assert nerve.length_mm is not None
        assert (nerve.missed_slices, nerve.pieces) == ((), 1)
        assert tracts.seconds["tracking"] > 0
    (ratio,) = side_ratios((left, right), [(1, 2), (3, 4)])
    assert ratio.ratios["fa_mask"] == pytest.approx(100.0, abs=3.0)
    assert ratio.ratios["mask_mm3"] == pytest.approx(100.0 * left.mask_mm3 / right.mask_mm3)


def test_a_missed_slice_is_reported(tracked: tuple[TubePhantom, Tractography]) -> None:
    phantom, tracts = tracked
    labels = phantom.labels.copy()
    labels[:, :, 9] = 0
    first, _ = measure_nerves(tracts, labels)
    assert (first.missed_slices, first.pieces) == ((9,), 2)


def test_the_same_seed_gives_the_same_files_and_files_give_the_lines_back(
    tracked: tuple[TubePhantom, Tractography], tmp_path: Path
) -> None:
    phantom, tracts = tracked
    again = track_nerves(phantom.voxels, phantom.grid, TABLE, phantom.labels, TrackingSettings())
    assert trk_bytes(again) == trk_bytes(tracts)
    lines = [line for nerve in tracts.nerves for line in nerve.streamlines]
    for name, content in (("a.trk", trk_bytes(tracts)), ("a.tck", tck_bytes(tracts))):
        (tmp_path / name).write_bytes(content)
        read = read_streamlines(tmp_path / name)
        assert len(read) == len(lines)
        # .trk keeps voxel-scaled float32: two roundings at 100 mm.
        np.testing.assert_allclose(np.concatenate(read), np.concatenate(lines), atol=1e-3)


def test_nerves_without_a_fibre_are_undefined_and_never_zero() -> None:
    phantom = _phantom(noise=0.0)
    labels = np.zeros(phantom.grid.shape, np.uint8)
    labels[:3, :3, :3] = 7
    tracts = track_nerves(phantom.voxels, phantom.grid, TABLE, labels, TrackingSettings())
    (measured,) = measure_nerves(tracts, labels)
    assert (measured.count, measured.fa_tract) == (0, None)
    assert measured.undefined["fa_tract"] == "no streamline was found"
    assert len(trk_bytes(tracts)) >= 1000


def test_bad_input_is_told() -> None:
    phantom = _phantom(noise=0.0)
    with pytest.raises(ImageError, match="label map is empty"):
        track_nerves(phantom.voxels, phantom.grid, TABLE, np.zeros(phantom.grid.shape, np.uint8), TrackingSettings())
    with pytest.raises(ImageError, match="shape"):
        track_nerves(phantom.voxels, phantom.grid, TABLE, np.zeros((2, 2, 2), np.uint8), TrackingSettings())
    with pytest.raises(ValueError, match="angle_deg is 120"):
        TrackingSettings(angle_deg=120)
    few = GradientTable(np.array([0.0, 800.0]), np.array([[0, 0, 0], [1.0, 0, 0]]))
    with pytest.raises(ImageError, match="1 different directions"):
        track_nerves(phantom.voxels[..., :2], phantom.grid, few, phantom.labels, TrackingSettings())
