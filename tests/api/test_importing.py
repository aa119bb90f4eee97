"""Datasets come in whole; each file that can't is named with its reason, and the rest goes in."""

import gzip
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from access.models import Event, Study
from annotation.models import LabelVersion, Rater, Subject, Task, TaskState, Volume
from annotation.selectors.labels import label_voxels as stored_labels
from annotation.services.importing.dataset import import_folder
from annotation.services.importing.outcome import ImportReport
from annotation.services.nifti import label_nifti
from annotation.services.tasks import task_open
from blobs.services import blob_read
from tests.factories.datasets import MANUAL, bids_files, write
from tests.factories.images import SHAPE, affine_of, image_voxels, label_voxels, nifti_bytes, raw
from tests.factories.labels import make_label, make_task
from tests.factories.people import make_member, make_study, make_user

pytestmark = pytest.mark.django_db

IMAGE = "sub-01/anat/sub-01_T2w.nii.gz"
RATER_B = "sub-01/anat/sub-01_T2w_label-SC_desc-b_seg.nii.gz"


@pytest.fixture
def study(db: None) -> Study:
    return make_study(make_user("lena"))


@pytest.fixture
def take(study: Study, tmp_path: Path) -> Callable[..., ImportReport]:
    """Import some files as one dataset."""

    def importer(files: dict[str, bytes], **options: Any) -> ImportReport:
        return import_folder(study=study, folder=write(tmp_path, files), by=None, **options)

    return importer


def reasons(report: ImportReport) -> dict[str, str]:
    return {file["path"]: file["reason"] for file in report.to_json()["files"]}


def test_a_bids_tree_goes_in_with_its_labels(study: Study, take: Callable[..., ImportReport]) -> None:
    files = bids_files()
    report = take(files)
    assert report.counts() == {"images": 2, "labels": 4, "unchanged": 0, "kept_aside": 0, "skipped": 0}
    volume = Volume.objects.get(name="sub-01_T2w")
    assert blob_read(volume.original_id) == files[IMAGE]
    assert gzip.decompress(blob_read(volume.voxels_id)) == raw(image_voxels(0))
    assert (volume.shape, volume.orientation, volume.spacing_mm) == (list(SHAPE), "PSR", [0.5, 0.75, 2.0])
    assert Subject.objects.get(label="01").attributes == {"age": "40", "sex": None}
    assert sorted(Rater.objects.values_list("name", "user")) == [("ada", None), ("manual", None)]
    version = LabelVersion.objects.get(volume=volume, author_name="manual")
    assert blob_read(version.original_id) == files[MANUAL.format("01")]
    np.testing.assert_array_equal(stored_labels(version).voxels, label_voxels(0))
    task = version.task
    assert (task.state, task.read) == (TaskState.SUBMITTED, 1)
    assert task.working.get().head == task.working.get().submitted == version
    assert Event.objects.get(verb="dataset.imported").detail["labels"] == 4


def test_importing_twice_adds_nothing(take: Callable[..., ImportReport]) -> None:
    take(bids_files())
    before = _rows()
    assert take({}).counts() == {"images": 0, "labels": 0, "unchanged": 6, "kept_aside": 0, "skipped": 0}
    assert _rows() == before


def _rows() -> dict[str, int]:
    tables = ("subject", "case", "volume", "rater", "task", "taskvolume", "labelversion")
    with connection.cursor() as cursor:
        counted = {}
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM annotation_{table}")  # noqa: S608 - fixed names
            counted[table] = cursor.fetchone()[0]
    return counted


def test_labels_can_come_as_accepted(take: Callable[..., ImportReport]) -> None:
    take(bids_files(("01",)), accept_labels=True)
    assert set(Task.objects.values_list("state", flat=True)) == {TaskState.ACCEPTED}


def test_labels_may_come_after_their_images(take: Callable[..., ImportReport], tmp_path: Path) -> None:
    files = bids_files(("01",))
    take({IMAGE: files.pop(IMAGE)})
    (tmp_path / IMAGE).unlink()
    assert take(files).counts()["labels"] == 2


def test_a_changed_label_file_is_a_new_version(take: Callable[..., ImportReport]) -> None:
    take(bids_files(("01",)))
    path = MANUAL.format("01")
    assert take({path: nifti_bytes(label_voxels(77))}).counts()["labels"] == 1
    first, second = LabelVersion.objects.filter(author_name="manual").order_by("number")
    assert second.parent == first
    assert second.task.working.get().head == second
    assert take({path: bids_files(("01",))[path]}).counts()["labels"] == 1
    assert LabelVersion.objects.filter(author_name="manual").count() == 3


def test_a_changed_image_is_refused_since_labels_hang_on_it(take: Callable[..., ImportReport]) -> None:
    take(bids_files(("01",)))
    report = take({IMAGE: nifti_bytes(image_voxels(5))})
    assert "other content" in reasons(report)[IMAGE]
    assert Volume.objects.count() == 1


def test_a_members_name_means_the_member(study: Study, take: Callable[..., ImportReport]) -> None:
    ada = make_user("ada")
    make_user("manual")  # has an account and is not of the team
    make_member(study, ada, "annotator")
    take(bids_files(("01",)))
    assert dict(Rater.objects.values_list("name", "user")) == {"ada": ada.pk, "manual": None}
    assert LabelVersion.objects.get(author_name="ada").author == ada


def test_what_a_rater_worked_on_since_stays(study: Study, take: Callable[..., ImportReport]) -> None:
    ada = make_user("ada")
    make_member(study, ada, "annotator")
    files = bids_files(("01",))
    take({IMAGE: files[IMAGE]})
    task = task_open(task=make_task(Volume.objects.get().case, ada), by=ada)
    head = make_label(task, seed=3)
    report = take(files)
    assert report.counts()["kept_aside"] == 1
    task.refresh_from_db()
    assert (task.state, task.working.get().head) == (TaskState.IN_PROGRESS, head)
    assert LabelVersion.objects.filter(task=task, source="imported").count() == 1
    assert Event.objects.filter(verb="label.conflict").count() == 1


def test_loose_files_go_in(take: Callable[..., ImportReport]) -> None:
    report = take({"t2.nii.gz": nifti_bytes(image_voxels()), "t2_seg.nii": nifti_bytes(label_voxels(), packed=False)})
    assert report.counts() == {"images": 1, "labels": 1, "unchanged": 0, "kept_aside": 0, "skipped": 0}
    assert Volume.objects.get().role == "T2w"
    assert label_nifti(LabelVersion.objects.get()).name == "sub-t2_T2w_desc-imported_label-SC_seg.nii.gz"


def _broken_affine() -> bytes:
    affine = affine_of("PSR")
    raw_file = bytearray(nifti_bytes(image_voxels(), affine, packed=False))
    raw_file[280:284] = np.float32("nan").tobytes()  # srow_x[0]
    return bytes(raw_file)


def _fractions() -> bytes:
    return nifti_bytes(label_voxels().astype(np.float32) * 0.4)


REFUSED_IMAGES = {
    "truncated gzip": (nifti_bytes(image_voxels())[:-40], "truncated"),
    "truncated": (nifti_bytes(image_voxels(), packed=False)[:-40], "truncated"),
    "not NIfTI": (b"this is a text", "not a NIfTI file"),
    "empty": (b"", "not a NIfTI file"),
    "4-D": (nifti_bytes(image_voxels(shape=(*SHAPE, 3))), "has 3 frames"),
    "NaN affine": (_broken_affine(), "NaN"),
}


@pytest.mark.parametrize(("content", "words"), REFUSED_IMAGES.values(), ids=REFUSED_IMAGES.keys())
def test_an_image_that_cannot_be_taken_is_named(take: Callable[..., ImportReport], content: bytes, words: str) -> None:
    bad = "sub-09/anat/sub-09_T2w.nii.gz"
    label = MANUAL.format("09")
    report = take({**bids_files(("01",)), bad: content, label: nifti_bytes(label_voxels())})
    assert words in reasons(report)[bad]
    assert "its image sub-09_T2w.nii.gz was not taken" in reasons(report)[label]
    assert report.counts()["images"] == 1
    assert not Subject.objects.filter(label="09").exists()


REFUSED_LABELS = {
    "another grid": (RATER_B, nifti_bytes(label_voxels(), affine_of("RAS")), "not on its image's grid"),
    "another shape": (RATER_B, nifti_bytes(label_voxels(shape=(6, 5, 3))), "shapes differ"),
    "an unknown value": (RATER_B, nifti_bytes(label_voxels() * np.uint8(3)), "3 ("),
    "no whole numbers": (RATER_B, _fractions(), "whole numbers"),
    "not NIfTI": (RATER_B, b"no", "not a NIfTI file"),
    "another structure": (
        "sub-01/anat/sub-01_T2w_label-rootlets_dseg.nii.gz", nifti_bytes(label_voxels()), "label-rootlets"
    ),
    "landmarks": ("sub-01/anat/sub-01_T2w_label-vertebrae_dlabel.nii.gz", nifti_bytes(label_voxels()), "landmarks"),
    "a bare mask": ("sub-01/anat/sub-01_T2w_desc-box_mask.nii.gz", nifti_bytes(label_voxels()), "has no label-"),
    "no image": (MANUAL.format("44"), nifti_bytes(label_voxels()), "no image of sub-44"),
    "an atlas": ("atlas/vol0001.nii.gz", nifti_bytes(label_voxels()), "an atlas"),
    "a role without use": ("sub-01/anat/sub-01_FLAIR.nii.gz", nifti_bytes(image_voxels(8)), "no use for FLAIR"),
    "no image file": ("sub-01/anat/sub-01_T2w.png", b"png", "no NIfTI file"),
}  # fmt: skip


@pytest.mark.parametrize(("path", "content", "words"), REFUSED_LABELS.values(), ids=REFUSED_LABELS.keys())
def test_another_file_that_cannot_be_taken_is_named(
    take: Callable[..., ImportReport], path: str, content: bytes, words: str
) -> None:
    report = take({**bids_files(("01",)), path: content})
    assert words in reasons(report)[path]
    assert report.counts() == {"images": 1, "labels": 2, "unchanged": 0, "kept_aside": 0, "skipped": 1}


def test_two_files_of_one_rater_and_image_are_told(take: Callable[..., ImportReport]) -> None:
    twin = "derivatives/labels/sub-01/anat/sub-01_T2w_desc-manual_label-SC_seg.nii.gz"
    files = {**bids_files(("01",)), twin: nifti_bytes(label_voxels(8))}
    for _ in range(2):
        report = take(files)
        assert any("tell raters apart" in reason for reason in reasons(report).values())
    assert LabelVersion.objects.filter(author_name="manual").count() == 1


def test_a_link_out_of_the_folder_is_refused(take: Callable[..., ImportReport], tmp_path: Path) -> None:
    outside = tmp_path.parent / "outside.nii.gz"
    outside.write_bytes(nifti_bytes(image_voxels()))
    (tmp_path / "sub-01" / "anat").mkdir(parents=True)
    (tmp_path / IMAGE).symlink_to(outside)
    assert "leaves the folder" in reasons(take({}))[IMAGE]


def test_it_can_be_stopped_between_two_files_and_goes_on(take: Callable[..., ImportReport]) -> None:
    class Stop(Exception):
        pass

    shares: list[float] = []

    def stop_at_third(share: float, message: str) -> None:
        shares.append(share)
        if len(shares) == 3:
            raise Stop

    with pytest.raises(Stop):
        take(bids_files(), progress=stop_at_third)
    assert (Volume.objects.count(), LabelVersion.objects.count()) == (2, 0)
    assert take({}).counts() == {"images": 0, "labels": 4, "unchanged": 2, "kept_aside": 0, "skipped": 0}


def test_the_command_prints_a_table_or_json(study: Study, tmp_path: Path) -> None:
    write(tmp_path, {**bids_files(("01",)), "sub-01/anat/sub-01_PDw.nii.gz": b"no"})
    out = StringIO()
    call_command("import_dataset", str(tmp_path), "--study", "cord", "--as", "lena", stdout=out)
    assert "skipped     sub-01/anat/sub-01_PDw.nii.gz: the protocol 'spinal-cord' has no use for PDw" in out.getvalue()
    assert "1 images, 2 labels, 0 unchanged" in out.getvalue()
    out = StringIO()
    call_command("import_dataset", str(tmp_path), "--study", "cord", "--json", stdout=out)
    assert json.loads(out.getvalue())["unchanged"] == 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere", "--study", "cord"], "no folder nowhere"),
        ([".", "--study", "none"], "there is no study 'none'; there are: cord"),
        ([".", "--study", "cord", "--as", "olga"], "no lead or engineer"),
    ],
)
def test_the_command_says_what_is_wrong(study: Study, arguments: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words) as error:
        call_command("import_dataset", *arguments)
    assert error.value.returncode == 2
