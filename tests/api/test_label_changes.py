"""Saving what changed: the same version, byte for byte, as saving the whole map."""

import gzip
from typing import Any

import numpy as np
import pytest
from rest_framework.test import APIClient

from access.models import User
from annotation.models import LabelVersion, Task, TaskState
from annotation.services.storing import labels_check, labels_store
from blobs.models import Blob
from blobs.services import blob_put_bytes, blob_read
from mri.label_changes import LabelChanges
from tests.factories.images import SHAPE, label_voxels, raw
from tests.factories.labels import make_label, make_submitted, make_task, make_volume
from tests.factories.people import make_member, make_study, make_user


@pytest.fixture
def ada(db: None) -> User:
    return make_user("ada")


@pytest.fixture
def task(ada: User) -> Task:
    study = make_study(make_user("lena"))
    make_member(study, ada, "annotator")
    return make_task(make_volume(study).case, ada)


@pytest.fixture
def client(ada: User) -> APIClient:
    client = APIClient()
    client.force_login(ada)
    return client


def change(client: APIClient, task: Task, body: bytes, **query: Any) -> Any:
    parameters = {"volume": task.case.volumes.get().pk, **query}
    encoding = {"HTTP_CONTENT_ENCODING": "gzip"} if body[:2] == b"\x1f\x8b" else {}
    address = f"/api/v1/tasks/{task.pk}/label-changes?" + "&".join(
        f"{name}={value}" for name, value in parameters.items()
    )
    return client.generic("POST", address, body, "application/octet-stream", **encoding)


def between(old: Any, new: Any) -> bytes:
    return LabelChanges.between(old, new).to_bytes()


def test_random_edits_give_the_bytes_of_the_whole_map(client: APIClient, task: Task) -> None:
    rng = np.random.default_rng(7)
    volume = task.case.volumes.get()
    voxels, base = np.zeros(SHAPE, np.uint8), ""
    for step in range(12):
        edited = voxels.copy()
        low = rng.integers(0, SHAPE)
        high = low + rng.integers(1, 4, 3)
        edited[tuple(slice(a, b) for a, b in zip(low, high, strict=True))] ^= 1
        body = between(voxels, edited)
        query = {"base": base, "base_sha256": LabelVersion.objects.get(pk=base).voxels_id} if base else {}
        answer = change(client, task, gzip.compress(body) if step % 2 else body, **query)
        assert answer.status_code == 201, answer.json()
        saved = answer.json()["version"]
        whole = labels_store(labels_check(volume, edited, "The map"))
        assert saved["voxels_sha256"] == whole.blob.pk
        assert gzip.decompress(blob_read(saved["voxels_sha256"])) == raw(edited)
        assert saved["counts"] == whole.counts
        voxels, base = edited, saved["id"]
    numbers = list(LabelVersion.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, 13))


def test_a_base_that_is_not_chunked_is_packed_anew(client: APIClient, task: Task) -> None:
    head = make_label(task, seed=1)
    old = blob_put_bytes(gzip.compress(raw(label_voxels(1)), 6, mtime=0))
    imported = LabelVersion.objects.create(
        volume=head.volume, task=task, number=9, source="imported", author_name="x", voxels=old, counts=head.counts
    )
    saved = change(client, task, between(label_voxels(1), label_voxels(2)), base=imported.pk).json()
    assert gzip.decompress(blob_read(saved["version"]["voxels_sha256"])) == raw(label_voxels(2))
    assert saved["conflict"]["id"] == str(head.pk)


def test_two_changes_of_one_base_are_two_versions_and_the_same_twice_is_one(client: APIClient, task: Task) -> None:
    base = make_label(task, seed=1)
    first = change(client, task, between(label_voxels(1), label_voxels(2)), base=base.pk, active_seconds=7).json()
    again = change(client, task, between(label_voxels(1), label_voxels(2)), base=base.pk).json()
    assert (again["version"]["id"], again["conflict"]) == (first["version"]["id"], None)
    other = change(client, task, between(label_voxels(1), label_voxels(3)), base=base.pk).json()
    assert (other["conflict"]["id"], other["version"]["parent"]) == (first["version"]["id"], str(base.pk))
    assert client.get(f"/api/v1/tasks/{task.pk}").json()["active_seconds"] == 7
    unchanged = change(client, task, between(label_voxels(2), label_voxels(2)), base=first["version"]["id"]).json()
    assert unchanged["version"]["id"] == first["version"]["id"]
    assert LabelVersion.objects.filter(task=task).count() == 3


def test_what_does_not_fit_is_refused_in_words_and_keeps_nothing(client: APIClient, task: Task) -> None:
    base = make_label(task, seed=1)
    size = int(np.prod(SHAPE))
    unknown = label_voxels(1)
    unknown[0, :2, 0] = 7
    good = between(label_voxels(1), label_voxels(2))
    blobs = Blob.objects.count()
    for body, query, status, words in (
        (between(label_voxels(1), unknown), {}, 400, "7 (2 voxels)"),
        (between(label_voxels(3), label_voxels(2)), {}, 400, "made on another map"),
        (between(np.zeros((size + 1, 1, 1)), np.ones((size + 1, 1, 1))), {}, 400, f"the {size} voxels of the grid"),
        (b"nonsense", {}, 400, "RLC1"),
        (gzip.compress(bytes(50_000_000)), {}, 400, "label changes came"),
        (gzip.compress(good)[:-9], {}, 400, "ends too early"),
        (good, {"base_sha256": "0" * 64}, 409, "other voxels than stated"),
        (good, {"base_sha256": "../etc"}, 400, ""),
        (good, {"base": "6d3bd8b6-0000-4000-8000-000000000000"}, 404, "no label version"),
    ):
        refused = change(client, task, body, **{"base": base.pk, **query})
        assert (refused.status_code, refused["Content-Type"]) == (status, "application/problem+json")
        assert words in refused.json()["detail"]
    Task.objects.filter(pk=task.pk).update(state=TaskState.SUBMITTED)
    assert change(client, task, good, base=base.pk).status_code == 409
    assert (LabelVersion.objects.count(), Blob.objects.count()) == (1, blobs)


def test_another_raters_version_is_no_base(client: APIClient, task: Task) -> None:
    ben = make_user("ben")
    make_member(task.case.study, ben, "annotator")
    theirs = make_submitted(task.case, ben).working.get().submitted
    assert change(client, task, between(label_voxels(0), label_voxels(2)), base=theirs.pk).status_code == 404
