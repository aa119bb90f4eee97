"""Phantoms of the lumbar spine and of its nerve roots: the measures give their truth, on any grid."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from measures.clinical.lumbar import lumbar_spine
from measures.clinical.muscles import muscle_section
from measures.clinical.slices import rpi_order
from mri.diffusion.tensor import tensor_maps
from mri.phantom import lumbar_nerves
from mri.phantom import lumbar_spine as spine_phantom
from mri.phantom.case import PhantomCase
from mri.phantom.lumbar_column import column_truth, draw_column
from mri.phantom.lumbar_muscles import draw_muscles
from mri.phantom.lumbar_nerves import lumbar_nerves_case
from mri.phantom.lumbar_spine import lumbar_spine_case
from mri.phantom.tubes import spread_table

CLEAN = {"noise": 0.0, "bias": 0.0}


def true(case: PhantomCase, structure: str, quantity: str) -> float:
    (value,) = [t.value for t in case.truth if (t.structure, t.quantity) == (structure, quantity)]
    return value


@pytest.mark.parametrize(
    ("orientation", "in_plane", "oblique"), [("PSR", 1.25, 0.0), ("LPI", 1.0, 0.0), ("RAS", 1.25, 6.0)]
)
def test_discs_and_vertebrae_have_their_heights_and_angles(orientation: str, in_plane: float, oblique: float) -> None:
    shape = (11, int(140 / in_plane), int(228 / in_plane))
    scan = replace(
        spine_phantom.DEFAULT_SCAN,
        shape_ras=shape,
        spacing_ras_mm=(4.0, in_plane, in_plane),
        orientation=orientation,
        oblique_deg=oblique,
        **CLEAN,
    )
    case = lumbar_spine_case(1, scan)
    labels = case.images[0].labels
    spine = lumbar_spine(labels.voxels, labels.grid)
    assert len(spine.vertebrae) == 6
    assert len(spine.discs) == 5
    # A single height is the mean of a tenth of the depth, three pixels wide; an angle compares two of them.
    near = 0.7 * in_plane
    angle = np.degrees(np.arctan(0.9 * in_plane / 28.0))
    for name, shape_found in {**spine.vertebrae, **spine.discs}.items():
        # The sacrum stands at 45 degrees to the pixels: its corners are stairs.
        corner = in_plane if name == "S1" else near
        assert shape_found.middle_mm == pytest.approx(true(case, name, "mid_height"), abs=near), name
        assert shape_found.anterior_mm == pytest.approx(true(case, name, "anterior_height"), abs=corner), name
        assert shape_found.posterior_mm == pytest.approx(true(case, name, "posterior_height"), abs=corner), name
        assert shape_found.depth_mm == pytest.approx(true(case, name, "depth"), abs=near), name
    for disc, shape_found in spine.discs.items():
        assert shape_found.mean_mm == pytest.approx(true(case, disc, "mean_height"), abs=0.3 * in_plane)
        assert shape_found.wedge_deg == pytest.approx(true(case, disc, "wedge_angle"), abs=angle)
        assert shape_found.area_mm2 == pytest.approx(true(case, disc, "area"), rel=0.04)
    lordosis = spine.segmental_deg("L1", "S1").value
    assert lordosis == pytest.approx(true(case, "lordosis L1-S1", "degrees"), abs=angle)


def test_muscles_have_their_sections_and_places() -> None:
    case = lumbar_spine_case(2, replace(spine_phantom.DEFAULT_SCAN, **CLEAN))
    sagittal, axial = (image.labels for image in case.images)
    spine = lumbar_spine(sagittal.voxels, sagittal.grid)
    order = rpi_order(axial.grid)
    voxels = order.apply(axial.voxels)
    for muscle in draw_muscles_of(2):
        vertebra = spine.vertebrae["L3"]
        heights = [order.grid.ras_from_ijk([0, 0, k])[2] for k in range(voxels.shape[2])]
        at = int(np.argmin(np.abs(np.array(heights) - vertebra.centre_ras_mm[2])))
        found = muscle_section(voxels == muscle.value, order, at, vertebra)
        assert found is not None
        assert found.csa_cm2 == pytest.approx(true(case, muscle.name, "csa"), rel=0.04)
        assert found.ml_cm == pytest.approx(true(case, f"{muscle.name} at L3", "ml"), abs=0.1)
        # The slice lies up to half its thickness off the vertebra's middle, and a tilted frame counts that.
        assert found.ap_cm == pytest.approx(true(case, f"{muscle.name} at L3", "ap"), abs=0.15)


def draw_muscles_of(seed: int) -> tuple[spine_phantom.Muscle, ...]:
    anatomy = np.random.default_rng([seed, 1])
    draw_column(anatomy)
    return draw_muscles(anatomy)


def test_neighbours_share_their_endplate() -> None:
    column = draw_column(np.random.default_rng(3))
    for upper, lower in itertools.pairwise(column):
        assert upper.tilt_deg - upper.wedge_deg / 2 == pytest.approx(lower.upper_deg)
        ends = []
        for wedge, sign in ((upper, -1.0), (lower, 1.0)):
            tilt = np.radians(wedge.tilt_deg)
            up = np.array([-np.sin(tilt), np.cos(tilt)])
            ends.append(np.array(wedge.centre_mm) + sign * up * wedge.height_mm / 2)
        np.testing.assert_allclose(ends[0], ends[1], atol=1e-9)
    degrees = {t.structure: t.value for t in column_truth(column) if t.quantity == "degrees"}
    assert degrees.pop("lordosis L1-S1") == pytest.approx(sum(degrees.values()))


@pytest.mark.parametrize(
    ("orientation", "spacing", "oblique"),
    [("RAS", (1.5, 1.5, 4.0), 0.0), ("LPI", (1.2, 1.2, 2.0), 0.0), ("PIR", (1.5, 1.5, 3.0), 8.0)],
)
def test_the_roots_have_their_tensor_volume_and_length(
    orientation: str, spacing: tuple[float, float, float], oblique: float
) -> None:
    shape = tuple(int(extent / s) for extent, s in zip((110, 80, 124), spacing, strict=True))
    scan = replace(
        lumbar_nerves.DEFAULT_SCAN,
        shape_ras=shape,
        spacing_ras_mm=spacing,
        orientation=orientation,
        oblique_deg=oblique,
        **CLEAN,
    )
    case = lumbar_nerves_case(3, scan, spread_table(6, 700.0, 1))
    (image,) = case.images
    assert image.table is not None
    whole = image.whole & (image.labels.voxels > 1)
    maps = tensor_maps(image.voxels, image.grid, image.table, ["FA", "MD"], mask=whole)
    for value, name in enumerate(lumbar_nerves.NERVES, start=2):
        mask = image.labels.voxels == value
        at = mask & whole
        assert at.sum() >= 10
        np.testing.assert_allclose(maps["FA"][at], true(case, name, "FA"), rtol=1e-4)
        np.testing.assert_allclose(maps["MD"][at], true(case, name, "MD"), rtol=1e-4)
        # A tube's boundary that lies a tenth of a voxel off changes its volume by 2 * 0.15 / 2.7.
        volume = mask.sum() * image.grid.voxel_volume_mm3
        assert volume == pytest.approx(true(case, name, "volume"), rel=0.11)
        axis = np.array(case.geometry["axes_ras_mm"][name])
        length = np.linalg.norm(np.diff(axis, axis=0), axis=1).sum()
        assert length == pytest.approx(true(case, name, "length"), rel=1e-3)
        points = image.grid.ras_from_ijk(np.argwhere(mask))
        away = np.linalg.norm(points[:, None] - axis[None], axis=2).min(axis=1)
        assert away.max() < true(case, name, "radius") + np.linalg.norm(spacing) / 2
        assert (points[:, 0].mean() < axis[0, 0]) == ("left" in name)
