"""Training, versions and proposals over HTTP. Who may: the permission matrix in tests/api."""

import pytest
from rest_framework.test import APIClient

from access.models import User
from models_app.architectures import ARCHITECTURES
from tests.engine.cohort import Cohort

pytestmark = pytest.mark.django_db


def client(user: User) -> APIClient:
    made = APIClient()
    made.force_login(user)
    return made


@pytest.fixture
def cohort() -> Cohort:
    made = Cohort()
    for label in ("01", "02", "03", "04"):
        made.accept(label)
    made.hold_out("04")
    return made


def test_the_preview_shows_split_and_settings(cohort: Cohort) -> None:
    answer = client(cohort.emil).get(
        "/api/v1/studies/cord/training-preview", {"seed": 1, "architecture": "unet3d-small"}
    )
    body = answer.json()
    assert answer.status_code == 200, body
    assert body["architectures"] == list(ARCHITECTURES)
    chosen = {"architecture": "unet3d-small", "epochs": 2, "seed": 1, "raters": [], "inputs": ["T2w"], "folds": 0}
    assert {name: body["defaults"][name] for name in chosen} == chosen
    assert sorted(body["train"] + body["validation"]) == ["01", "02", "03"]
    assert (body["test"], body["problems"]) == (["04"], [])
    assert body["specification"]["spacing_mm"] == [1.0, 1.0, 1.0]
    assert len(body["specification"]["patch"]) == 3
    assert body["fingerprint"]["images"] == len(body["train"])
    assert sum(body["fingerprint"]["orientations"].values()) == len(body["train"])


def test_a_run_from_start_to_promoted_version(cohort: Cohort, run_job) -> None:  # type: ignore[no-untyped-def]
    emil = client(cohort.emil)
    started = emil.post(
        "/api/v1/studies/cord/training-runs",
        {
            "architecture": "unet3d-small",
            "epochs": 2,
            "seed": 3,
            "raters": ["ada"],
            "train": ["01", "02"],
            "validation": ["03"],
        },
    )
    run = started.json()
    assert started.status_code == 201, run
    assert (run["train"], run["validation"], run["test"]) == (["01", "02"], ["03"], ["04"])
    assert (run["job"]["state"], run["model_version"], run["epochs"]) == ("queued", None, [])
    assert run["created_by"] == "emil"
    again = emil.post("/api/v1/studies/cord/training-runs", {})
    assert again.status_code == 409

    from jobs.models import Job

    run_job(Job.objects.get(pk=run["job"]["id"]))
    run = emil.get(f"/api/v1/training-runs/{run['id']}").json()
    assert run["job"]["state"] == "done", run["job"]["error"]
    row = run["epochs"][0]
    assert set(row) == {"fold", "stage", "epoch", "loss", "validation_dice", "seconds", "peak_memory_bytes"}
    assert row["peak_memory_bytes"] > 100_000_000  # torch alone takes more
    assert set(run["scores"]["1"]) == {"mean", "sd", "n", "subjects", "ci", "undefined"}
    listed = emil.get("/api/v1/studies/cord/training-runs").json()
    assert [row["id"] for row in listed["results"]] == [run["id"]]

    version = emil.get(f"/api/v1/model-versions/{run['model_version']}").json()
    assert (version["number"], version["name"], version["state"]) == (1, "cord v1 (unet3d-small)", "candidate")
    assert len(version["weights_sha256"]) == 64
    assert version["size_bytes"] > 1000
    assert client(cohort.rita).post(f"/api/v1/model-versions/{version['id']}/promote").status_code == 403
    promoted = emil.post(f"/api/v1/model-versions/{version['id']}/promote").json()
    assert (promoted["state"], promoted["promoted_by"]) == ("serving", "emil")

    made = emil.post("/api/v1/studies/cord/proposals", {})
    assert made.status_code == 202, made.json()
    run_job(Job.objects.get(pk=made.json()["id"]))
    (row,) = emil.get("/api/v1/studies/cord/proposals").json()["results"]
    assert row["case"]["name"] == "sub-05"
    assert row["model_version"] == {"id": version["id"], "name": "cord v1 (unet3d-small)"}


def test_a_wrong_list_names_the_field(cohort: Cohort) -> None:
    answer = client(cohort.emil).post("/api/v1/studies/cord/training-runs", {"train": ["04"]})
    assert answer.status_code == 400
    assert "frozen test set" in answer.json()["errors"]["train"][0]


def test_proposing_without_a_serving_version_says_what_to_do(cohort: Cohort) -> None:
    answer = client(cohort.emil).post("/api/v1/studies/cord/proposals", {})
    assert answer.status_code == 409
    assert "promote one first" in answer.json()["detail"]


def test_annotators_and_outsiders_see_no_models(cohort: Cohort) -> None:
    for page in ("training-preview", "training-runs", "model-versions", "proposals"):
        address = f"/api/v1/studies/cord/{page}"
        assert client(cohort.ada).get(address).status_code == 403
        assert client(cohort.olga).get(address).status_code == 404
        assert client(cohort.rita).get(address).status_code == 200
