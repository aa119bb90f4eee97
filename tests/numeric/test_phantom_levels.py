"""The neck phantom's cord, rootlets and pontomedullary junction give the spinal levels that it was made with."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from measures.clinical.spinal_levels import LEVEL_NAMES, spinal_levels
from mri.phantom.makers import MAKERS, PMJ_VALUE, cervical_case

TALL = replace(MAKERS["rootlets"].scan, shape_ras=(40, 96, 164), noise=0.0, bias=0.0)
CORD, PMJ = ("SC", "seg"), ("PMJ", "dlabel")


@pytest.mark.parametrize(("orientation", "oblique", "seed"), [("RAS", 0.0, 3), ("PSR", 0.0, 8), ("LPI", 7.0, 3)])
def test_levels_lie_where_the_phantom_put_them(orientation: str, oblique: float, seed: int) -> None:
    case = cervical_case(seed, replace(TALL, orientation=orientation, oblique_deg=oblique), rootlets=True)
    (image,) = case.images
    found = spinal_levels(
        image.labels.voxels, image.masks[CORD].voxels, image.grid, image.masks[PMJ].voxels, dilation="mm"
    )
    true = {t.structure: t.value for t in case.truth if t.quantity == "midpoint"}
    assert len(found.levels) == len(true) == 7
    off = [level.midpoint_mm.value - true[LEVEL_NAMES[level.level]] for level in found.levels]
    # The truth is where rootlets enter the cord. From there they run downwards, and what lies within 2.4 mm of the cord
    # counts: a level reads lower than its entry by up to that run, never higher by more than a slice, and the levels'
    # distances from one another agree within the slices of 1 mm that begin and end two of them.
    assert min(off) > -1.0
    assert max(off) < 4.0
    assert np.abs(np.diff(off)).max() < 2.0


def test_the_junction_is_one_voxel_where_the_field_of_view_reaches_it() -> None:
    case = cervical_case(3, TALL, rootlets=True)
    (image,) = case.images
    (at,) = np.argwhere(image.masks[PMJ].voxels == PMJ_VALUE)
    point = np.array(case.geometry["pmj_ras_mm"])
    # The voxel whose centre is nearest: half a voxel along each axis at most.
    assert np.abs(image.grid.ras_from_ijk(at) - point).max() <= 0.5 * max(image.grid.spacing_mm) + 1e-3

    low = cervical_case(3, replace(TALL, shape_ras=(40, 96, 100)), rootlets=True)
    assert PMJ not in low.images[0].masks
    assert low.geometry == case.geometry
