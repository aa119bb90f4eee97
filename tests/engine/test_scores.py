"""The score table of a version: made with the training, brought up to date by a job, honest about what was learned."""

import pytest
from rest_framework.test import APIClient

from access.errors import Conflict
from annotation.models import Subject
from annotation.selectors.labels import label_voxels
from jobs.models import JobState
from models_app.engine.hardware import hardware_describe
from models_app.models import ModelVersion, ScoredCase
from models_app.score_table import MEASURES
from models_app.selectors.scores import score_table, subjects_seen
from models_app.services.scores import scoring_start
from models_app.services.splitting import WantedSplit
from tests.engine.cohort import Cohort

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort() -> Cohort:
    made = Cohort(("01", "02", "03", "04", "05", "06"))
    for label in ("01", "02", "03", "04", "05"):
        made.accept(label)
    made.hold_out("04", "05")
    Subject.objects.filter(study=made.study, label="04").update(attributes={"site": "Brno"})
    Subject.objects.filter(study=made.study, label="05").update(attributes={"site": "Oslo"})
    return made


def test_scores_come_with_the_training_and_follow_new_labels(cohort: Cohort, trained, run_job) -> None:  # type: ignore[no-untyped-def]
    version: ModelVersion = trained(cohort, epochs=3, wanted=WantedSplit(["01", "02"], ["03"])).model_version
    rows = list(ScoredCase.objects.order_by("volume__name"))
    assert [row.volume.name for row in rows] == ["sub-04_T2w", "sub-05_T2w"]
    assert [row.reference for row in rows] == [label_of(cohort, "04"), label_of(cohort, "05")]
    assert set(rows[0].labels["1"]) == {*MEASURES, "reference_mm3", "candidate_mm3", "undefined"}
    assert rows[0].labels["1"]["reference_mm3"] == pytest.approx(volume_mm3(cohort, "04"))
    assert version.scores["1"]["n"] == 2
    low, high = version.scores["1"]["ci"]
    assert low <= version.scores["1"]["mean"] <= high
    assert version.overall["mean"] == pytest.approx(version.scores["1"]["mean"])
    assert version.latency["n"] == 2
    assert version.latency["median_seconds"] > 0
    assert version.latency["hardware"] == hardware_describe()

    client = APIClient()
    client.force_login(cohort.rita)
    body = client.get(f"/api/v1/model-versions/{version.pk}/scores").json()
    assert [site["site"] for site in body["sites"]] == ["Brno", "Oslo"]
    assert body["sites"][0]["labels"]["1"]["mean"] == pytest.approx(rows[0].labels["1"]["dice"])
    assert [(case["case_name"], case["leaked"], case["outdated"]) for case in body["cases"]] == [
        ("sub-04", None, False),
        ("sub-05", None, False),
    ]
    millimetres = client.get(f"/api/v1/model-versions/{version.pk}/scores", {"measure": "assd_mm"}).json()
    assert millimetres["overall"]["mean"] == pytest.approx(sum(row.labels["1"]["assd_mm"] for row in rows) / 2)
    assert client.get(f"/api/v1/model-versions/{version.pk}/scores", {"measure": "luck"}).status_code == 400

    with pytest.raises(Conflict, match="was scored on all of it already"):
        scoring_start(version=version, by=cohort.emil)
    cohort.accept("04", cohort.ben)
    table = score_table(version)
    assert (table.outdated, table.missing) == (["sub-04_T2w"], [])
    job = run_job(scoring_start(version=version, by=cohort.emil))
    assert job.state == JobState.DONE, job.error
    assert (job.result["scored"], job.result["skipped"]) == (1, [])
    assert score_table(version).outdated == []
    assert ScoredCase.objects.count() == 3

    # On everything: what it learned from is scored, shown, and counts for nothing.
    run_job(scoring_start(version=version, by=cohort.emil, scope="all"))
    table = score_table(version, "all")
    assert [row.subject for row in table.rows] == ["01", "02", "03", "04", "05"]
    assert table.leaked == {"01": "in the training", "02": "in the training", "03": "in the validation"}
    assert [row.subject for row in table.honest] == ["04", "05"]


def test_a_version_has_seen_what_its_parents_saw(cohort: Cohort, trained) -> None:  # type: ignore[no-untyped-def]
    first = trained(cohort, epochs=1, wanted=WantedSplit(["01"], ["02"])).model_version
    second = trained(cohort, epochs=1, wanted=WantedSplit(["03"], []), initial=first.pk).model_version
    assert second.parent == first
    assert subjects_seen(second) == {
        "01": "in the training of v1, which it came from",
        "02": "in the validation of v1, which it came from",
        "03": "in the training",
    }
    assert set(subjects_seen(first)) == {"01", "02"}


def test_without_a_test_set_it_says_what_to_do(trained) -> None:  # type: ignore[no-untyped-def]
    cohort = Cohort(("01", "02"))
    cohort.accept("01")
    version = trained(cohort, epochs=1).model_version
    assert version.scores["1"]["mean"] is None
    assert version.overall["n"] == 0
    with pytest.raises(Conflict, match="choose the test set, accept its labels"):
        scoring_start(version=version, by=cohort.emil)


def label_of(cohort: Cohort, label: str):  # type: ignore[no-untyped-def]
    return cohort.volumes[label].label_versions.get(task__rater__name="ada")


def volume_mm3(cohort: Cohort, label: str) -> float:
    labels = label_voxels(label_of(cohort, label))
    a, b, c = labels.grid.spacing_mm
    return float((labels.voxels > 0).sum() * a * b * c)
