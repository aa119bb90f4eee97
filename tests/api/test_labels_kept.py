"""Nothing is lost: every save is a version of its own, and none is ever changed."""

import gzip
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from django.db import DatabaseError, connection, transaction
from rest_framework.test import APIClient

from access.models import User
from annotation.append_only import WrittenOnce
from annotation.models import LabelVersion, Task, TaskState, Volume
from annotation.services.labels import label_save
from annotation.services.tasks import task_open
from tests.factories.images import SHAPE, label_voxels, raw
from tests.factories.labels import make_label, make_proposal, make_submitted, make_task, make_volume
from tests.factories.people import make_member, make_study, make_user


@pytest.fixture
def task(db: None) -> Task:
    lead, ada = make_user("lena"), make_user("ada")
    study = make_study(lead)
    make_member(study, ada, "annotator")
    return make_task(make_volume(study).case, ada)


@pytest.fixture
def client(task: Task) -> APIClient:
    client = APIClient()
    client.force_login(task.rater.user)
    return client


def save(client: APIClient, task: Task, body: bytes, **query: Any) -> Any:
    volume = task.case.volumes.get()
    parameters = "&".join(f"{name}={value}" for name, value in {"volume": volume.pk, **query}.items() if value)
    encoding = {"HTTP_CONTENT_ENCODING": "gzip"} if body[:2] == b"\x1f\x8b" else {}
    address = f"/api/v1/tasks/{task.pk}/label-versions?{parameters}"
    return client.generic("POST", address, body, "application/octet-stream", **encoding)


def test_a_save_is_a_new_version_upon_its_parent(client: APIClient, task: Task) -> None:
    first = save(client, task, gzip.compress(raw(label_voxels(1))), active_seconds=40).json()
    second = save(client, task, raw(label_voxels(2)), parent=first["version"]["id"], active_seconds=30).json()
    assert (first["version"]["number"], second["version"]["number"]) == (1, 2)
    assert second["version"]["parent"] == first["version"]["id"]
    assert first["conflict"] is second["conflict"] is None
    assert second["version"]["counts"] == {"1": int((label_voxels(2) == 1).sum())}
    seen = client.get(f"/api/v1/tasks/{task.pk}").json()
    assert seen["volumes"][0]["head"]["id"] == second["version"]["id"]
    assert (seen["state"], seen["active_seconds"]) == ("in_progress", 40)


def test_an_empty_parameter_is_none(client: APIClient, task: Task) -> None:
    address = f"/api/v1/tasks/{task.pk}/label-versions?volume={task.case.volumes.get().pk}&parent=&active_seconds="
    saved = client.generic("POST", address, raw(label_voxels(1)), "application/octet-stream")
    assert (saved.status_code, saved.json()["version"]["parent"]) == (201, None)
    huge = client.generic("POST", f"{address}99999999999", raw(label_voxels(1)), "application/octet-stream")
    assert "active_seconds" in huge.json()["errors"]


def test_two_savers_make_two_versions_and_a_conflict_that_can_be_settled(client: APIClient, task: Task) -> None:
    base = make_label(task, seed=1)
    kept = save(client, task, raw(label_voxels(2)), parent=base.pk).json()
    late = save(client, task, raw(label_voxels(3)), parent=base.pk).json()
    assert late["conflict"]["id"] == kept["version"]["id"]
    assert client.get(f"/api/v1/tasks/{task.pk}").json()["volumes"][0]["head"]["id"] == kept["version"]["id"]
    stored = client.get(late["version"]["voxels_url"])
    assert gzip.decompress(b"".join(stored)) == raw(label_voxels(3))
    adopted = client.post(f"/api/v1/tasks/{task.pk}/adopt", {"version": late["version"]["id"]})
    assert adopted.status_code == 200
    assert client.get(f"/api/v1/tasks/{task.pk}").json()["volumes"][0]["head"]["id"] == late["version"]["id"]
    assert LabelVersion.objects.filter(task=task).count() == 3


def test_the_same_voxels_upon_the_head_are_no_new_version(client: APIClient, task: Task) -> None:
    head = make_label(task, seed=1)
    wide = raw(label_voxels(1).astype(np.uint16))
    again = save(client, task, wide, parent=head.pk, dtype="uint16").json()
    assert again["version"]["id"] == str(head.pk)
    assert LabelVersion.objects.filter(task=task).count() == 1


@pytest.mark.parametrize("state", [TaskState.SUBMITTED, TaskState.ACCEPTED, TaskState.EXCLUDED])
def test_what_was_handed_in_takes_no_labels(client: APIClient, task: Task, state: TaskState) -> None:
    Task.objects.filter(pk=task.pk).update(state=state)
    refused = save(client, task, raw(label_voxels(1)))
    assert refused.status_code == 409
    assert ("ask a reviewer to return" in refused.json()["detail"]) == (state != TaskState.EXCLUDED)
    assert not LabelVersion.objects.exists()


def test_what_does_not_fit_is_refused_in_words(client: APIClient, task: Task) -> None:
    size = SHAPE[0] * SHAPE[1] * SHAPE[2]
    unknown = np.zeros(SHAPE, np.uint8)
    unknown[0, :2, 0], unknown[1, 0, 0] = 7, 9
    cases = {
        raw(unknown): "7 (2 voxels), 9 (1 voxel)",
        bytes(size - 1): f"{size - 1} bytes of labels came, {size} were expected",
        bytes(size + 1): f"more than {size} bytes",
        gzip.compress(bytes(50_000_000)): f"more than {size} bytes",
        gzip.compress(bytes(size))[:-9]: "ends too early",
        b"\x1f\x8b" + bytes(30): "damaged",
    }
    for body, words in cases.items():
        refused = save(client, task, body)
        assert refused.status_code == 400
        assert words in refused.json()["detail"]
    assert save(client, task, bytes(size), dtype="float32").status_code == 400
    assert save(client, task, bytes(size), parent="6d3bd8b6-0000-4000-8000-000000000000").status_code == 404
    assert not LabelVersion.objects.exists()


def test_another_raters_version_is_no_parent(client: APIClient, task: Task) -> None:
    ben = make_user("ben")
    make_member(task.case.study, ben, "annotator")
    theirs = make_submitted(task.case, ben).working.get().submitted
    assert save(client, task, raw(label_voxels(1)), parent=theirs.pk).status_code == 404


def test_opening_copies_the_newest_proposal_and_submitting_makes_it_the_raters(client: APIClient, task: Task) -> None:
    volume = task.case.volumes.get()
    make_proposal(volume, seed=4)
    proposal = make_proposal(volume, seed=5)
    before = LabelVersion.objects.filter(pk=proposal.pk).values().get()
    opened = client.post(f"/api/v1/tasks/{task.pk}/open").json()
    head = opened["volumes"][0]["head"]
    assert (head["source"], head["parent"], head["task"]) == ("model", str(proposal.pk), str(task.pk))
    assert client.post(f"/api/v1/tasks/{task.pk}/open").json()["volumes"][0]["head"] == head
    done = client.post(f"/api/v1/tasks/{task.pk}/submit", {"active_seconds": 12}).json()
    submitted = done["volumes"][0]["submitted"]
    assert (done["state"], submitted["author"], submitted["source"]) == ("submitted", "ada", "person")
    assert (submitted["parent"], submitted["counts"]) == (head["id"], head["counts"])
    assert LabelVersion.objects.filter(pk=proposal.pk).values().get() == before


def test_an_empty_task_is_not_handed_in_and_an_empty_map_is(client: APIClient, task: Task) -> None:
    address = f"/api/v1/tasks/{task.pk}/submit"
    assert client.post(address).status_code == 409
    save(client, task, bytes(SHAPE[0] * SHAPE[1] * SHAPE[2]))
    assert client.post(address).json()["volumes"][0]["submitted"]["counts"] == {}


def test_no_code_changes_or_deletes_a_version(task: Task) -> None:
    version = make_label(task)
    for attempt in (
        version.save,
        version.delete,
        LabelVersion.objects.all().delete,
        lambda: LabelVersion.objects.update(number=9),
        lambda: LabelVersion.objects.bulk_update([version], ["number"]),
    ):
        with pytest.raises(WrittenOnce):
            attempt()
    for statement in ("UPDATE annotation_labelversion SET number = 9", "DELETE FROM annotation_labelversion"):
        with pytest.raises(DatabaseError, match="written once"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_savers_at_the_same_moment_each_keep_a_version() -> None:
    lead, ada = make_user("lena"), make_user("ada")
    study = make_study(lead)
    make_member(study, ada, "annotator")
    task = task_open(task=make_task(make_volume(study).case, ada), by=ada)
    base = make_label(task, seed=0)
    savers = 4
    together = threading.Barrier(savers)

    def save_one(seed: int) -> bool:
        try:
            together.wait(timeout=120)
            saved = label_save(
                task=Task.objects.select_related("rater", "case").get(pk=task.pk),
                volume=Volume.objects.select_related("case__study").get(case=task.case),
                by=User.objects.get(pk=ada.pk),
                voxels=raw(label_voxels(seed)),
                dtype="uint8",
                parent=base.pk,
            )
            return saved.conflict is None
        finally:
            connection.close()

    with ThreadPoolExecutor(savers) as pool:
        won = list(pool.map(save_one, range(1, savers + 1)))
    assert sum(won) == 1
    numbers = list(LabelVersion.objects.filter(task=task).order_by("number").values_list("number", flat=True))
    assert numbers == [1, 2, 3, 4, 5]
    assert task.working.get().head.parent_id == base.pk
