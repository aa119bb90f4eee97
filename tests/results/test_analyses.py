"""Analyses from the request to the CSV, on real PostgreSQL; the worker's function is called in this process."""

import csv
import io
from typing import Any

import numpy as np
import pytest
from rest_framework.test import APIClient

from access.errors import InvalidInput, NotFound
from access.models import Role, User
from annotation.models import LabelVersion, TaskState, TaskVolume
from annotation.selectors.labels import label_voxels
from jobs.models import Job, JobState
from results.models import Analysis
from results.selectors import is_outdated, pair_readings
from results.services import analysis_start
from results.tasks import run_inter_rater
from tests.factories.labels import make_proposal, make_submitted, make_volume
from tests.factories.people import make_member, make_study, make_user

pytestmark = pytest.mark.django_db


class Readings:
    """A study in which ada and ben have read two cases, and ada a third."""

    def __init__(self) -> None:
        self.lead = make_user("lena")
        self.study = make_study(self.lead)
        self.ada, self.ben = make_user("ada"), make_user("ben")
        for user in (self.ada, self.ben):
            make_member(self.study, user, Role.ANNOTATOR)
        self.volumes = [make_volume(self.study, subject=f"0{n}") for n in (1, 2, 3)]
        for number, volume in enumerate(self.volumes):
            make_submitted(volume.case, self.ada, seed=number)
            if number < 2:
                make_submitted(volume.case, self.ben, seed=number + 10)


@pytest.fixture
def readings() -> Readings:
    return Readings()


def start(readings: Readings, **more: Any) -> Analysis:
    return analysis_start(study=readings.study, by=readings.lead, rater_a="ada", rater_b="ben", **more)


def compute(analysis: Analysis) -> Analysis:
    run_inter_rater(str(analysis.job_id))
    analysis.refresh_from_db()
    analysis.job.refresh_from_db()
    assert analysis.job.state == JobState.DONE, analysis.job.error
    return analysis


def voxels_of(version: str) -> np.ndarray:
    return label_voxels(LabelVersion.objects.get(pk=version)).voxels


def test_the_rows_are_the_dice_of_the_voxels_they_name(readings: Readings) -> None:
    analysis = compute(start(readings))
    assert [row["case"]["name"] for row in analysis.rows] == ["sub-01", "sub-02"]
    for row in analysis.rows:
        a, b = voxels_of(row["version_a"]) == 1, voxels_of(row["version_b"]) == 1
        assert row["dice"] == pytest.approx(2 * (a & b).sum() / (a.sum() + b.sum()), abs=1e-12)
    dice = [row["dice"] for row in analysis.rows]
    assert analysis.summary["1"]["dice"]["mean"] == pytest.approx(np.mean(dice), abs=1e-12)
    assert analysis.summary["1"]["dice"]["sd"] == pytest.approx(np.std(dice, ddof=1), abs=1e-12)
    assert analysis.excluded == [
        {"case": "sub-03", "volume": readings.volumes[2].name, "reason": "ben has not handed in a reading of it"}
    ]


def test_the_same_inputs_give_the_same_numbers(readings: Readings) -> None:
    first, second = compute(start(readings)), compute(start(readings))
    assert first.rows == second.rows
    assert first.summary == second.summary


def test_it_computes_on_the_versions_of_its_start_and_says_when_newer_ones_are_there(readings: Readings) -> None:
    analysis = start(readings)
    assert not is_outdated(analysis)
    working = TaskVolume.objects.get(task__rater__name="ben", volume=readings.volumes[0])
    before = working.submitted_id
    other = TaskVolume.objects.get(task__rater__name="ada", volume=readings.volumes[0]).submitted
    assert other is not None
    newer = LabelVersion.objects.create(
        volume=working.volume,
        task=working.task,
        number=working.submitted.number + 1,
        parent=working.submitted,
        source=other.source,
        author_name="ben",
        voxels_id=other.voxels_id,
        voxel_type=other.voxel_type,
        counts=other.counts,
    )
    working.head = working.submitted = newer
    working.save()
    assert is_outdated(analysis)
    compute(analysis)
    assert analysis.rows[0]["version_b"] == str(before)


def test_a_models_proposals_are_read_like_a_rater(readings: Readings) -> None:
    proposal = make_proposal(readings.volumes[0])
    pairing = pair_readings(readings.study, "ada", f"model:{proposal.model_version}")
    assert [pair.version_b for pair in pairing.pairs] == [proposal]
    assert len(pairing.excluded) == 2


def test_what_cannot_be_compared_is_refused_with_its_reason(readings: Readings) -> None:
    study, lead = readings.study, readings.lead
    with pytest.raises(InvalidInput, match="named twice"):
        analysis_start(study=study, by=lead, rater_a="ada", rater_b="ada")
    with pytest.raises(NotFound, match="has no rater 'nobody'; there are: ada, ben"):
        analysis_start(study=study, by=lead, rater_a="ada", rater_b="nobody")
    with pytest.raises(InvalidInput, match="no volume in common"):
        analysis_start(study=study, by=lead, rater_a="ada", rater_b="ada", read_b=2)
    assert not Job.objects.exists()


def test_a_returned_reading_does_not_count(readings: Readings) -> None:
    task = readings.volumes[0].case.tasks.get(rater__name="ben")
    task.state = TaskState.RETURNED
    task.save()
    assert len(pair_readings(readings.study, "ada", "ben").pairs) == 1


def client_of(user: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


def test_the_csv_holds_the_numbers_of_the_api(readings: Readings) -> None:
    analysis = compute(start(readings))
    client = client_of(readings.lead)
    rows = client.get(f"/api/v1/analyses/{analysis.pk}").json()["rows"]
    answer = client.get(f"/api/v1/analyses/{analysis.pk}/csv")
    assert answer["Content-Type"].startswith("text/csv")
    table = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert [float(line["dice"]) for line in table] == [row["dice"] for row in rows]
    assert [float(line["hd95_mm"]) for line in table] == [row["hd95_mm"] for row in rows]
    assert [line["version_a"] for line in table] == [row["version_a"] for row in rows]
    assert {line["rater_a"] for line in table} == {"ada"}


def test_an_annotator_gets_no_analysis(readings: Readings) -> None:
    analysis = start(readings)
    client = client_of(readings.ada)
    assert client.get(f"/api/v1/analyses/{analysis.pk}").status_code == 404
    assert client.get(f"/api/v1/analyses/{analysis.pk}/csv").status_code == 404
    assert client.get(f"/api/v1/studies/{readings.study.slug}/analyses").status_code == 403
