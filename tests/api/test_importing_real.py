"""Real images: the cervical T2w set of the Spinal Cord Toolbox, as it is named there."""

import shutil
from pathlib import Path

import pytest

from annotation.models import LabelVersion, Rater, Task, Volume
from annotation.services.importing.dataset import import_folder
from tests.factories.people import make_study, make_user

pytestmark = [pytest.mark.real_data, pytest.mark.django_db]


@pytest.fixture
def folder(real_data: Path, tmp_path: Path) -> Path:
    for source in sorted((real_data / "sct-cervical-t2").glob("sub-*/anat/*_T2w*")):
        target = tmp_path / source.relative_to(real_data / "sct-cervical-t2")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    return tmp_path


def test_the_cervical_set_goes_in(folder: Path) -> None:
    study = make_study(make_user("lena"))
    report = import_folder(study=study, folder=folder, by=None, accept_labels=True)
    assert report.counts() == {"images": 4, "labels": 5, "unchanged": 0, "kept_aside": 0, "skipped": 3}
    skipped = {Path(file["path"]).name: file["reason"] for file in report.to_json()["files"]}
    assert set(skipped.values()) == {"it holds landmarks (single voxels) and no label map"}
    assert set(skipped) == {f"sub-errsm{n}_T2w_label-vertebrae_dlabel.nii.gz" for n in (11, 18, 23)}
    volume = Volume.objects.get(name="sub-errsm23_T2w")
    assert (volume.shape, volume.orientation, volume.original_type) == ([384, 225, 52], "PSR", "int16")
    assert set(Rater.objects.values_list("name", flat=True)) == {"manual", "propseg"}
    assert Task.objects.filter(state="accepted").count() == 5
    manual = LabelVersion.objects.get(volume=volume, author_name="manual")
    assert manual.voxel_type == "uint8"
    assert manual.counts["1"] > 10_000
    again = import_folder(study=study, folder=folder, by=None)
    assert again.counts() == {"images": 0, "labels": 0, "unchanged": 9, "kept_aside": 0, "skipped": 3}
