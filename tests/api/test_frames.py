"""4-D volumes: every frame's voxels as they came, gradients with them, and voxels on another volume's grid."""

import gzip
from collections.abc import Callable
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from access.models import User
from annotation.models import ResampledVoxels, Volume
from annotation.services.importing.dataset import import_folder
from annotation.services.importing.outcome import ImportReport
from annotation.tasks import resample_voxels
from blobs.services import blob_read
from jobs.models import Job
from mri.geometry import Grid
from mri.resampling import resample
from tests.factories.datasets import write
from tests.factories.diffusion import DWI, b_table, dwi_files, dwi_voxels, with_diffusion
from tests.factories.images import SHAPE, affine_of, image_voxels, label_voxels, nifti_bytes, raw
from tests.factories.labels import make_label, make_task, make_volume
from tests.factories.people import make_study, make_user

pytestmark = pytest.mark.django_db
NEAR = affine_of("PSR") + 0.4 * np.eye(4, k=3)
"""A grid two fifths of a millimetre beside that of the factories."""

Client = Callable[[User | None], APIClient]


@pytest.fixture
def lead() -> User:
    return make_user("lena")


@pytest.fixture
def take(lead: User, tmp_path: Path) -> Callable[[dict[str, bytes]], ImportReport]:
    study = with_diffusion(make_study(lead))

    def importer(files: dict[str, bytes]) -> ImportReport:
        return import_folder(study=study, folder=write(tmp_path, files), by=lead)

    return importer


def told(report: ImportReport) -> str:
    return " ".join(file["reason"] for file in report.to_json()["files"])


def test_a_diffusion_image_goes_in_frame_by_frame(
    take: Callable[[dict[str, bytes]], ImportReport], lead: User, as_user: Client
) -> None:
    files, client = dwi_files(), as_user(lead)
    assert take(files).counts()["images"] == 1
    volume = Volume.objects.get()
    facts = client.get(f"/api/v1/volumes/{volume.pk}").json()
    assert (facts["frames"], facts["components"], facts["dtype"], facts["shape"]) == (14, 1, "int16", [6, 5, 4])
    assert all(fact["holds"] for fact in facts["gradients"]["facts"])
    assert facts["gradients"]["check"]["verdict"] == "undecided"
    for which in ("bval", "bvec"):
        assert b"".join(client.get(f"/api/v1/volumes/{volume.pk}/{which}")) == files[f"{DWI}.{which}"]
    frames, voxels = client.get(f"/api/v1/volumes/{volume.pk}/frames").json(), dwi_voxels()
    assert [frame["b_value"] for frame in frames] == [0.0, 0.0, *([800.0] * 12)]
    for number in (0, 1, 13):
        answer = client.get(frames[number]["voxels_url"])
        assert answer["Cache-Control"].endswith("immutable")
        assert gzip.decompress(b"".join(answer)) == raw(voxels[..., number])
    # LAS has a negative determinant: the first component stays, and i runs to the left.
    assert frames[1]["direction_ras"] is None
    np.testing.assert_allclose(frames[5]["direction_ras"], b_table()[1][5] * [-1, 1, 1], atol=1e-6)
    assert client.get(f"/api/v1/volumes/{volume.pk}/voxels?frame=14").status_code == 404
    assert client.get(f"/api/v1/volumes/{volume.pk}/voxels?frame=x").status_code == 400


def test_a_positive_determinant_turns_the_first_component(take: Callable[[dict[str, bytes]], ImportReport]) -> None:
    take(dwi_files(affine_of("RAS", (1.5, 1.5, 2.0))))
    direction = Volume.objects.get().frame_rows.get(number=5).direction_ras
    np.testing.assert_allclose(direction, b_table()[1][5] * [-1, 1, 1], atol=1e-6)


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        (f"{DWI}.bval", b"0 0 800", "3 b values, the image has 14 frames"),
        (f"{DWI}.bval", b"0 " * 13 + b"-5", "negative or no finite number"),
        (f"{DWI}.bval", b"zero", "no table of numbers"),
        (f"{DWI}.bvec", b"1 0 0\n0 1 0", "2 rows of 3 numbers, 3 rows of 14 were expected"),
        (f"{DWI}.bvec", b"nan " * 14 + b"\n" + b"0 " * 14 + b"\n" + b"0 " * 14, "no finite direction for frame 2"),
        (f"{DWI}.bvec", b"", "is empty"),
    ],
)
def test_gradients_that_do_not_fit_are_refused(
    take: Callable[[dict[str, bytes]], ImportReport], file: str, content: bytes, words: str
) -> None:
    report = take({**dwi_files(), file: content})
    assert report.counts()["images"] == 0
    assert words in told(report)


def test_gradients_may_come_later_or_from_higher_up(take: Callable[[dict[str, bytes]], ImportReport]) -> None:
    files = dwi_files()
    assert "no .bval and .bvec came with it" in told(take({f"{DWI}.nii.gz": files[f"{DWI}.nii.gz"]}))
    assert Volume.objects.get().gradients is None
    take({"dwi.bval": files[f"{DWI}.bval"], "dwi.bvec": files[f"{DWI}.bvec"]})
    volume = Volume.objects.get()
    assert blob_read(volume.bvec_id) == files[f"{DWI}.bvec"]
    assert volume.frame_rows.get(number=3).b_value == 800.0


def test_a_plain_role_still_refuses_frames(take: Callable[[dict[str, bytes]], ImportReport]) -> None:
    report = take({"sub-01/anat/sub-01_T2w.nii.gz": nifti_bytes(dwi_voxels())})
    assert "one 3-D volume was expected" in told(report)


def test_colours_keep_their_three_numbers_together(
    lead: User, take: Callable[[dict[str, bytes]], ImportReport], as_user: Client
) -> None:
    rgb = np.random.default_rng(3).integers(0, 256, (*SHAPE, 3)).astype(np.uint8)
    packed = np.zeros(SHAPE, dtype=[("R", "u1"), ("G", "u1"), ("B", "u1")])
    for channel, name in enumerate("RGB"):
        packed[name] = rgb[..., channel]
    assert take({"sub-01/dwi/sub-01_dwi.nii.gz": nifti_bytes(packed)}).counts()["images"] == 1
    volume = Volume.objects.get()
    assert (volume.components, volume.frames, volume.voxel_type) == (3, 1, "uint8")
    content = gzip.decompress(b"".join(as_user(lead).get(f"/api/v1/volumes/{volume.pk}/voxels")))
    shown = np.frombuffer(content, np.uint8).reshape((3, *SHAPE), order="F")
    np.testing.assert_array_equal(np.moveaxis(shown, 0, -1), rgb)


def test_voxels_on_another_grid_are_computed_once_by_a_worker(lead: User, as_user: Client) -> None:
    study, client = make_study(lead), as_user(lead)
    one, other = make_volume(study), make_volume(study, affine=NEAR, seed=1, role="T1w")
    address = f"/api/v1/volumes/{one.pk}/voxels?on={other.pk}"
    first, second = client.get(address), client.get(address)
    assert (first.status_code, second.status_code, first["Retry-After"]) == (202, 202, "1")
    job = Job.objects.get(kind="resample")
    resample_voxels(str(job.pk))
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Encoding"]) == (200, "gzip")
    assert answer["Cache-Control"].endswith("immutable")
    wanted = resample(image_voxels(), Grid(SHAPE, affine_of("PSR")), Grid(SHAPE, NEAR), "linear")
    assert gzip.decompress(b"".join(answer)) == raw(wanted)
    assert np.count_nonzero(wanted) > 20
    assert client.get(f"/api/v1/volumes/{one.pk}/voxels?on={one.pk}").status_code == 200
    assert (Job.objects.count(), ResampledVoxels.objects.count()) == (1, 1)


def test_labels_on_another_grid_are_nearest_and_stay_hidden_from_others(lead: User, as_user: Client) -> None:
    study = make_study(lead)
    one = make_volume(study)
    version = make_label(make_task(one.case, lead), seed=5)
    other = make_volume(study, affine=NEAR, seed=1, role="T1w")
    address = f"/api/v1/label-versions/{version.pk}/voxels?on={other.pk}"
    assert as_user(make_user("olga")).get(address).status_code == 404
    assert as_user(lead).get(address).status_code == 202
    resample_voxels(str(Job.objects.get(kind="resample").pk))
    content = gzip.decompress(b"".join(as_user(lead).get(address)))
    wanted = resample(label_voxels(5), Grid(SHAPE, affine_of("PSR")), Grid(SHAPE, NEAR), "nearest")
    assert content == raw(wanted)
    assert set(np.unique(wanted)) == {0, 1}


def test_a_failed_resampling_says_why(lead: User, as_user: Client) -> None:
    study, client = make_study(lead), as_user(lead)
    one, other = make_volume(study), make_volume(study, affine=NEAR, seed=1, role="T1w")
    address = f"/api/v1/volumes/{one.pk}/voxels?on={other.pk}"
    client.get(address)
    job = Job.objects.get(kind="resample")
    Job.objects.filter(pk=job.pk).update(state="failed", error="the file is gone", finished_at=timezone.now())
    answer = client.get(address)
    assert answer.status_code == 409
    assert "the file is gone" in answer.json()["detail"]


def test_an_outsider_may_not_resample_onto_a_grid_of_a_study_of_others(lead: User, as_user: Client) -> None:
    other = make_volume(make_study(make_user("olga"), "elsewhere"))
    one = make_volume(make_study(lead))
    assert as_user(lead).get(f"/api/v1/volumes/{one.pk}/voxels?on={other.pk}").status_code == 404


def test_a_nifti_of_frames_reads_as_nibabel_reads_it() -> None:
    image = nib.Nifti1Image.from_bytes(gzip.decompress(dwi_files()[f"{DWI}.nii.gz"]))
    assert image.shape == (6, 5, 4, 14)
