"""Phantoms of the nuclei and of the cord's regions: what is measured on them is their truth, on any grid."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from measures.clinical.dentate import nuclei
from mri.diffusion.gradient_check import gradient_check
from mri.diffusion.tensor import tensor_maps
from mri.phantom import cord_dwi, dentate
from mri.phantom.case import PhantomCase
from mri.phantom.cord_dwi import cord_dwi_case, cord_region
from mri.phantom.dentate import dentate_case

CLEAN = {"noise": 0.0, "bias": 0.0}
DENTATE_GRIDS = [
    ("RAS", (1.0, 1.0, 1.0), 0.0),
    ("PSR", (0.7, 0.7, 0.7), 0.0),
    ("LPI", (0.8, 0.8, 1.2), 9.0),
    ("ASL", (1.0, 1.0, 1.0), 14.0),
]
CORD_GRIDS = [("RAS", (0.8, 0.8, 5.0), 0.0), ("LPI", (0.5, 0.5, 4.0), 0.0), ("PIR", (0.8, 0.8, 3.0), 10.0)]


def true(case: PhantomCase, structure: str, quantity: str) -> float:
    (value,) = [t.value for t in case.truth if (t.structure, t.quantity) == (structure, quantity)]
    return value


@pytest.mark.parametrize(("orientation", "spacing", "oblique"), DENTATE_GRIDS)
def test_the_dentate_has_its_volume_and_susceptibility(
    orientation: str, spacing: tuple[float, float, float], oblique: float
) -> None:
    shape = tuple(round(extent / s) for extent, s in zip((66, 42, 34), spacing, strict=True))
    scan = replace(
        dentate.DEFAULT_SCAN,
        shape_ras=shape,
        spacing_ras_mm=spacing,
        orientation=orientation,
        oblique_deg=oblique,
        **CLEAN,
    )
    case = dentate_case(4, scan)
    (image,) = case.images
    found, findings = nuclei(image.labels.voxels, image.voxels, image.grid)
    assert findings == ()
    for one, name in zip(found, ("Dentate left", "Dentate right"), strict=True):
        # The shell is about 2 mm thick: 4 % of its volume is a boundary that lies 0.04 mm off, a twentieth of a voxel.
        assert one.volume_mm3 == pytest.approx(true(case, name, "volume"), rel=0.04)
        assert one.wrong_side_voxels.value == 0
        whole = image.whole & (image.labels.voxels == one.value)
        assert whole.sum() > 20
        np.testing.assert_allclose(image.voxels[whole], true(case, name, "mean"), rtol=1e-6)
        # Partial volume only ever takes away.
        assert 0.7 * true(case, name, "mean") < one.mean_ppm.value < true(case, name, "mean")


def test_the_volume_by_quadrature_is_the_volume_by_counting() -> None:
    (left, _) = dentate.draw_nuclei(np.random.default_rng(5))
    step = 0.2
    axes = [np.arange(c - 15, c + 15, step, dtype=np.float32) for c in left.centre_mm]
    inside, _ = left.shell(*np.meshgrid(*axes, indexing="ij"))
    assert float(inside.sum()) * step**3 == pytest.approx(left.volume_mm3(), rel=3e-3)


def test_a_susceptibility_map_is_signed_and_zero_outside_the_brain() -> None:
    image = dentate_case(2).images[0].voxels
    assert image.dtype == np.float32
    assert image.min() < -0.02
    assert image.max() < 0.5
    assert (image[0] == 0).all()


@pytest.mark.parametrize(("orientation", "spacing", "oblique"), CORD_GRIDS)
def test_the_tensor_of_every_region_is_its_truth(
    orientation: str, spacing: tuple[float, float, float], oblique: float
) -> None:
    shape = (int(16 / spacing[0]), int(24 / spacing[1]), int(30 / spacing[2]))
    scan = replace(
        cord_dwi.DEFAULT_SCAN,
        shape_ras=shape,
        spacing_ras_mm=spacing,
        orientation=orientation,
        oblique_deg=oblique,
        **CLEAN,
    )
    case = cord_dwi_case(6, scan)
    (image,) = case.images
    assert image.table is not None
    whole = image.whole & (image.labels.voxels > 0)
    maps = tensor_maps(image.voxels, image.grid, image.table, ["FA", "MD", "AD", "RD"], mask=whole)
    names = [f"{name} {side}" for side in ("left", "right") for name in cord_dwi.REGIONS]
    for value, name in enumerate(names, start=1):
        at = whole & (image.labels.voxels == value)
        assert at.any(), name
        for index, volume in maps.items():
            np.testing.assert_allclose(volume[at], true(case, name, index), rtol=2e-5)
        assert 0.6 < true(case, name, "FA") < 0.85 if "column" in name else true(case, name, "FA") < 0.6


def test_the_gradients_of_the_cord_are_in_the_right_frame() -> None:
    (image,) = cord_dwi_case(1, replace(cord_dwi.DEFAULT_SCAN, orientation="LAS", shape_ras=(32, 32, 8))).images
    assert image.table is not None
    assert gradient_check(image.voxels, image.grid, image.table).verdict != "flipped"


def test_the_regions_mirror_each_other() -> None:
    u, v = (a.ravel() for a in np.meshgrid(np.linspace(-1, 1, 200), np.linspace(-1, 1, 201)))
    inside = np.hypot(u, v) <= 1.0
    here, mirrored = cord_region(u[inside], v[inside]), cord_region(-u[inside], v[inside])
    assert set(here) == set(range(1, 9))
    np.testing.assert_array_equal((here - 1) % 4, (mirrored - 1) % 4)
    assert ((here > 4) == (u[inside] > 0)).all()
    grey = (here % 4 == 0).mean()
    assert 0.12 < grey < 0.3


def test_a_session_keeps_the_anatomy() -> None:
    scan = replace(dentate.DEFAULT_SCAN, shape_ras=(60, 40, 20))
    first, again, second = (dentate_case(3, replace(scan, session=s)) for s in (0, 0, 1))
    assert first.truth == again.truth == second.truth
    assert first.images[0].voxels.tobytes() == again.images[0].voxels.tobytes() != second.images[0].voxels.tobytes()
    assert first.images[0].labels.to_bytes() == second.images[0].labels.to_bytes()
