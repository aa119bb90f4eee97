"""Tasks from assignment to verdict."""

from collections.abc import Callable

from rest_framework.test import APIClient

from access.models import Event, Role, User
from annotation.models import Rater, Review, Task
from tests.factories.labels import make_label, make_submitted, make_task, make_volume
from tests.factories.people import make_member
from tests.factories.worlds import World

Client = Callable[[User | None], APIClient]


def test_assigning_makes_each_task_once(world: World, as_user: Client) -> None:
    lead = as_user(world.people["lead"])
    body = {
        "cases": [str(world.volume.case_id), str(world.volume_2.case_id)],
        "raters": [world.people["own"].pk, world.people["lead"].pk],
        "reads": 2,
    }
    made = lead.post("/api/v1/studies/cord/tasks", body).json()
    assert len(made) == 6  # ada has read 1 of both cases already
    assert {(task["rater"]["user"], task["read"]) for task in made} == {("ada", 2), ("lena", 1), ("lena", 2)}
    assert lead.post("/api/v1/studies/cord/tasks", body).json() == []
    assert Event.objects.filter(verb="tasks.assigned").count() == 1


def test_only_readers_and_cases_of_the_study_are_assigned(world: World, as_user: Client) -> None:
    lead, case = as_user(world.people["lead"]), str(world.volume.case_id)
    for who in ("outsider", "engineer"):
        answer = lead.post("/api/v1/studies/cord/tasks", {"cases": [case], "raters": [world.people[who].pk]})
        assert "raters" in answer.json()["errors"]
    answer = lead.post("/api/v1/studies/cord/tasks", {"cases": [world.task.pk], "raters": [world.people["own"].pk]})
    assert "cases" in answer.json()["errors"]


def test_a_members_rater_never_takes_an_imported_name(world: World, as_user: Client) -> None:
    Rater.objects.create(study=world.study, name="rita")
    body = {"cases": [str(world.volume.case_id)], "raters": [world.people["reviewer"].pk]}
    made = as_user(world.people["lead"]).post("/api/v1/studies/cord/tasks", body).json()
    assert made[0]["rater"] == {"name": "rita-2", "user": "rita"}


def test_next_is_what_was_begun_then_what_came_back_then_the_oldest(world: World, as_user: Client) -> None:
    ada, client = world.people["own"], as_user(world.people["own"])
    third = make_task(make_volume(world.study, "03", seed=5).case, ada)

    def following() -> str | None:
        answer = client.post("/api/v1/tasks/next", {"study": "cord"}).json()
        return answer["id"] if answer else None

    assert following() == str(world.task.pk)
    client.post(f"/api/v1/tasks/{world.task.pk}/submit")
    reviewer = as_user(world.people["reviewer"])
    reviewer.post(f"/api/v1/tasks/{world.submitted.pk}/review", {"verdict": "returned", "comment": "see C4"})
    assert following() == str(world.submitted.pk)
    client.post(f"/api/v1/tasks/{world.submitted.pk}/exclude", {"reason": "moved"})
    assert following() == str(third.pk)
    client.post(f"/api/v1/tasks/{third.pk}/exclude", {"reason": "moved"})
    assert following() is None
    assert client.post("/api/v1/tasks/next").json() is None


def test_lists_can_be_narrowed(shared_world: World, as_user: Client) -> None:
    client = as_user(shared_world.people["reviewer"])
    for parameters, count in (
        ("mine=true", 0), ("mine=false", 3), ("state=submitted", 2), ("state=submitted,in_progress", 3),
        ("study=cord", 3), ("study=elsewhere", 0), ("rater=ada", 2), (f"case={shared_world.volume.case_id}", 2),
    ):  # fmt: skip
        assert client.get(f"/api/v1/tasks?{parameters}").json()["count"] == count, parameters
    assert client.get("/api/v1/tasks?state=nonsense").status_code == 400
    for parameters, count in ((f"task={shared_world.task.pk}", 2), ("source=model", 2), ("study=elsewhere", 0)):
        assert client.get(f"/api/v1/label-versions?{parameters}").json()["count"] == count, parameters


def test_a_review_is_a_verdict_on_what_was_handed_in(world: World, as_user: Client) -> None:
    reviewer, address = as_user(world.people["reviewer"]), f"/api/v1/tasks/{world.submitted.pk}/review"
    assert reviewer.get(f"/api/v1/tasks/{world.submitted.pk}").json()["may"] == {
        "edit": False, "submit": False, "review": True,
    }  # fmt: skip
    assert "comment" in reviewer.post(address, {"verdict": "returned"}).json()["errors"]
    outside = {"verdict": "returned", "comment": "here", "ijk": [6, 0, 0]}
    assert "ijk" in reviewer.post(address, outside).json()["errors"]
    returned = reviewer.post(address, {**outside, "ijk": [5, 4, 3]}).json()
    assert returned["state"] == "returned"
    assert returned["reviews"][0]["ijk"] == [5, 4, 3]
    assert returned["reviews"][0]["volume"] == str(world.volume_2.pk)
    assert [v.pk for v in Review.objects.get().versions.all()] == [world.submitted.working.get().submitted_id]
    assert reviewer.post(address, {"verdict": "accepted"}).status_code == 409

    rater = as_user(world.people["own"])
    seen = rater.get("/api/v1/tasks?state=returned").json()["results"][0]
    assert (seen["latest_review"]["verdict"], seen["latest_review"]["comment"]) == ("returned", "here")
    rater.post(f"/api/v1/tasks/{world.submitted.pk}/open")
    make_label(Task.objects.get(pk=world.submitted.pk), seed=8, parent=world.submitted.working.get().head)
    rater.post(f"/api/v1/tasks/{world.submitted.pk}/submit", {"comment": "done"})
    assert reviewer.post(address, {"verdict": "accepted"}).json()["state"] == "accepted"
    assert reviewer.post(address, {"verdict": "returned", "comment": "after all"}).json()["state"] == "returned"


def test_nobody_reviews_their_own_reading(world: World, as_user: Client) -> None:
    make_member(world.study, world.people["own"], Role.REVIEWER, Role.LEAD)
    answer = as_user(world.people["own"]).post(f"/api/v1/tasks/{world.submitted.pk}/review", {"verdict": "accepted"})
    assert (answer.status_code, "own reading" in answer.json()["detail"]) == (403, True)


def test_leaving_out_takes_a_reason(world: World, as_user: Client) -> None:
    rater, address = as_user(world.people["own"]), f"/api/v1/tasks/{world.task.pk}/exclude"
    assert rater.post(address, {"reason": "  "}).status_code == 400
    assert rater.post(address, {"reason": "metal artefact"}).json()["state"] == "excluded"
    assert Event.objects.get(verb="task.excluded").detail == {"reason": "metal artefact", "from": "in_progress"}
    assert rater.post(f"/api/v1/tasks/{world.submitted.pk}/exclude", {"reason": "late"}).status_code == 409
    lead = as_user(world.people["lead"])
    assert lead.post(f"/api/v1/tasks/{world.submitted.pk}/exclude", {"reason": "late"}).status_code == 200


def test_a_case_with_two_readers_keeps_their_labels_apart(world: World, as_user: Client) -> None:
    volume = make_volume(world.study, "03", seed=5)
    mine, theirs = (make_submitted(volume.case, world.people[who], seed=7) for who in ("own", "other"))
    # The same voxels by two raters: one file, two versions.
    assert mine.working.get().head.voxels_id == theirs.working.get().head.voxels_id
    assert mine.working.get().head_id != theirs.working.get().head_id
