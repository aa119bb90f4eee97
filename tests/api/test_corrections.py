"""What became of a proposal is counted when the label map is handed in."""

import os
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from rest_framework.test import APIClient

from access.models import User
from annotation.models import Correction, LabelVersion, Task
from annotation.services.importing.archives import _held, import_folders_clear
from annotation.services.labels import label_save
from annotation.services.tasks import task_open, task_submit
from measures.overlap import count_overlap, dice
from tests.factories.images import label_voxels, raw
from tests.factories.labels import make_label, make_proposal, make_submitted, make_task, make_volume
from tests.factories.people import make_member, make_study, make_user


@pytest.fixture
def ada(db: None) -> User:
    return make_user("ada")


@pytest.fixture
def task(ada: User) -> Task:
    study = make_study(make_user("lena"))
    make_member(study, ada, "annotator")
    volume = make_volume(study)
    make_proposal(volume, seed=5)
    return task_open(task=make_task(volume.case, ada), by=ada)


def test_a_corrected_proposal_is_counted_voxel_by_voxel(task: Task, ada: User) -> None:
    working = task.working.get()
    proposed, corrected = label_voxels(5), label_voxels(5)
    corrected[:2] = label_voxels(6)[:2]
    label_save(task=task, volume=working.volume, by=ada, voxels=raw(corrected), dtype="uint8", parent=working.head_id)
    task_submit(task=task, by=ada, active_seconds=77)
    client = APIClient()
    client.force_login(User.objects.get(username="lena"))
    (row,) = client.get(f"/api/v1/studies/{task.case.study.slug}/corrections").json()["results"]
    kept = int(((proposed == 1) & (corrected == 1)).sum())
    assert row["voxels_changed"] == int((proposed != corrected).sum()) > 0
    assert (row["model_name"], row["active_seconds"], row["rater"]) == ("cord v1 (unet3d)", 77, "ada")
    label = row["labels"]["1"]
    assert (label["proposed"], label["submitted"], label["kept"]) == (
        int((proposed == 1).sum()),
        int((corrected == 1).sum()),
        kept,
    )
    assert label["untouched"] == pytest.approx(kept / (proposed == 1).sum())
    assert label["dice"] == pytest.approx(dice(count_overlap(proposed == 1, corrected == 1)).value)


def test_a_proposal_left_as_it_was_is_all_untouched_and_counted_once(task: Task, ada: User) -> None:
    task_submit(task=task, by=ada)
    correction = Correction.objects.get()
    assert correction.voxels_changed == 0
    assert (correction.labels["1"]["untouched"], correction.labels["1"]["dice"]) == (1.0, 1.0)
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE annotation_correction SET voxels_changed = 9")


def test_a_map_that_began_empty_has_no_correction(task: Task, ada: User) -> None:
    make_submitted(make_volume(task.case.study, "02").case, ada, seed=2)
    assert not Correction.objects.exists()


def test_a_task_shows_the_proposal_that_its_map_began_as_and_no_later_one(task: Task, ada: User) -> None:
    volume = task.working.get().volume
    begun = LabelVersion.objects.get(task=None)
    client = APIClient()
    client.force_login(ada)

    def proposed(shown: Task) -> str | None:
        (row,) = client.get(f"/api/v1/tasks/{shown.pk}").json()["volumes"]
        return row["proposal"] and row["proposal"]["id"]

    make_proposal(volume, seed=6)
    assert proposed(task) == str(begun.pk)
    voxels = client.get(f"/api/v1/label-versions/{begun.pk}/voxels")
    assert voxels.status_code == 200

    blind = make_task(make_volume(task.case.study, "02").case, ada)
    task_open(task=blind, by=ada)
    make_label(blind, seed=2)
    make_proposal(blind.working.get().volume, seed=3)
    task_open(task=blind, by=ada)
    assert proposed(blind) is None


def test_nothing_to_go_on_with_is_null(task: Task) -> None:
    client = APIClient()
    client.force_login(User.objects.get(username="lena"))
    answer = client.post("/api/v1/tasks/next", {}, format="json")
    assert (answer.status_code, answer.json()) == (200, None)


def test_the_folder_of_a_killed_import_goes_and_one_at_work_stays() -> None:
    home = django_home()
    long_ago = time.time() - 60
    folders = [home / f"import-{name}" for name in ("killed", "working")]
    for folder in folders:
        (folder / "dataset").mkdir(parents=True)
        os.utime(folder, (long_ago, long_ago))
    with _held(folders[1]):
        assert import_folders_clear() == [folders[0]]
        assert [folder.exists() for folder in folders] == [False, True]
    assert import_folders_clear() == [folders[1]]
    assert not any(folder.exists() for folder in folders)


def django_home() -> Path:
    home: Path = settings.CONFIGURATION.home
    home.mkdir(parents=True, exist_ok=True)
    return home
