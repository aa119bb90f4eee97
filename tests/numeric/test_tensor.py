"""Tensor maps against DIPY's own and against tubes of known tensors; the gradient check against planted flips."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from dipy.core.gradients import gradient_table
from dipy.reconst.dti import TensorModel, axial_diffusivity, fractional_anisotropy, mean_diffusivity, radial_diffusivity

from mri.diffusion.gradient_check import gradient_check
from mri.diffusion.gradients import GradientTable, read_gradients, require_tensor, table_facts, voxel_axes
from mri.diffusion.tensor import tensor_maps
from mri.errors import ImageError
from mri.geometry import Grid
from mri.image_files import image_bytes
from mri.phantom.tubes import bent_tube, spread_table, tube_phantom
from mri.volumes import read_volume
from tests.numeric.volumes import affine_for

TABLE = spread_table(20, 800.0)


def _grid(codes: str = "LPS", tilt: float = 0.0) -> Grid:
    sizes = {"R": (26, 1.25), "L": (26, 1.25), "A": (26, 1.25), "P": (26, 1.25), "S": (14, 2.5), "I": (14, 2.5)}
    shape, spacing = zip(*(sizes[code] for code in codes), strict=True)
    return Grid(shape, affine_for(codes, spacing, tilt))


def test_maps_are_dipys_also_where_slabs_end(monkeypatch: pytest.MonkeyPatch) -> None:
    grid = _grid(tilt=10.0)
    phantom = tube_phantom(grid, TABLE, (bent_tube(grid, bend_mm=30, angle_deg=60, radius_mm=4),), noise=30.0)
    monkeypatch.setattr("mri.diffusion.tensor.SLAB_VOXELS", 1234)
    made = tensor_maps(phantom.voxels, grid, TABLE, ("b0", "FA", "MD", "AD", "RD", "V1", "colFA"))
    fit = TensorModel(gradient_table(TABLE.b_values, bvecs=TABLE.voxel_directions(grid)), fit_method="WLS").fit(
        phantom.voxels.astype(np.float64)
    )
    for name, metric in (
        ("FA", fractional_anisotropy), ("MD", mean_diffusivity), ("AD", axial_diffusivity), ("RD", radial_diffusivity),
    ):  # fmt: skip
        # float32 is what is kept.
        np.testing.assert_allclose(made[name], metric(fit.evals), rtol=2e-6, atol=1e-9)
    along = np.abs(np.einsum("...i,...i", made["V1"], fit.evecs[..., 0] @ voxel_axes(grid).T))
    np.testing.assert_allclose(along, 1.0, atol=1e-5)
    np.testing.assert_allclose(made["colFA"], np.abs(made["V1"]) * made["FA"][..., None] * 255, atol=0.51)
    np.testing.assert_allclose(made["b0"], phantom.voxels[..., :2].mean(axis=3), rtol=1e-6)


@pytest.mark.parametrize(("codes", "tilt"), [("RAS", 0.0), ("LPS", 0.0), ("SRA", 0.0), ("LAS", 14.0)])
def test_noiseless_tubes_give_their_own_tensor_on_every_grid(codes: str, tilt: float) -> None:
    grid = _grid(codes, tilt)
    tube = bent_tube(grid, bend_mm=30, angle_deg=60, radius_mm=4)
    phantom = tube_phantom(grid, TABLE, (tube,))
    inside = phantom.labels == 1
    made = tensor_maps(phantom.voxels, grid, TABLE, ("FA", "MD", "AD", "RD", "V1"), mask=inside)
    np.testing.assert_allclose(made["FA"][inside], tube.fa, atol=1e-4)
    np.testing.assert_allclose(made["MD"][inside], tube.md, rtol=1e-3)
    np.testing.assert_allclose(made["AD"][inside], tube.eigenvalues[0], rtol=1e-3)
    np.testing.assert_allclose(made["RD"][inside], tube.eigenvalues[1], rtol=1e-3)
    truth = tube.directions(grid.ras_from_ijk(np.argwhere(inside)))
    cosines = np.abs((made["V1"][inside] * truth).sum(axis=1))
    assert cosines.min() > np.cos(np.radians(0.5))
    assert (made["FA"][~inside] == 0).all()


@pytest.mark.parametrize(
    ("turn", "correction"),
    [
        (np.diag([-1, 1, 1]), "flip x"),
        (np.diag([1, -1, 1]), "flip y"),
        (np.diag([1, 1, -1]), "flip z"),
        (np.eye(3)[[0, 2, 1]], "swap y and z"),
    ],
)
def test_a_planted_flip_is_found(turn: np.ndarray, correction: str) -> None:
    grid = Grid((40, 40, 40), affine_for("LPS", (1.25, 1.25, 1.25), 20.0))
    tubes = tuple(
        bent_tube(grid, bend_mm=25, angle_deg=110, radius_mm=3, side=side) for side in (-16.0, -7.0, 7.0, 16.0)
    )
    phantom = tube_phantom(grid, TABLE, tubes, noise=25.0)
    right = gradient_check(phantom.voxels, grid, TABLE)
    wrong = gradient_check(phantom.voxels, grid, GradientTable(TABLE.b_values, TABLE.directions @ turn.T))
    assert right.verdict == "consistent"
    assert (wrong.verdict, wrong.correction) == ("flipped", correction)
    assert right.coherence is not None
    # Undoing the flip gives the coherence of the true table back, to rounding of which voxels count.
    assert wrong.coherence_best == pytest.approx(right.coherence, rel=1e-6)


def test_a_straight_bundle_can_not_tell_and_says_so() -> None:
    grid = Grid((20, 20, 16), np.diag([1.25, 1.25, 2.5, 1.0]))
    straight = bent_tube(grid, bend_mm=5000.0, angle_deg=0.5, radius_mm=5)
    check = gradient_check(tube_phantom(grid, TABLE, (straight,), noise=20).voxels, grid, TABLE)
    assert check.verdict == "undecided"


def test_facts_of_a_table() -> None:
    assert all(fact.holds for fact in table_facts(TABLE))
    long = GradientTable(TABLE.b_values, TABLE.directions * 1.2)
    with pytest.raises(ImageError, match=r"directions are 1\.2 to 1\.2 long"):
        require_tensor(long)
    with pytest.raises(ImageError, match="0 of 20 frames have b < 50"):
        require_tensor(GradientTable(TABLE.b_values[2:], TABLE.directions[2:]))
    few = GradientTable(np.array([0.0] + [800.0] * 10), np.vstack([np.zeros(3), np.tile(np.eye(3)[0], (10, 1))]))
    with pytest.raises(ImageError, match="1 different directions"):
        require_tensor(few)


def test_fsls_frame_is_turned_by_the_sign_of_the_determinant(tmp_path: Path) -> None:
    (tmp_path / "a.bval").write_text("0 1000")
    (tmp_path / "a.bvec").write_text("0 0.6\n0 0.8\n0 0")
    table = read_gradients(tmp_path / "a.bval", tmp_path / "a.bvec", 2)
    np.testing.assert_allclose(table.ras_directions(Grid((2, 2, 2), np.diag([-1.0, 1, 1, 1])))[1], [-0.6, 0.8, 0])
    np.testing.assert_allclose(table.ras_directions(Grid((2, 2, 2), np.eye(4)))[1], [-0.6, 0.8, 0])


def test_colours_written_are_colours_read(tmp_path: Path) -> None:
    grid = _grid()
    colours = np.random.default_rng(0).integers(0, 256, (*grid.shape, 3)).astype(np.uint8)
    (tmp_path / "c.nii.gz").write_bytes(image_bytes(colours, grid))
    read = read_volume(tmp_path / "c.nii.gz", allow_colour=True)
    assert read.components == 3
    np.testing.assert_array_equal(read.voxels, colours)
