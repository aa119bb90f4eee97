"""Checks on anatomy when a task is handed in."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from rest_framework.test import APIClient

from access.models import Event, Role, User
from annotation.models import Task
from annotation.services.labels import label_save
from tests.factories.images import SHAPE, raw
from tests.factories.labels import make_task, make_volume
from tests.factories.people import make_member, make_study, make_user

Client = Callable[[User | None], APIClient]


def _painted(levels: Sequence[int]) -> Task:
    """A task on a volume of which each level fills one slice, from the head down in the order given."""
    lead, rater = make_user("lead"), make_user("rater")
    study = make_study(lead, slug="roots", protocol="rootlets")
    make_member(study, rater, Role.ANNOTATOR)
    volume = make_volume(study, affine=np.diag([1.0, 1.0, 4.0, 1.0]))
    task = make_task(volume.case, rater)
    voxels = np.zeros(SHAPE, np.uint8)
    for place, level in enumerate(levels):
        voxels[1:4, 1:4, SHAPE[2] - 1 - place] = level
    label_save(task=task, volume=volume, by=rater, voxels=raw(voxels), dtype="uint8", parent=None)
    return task


@pytest.fixture
def swapped(db: None) -> Task:
    return _painted([2, 4, 3])


def test_a_finding_says_what_and_where_and_stops_the_submission(swapped: Task, as_user: Client) -> None:
    client, address = as_user(swapped.rater.user), f"/api/v1/tasks/{swapped.pk}"
    found = client.post(f"{address}/checks").json()
    order = found[0]
    assert (order["code"], order["severity"], order["labels"]) == ("level_order", "serious", [3, 4])
    assert order["sentence"] == "C4 lies 4.0 mm above C3; it should lie below."
    assert order["ijk"] == [2, 2, SHAPE[2] - 2]
    assert {one["severity"] for one in found[1:]} == {"minor"}  # levels further down are not drawn
    assert client.get(address).json()["state"] == "in_progress"

    refused = client.post(f"{address}/submit", {"overrides": []}, format="json")
    assert (refused.status_code, refused.json()["errors"]) == (409, {"overrides": [order["sentence"]]})
    key = {name: order[name] for name in ("volume", "code", "labels")}
    empty = client.post(f"{address}/submit", {"overrides": [{**key, "reason": "  "}]}, format="json")
    assert empty.status_code == 400
    other = client.post(f"{address}/submit", {"overrides": [{**key, "code": "side", "reason": "so"}]}, format="json")
    assert other.status_code == 409

    done = client.post(f"{address}/submit", {"overrides": [{**key, "reason": "the neck is bent"}]}, format="json")
    assert (done.status_code, done.json()["state"]) == (200, "submitted")
    seen = as_user(swapped.case.study.created_by).get(address).json()["anatomy_findings"]
    assert (seen[0]["code"], seen[0]["reason"]) == ("level_order", "the neck is bent")
    logged = Event.objects.get(verb="task.submitted").detail["anatomy_findings"]
    assert logged == seen


def test_labels_in_order_need_no_reason(db: None, as_user: Client) -> None:
    task = _painted([2, 3, 4])
    client, address = as_user(task.rater.user), f"/api/v1/tasks/{task.pk}"
    done = client.post(f"{address}/submit", {"overrides": []}, format="json").json()
    assert done["state"] == "submitted"
    assert {one["code"] for one in done["anatomy_findings"]} <= {"level_missing"}


def test_programs_that_ask_nobody_are_not_stopped(swapped: Task, as_user: Client) -> None:
    done = as_user(swapped.rater.user).post(f"/api/v1/tasks/{swapped.pk}/submit", {}, format="json").json()
    assert done["state"] == "submitted"
    assert done["anatomy_findings"][0]["reason"] == ""
