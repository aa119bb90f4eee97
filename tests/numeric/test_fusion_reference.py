"""What the viewer lays over an image equals the server's resampling: the reference that `fusion.test.ts` is held to."""

import json
from pathlib import Path

import numpy as np

from mri.geometry import Grid
from mri.resampling import resample

REFERENCE = Path(__file__).resolve().parents[2] / "frontend/src/geometry/fusionReference.json"


def pair() -> tuple[Grid, Grid]:
    """An oblique anisotropic grid and an upright one that it overlaps in part."""
    angle = np.radians(17)
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    tilt = np.array([[1, 0, 0], [0, np.cos(0.3), -np.sin(0.3)], [0, np.sin(0.3), np.cos(0.3)]])
    source = np.eye(4)
    source[:3, :3] = turn @ tilt @ np.diag((-1.1, 1.3, 4.0))
    source[:3, 3] = (9.0, -7.0, -8.0)
    target = np.array([[0, 0, 1.0, -6], [-1.0, 0, 0, 7], [0, 1.0, 0, -6], [0, 0, 0, 1]])
    return Grid((13, 11, 6), source), Grid((14, 13, 12), target)


def reference() -> dict[str, object]:
    source, target = pair()
    index = np.indices(source.shape)
    voxels = ((7 * index[0] + 13 * index[1] + 29 * index[2]) % 64).astype(np.float32)
    # NaN where the second volume has nothing: there the viewer paints nothing, and the server writes its background.
    wanted = resample(voxels, source, target, "linear", outside=np.nan)
    flat = wanted.ravel(order="F")
    return {
        "source": {"shape": source.shape, "affine": np.ravel(source.affine).tolist()},
        "target": {"shape": target.shape, "affine": np.ravel(target.affine).tolist()},
        "values": [None if np.isnan(value) else round(float(value), 4) for value in flat],
    }


def test_the_reference_of_the_viewer_is_what_the_server_resamples() -> None:
    stored = json.loads(REFERENCE.read_text())
    made = reference()
    assert {name: stored[name] for name in ("source", "target")} == json.loads(
        json.dumps({name: made[name] for name in ("source", "target")})
    )
    values = [np.array([np.nan if value is None else value for value in kind["values"]]) for kind in (stored, made)]  # type: ignore[index]
    # Rounded to four digits when it was written.
    np.testing.assert_allclose(values[0], values[1], atol=2e-4)
    assert 300 < np.isfinite(values[0]).sum() < values[0].size
