"""Datasets in folders and archives."""

import json
import zipfile
from pathlib import Path

from tests.factories.images import image_voxels, label_voxels, nifti_bytes

MANUAL = "sub-{0}/anat/sub-{0}_T2w_label-SC_desc-manual_seg.nii.gz"


def write(folder: Path, files: dict[str, bytes]) -> Path:
    """Files by relative path."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def bids_files(subjects: tuple[str, ...] = ("01", "02")) -> dict[str, bytes]:
    """A BIDS tree: an image and two raters' labels per subject, one beside the image and one under derivatives."""
    files: dict[str, bytes] = {
        "dataset_description.json": json.dumps({"Name": "test", "BIDSVersion": "1.9.0"}).encode(),
        "participants.tsv": b"participant_id\tage\tsex\n" + b"".join(f"sub-{s}\t40\tn/a\n".encode() for s in subjects),
        "README.md": b"A dataset for tests.",
    }
    for seed, subject in enumerate(subjects):
        files[f"sub-{subject}/anat/sub-{subject}_T2w.nii.gz"] = nifti_bytes(image_voxels(seed))
        files[MANUAL.format(subject)] = nifti_bytes(label_voxels(seed).astype("float32"))
        derived = f"derivatives/labels/sub-{subject}/anat/sub-{subject}_T2w_label-SC_seg"
        files[f"{derived}.nii.gz"] = nifti_bytes(label_voxels(seed + 50))
        files[f"{derived}.json"] = json.dumps({"GeneratedBy": [{"Name": "Manual", "Author": "Ada"}]}).encode()
    return files


def archive(path: Path, files: dict[str, bytes]) -> Path:
    """A zip archive, its names taken as they are."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return path
