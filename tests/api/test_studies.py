"""Studies, cases and lists over HTTP."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from access.models import Event, User
from annotation.models import Subject
from tests.factories.labels import make_label, make_submitted, make_task, make_volume
from tests.factories.people import make_study
from tests.factories.worlds import World

Client = Callable[[User | None], APIClient]


def test_a_study_as_its_members_see_it(shared_world: World, as_user: Client) -> None:
    seen = as_user(shared_world.people["lead"]).get("/api/v1/studies/cord").json()
    assert seen["protocol"] == {"name": "spinal-cord", "title": "Spinal cord", "version": 1}
    assert seen["labels"][0]["value"] == 1
    assert seen["my_roles"] == ["lead"]
    assert seen["counts"]["submitted"] == 2
    listed = as_user(shared_world.people["own"]).get("/api/v1/studies").json()
    assert [(study["slug"], study["my_roles"], study["counts"]["tasks"]) for study in listed["results"]] == [
        ("cord", ["annotator"], 2)
    ]


def test_a_study_is_made_by_its_lead(world: World, as_user: Client) -> None:
    client = as_user(world.people["own"])
    made = client.post("/api/v1/studies", {"slug": "own", "name": "Own", "protocol": "spinal-cord"})
    assert (made.status_code, made.json()["my_roles"]) == (201, ["lead"])
    changed = client.patch("/api/v1/studies/own", {"description": "Label the cord."}).json()
    assert (changed["name"], changed["description"]) == ("Own", "Label the cord.")
    taken = client.post("/api/v1/studies", {"slug": "own", "name": "Own", "protocol": "spinal-cord"})
    assert (taken.status_code, "slug" in taken.json()["errors"]) == (409, True)
    unknown = client.post("/api/v1/studies", {"slug": "x", "name": "X", "protocol": "toes"})
    assert (unknown.status_code, "spinal-cord" in unknown.json()["detail"]) == (400, True)
    wrong = client.post("/api/v1/studies", {"slug": "no spaces", "name": "", "protocol": "spinal-cord"})
    assert sorted(wrong.json()["errors"]) == ["name", "slug"]


def test_the_options_of_a_protocol_decide_on_its_labels(world: World, as_user: Client) -> None:
    client = as_user(world.people["own"])
    ask = {"slug": "dorsal", "name": "Dorsal", "protocol": "rootlets"}
    assert len(client.post("/api/v1/studies", ask).json()["labels"]) == 8
    both = client.post("/api/v1/studies", {**ask, "slug": "both", "options": ["ventral"]}, format="json").json()
    assert [label["value"] for label in both["labels"]] == [*range(2, 10), *range(12, 20)]
    wrong = client.post("/api/v1/studies", {**ask, "slug": "x", "options": ["lateral"]}, format="json")
    assert (wrong.status_code, wrong.json()["errors"]) == (400, {"options": ["There are: ventral."]})


def test_the_overview_says_what_waits_for_whom(world: World, as_user: Client) -> None:
    make_volume(world.study, "03", seed=4)
    seen = as_user(world.people["lead"]).get("/api/v1/studies/cord/overview").json()
    assert seen["waiting"] == [
        {"role": "annotator", "what": "tasks to read", "count": 1},
        {"role": "annotator", "what": "tasks sent back", "count": 0},
        {"role": "reviewer", "what": "tasks to review", "count": 2},
        {"role": "lead", "what": "cases without a reader", "count": 1},
    ]
    assert seen["next_task"] is None
    mine = as_user(world.people["own"]).get("/api/v1/studies/cord/overview").json()
    assert mine["next_task"] == str(world.task.pk)


def test_a_case_shows_what_its_viewer_may_see(shared_world: World, as_user: Client) -> None:
    address = f"/api/v1/cases/{shared_world.volume.case_id}"
    everything = as_user(shared_world.people["reviewer"]).get(address).json()
    assert [task["rater"] for task in everything["tasks"]] == ["ada", "benedikt"]
    assert {version["source"] for version in everything["label_versions"]} == {"model", "person"}
    assert len(everything["label_versions"]) == 3
    own = as_user(shared_world.people["own"]).get(address).json()
    assert [task["rater"] for task in own["tasks"]] == ["ada"]
    assert [version["author"] for version in own["label_versions"]] == ["cord v1 (unet3d)", "ada"]


def test_the_test_set_is_chosen_once(world: World, as_user: Client) -> None:
    client = as_user(world.people["engineer"])
    address = "/api/v1/studies/cord/test-set"
    assert client.patch(address, {"subjects": ["77"]}).status_code == 400
    assert client.patch(address, {"subjects": []}).status_code == 400
    assert client.patch(address, {"subjects": ["sub-02"]}).json() == {"subjects": ["02"]}
    assert client.patch(address, {"subjects": ["02"]}).status_code == 200
    assert client.patch(address, {"subjects": ["01"]}).status_code == 409
    assert list(Subject.objects.filter(study=world.study, in_test_set=True).values_list("label", flat=True)) == ["02"]
    assert Event.objects.filter(verb="test_set.frozen").count() == 1


LISTS = [
    "studies", "studies/cord/cases", "studies/cord/raters", "studies/cord/members", "studies/cord/events", "tasks",
    "label-versions",
]  # fmt: skip


@pytest.mark.parametrize("path", LISTS)
def test_a_list_asks_no_more_for_more_rows(
    world: World, as_user: Client, path: str, django_assert_max_num_queries: Any
) -> None:
    client = as_user(world.people["lead"])
    few = _queries(client, path, django_assert_max_num_queries)
    make_study(world.people["lead"], "another")
    for number in range(3):
        volume = make_volume(world.study, f"1{number}", seed=10 + number)
        make_label(make_task(volume.case, world.people["other"]), seed=number)
        make_submitted(volume.case, world.people["own"], seed=number)
    many = _queries(client, path, django_assert_max_num_queries)
    assert many <= few, f"{path}: {few} queries became {many}"


def _queries(client: APIClient, path: str, counter: Any) -> int:
    with counter(40) as captured:
        assert client.get(f"/api/v1/{path}").status_code == 200
    return len(captured)
