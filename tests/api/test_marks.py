"""Measurements, named points and comments over HTTP."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from django.db import DatabaseError, connection, transaction
from rest_framework.test import APIClient

from access.models import Event, User
from annotation.models import MarkRevision
from annotation.selectors.marks import volume_intensities
from annotation.selectors.volumes import volume_grid
from mri.points import read_points
from tests.factories.worlds import World

Client = Callable[[User | None], APIClient]


def _put(client: APIClient, world: World, mark: object, **body: Any) -> Any:
    return client.put(
        f"/api/v1/tasks/{world.task.pk}/marks/{mark}", {"volume": str(world.volume.pk), **body}, format="json"
    )


def test_values_are_computed_from_the_volume(world: World, as_user: Client) -> None:
    client, grid = as_user(world.people["own"]), volume_grid(world.volume)
    ends = [[0.25, 1, 0], [4, 3.5, 3]]
    length = _put(client, world, uuid4(), kind="length", points_ijk=ends).json()
    places = grid.ras_from_ijk(ends)
    assert np.allclose(length["points_ras_mm"], places, atol=1e-12)
    # This grid has voxels of 0.5 x 0.75 x 2 mm along its axes.
    assert length["values"]["length_mm"] == pytest.approx(np.hypot(np.hypot(3.75 * 0.5, 2.5 * 0.75), 3 * 2))
    corners = [[0.5, 0.5, 2], [3.5, 2.5, 2]]
    region = _put(client, world, uuid4(), kind="rectangle", points_ijk=corners, slice_axis=2).json()
    image = volume_intensities(world.volume, 0)
    assert image is not None
    expected = image[1:4, 1:3, 2].astype(float)
    assert region["values"]["n"] == 6
    assert region["values"]["mean"] == pytest.approx(expected.mean())
    assert region["values"]["sd"] == pytest.approx(expected.std(ddof=1))
    assert region["values"]["area_mm2"] == pytest.approx(3 * 0.5 * 2 * 0.75)


def test_the_file_of_marks_is_read_as_points(world: World, as_user: Client, tmp_path: Path) -> None:
    client = as_user(world.people["own"])
    _put(client, world, uuid4(), kind="length", points_ijk=[[0, 0, 0], [1, 1, 1]], name="not a point")
    _put(client, world, uuid4(), kind="point", points_ijk=[[1.5, 1, 2]], name="PMJ")
    answer = client.get(f"/api/v1/tasks/{world.task.pk}/marks.json")
    assert answer["Content-Disposition"].endswith('_marks.json"')
    path = tmp_path / "marks.json"
    path.write_bytes(answer.content)
    said = json.loads(path.read_text())
    assert (said["CoordinateUnits"], said["Marks"][0]["volume_name"]) == ("mm", world.volume.name)
    place = volume_grid(world.volume).ras_from_ijk([[1.5, 1, 2]])[0]
    assert read_points(path) == {"pmj": pytest.approx(tuple(place))}


def test_every_change_is_a_revision_and_nothing_is_lost(world: World, as_user: Client) -> None:
    client, mark = as_user(world.people["own"]), uuid4()
    address = f"/api/v1/tasks/{world.task.pk}/marks"

    def shown() -> Any:
        return [(one["revision"], one["name"]) for one in client.get(address).json() if one["id"] == str(mark)]

    for name in ("conus", "conus", "conus tip"):
        assert _put(client, world, mark, kind="point", points_ijk=[[1, 1, 1]], name=name).status_code == 200
    assert shown() == [(2, "conus tip")]  # saved twice alike: one revision
    assert client.delete(f"{address}/{mark}").status_code == 204
    assert client.delete(f"{address}/{mark}").status_code == 204
    assert shown() == []
    assert _put(client, world, mark, kind="point", points_ijk=[[1, 1, 1]], name="conus tip").json()["revision"] == 4
    kept = MarkRevision.objects.filter(mark=mark).order_by("number")
    assert [(one.name, one.deleted) for one in kept] == [
        ("conus", False), ("conus tip", False), ("conus tip", True), ("conus tip", False),
    ]  # fmt: skip
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM annotation_markrevision")


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({"kind": "length", "points_ijk": [[0, 0, 0]]}, "points_ijk", "has 2 points; 1 came"),
        ({"kind": "point", "points_ijk": [[0, 0, 9]]}, "points_ijk", "outside"),
        ({"kind": "ellipse", "points_ijk": [[0, 0, 0], [2, 2, 0]]}, "slice_axis", "lies on one slice"),
        ({"kind": "ellipse", "points_ijk": [[0, 0, 0], [2, 2, 2]], "slice_axis": 2}, "slice_axis", "lies on one slice"),
        ({"kind": "point", "points_ijk": [[0, 0, 0]], "frame": 3}, "frame", "No such frame"),
        ({"kind": "point", "points_ijk": [[0, 0, 0]], "volume": str(uuid4())}, "volume", "Not a volume of this case"),
        ({"kind": "circle", "points_ijk": [[0, 0, 0]]}, "kind", "not a valid choice"),
    ],
)
def test_what_does_not_fit_is_refused(
    shared_world: World, as_user: Client, body: dict[str, Any], field: str, words: str
) -> None:
    answer = _put(as_user(shared_world.people["own"]), shared_world, uuid4(), **body)
    assert answer.status_code == 400
    assert words in str(answer.json()["errors"][field])


def test_marks_go_with_the_task_that_is_handed_in(world: World, as_user: Client) -> None:
    client, mark = as_user(world.people["own"]), world.mark.mark
    client.post(f"/api/v1/tasks/{world.task.pk}/submit", {})
    event = Event.objects.get(verb="task.submitted", object_id=str(world.task.pk))
    assert event.detail["marks"] == [str(world.mark.pk)]
    assert _put(client, world, mark, kind="point", points_ijk=[[1, 1, 1]]).status_code == 409
    assert client.delete(f"/api/v1/tasks/{world.task.pk}/marks/{mark}").status_code == 409
    assert len(as_user(world.people["reviewer"]).get(f"/api/v1/tasks/{world.task.pk}/marks").json()) == 1


def test_a_mark_of_another_task_is_not_overwritten(world: World, as_user: Client) -> None:
    client = as_user(world.people["own"])
    body = {"volume": str(world.volume_2.pk), "kind": "point", "points_ijk": [[0, 0, 0]]}
    reviewer = as_user(world.people["reviewer"])
    reviewer.post(f"/api/v1/tasks/{world.submitted.pk}/review", {"verdict": "returned", "comment": "again"})
    answer = client.put(f"/api/v1/tasks/{world.submitted.pk}/marks/{world.mark.mark}", body, format="json")
    assert (answer.status_code, "taken" in answer.json()["detail"]) == (409, True)


def test_export_holds_what_the_user_may_see(world: World, as_user: Client) -> None:
    own, lead = as_user(world.people["own"]), as_user(world.people["lead"])
    _put(own, world, uuid4(), kind="length", points_ijk=[[0, 0, 0], [4, 0, 0]], name="=HYPERLINK(0)")
    rows = list(csv.DictReader(io.StringIO(lead.get("/api/v1/studies/cord/marks.csv").content.decode())))
    assert [(row["kind"], row["name"], row["length_mm"], row["rater"]) for row in rows] == [
        ("point", "PMJ", "", "ada"), ("length", "'=HYPERLINK(0)", "2.0", "ada"),
    ]  # fmt: skip
    listed = lead.get("/api/v1/studies/cord/marks").json()
    assert (listed[0]["name"], listed[0]["rater"], listed[0]["subject"]) == ("PMJ", "ada", "01")
    assert as_user(world.people["other"]).get("/api/v1/studies/cord/marks").json() == []


def test_a_reviewer_and_a_rater_talk_at_a_voxel(world: World, as_user: Client) -> None:
    rater, reviewer = as_user(world.people["own"]), as_user(world.people["reviewer"])
    task = f"/api/v1/tasks/{world.submitted.pk}"
    place = {"volume": str(world.volume_2.pk), "ijk": [5, 4, 3]}
    reviewer.post(f"{task}/review", {"verdict": "returned", "comment": "C4 starts lower", **place}, format="json")
    seen = rater.get(f"{task}/comments").json()
    [thread] = seen["threads"]
    assert (thread["volume"], thread["ijk"], thread["resolved"], seen["unread"]) == (
        place["volume"], place["ijk"], False, 1,
    )  # fmt: skip
    # A rater is told in which part something was said, not by whom.
    assert (thread["comments"][0]["speaker"], thread["comments"][0]["author"]) == ("reviewer", None)
    assert "rita" not in str(seen)
    assert rater.post(f"{task}/comments/read").json()["unread"] == 0

    thread_address = f"{task}/comments/{thread['id']}"
    assert rater.post(f"{thread_address}/resolve", {"resolved": True}, format="json").json()["threads"][0]["resolved"]
    answered = rater.post(f"{thread_address}/replies", {"text": "Moved down."}).json()
    assert answered["threads"][0]["resolved"] is False  # an answer opens it again
    assert answered["unread"] == 0
    told = reviewer.get(f"{task}/comments").json()
    assert told["unread"] == 1
    assert [(one["speaker"], one["author"]) for one in told["threads"][0]["comments"]] == [
        ("you", "rita"), ("rater", "ada"),
    ]  # fmt: skip


def test_a_place_is_a_volume_and_a_voxel_of_it(shared_world: World, as_user: Client) -> None:
    client, address = as_user(shared_world.people["own"]), f"/api/v1/tasks/{shared_world.task.pk}/comments"
    for place, field in (
        ({"ijk": [0, 0, 0]}, "volume"),
        ({"volume": str(shared_world.volume.pk)}, "ijk"),
        ({"volume": str(shared_world.volume.pk), "ijk": [0, 5, 0]}, "ijk"),
        ({"volume": str(shared_world.volume_2.pk), "ijk": [0, 0, 0]}, "volume"),
    ):
        answer = client.post(address, {"text": "here", **place}, format="json")
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
