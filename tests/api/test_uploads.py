"""A zip archive from the browser: the upload, the job, and what a hostile one comes to."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from access.models import Study, User
from annotation.models import LabelVersion, TaskState, Volume
from annotation.tasks import import_dataset
from jobs.models import Job, JobState
from tests.factories.datasets import archive, bids_files
from tests.factories.people import make_study, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def study() -> Study:
    return make_study(make_user("lena"))


@pytest.fixture
def upload(study: Study, as_user: Callable[[User | None], APIClient]) -> Callable[..., Job]:
    """Upload an archive and do its job as the worker would."""

    def send(path: Path, **fields: Any) -> Job:
        file = SimpleUploadedFile(path.name, path.read_bytes())
        client = as_user(study.created_by)
        answer = client.post("/api/v1/studies/cord/imports", {"file": file, **fields}, format="multipart")
        assert answer.status_code == 202, answer.content
        assert answer.json()["state"] == "queued"
        import_dataset(answer.json()["id"])
        return Job.objects.get(pk=answer.json()["id"])

    return send


def test_an_upload_goes_in(upload: Callable[..., Job], tmp_path: Path) -> None:
    files = {f"my data/{name}": content for name, content in bids_files().items()}
    job = upload(archive(tmp_path / "data.zip", files), accept_labels="true")
    assert (job.state, job.error) == (JobState.DONE, "")
    assert job.result == {"images": 2, "labels": 4, "unchanged": 0, "kept_aside": 0, "skipped": 0, "files": []}
    assert set(LabelVersion.objects.values_list("task__state", flat=True)) == {TaskState.ACCEPTED}


def test_an_escaping_path_is_named_and_the_rest_goes_in(upload: Callable[..., Job], tmp_path: Path) -> None:
    evil = {"../../evil.nii.gz": b"evil", "/etc/evil.nii.gz": b"evil"}
    job = upload(archive(tmp_path / "data.zip", {**bids_files(("01",)), **evil}))
    assert job.result["images"] == 1
    assert {file["path"]: file["reason"] for file in job.result["files"]} == {
        "../../evil.nii.gz": "its path leaves the archive (..)",
        "/etc/evil.nii.gz": "its path is absolute",
    }


def test_a_bomb_is_refused_whole(upload: Callable[..., Job], tmp_path: Path) -> None:
    job = upload(archive(tmp_path / "bomb.zip", {"sub-01/anat/sub-01_T2w.nii": bytes(40_000_000)}))
    assert job.state == JobState.FAILED
    assert "as a bomb does" in job.error
    assert not Volume.objects.exists()


def test_what_is_no_archive_says_so(upload: Callable[..., Job], tmp_path: Path) -> None:
    (tmp_path / "data.zip").write_bytes(b"no archive")
    job = upload(tmp_path / "data.zip")
    assert job.state == JobState.FAILED
    assert "not a readable zip archive" in job.error


def test_an_upload_over_the_limit_is_refused_unread(
    study: Study, as_user: Callable[[User | None], APIClient], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings.CONFIGURATION, "upload_limit_mb", 1)
    file = SimpleUploadedFile("data.zip", bytes(1_200_000))
    answer = as_user(study.created_by).post("/api/v1/studies/cord/imports", {"file": file}, format="multipart")
    assert answer.status_code == 400
    assert "at most 1 MB are accepted" in answer.json()["detail"]
    assert not Job.objects.exists()
