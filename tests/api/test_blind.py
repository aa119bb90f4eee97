"""Blind means blind: nothing of another rater's reading reaches an annotator, by any address."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from django.db import transaction
from rest_framework.test import APIClient

from access.models import Role, User
from annotation.services.comments import thread_start
from annotation.services.marks import MarkDrawing, mark_save
from annotation.services.reviews import task_review
from measures.marks import MarkKind
from tests.api.endpoints import endpoints, fill
from tests.factories.people import make_member
from tests.factories.worlds import World

OTHERS_MARK = uuid4()
MEMBER_LIST = "studies/<slug:slug>/members"
"""The team is no secret: it names people, and no reading of theirs."""


@pytest.fixture(scope="module")
def blind_world(shared_world: World) -> World:
    """The other rater's task was sent back, so that there is a comment to leak."""
    reviewer, other = shared_world.people["reviewer"], shared_world.people["other"]
    task, volume = shared_world.others_task, shared_world.volume
    task_review(task=task, by=reviewer, verdict="returned", comment="overlooked-the-caudal-end")
    drawing = MarkDrawing(volume.pk, MarkKind.LENGTH, [[0, 0, 0], [5, 0, 0]], name="the-others-length")
    mark_save(task=task, by=other, mark=OTHERS_MARK, drawing=drawing)
    thread_start(task=task, by=other, text="the-others-question", volume_id=volume.pk, voxel_ijk=[1, 1, 1])
    return shared_world


def _secrets(world: World) -> list[str]:
    return [
        "benedikt",
        "overlooked-the-caudal-end",
        "the-others-length",
        "the-others-question",
        str(OTHERS_MARK),
        str(world.others_task.pk),
        str(world.others_version.pk),
        str(world.others_task.rater_id),
        world.others_version.voxels_id,
        str(world.analysis.pk),
        str(world.model_version.pk),
        str(world.measure.pk),
    ]


def _addresses(world: World) -> Iterator[str]:
    own = world.addresses()
    others = {**own, "task_id": world.others_task.pk, "version_id": world.others_version.pk}
    for method, route in endpoints():
        if method == "GET" and route != MEMBER_LIST:
            yield from {fill(route, own), fill(route, others)}
    for parameters in (f"volume={world.volume.pk}", f"task={world.others_task.pk}", "study=cord"):
        yield f"/api/v1/label-versions?{parameters}"
    for parameters in ("mine=false", "study=cord", "rater=benedikt", "state=returned", f"case={world.volume.case_id}"):
        yield f"/api/v1/tasks?{parameters}"
    yield f"/api/v1/label-versions/{world.others_version.pk}/nifti?original=1"
    yield "/api/v1/studies/cord/cases?page_size=500"


def test_nothing_of_another_rater_reaches_an_annotator(
    blind_world: World, as_user: Callable[[User | None], APIClient]
) -> None:
    client = as_user(blind_world.people["own"])
    answered = 0
    for address in _addresses(blind_world):
        response = client.get(address)
        told = b"".join(response).decode("latin-1") if response.streaming else response.content.decode("latin-1")
        told += str(dict(response.items()))
        answered += response.status_code == 200
        leaked = [secret for secret in _secrets(blind_world) if secret in told and secret not in address]
        assert not leaked, f"{address} tells an annotator {leaked}"
    assert answered > 20


def test_counts_are_of_own_tasks(blind_world: World, as_user: Callable[[User | None], APIClient]) -> None:
    seen = as_user(blind_world.people["own"]).get("/api/v1/studies/cord/overview").json()
    assert seen["counts"] == {
        "cases": 2, "tasks": 2, "todo": 0, "in_progress": 1, "submitted": 1, "returned": 0, "accepted": 0,
    }  # fmt: skip
    assert [rater["name"] for rater in seen["raters"]] == ["ada"]
    assert {event["actor"] for event in seen["latest_events"]} <= {"ada"}
    everyone = as_user(blind_world.people["lead"]).get("/api/v1/studies/cord/overview").json()
    assert everyone["counts"]["tasks"] == 3
    assert [rater["name"] for rater in everyone["raters"]] == ["ada", "benedikt"]


def test_a_proposal_is_seen_by_whom_it_was_given_to(
    blind_world: World, as_user: Callable[[User | None], APIClient]
) -> None:
    address = f"/api/v1/label-versions/{blind_world.proposal.pk}"
    assert as_user(blind_world.people["own"]).get(address).status_code == 200
    assert as_user(blind_world.people["other"]).get(address).status_code == 404


def test_who_oversees_and_reads_sees_all(blind_world: World, as_user: Callable[[User | None], APIClient]) -> None:
    with transaction.atomic():
        make_member(blind_world.study, blind_world.people["own"], Role.REVIEWER)
        client = as_user(blind_world.people["own"])
        assert client.get(f"/api/v1/tasks/{blind_world.others_task.pk}").status_code == 200
        listed = client.get("/api/v1/tasks?study=cord").json()
        assert listed["count"] == 3
        transaction.set_rollback(True)


def test_who_left_the_team_sees_nothing(blind_world: World, as_user: Callable[[User | None], APIClient]) -> None:
    with transaction.atomic():
        blind_world.people["own"].memberships.all().delete()
        client = as_user(blind_world.people["own"])
        for address in (f"tasks/{blind_world.task.pk}", f"label-versions/{blind_world.head.pk}", "studies/cord"):
            assert client.get(f"/api/v1/{address}").status_code == 404
        assert client.get("/api/v1/tasks").json()["count"] == 0
        transaction.set_rollback(True)
