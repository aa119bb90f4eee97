"""Voxels for the browser: the smallest dtype that loses nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mri.nifti import read_volume, voxels_for_browser
from tests.numeric.volumes import write_image


def _shown(tmp_path: Path, values: np.ndarray) -> tuple[str, bool, np.ndarray, int]:
    volume = read_volume(write_image(tmp_path / "v.nii", values.reshape(-1, 1, 1)))
    shown = voxels_for_browser(volume)
    decoded = np.frombuffer(shown.content, np.dtype(shown.dtype).newbyteorder("<"))
    return shown.dtype, shown.exact, decoded, shown.nonfinite


@pytest.mark.parametrize(
    ("dtype", "values", "expected"),
    [
        ("uint8", [0, 255], "uint8"),
        ("int8", [-5, 100], "int16"),
        ("int8", [0, 100], "uint8"),
        ("int16", [0, 1], "int16"),
        ("uint16", [0, 65535], "uint16"),
        ("int32", [0, 200], "uint8"),
        ("int32", [-1, 200], "int16"),
        ("int32", [0, 40000], "uint16"),
        ("int32", [-1, 40000], "float32"),
        ("int64", [0, 16777216], "float32"),
        ("uint32", [0, 65536], "float32"),
        ("float32", [0, 1], "float32"),
        ("float64", [0, 255], "uint8"),
        ("float64", [-3, 7], "int16"),
        ("float64", [0.5, 7], "float32"),
    ],
)
def test_smallest_exact_dtype(tmp_path: Path, dtype: str, values: list[float], expected: str) -> None:
    given = np.array(values, dtype=dtype)
    name, exact, decoded, _ = _shown(tmp_path, given)
    assert (name, exact) == (expected, True)
    np.testing.assert_array_equal(decoded.astype(np.float64), given.astype(np.float64))


@pytest.mark.parametrize(("dtype", "value"), [("float64", 0.1), ("int32", 16777217), ("float64", 1e300)])
def test_rounding_is_admitted(tmp_path: Path, dtype: str, value: float) -> None:
    name, exact, decoded, _ = _shown(tmp_path, np.array([value, -1], dtype=dtype))
    assert (name, exact) == ("float32", False)
    assert np.isfinite(decoded).all()


def test_nan_and_infinity_are_shown_as_zero_and_counted(tmp_path: Path) -> None:
    given = np.array([np.nan, np.inf, -np.inf, 2.5], np.float32)
    volume = read_volume(write_image(tmp_path / "v.nii", given.reshape(4, 1, 1)))
    shown = voxels_for_browser(volume)
    assert shown.nonfinite == volume.intensities.nonfinite == 3
    np.testing.assert_array_equal(np.frombuffer(shown.content, "<f4"), [0, 0, 0, 2.5])
    assert np.isnan(volume.voxels[0, 0, 0])
    assert (volume.intensities.minimum, volume.intensities.maximum) == (2.5, 2.5)


def test_an_image_of_nothing_but_nan_has_no_range(tmp_path: Path) -> None:
    volume = read_volume(write_image(tmp_path / "v.nii", np.full((2, 2, 2), np.nan, np.float32)))
    assert volume.intensities.minimum is None
    assert volume.intensities.window_low < volume.intensities.window_high
