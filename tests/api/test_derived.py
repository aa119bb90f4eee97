"""Maps of a diffusion image become volumes of the case, once, with what they were made from."""

import gzip
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from rest_framework.test import APIClient

from access.models import User
from annotation.models import LabelVersion, Volume
from annotation.services.deriving import derive_volume, derived_request_missing
from annotation.services.importing.dataset import import_folder
from annotation.services.importing.outcome import Outcome
from annotation.tasks import derive_maps
from blobs.services import blob_path
from jobs.models import Job
from mri.diffusion.tensor import tensor_maps
from mri.phantom.cohort import write_cohort
from mri.phantom.rater import RaterStyle
from mri.phantom.tubes import spread_table
from mri.volumes import read_volume
from tests.factories.datasets import write
from tests.factories.diffusion import DWI, dwi_files, dwi_voxels, with_diffusion
from tests.factories.images import image_voxels, nifti_bytes
from tests.factories.people import make_study, make_user

Client = Callable[[User | None], APIClient]


@pytest.fixture
def lead(db: None, tmp_path: Path) -> User:
    """The lead of a study with a diffusion image, whose protocol derives FA and colour FA."""
    lead = make_user("lena")
    study = with_diffusion(make_study(lead), FA="FA", colour="colFA")
    import_folder(study=study, folder=write(tmp_path, dwi_files()), by=lead)
    return lead


def run_job() -> Job:
    job = Job.objects.filter(kind="derive").latest("created_at")
    derive_maps(str(job.pk))
    job.refresh_from_db()
    return job


def test_what_the_protocol_names_comes_by_itself(lead: User, as_user: Client) -> None:
    source = Volume.objects.get()
    assert derived_request_missing(study=source.case.study, by=lead) is not None
    assert derived_request_missing(study=source.case.study, by=lead) is None
    job = run_job()
    assert job.state == "done", job.error
    assert sorted(Volume.objects.values_list("role", "name")) == [
        ("FA", "sub-01_FA"), ("colour", "sub-01_colFA"), ("dwi", "sub-01_dwi"),
    ]  # fmt: skip
    facts = as_user(lead).get(f"/api/v1/volumes/{Volume.objects.get(role='FA').pk}").json()
    assert facts["derived_from"] == str(source.pk)
    assert facts["derivation"]["sources"] == [{"volume": str(source.pk), "sha256": source.original_id}]
    assert facts["derivation"]["parameters"] == {"b0_below": 50.0, "fit": "WLS"}
    assert facts["derivation"]["dipy_version"]
    assert (facts["dtype"], facts["window"]) == ("float32", {"lower": 0.0, "upper": 1.0})
    shown = gzip.decompress(b"".join(as_user(lead).get(facts["voxels_url"])))
    image = read_volume(blob_path(source.original_id), allow_frames=True)
    expected = tensor_maps(dwi_voxels(), image.grid, spread_table(12, 800.0), ("FA",))["FA"]
    np.testing.assert_allclose(np.frombuffer(shown, "<f4"), expected.ravel(order="F"), atol=1e-6)
    assert derived_request_missing(study=source.case.study, by=lead) is None
    colours = Volume.objects.get(role="colour")
    assert (colours.components, colours.voxel_type) == (3, "uint8")
    # The file itself reads back as what is shown: nothing but the blobs stands behind a map.
    stored = read_volume(blob_path(colours.original_id), allow_colour=True)
    content = gzip.decompress(b"".join(as_user(lead).get(f"/api/v1/volumes/{colours.pk}/voxels")))
    np.testing.assert_array_equal(
        np.moveaxis(np.frombuffer(content, np.uint8).reshape((3, *stored.grid.shape), order="F"), 0, -1), stored.voxels
    )


def test_the_protocol_says_how_a_tensor_is_fitted(lead: User) -> None:
    source = Volume.objects.get()
    study = source.case.study
    usual = derive_volume(volume=source, maps=["FA"], progress=lambda share, message: None)
    study.protocol["tensor"] = {"fit": "NLLS", "b0_threshold": 60.0}
    study.save()
    source = Volume.objects.select_related("case__study").get(pk=source.pk)
    (other,) = derive_volume(volume=source, maps=["FA"], progress=lambda share, message: None)
    assert other.derivation is not None
    assert other.derivation["parameters"] == {"b0_below": 60.0, "fit": "NLLS"}
    assert other.derivation_key != usual[0].derivation_key
    fitted = [read_volume(blob_path(one.original_id)).voxels for one in (usual[0], other)]
    np.testing.assert_allclose(fitted[0], fitted[1], atol=0.02)
    assert not np.array_equal(fitted[0], fitted[1])


def test_asking_twice_adds_nothing(lead: User, as_user: Client) -> None:
    case = Volume.objects.get().case
    address = f"/api/v1/cases/{case.pk}/derived"
    assert as_user(lead).post(address, {"maps": ["b0", "MD"]}, format="json").status_code == 202
    assert as_user(lead).post(address, {"maps": ["b0", "MD"]}, format="json").status_code == 409
    assert len(run_job().result["derived"]) == 2
    assert Volume.objects.get(name="sub-01_b0").labelled is False
    assert as_user(lead).post(address, {"maps": ["b0", "MD"]}, format="json").status_code == 202
    assert run_job().result == {"derived": [], "left_out": []}
    assert as_user(lead).post(address, {"maps": ["XY"]}, format="json").status_code == 400


def test_an_imported_map_is_not_computed_again(lead: User, tmp_path: Path) -> None:
    source = Volume.objects.get()
    study = source.case.study
    imported = {"sub-01/dwi/sub-01_FA.nii.gz": nifti_bytes(image_voxels())}
    import_folder(study=study, folder=write(tmp_path / "two", imported), by=lead)
    assert derived_request_missing(study=study, by=lead) is not None
    assert run_job().state == "done"
    assert Volume.objects.filter(derived_from=source).values_list("role", flat=True).get() == "colour"


def test_gradients_that_allow_no_tensor_fail_with_the_reason(lead: User, tmp_path: Path, as_user: Client) -> None:
    files = dwi_files()
    weighted = {
        "sub-02/dwi/sub-02_dwi.nii.gz": files[f"{DWI}.nii.gz"],
        "sub-02/dwi/sub-02_dwi.bval": b"800 " * 14,
        "sub-02/dwi/sub-02_dwi.bvec": files[f"{DWI}.bvec"].replace(b"0.00000000 0.00000000", b"0.6 0.6", 1),
    }
    import_folder(study=Volume.objects.get().case.study, folder=write(tmp_path / "bad", weighted), by=lead)
    case = Volume.objects.get(name="sub-02_dwi").case
    as_user(lead).post(f"/api/v1/cases/{case.pk}/derived", {"maps": ["FA"]}, format="json")
    job = run_job()
    assert (job.state, "0 of 14 frames have b < 50" in job.error) == ("failed", True)


def test_the_web_process_never_imports_dipy_at_its_start() -> None:
    code = (
        "import sys, radicula.asgi, radicula.urls; from django.urls import get_resolver; "
        "get_resolver().url_patterns; sys.exit(any(name.split('.')[0] == 'dipy' for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=300).returncode == 0


def test_labels_of_a_diffusion_image_go_to_the_map_that_is_drawn_on(db: None, tmp_path: Path) -> None:
    """A lab's masks lie beside its DWI; the protocol has them drawn on b0, which is no file of the dataset."""
    lead = make_user("lena")
    study = make_study(lead, "cords", "cord-dti")
    write_cohort(tmp_path, "cord-dti", 1, 3, truth=False, raters={"ada": RaterStyle(noise_mm=0.0)})
    report = import_folder(study=study, folder=tmp_path, by=lead, accept_labels=True)
    assert [file.reason for file in report.files if file.outcome == Outcome.SKIPPED] == []
    (version,) = LabelVersion.objects.select_related("volume__derived_from")
    assert (version.volume.role, version.volume.derived_from.role) == ("b0", "DWI")
    assert set(version.counts) == {str(value) for value in range(1, 9)}
    # Taken again it is the same label; the other maps still come by themselves.
    again = import_folder(study=study, folder=tmp_path, by=lead, accept_labels=True)
    assert Outcome.SKIPPED not in {file.outcome for file in again.files}
    assert LabelVersion.objects.count() == 1
    assert derived_request_missing(study=study, by=lead) is not None
    assert run_job().state == "done"
    assert Volume.objects.filter(role="b0").count() == 1
    assert Volume.objects.filter(role="FA").exists()
