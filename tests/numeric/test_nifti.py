"""NIfTI files: every voxel in and out, and refusal of what is not whole."""

from __future__ import annotations

import gzip
import os
import struct
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from mri.errors import ImageError
from mri.geometry import Grid
from mri.labels import LabelMap
from mri.nifti import read_labels, read_volume, voxels_for_browser, write_nifti
from tests.numeric.volumes import ORIENTATIONS, affine_for, write_image

SHAPE = (5, 6, 7)


def _numbered(shape: tuple[int, ...] = SHAPE, dtype: str = "int16") -> np.ndarray:
    return np.arange(np.prod(shape)).reshape(shape).astype(dtype)


def _reason(path: Path, **options: bool) -> str:
    with pytest.raises(ImageError) as caught:
        read_volume(path, **options)
    assert str(path.parent) not in str(caught.value), "a message must not give away where files are kept"
    return caught.value.reason


@pytest.mark.parametrize("tilt_deg", [0.0, 17.0])
@pytest.mark.parametrize("codes", ORIENTATIONS)
def test_labels_come_back_voxel_for_voxel(tmp_path: Path, codes: str, tilt_deg: float) -> None:
    image_path = write_image(tmp_path / "image.nii.gz", _numbered(), affine_for(codes, tilt_deg=tilt_deg))
    image = read_volume(image_path)
    assert tilt_deg or image.grid.orientation == codes
    drawn = (_numbered() % 9).astype(np.uint8)
    labels = LabelMap(drawn, image.grid)
    write_nifti(labels, tmp_path / "labels.nii.gz", reference=image_path)
    read = read_labels(tmp_path / "labels.nii.gz", image.grid, range(1, 9))
    np.testing.assert_array_equal(read.voxels, drawn)
    np.testing.assert_array_equal(read_volume(tmp_path / "labels.nii.gz").grid.affine, image.grid.affine)
    again = LabelMap.from_bytes(read.to_bytes(), read.dtype, read.grid)
    np.testing.assert_array_equal(again.voxels, drawn)


@pytest.mark.parametrize("codes", ORIENTATIONS)
def test_qform_and_sform_of_our_files_agree(tmp_path: Path, codes: str) -> None:
    grid = Grid(SHAPE, affine_for(codes, tilt_deg=9.0))
    write_nifti(LabelMap(np.ones(SHAPE, np.uint8), grid), tmp_path / "l.nii.gz")
    header = nib.load(tmp_path / "l.nii.gz").header
    assert (int(header["sform_code"]), int(header["qform_code"])) == (1, 1)
    assert header.get_xyzt_units()[0] == "mm"
    # Quaternions and offsets are kept in single precision.
    np.testing.assert_allclose(header.get_qform(), header.get_sform(), atol=2e-5)
    np.testing.assert_allclose(header.get_sform(), grid.affine, atol=1e-5)


def test_the_image_s_own_forms_are_taken_over(tmp_path: Path) -> None:
    image = nib.Nifti1Image(_numbered(), None)
    image.set_qform(affine_for("LPS", tilt_deg=20.0), code=1)
    image.set_sform(None, code=0)
    nib.save(image, tmp_path / "image.nii.gz")
    volume = read_volume(tmp_path / "image.nii.gz")
    assert volume.affine_source == "qform"
    write_nifti(LabelMap.zeros(volume.grid), tmp_path / "l.nii.gz", reference=tmp_path / "image.nii.gz")
    written = nib.load(tmp_path / "l.nii.gz")
    assert (int(written.header["sform_code"]), int(written.header["qform_code"])) == (0, 1)
    np.testing.assert_array_equal(written.affine, volume.grid.affine)


def test_a_reference_on_another_grid_is_refused(tmp_path: Path) -> None:
    path = write_image(tmp_path / "image.nii.gz", _numbered(), affine_for("RAS"))
    with pytest.raises(ImageError) as caught:
        write_nifti(LabelMap.zeros(Grid(SHAPE, affine_for("LAS"))), reference=path)
    assert caught.value.reason == "grid-mismatch"


def test_written_bytes_depend_on_the_labels_alone(tmp_path: Path) -> None:
    labels = LabelMap((_numbered() % 3).astype(np.uint16), Grid(SHAPE, affine_for("ASL")))
    first = write_nifti(labels, tmp_path / "a.nii.gz")
    assert first == write_nifti(labels, tmp_path / "b.nii.gz") == (tmp_path / "a.nii.gz").read_bytes()
    assert sorted(os.listdir(tmp_path)) == ["a.nii.gz", "b.nii.gz"]


@pytest.mark.parametrize("kind", [nib.Nifti1Image, nib.Nifti2Image])
@pytest.mark.parametrize("name", ["v.nii", "v.nii.gz"])
def test_both_versions_packed_or_not(tmp_path: Path, kind: type, name: str) -> None:
    nib.save(kind(_numbered(), affine_for("PSR")), tmp_path / name)
    volume = read_volume(tmp_path / name)
    np.testing.assert_array_equal(volume.voxels, _numbered())
    assert (volume.dtype, volume.frames, volume.scaled) == ("int16", 1, False)


def test_a_wrong_extension_does_not_matter(tmp_path: Path) -> None:
    write_image(tmp_path / "v.nii.gz", _numbered())
    (tmp_path / "v.nii").write_bytes((tmp_path / "v.nii.gz").read_bytes())
    np.testing.assert_array_equal(read_volume(tmp_path / "v.nii").voxels, _numbered())


def test_big_endian(tmp_path: Path) -> None:
    header = nib.Nifti1Header(endianness=">")
    header.set_data_dtype(">i2")
    nib.save(nib.Nifti1Image(_numbered(), affine_for("LAS"), header), tmp_path / "v.nii")
    volume = read_volume(tmp_path / "v.nii")
    assert volume.big_endian
    shown = voxels_for_browser(volume)
    np.testing.assert_array_equal(np.frombuffer(shown.content, "<i2").reshape(SHAPE, order="F"), _numbered())


def test_scaling_is_applied(tmp_path: Path) -> None:
    path = write_image(tmp_path / "v.nii", _numbered())
    raw = bytearray(path.read_bytes())
    raw[112:120] = struct.pack("<ff", 1.0, -1024.0)
    path.write_bytes(bytes(raw))
    volume = read_volume(path)
    assert volume.scaled
    np.testing.assert_array_equal(volume.voxels, _numbered() - 1024.0)
    shown = voxels_for_browser(volume)
    assert (shown.dtype, shown.exact) == ("int16", True)


def test_frames_need_leave(tmp_path: Path) -> None:
    path = write_image(tmp_path / "v.nii.gz", _numbered((4, 4, 4, 3)))
    assert _reason(path) == "not-3d"
    volume = read_volume(path, allow_frames=True)
    np.testing.assert_array_equal(volume.frame(2), _numbered((4, 4, 4, 3))[..., 2])
    with pytest.raises(IndexError, match="frame 3"):
        volume.frame(3)
    single = read_volume(write_image(tmp_path / "w.nii.gz", _numbered((4, 4, 4, 1))))
    assert single.voxels.shape == (4, 4, 4)
    assert _reason(write_image(tmp_path / "x.nii.gz", _numbered((4, 4)))) == "not-3d"


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95, 0.999])
@pytest.mark.parametrize("packed", [True, False])
def test_truncated_files_are_refused(tmp_path: Path, share: float, packed: bool) -> None:
    rng = np.random.default_rng(0)
    path = write_image(
        tmp_path / ("v.nii.gz" if packed else "v.nii"), rng.integers(0, 999, (20, 20, 20)).astype("int16")
    )
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    assert _reason(path) in ("truncated", "not-nifti")


def test_a_missing_gzip_trailer_and_a_flipped_bit_are_noticed(tmp_path: Path) -> None:
    path = write_image(tmp_path / "v.nii.gz", np.random.default_rng(0).integers(0, 999, (9, 9, 9)).astype("int16"))
    whole = path.read_bytes()
    path.write_bytes(whole[:-4])
    assert _reason(path) == "truncated"
    damaged = bytearray(whole)
    damaged[len(whole) // 2] ^= 0x10
    path.write_bytes(bytes(damaged))
    assert _reason(path) in ("damaged", "truncated")


@pytest.mark.parametrize("content", [b"", b"\x1f\x8b", b"hello", b"PK\x03\x04" + bytes(400), bytes(1000)])
def test_what_is_no_nifti_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "v.nii.gz").write_bytes(content)
    assert _reason(tmp_path / "v.nii.gz") in ("not-nifti", "truncated")
    (tmp_path / "w.nii.gz").write_bytes(gzip.compress(content))
    assert _reason(tmp_path / "w.nii.gz") in ("not-nifti", "truncated")


def test_missing_files_and_folders(tmp_path: Path) -> None:
    assert _reason(tmp_path / "none.nii") == "not-found"
    assert _reason(tmp_path) == "not-nifti"


def test_a_header_that_claims_the_moon_costs_nothing(tmp_path: Path) -> None:
    path = write_image(tmp_path / "v.nii", _numbered())
    raw = bytearray(path.read_bytes())
    raw[40:48] = struct.pack("<4h", 3, 32000, 32000, 32000)
    path.write_bytes(bytes(raw))
    assert _reason(path) == "too-large"


def test_a_gzip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = write_image(tmp_path / "v.nii", _numbered())
    (tmp_path / "v.nii.gz").write_bytes(gzip.compress(path.read_bytes() + bytes(64 * 1024 * 1024)))
    assert _reason(tmp_path / "v.nii.gz") == "too-large"


@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
def test_complex_voxels_are_refused(tmp_path: Path, dtype: str) -> None:
    assert _reason(write_image(tmp_path / "v.nii", _numbered(dtype=dtype))) == "unsupported-dtype"


def test_colour_voxels_are_refused(tmp_path: Path) -> None:
    rgb = np.zeros(SHAPE, dtype=[("R", "u1"), ("G", "u1"), ("B", "u1")])
    assert _reason(write_image(tmp_path / "v.nii", rgb)) == "unsupported-dtype"


@pytest.mark.parametrize("row", [(np.nan, 0, 0, 0), (np.inf, 0, 0, 0), (0, 0, 0, 0)])
def test_affines_without_meaning_are_refused(tmp_path: Path, row: tuple[float, ...]) -> None:
    path = write_image(tmp_path / "v.nii", _numbered())
    raw = bytearray(path.read_bytes())
    raw[280:296] = struct.pack("<4f", *row)
    path.write_bytes(bytes(raw))
    assert _reason(path) == "bad-affine"


def test_units_other_than_mm_are_refused(tmp_path: Path) -> None:
    assert _reason(write_image(tmp_path / "v.nii", _numbered(), xyzt_units=3)) == "bad-header"


def test_label_files_of_whole_floats_are_welcome(tmp_path: Path) -> None:
    values = (_numbered() % 9).astype(np.float32)
    path = write_image(tmp_path / "l.nii.gz", values)
    labels = read_labels(path, Grid(SHAPE, np.eye(4)), range(1, 9))
    assert labels.dtype == "uint8"
    np.testing.assert_array_equal(labels.voxels, values)
    wide = read_labels(write_image(tmp_path / "w.nii.gz", _numbered(dtype="int32") * 300))
    assert wide.dtype == "uint16"


@pytest.mark.parametrize("bad", [0.5, -1.0, 70000.0, np.nan])
def test_values_that_are_no_labels_are_named(tmp_path: Path, bad: float) -> None:
    values = np.ones(SHAPE, np.float32)
    values[0, 0, :3] = bad
    with pytest.raises(ImageError, match=r"\(3 voxels\)") as caught:
        read_labels(write_image(tmp_path / "l.nii.gz", values))
    assert caught.value.reason == "not-integer-labels"


def test_unknown_values_are_listed_with_their_voxels(tmp_path: Path) -> None:
    values = np.zeros(SHAPE, np.uint8)
    values[0, 0, :2], values[1, 1, 1], values[2] = 50, 99, 3
    with pytest.raises(ImageError, match=r"50 \(2 voxels\), 99 \(1 voxel\)\. Defined are 2, 3") as caught:
        read_labels(write_image(tmp_path / "l.nii.gz", values), None, [2, 3])
    assert caught.value.reason == "unknown-label"


def test_a_flipped_label_map_of_the_same_shape_is_refused(tmp_path: Path) -> None:
    path = write_image(tmp_path / "l.nii.gz", np.ones(SHAPE, np.uint8), affine_for("LAS"))
    with pytest.raises(ImageError, match=r"LAS.*RAS") as caught:
        read_labels(path, Grid(SHAPE, affine_for("RAS")))
    assert caught.value.reason == "grid-mismatch"


def test_label_maps_are_immutable_and_checked() -> None:
    mine = np.zeros(SHAPE, np.uint8)
    labels = LabelMap(mine, Grid(SHAPE, np.eye(4)))
    mine[0, 0, 0] = 7
    assert labels.counts() == {}
    with pytest.raises(ValueError, match="read-only"):
        labels.voxels[0, 0, 0] = 1
    with pytest.raises(ImageError):
        LabelMap(np.zeros(SHAPE, np.int16), labels.grid)  # type: ignore[arg-type]
    with pytest.raises(ImageError, match="211 label bytes came, 210 were expected"):
        LabelMap.from_bytes(bytes(211), "uint8", labels.grid)


def test_bytes_run_along_i_first() -> None:
    voxels = np.zeros(SHAPE, np.uint16)
    voxels[1, 0, 0], voxels[0, 1, 0] = 258, 2
    content = LabelMap(voxels, Grid(SHAPE, np.eye(4))).to_bytes()
    assert content[2:4] == b"\x02\x01"
    assert content[2 * SHAPE[0]] == 2
